// Reads one element past the end of its input: the loop's guard allows the index `count`.
#include "../Check.h"

__global__ void differences(const float *in, float *out, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    out[i] = in[i + 1] - in[i]; // fault: global-out-of-bounds
  }
}

int main() {
  const int count = 200;
  DeviceBuffer<float> in(count), out(count);
  differences<<<2, 128>>>(in.data(), out.data(), count);
  return hipDeviceSynchronize() != hipSuccess;
}
