// A spin lock that one path through the critical section does not release.
#include "../Check.h"

__global__ void countEven(const int *in, int *lock, int *count) {
  if (threadIdx.x != 0) {
    return;
  }
  while (atomicCAS(lock, 0, 1) != 0) { // fault: deadlock
    __builtin_amdgcn_s_sleep(1); // fault: deadlock
  }
  __threadfence();
  if (in[blockIdx.x] % 2) {
    return;
  }
  *count += 1;
  __threadfence();
  atomicExch(lock, 0);
}

int main() {
  DeviceBuffer<int> in(std::vector<int>{1, 3, 5, 7, 9}), lock(1), count(1);
  countEven<<<5, 64>>>(in.data(), lock.data(), count.data());
  return hipDeviceSynchronize() != hipSuccess;
}
