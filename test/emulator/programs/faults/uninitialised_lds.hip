// Half of the workgroup's LDS is read before anything was written to it.
#include "../Check.h"

__global__ void mirror(const int *in, int *out) {
  __shared__ int staged[128];
  if (threadIdx.x < 64) {
    staged[threadIdx.x] = in[threadIdx.x];
  }
  __syncthreads();
  out[threadIdx.x] = staged[127 - threadIdx.x]; // fault: uninitialised-lds
}

int main() {
  const int size = 128;
  DeviceBuffer<int> in(size), out(size);
  mirror<<<1, size>>>(in.data(), out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
