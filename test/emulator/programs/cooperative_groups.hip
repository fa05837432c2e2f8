// Cooperative groups of a workgroup: the whole block, tiles of lanes, and the lanes that took a
// branch.
#include "Check.h"

#include <hip/hip_cooperative_groups.h>

namespace groups = cooperative_groups;

constexpr int size = 128;

template <typename Tile> __device__ int sumOfTile(const Tile &tile, int value) {
  for (unsigned distance = tile.size() / 2; distance > 0; distance /= 2) {
    value += tile.shfl_down(value, distance);
  }
  return tile.shfl(value, 0);
}

__global__ void tileSums(const int *in, int *sums4, int *sums16) {
  groups::thread_block block = groups::this_thread_block();
  int i = block.thread_rank();
  sums4[i] = sumOfTile(groups::tiled_partition<4>(block), in[i]);
  sums16[i] = sumOfTile(groups::tiled_partition<16>(block), in[i]);
}

/// Each element is replaced by the one of the mirrored rank.
__global__ void mirror(int *data) {
  __shared__ int staged[size];
  groups::thread_block block = groups::this_thread_block();
  staged[block.thread_rank()] = data[block.thread_rank()];
  block.sync();
  data[block.thread_rank()] = staged[block.size() - 1 - block.thread_rank()];
}

/// The lanes with odd values number themselves, and one atomic serves all of a wave.
__global__ void compact(const int *in, int *out, int *count) {
  int value = in[threadIdx.x];
  if (value % 2) {
    groups::coalesced_group active = groups::coalesced_threads();
    int first = 0;
    if (active.thread_rank() == 0) {
      first = atomicAdd(count, int(active.size()));
    }
    out[active.shfl(first, 0) + active.thread_rank()] = value;
  }
}

int main() {
  std::vector<int> in(size), want4(size), want16(size), reversed(size), odd;
  for (int i = 0; i < size; ++i) {
    in[i] = int(noise(i) % 1000);
    reversed[size - 1 - i] = in[i];
  }
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) {
      want4[i] += i / 4 == j / 4 ? in[j] : 0;
      want16[i] += i / 16 == j / 16 ? in[j] : 0;
    }
  }
  DeviceBuffer<int> input(in), sums4(size), sums16(size), data(in), out(size), count(1);
  tileSums<<<1, size>>>(input.data(), sums4.data(), sums16.data());
  checkLaunch();
  mirror<<<1, size>>>(data.data());
  checkLaunch();
  // One wave, whose order is known.
  compact<<<1, 64>>>(input.data(), out.data(), count.data());
  checkLaunch();
  requireEqual("sums of 4 lanes", sums4.read(), want4);
  requireEqual("sums of 16 lanes", sums16.read(), want16);
  requireEqual("the mirrored block", data.read(), reversed);
  for (int i = 0; i < 64; ++i) {
    if (in[i] % 2) {
      odd.push_back(in[i]);
    }
  }
  requireEqual("how many are odd", count.read(), {int(odd.size())});
  std::vector<int> compacted = out.read();
  compacted.resize(odd.size());
  requireEqual("the odd values", compacted, odd);
}
