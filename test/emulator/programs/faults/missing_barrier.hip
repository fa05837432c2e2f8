// Threads read what other waves write to LDS with no barrier in between.
#include "../Check.h"

__global__ void reverse(const int *in, int *out) {
  __shared__ int staged[256];
  staged[threadIdx.x] = in[threadIdx.x];        // fault: missing-barrier
  out[threadIdx.x] = staged[255 - threadIdx.x]; // fault: missing-barrier
}

int main() {
  const int count = 256;
  DeviceBuffer<int> in(count), out(count);
  reverse<<<1, count>>>(in.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
