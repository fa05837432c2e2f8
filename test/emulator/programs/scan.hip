// Prefix sums at three sizes: a wave by shuffles, a workgroup through LDS, and the whole grid in
// one launch, where each workgroup waits for the total of the one before it.
#include "Check.h"

constexpr int groupSize = 256;

__device__ unsigned scanWave(unsigned value) {
  for (int distance = 1; distance < warpSize; distance *= 2) {
    unsigned other = __shfl_up(value, distance);
    value += int(threadIdx.x % warpSize) >= distance ? other : 0;
  }
  return value;
}

__device__ unsigned scanGroup(unsigned value) {
  __shared__ unsigned waveTotals[groupSize / 32];
  unsigned lane = threadIdx.x % warpSize, wave = threadIdx.x / warpSize;
  value = scanWave(value);
  if (lane == warpSize - 1) {
    waveTotals[wave] = value;
  }
  __syncthreads();
  for (unsigned i = 0; i < wave; ++i) {
    value += waveTotals[i];
  }
  return value;
}

__global__ void scanWaves(const unsigned *in, unsigned *out) {
  int i = blockIdx.x * groupSize + threadIdx.x;
  out[i] = scanWave(in[i]);
}

__global__ void scanGroups(const unsigned *in, unsigned *out) {
  int i = blockIdx.x * groupSize + threadIdx.x;
  out[i] = scanGroup(in[i]);
}

/// `totals[g]` holds 1 + the sum of groups 0 to g once it is known, 0 before. Groups take their
/// numbers from `ticket`, so that the one waited for is always under way.
__global__ void scanGrid(const unsigned *in, unsigned *out, unsigned *ticket,
                         unsigned long long *totals) {
  __shared__ unsigned group;
  __shared__ unsigned before;
  if (threadIdx.x == 0) {
    group = atomicAdd(ticket, 1u);
  }
  __syncthreads();
  unsigned i = group * groupSize + threadIdx.x;
  unsigned value = scanGroup(in[i]);
  if (threadIdx.x == groupSize - 1) {
    unsigned long long found = 1;
    while (group > 0 && (found = __hip_atomic_load(&totals[group - 1], __ATOMIC_ACQUIRE,
                                                   __HIP_MEMORY_SCOPE_AGENT)) == 0) {
      __builtin_amdgcn_s_sleep(1);
    }
    before = unsigned(found - 1);
    __hip_atomic_store(&totals[group], found + value, __ATOMIC_RELEASE, __HIP_MEMORY_SCOPE_AGENT);
  }
  __syncthreads();
  out[i] = before + value;
}

std::vector<unsigned> scanOnHost(const std::vector<unsigned> &in, size_t segment) {
  std::vector<unsigned> out(in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    out[i] = in[i] + (i % segment ? out[i - 1] : 0);
  }
  return out;
}

int main() {
  hipDeviceProp_t properties;
  CHECK_HIP(hipGetDeviceProperties(&properties, 0));
  const int groups = 24, count = groups * groupSize;
  std::vector<unsigned> in(count);
  for (int i = 0; i < count; ++i) {
    in[i] = noise(i) % 1000;
  }
  DeviceBuffer<unsigned> input(in), output(count), ticket(1);
  DeviceBuffer<unsigned long long> totals(groups);
  scanWaves<<<groups, groupSize>>>(input.data(), output.data());
  checkLaunch();
  requireEqual("wave scans", output.read(), scanOnHost(in, properties.warpSize));
  scanGroups<<<groups, groupSize>>>(input.data(), output.data());
  checkLaunch();
  requireEqual("workgroup scans", output.read(), scanOnHost(in, groupSize));
  scanGrid<<<groups, groupSize>>>(input.data(), output.data(), ticket.data(), totals.data());
  checkLaunch();
  requireEqual("the grid's scan", output.read(), scanOnHost(in, count));
}
