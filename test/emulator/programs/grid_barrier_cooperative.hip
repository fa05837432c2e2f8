// A heat equation stepped by a persistent kernel: a cooperative launch, whose workgroups are all on
// the device at once, with a barrier over the grid after every step. Too large a cooperative launch
// is refused.
#include "Check.h"

/// Workgroups arrive at a counter that only grows; the barrier opens at the next multiple of the
/// grid.
__device__ void waitForGrid(unsigned *arrivals) {
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    unsigned mine = atomicAdd(arrivals, 1u);
    unsigned opens = (mine / gridDim.x + 1) * gridDim.x;
    while (__hip_atomic_load(arrivals, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT) < opens) {
      __builtin_amdgcn_s_sleep(1);
    }
    __threadfence();
  }
  __syncthreads();
}

__global__ void diffuse(float *now, float *next, int count, int steps, unsigned *arrivals) {
  for (int step = 0; step < steps; ++step) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
      float left = now[max(i - 1, 0)], right = now[min(i + 1, count - 1)];
      next[i] = 0.5f * now[i] + 0.25f * (left + right);
    }
    waitForGrid(arrivals);
    float *done = next;
    next = now;
    now = done;
  }
}

int main() {
  const int count = 3000, steps = 7;
  std::vector<float> now = noiseVector(count), next(count);
  DeviceBuffer<float> a(now), b(count);
  DeviceBuffer<unsigned> arrivals(1);
  float *deviceNow = a.data(), *deviceNext = b.data();
  unsigned *deviceArrivals = arrivals.data();
  int countArgument = count, stepsArgument = steps;
  void *arguments[] = {&deviceNow, &deviceNext, &countArgument, &stepsArgument, &deviceArrivals};
  CHECK_HIP(hipLaunchCooperativeKernel(reinterpret_cast<const void *>(diffuse), dim3(10), dim3(128),
                                       arguments, 0, nullptr));
  for (int step = 0; step < steps; ++step) {
    for (int i = 0; i < count; ++i) {
      next[i] = 0.5f * now[i] + 0.25f * (now[std::max(i - 1, 0)] + now[std::min(i + 1, count - 1)]);
    }
    std::swap(now, next);
  }
  requireClose("the diffused values", b.read(), now, 1e-6);

  hipError_t error = hipLaunchCooperativeKernel(reinterpret_cast<const void *>(diffuse),
                                                dim3(1 << 20), dim3(128), arguments, 0, nullptr);
  require(error == hipErrorCooperativeLaunchTooLarge,
          "a grid that does not fit the device was accepted");
}
