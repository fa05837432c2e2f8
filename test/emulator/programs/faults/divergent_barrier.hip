// A barrier inside a branch that only some lanes of each wave take.
#include "../Check.h"

__global__ void exchange(int *data) {
  __shared__ int staged[128];
  staged[threadIdx.x] = data[threadIdx.x];
  if (threadIdx.x % 32 < 20) {
    __syncthreads(); // fault: divergent-barrier
    data[threadIdx.x] = staged[threadIdx.x] + 1;
  }
}

int main() {
  DeviceBuffer<int> data(128);
  exchange<<<1, 128>>>(data.data());
  return hipDeviceSynchronize() != hipSuccess;
}
