// Writes one element past the end of its output.
#include "../Check.h"

__global__ void number(int *out, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= count) {
    out[i] = i; // fault: global-out-of-bounds
  }
}

int main() {
  const int count = 200;
  DeviceBuffer<int> out(count);
  number<<<2, 128>>>(out.data(), count);
  return hipDeviceSynchronize() != hipSuccess;
}
