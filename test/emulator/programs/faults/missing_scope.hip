// One workgroup hands a value to another through a flag that is released and acquired only within a
// workgroup.
#include "../Check.h"

constexpr int scope = __HIP_MEMORY_SCOPE_WORKGROUP;

__device__ int load(int *flag) {
  return __hip_atomic_load(flag, __ATOMIC_ACQUIRE, scope); // fault: missing-scope
}

__device__ void store(int *flag, int value) {
  __hip_atomic_store(flag, value, __ATOMIC_RELEASE, scope); // fault: missing-scope
}

__global__ void handOver(int *value, int *flag, int *out) {
  if (threadIdx.x != 0) {
    return;
  }
  if (blockIdx.x == 0) {
    *value = 42; // fault: missing-scope
    store(flag, 1);
  } else {
    while (load(flag) == 0) {
    }
    *out = *value; // fault: missing-scope
  }
}

int main() {
  DeviceBuffer<int> value(1), flag(1), out(1);
  handOver<<<2, 64>>>(value.data(), flag.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
