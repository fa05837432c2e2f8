// 64-bit atomics on integers and doubles in global memory and LDS, and their results.
#include "Check.h"

#include <algorithm>

using Long = unsigned long long;

__global__ void integers(Long *cells, Long *old) {
  Long value = (Long(threadIdx.x) << 33) + blockIdx.x * blockDim.x + threadIdx.x;
  old[blockIdx.x * blockDim.x + threadIdx.x] = atomicAdd(&cells[0], 0x100000001ull);
  atomicMax(&cells[1], value);
  atomicMin(&cells[2], value + 5);
  atomicXor(&cells[3], value);
  atomicOr(&cells[4], 1ull << (threadIdx.x % 64));
  atomicAnd(&cells[5], ~(1ull << (threadIdx.x % 48)));
}

__global__ void doubles(const double *in, double *sum, double *largest) {
  __shared__ double local;
  if (threadIdx.x == 0) {
    local = 0;
  }
  __syncthreads();
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  atomicAdd(&local, in[i]);
  __syncthreads();
  if (threadIdx.x == 0) {
    atomicAdd(sum, local);
  }
  // A maximum by compare and swap of the bits.
  auto *bits = reinterpret_cast<Long *>(largest);
  Long seen = *bits;
  while (__longlong_as_double(seen) < in[i]) {
    Long before = atomicCAS(bits, seen, Long(__double_as_longlong(in[i])));
    if (before == seen) {
      break;
    }
    seen = before;
  }
}

int main() {
  const int groups = 6, size = 128, count = groups * size;
  std::vector<Long> start{0, 0, ~0ull, 0, 0, ~0ull}, want(6), old;
  Long last = (Long(size - 1) << 33) + count - 1, combined = 0;
  for (int i = 0; i < count; ++i) {
    combined ^= (Long(i % size) << 33) + i;
  }
  want = {0x100000001ull * count, last, 5, combined, ~0ull, ~0ull << 48};
  DeviceBuffer<Long> cells(start), oldValues(count);
  integers<<<groups, size>>>(cells.data(), oldValues.data());
  checkLaunch();
  requireEqual("64-bit atomics", cells.read(), want);
  old = oldValues.read();
  std::sort(old.begin(), old.end());
  for (int i = 0; i < count; ++i) {
    require(old[i] == 0x100000001ull * i, "every atomic should have seen another value");
  }

  std::vector<double> in(count);
  double sum = 0, largest = 0;
  for (int i = 0; i < count; ++i) {
    in[i] = double(noise(i)) / 1024;
    sum += in[i];
    largest = std::max(largest, in[i]);
  }
  DeviceBuffer<double> input(in), total(1), maximum(1);
  doubles<<<groups, size>>>(input.data(), total.data(), maximum.data());
  checkLaunch();
  requireEqual("a sum of doubles", total.read(), {sum});
  requireEqual("a maximum of doubles", maximum.read(), {largest});
}
