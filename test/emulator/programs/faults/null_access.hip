// A kernel follows a pointer that no one has set.
#include "../Check.h"

__global__ void load(int *const *pointers, int *out) {
  out[threadIdx.x] = *pointers[threadIdx.x]; // fault: null-access
}

int main() {
  DeviceBuffer<int *> pointers(64);
  DeviceBuffer<int> out(64);
  load<<<1, 64>>>(pointers.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
