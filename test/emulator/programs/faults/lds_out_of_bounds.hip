// Reads one element past the end of the workgroup's LDS, of which the launch gives one element a
// thread.
#include "../Check.h"

extern __shared__ int row[];

__global__ void rotate(const int *in, int *out) {
  row[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = row[threadIdx.x + 1]; // fault: lds-out-of-bounds
}

int main() {
  const int count = 128;
  DeviceBuffer<int> in(count), out(count);
  rotate<<<1, count, count * sizeof(int)>>>(in.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
