// Waves of one workgroup wait at different barriers.
#include "../Check.h"

__global__ void accumulate(int *out, int rounds) {
  __shared__ int sum;
  if (threadIdx.x == 0) {
    sum = 0;
  }
  __syncthreads();
  if (threadIdx.x < 128) {
    atomicAdd(&sum, rounds);
    __syncthreads(); // fault: divergent-barrier
    out[threadIdx.x] = sum;
  } else {
    atomicAdd(&sum, 1);
    __syncthreads(); // fault: divergent-barrier
    out[threadIdx.x] = -sum;
  }
}

int main() {
  DeviceBuffer<int> out(256);
  accumulate<<<1, 256>>>(out.data(), 3);
  return hipDeviceSynchronize() != hipSuccess;
}
