// A histogram counted in LDS by atomics and merged into global memory by atomics.
#include "Check.h"

constexpr int bins = 256;

__global__ void count(const uint8_t *in, int bytes, unsigned *total) {
  __shared__ unsigned local[bins];
  for (int i = threadIdx.x; i < bins; i += blockDim.x) {
    local[i] = 0;
  }
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < bytes; i += gridDim.x * blockDim.x) {
    atomicAdd(&local[in[i]], 1u);
  }
  __syncthreads();
  for (int i = threadIdx.x; i < bins; i += blockDim.x) {
    atomicAdd(&total[i], local[i]);
  }
}

/// The other atomics: which bins occur at all, and the extremes.
__global__ void extremes(const uint8_t *in, int bytes, unsigned *seen, int *smallest, int *largest,
                         unsigned *last) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < bytes) {
    atomicOr(&seen[in[i] / 32], 1u << (in[i] % 32));
    atomicMin(smallest, int(in[i]));
    atomicMax(largest, int(in[i]));
    // A maximum by compare and swap.
    unsigned old = *last, assumed;
    do {
      assumed = old;
      old = atomicCAS(last, assumed, max(assumed, unsigned(i)));
    } while (old != assumed);
  }
}

int main() {
  const int bytes = 9000;
  std::vector<uint8_t> in(bytes);
  std::vector<unsigned> wantTotal(bins), wantSeen(bins / 32);
  std::vector<int> smallest{255}, largest{0};
  for (int i = 0; i < bytes; ++i) {
    uint32_t random = noise(i);
    in[i] = uint8_t(5 + (random & random >> 8 & 0xff) % 240);
    ++wantTotal[in[i]];
    wantSeen[in[i] / 32] |= 1u << (in[i] % 32);
    smallest[0] = std::min<int>(smallest[0], in[i]);
    largest[0] = std::max<int>(largest[0], in[i]);
  }
  DeviceBuffer<uint8_t> input(in);
  DeviceBuffer<unsigned> total(bins), seen(bins / 32), last(1);
  DeviceBuffer<int> low(std::vector<int>{1000}), high(std::vector<int>{-1000});
  count<<<6, 192>>>(input.data(), bytes, total.data());
  checkLaunch();
  extremes<<<(bytes + 255) / 256, 256>>>(input.data(), bytes, seen.data(), low.data(), high.data(),
                                         last.data());
  checkLaunch();
  requireEqual("the histogram", total.read(), wantTotal);
  requireEqual("bins seen", seen.read(), wantSeen);
  requireEqual("the smallest", low.read(), smallest);
  requireEqual("the largest", high.read(), largest);
  requireEqual("the last index", last.read(), {unsigned(bytes - 1)});
}
