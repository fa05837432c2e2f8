// Occupancy queries and what limits them, dynamic LDS up to the chip's limit, and launches that
// cannot be.
#include "Check.h"

extern __shared__ int dynamicLds[];

/// Reverses each workgroup's elements through LDS whose size the launch decides.
__global__ void reverse(const int *in, int *out) {
  int first = blockIdx.x * blockDim.x;
  dynamicLds[threadIdx.x] = in[first + threadIdx.x];
  __syncthreads();
  out[first + threadIdx.x] = dynamicLds[blockDim.x - 1 - threadIdx.x];
}

/// Touches the first and the last word of the dynamic LDS.
__global__ void ends(int *out, int words) {
  dynamicLds[0] = 11;
  dynamicLds[words - 1] = 22;
  __syncthreads();
  out[0] = dynamicLds[0] + dynamicLds[words - 1];
}

__global__ __launch_bounds__(128) void small(int *out) {
  out[threadIdx.x] = threadIdx.x;
}

const void *pointer(void (*kernel)(const int *, int *)) {
  return reinterpret_cast<const void *>(kernel);
}

int main() {
  hipDeviceProp_t properties;
  CHECK_HIP(hipGetDeviceProperties(&properties, 0));
  int light = 0, heavy = 0;
  CHECK_HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&light, pointer(reverse), 256, 1024));
  CHECK_HIP(hipOccupancyMaxActiveBlocksPerMultiprocessor(&heavy, pointer(reverse), 256,
                                                         properties.sharedMemPerBlock));
  require(light > heavy && heavy >= 1, "LDS should limit the workgroups of a multiprocessor");
  int grid = 0, block = 0;
  CHECK_HIP(hipOccupancyMaxPotentialBlockSize(&grid, &block, pointer(reverse), 0, 0));
  require(block > 0 && block % properties.warpSize == 0 && block <= properties.maxThreadsPerBlock,
          "the best size of a workgroup");
  require(grid >= properties.multiProcessorCount, "the best size of a grid");

  const int size = 192, groups = 3, words = int(properties.sharedMemPerBlock / sizeof(int));
  std::vector<int> in(size * groups), want(size * groups);
  for (int i = 0; i < size * groups; ++i) {
    in[i] = int(noise(i));
  }
  for (int i = 0; i < size * groups; ++i) {
    want[i] = in[i / size * size + size - 1 - i % size];
  }
  DeviceBuffer<int> input(in), output(in.size()), sum(1);
  reverse<<<groups, size, size * sizeof(int)>>>(input.data(), output.data());
  checkLaunch();
  requireEqual("elements reversed through dynamic LDS", output.read(), want);
  ends<<<1, 1, words * sizeof(int)>>>(sum.data(), words);
  checkLaunch();
  requireEqual("both ends of the chip's LDS", sum.read(), {33});

  reverse<<<1, size, properties.sharedMemPerBlock + 4>>>(input.data(), output.data());
  require(hipGetLastError() != hipSuccess, "more LDS than the chip has was accepted");
  small<<<1, 256>>>(output.data());
  require(hipGetLastError() != hipSuccess, "a workgroup beyond the kernel's bounds was accepted");
  small<<<0, 64>>>(output.data());
  require(hipGetLastError() == hipErrorInvalidConfiguration, "an empty grid was accepted");
  hipFuncAttributes attributes;
  CHECK_HIP(hipFuncGetAttributes(&attributes, reinterpret_cast<const void *>(small)));
  require(attributes.maxThreadsPerBlock == 128 && attributes.numRegs > 0,
          "the attributes of a kernel");
}
