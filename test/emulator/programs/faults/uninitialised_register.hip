// Stores a vector register that nothing has written. The instruction names the register itself, as
// the compiler would not leave an undefined value in place.
#include "../Check.h"

__global__ void store(int *out) {
  int *mine = out + threadIdx.x;
  asm volatile("global_store_dword %0, v40, off" // fault: uninitialised-register
               :
               : "v"(mine)
               : "v40", "memory");
}

int main() {
  DeviceBuffer<int> out(64);
  store<<<1, 64>>>(out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
