// Hand-written assembly changes a loaded value without waiting for the load.
#include "../Check.h"

__global__ void flip(const int *in, int *out) {
  const int *from = in + threadIdx.x;
  int value;
  asm volatile("global_load_dword %0, %1, off" : "=&v"(value) : "v"(from) : "memory");
  asm volatile("v_xor_b32 %0, 1, %0" : "+v"(value)); // fault: missing-wait
  out[threadIdx.x] = value;
}

int main() {
  DeviceBuffer<int> in(64), out(64);
  flip<<<1, 64>>>(in.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
