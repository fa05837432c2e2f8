// Workgroups add to one sum in memory without an atomic.
#include "../Check.h"

__global__ void sum(const int *in, int *total) {
  __shared__ int local;
  if (threadIdx.x == 0) {
    local = 0;
  }
  __syncthreads();
  atomicAdd(&local, in[blockIdx.x * blockDim.x + threadIdx.x]);
  __syncthreads();
  if (threadIdx.x == 0) {
    *total += local; // fault: workgroup-race
  }
}

int main() {
  DeviceBuffer<int> in(4 * 64), total(1);
  sum<<<4, 64>>>(in.data(), total.data());
  return hipDeviceSynchronize() != hipSuccess;
}
