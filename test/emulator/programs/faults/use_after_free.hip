// A kernel reads memory that the host has freed.
#include "../Check.h"

__global__ void copy(const int *in, int *out) {
  out[threadIdx.x] = in[threadIdx.x]; // fault: use-after-free
}

int main() {
  const int count = 64;
  int *freed = nullptr;
  CHECK_HIP(hipMalloc(&freed, count * sizeof(int)));
  CHECK_HIP(hipMemset(freed, 0, count * sizeof(int)));
  DeviceBuffer<int> out(count);
  copy<<<1, count>>>(freed, out.data());
  CHECK_HIP(hipDeviceSynchronize());
  CHECK_HIP(hipFree(freed));
  copy<<<1, count>>>(freed, out.data());
  return hipDeviceSynchronize() != hipSuccess;
}
