// Two workgroups each wait for a flag that the other would set afterwards.
#include "../Check.h"

constexpr int agent = __HIP_MEMORY_SCOPE_AGENT;

__global__ void waitForEachOther(int *flags) {
  if (threadIdx.x == 0) {
    int *other = &flags[1 - blockIdx.x];
    while (__hip_atomic_load(other, __ATOMIC_ACQUIRE, agent) == 0) { // fault: deadlock
      __builtin_amdgcn_s_sleep(1); // fault: deadlock
    }
    __hip_atomic_store(&flags[blockIdx.x], 1, __ATOMIC_RELEASE, agent);
  }
}

int main() {
  DeviceBuffer<int> flags(2);
  waitForEachOther<<<2, 64>>>(flags.data());
  return hipDeviceSynchronize() != hipSuccess;
}
