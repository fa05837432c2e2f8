// __constant__, __device__ and __managed__ variables, their addresses and sizes, and copies to and
// from them.
#include "Check.h"

__constant__ float coefficients[4];
__device__ int counter = 100;
__device__ int history[64];
__managed__ int shared = 7;
__device__ int *pointerToHistory = history;

__global__ void evaluate(const float *x, float *y, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    y[i] = ((coefficients[3] * x[i] + coefficients[2]) * x[i] + coefficients[1]) * x[i] +
           coefficients[0];
  }
}

__global__ void update() {
  int before = atomicAdd(&counter, 1);
  pointerToHistory[threadIdx.x] = before - 100 + shared;
  __syncthreads();
  if (threadIdx.x == 0) {
    shared *= 6;
  }
}

int main() {
  const int count = 300;
  const float polynomial[4] = {1, -2, 0.5f, 0.25f};
  CHECK_HIP(hipMemcpyToSymbol(HIP_SYMBOL(coefficients), polynomial, sizeof(polynomial)));
  std::vector<float> in = noiseVector(count), want(count);
  for (int i = 0; i < count; ++i) {
    want[i] = ((0.25f * in[i] + 0.5f) * in[i] - 2) * in[i] + 1;
  }
  DeviceBuffer<float> x(in), y(count);
  evaluate<<<3, 128>>>(x.data(), y.data(), count);
  checkLaunch();
  requireEqual("a polynomial of constants", y.read(), want);

  update<<<1, 64>>>();
  checkLaunch();
  CHECK_HIP(hipDeviceSynchronize());
  int after = 0, values[64], one = 0;
  CHECK_HIP(hipMemcpyFromSymbol(&after, HIP_SYMBOL(counter), sizeof(after)));
  CHECK_HIP(hipMemcpyFromSymbol(values, HIP_SYMBOL(history), sizeof(values)));
  require(after == 164, "the counter");
  require(shared == 42, "the managed variable");
  long sum = 0;
  for (int value : values) {
    sum += value;
  }
  require(sum == 64 * 63 / 2 + 64 * 7, "the history");

  void *address = nullptr;
  size_t bytes = 0;
  CHECK_HIP(hipGetSymbolAddress(&address, HIP_SYMBOL(history)));
  CHECK_HIP(hipGetSymbolSize(&bytes, HIP_SYMBOL(history)));
  require(bytes == sizeof(history), "the size of a variable");
  CHECK_HIP(hipMemset(address, 0, bytes));
  CHECK_HIP(hipMemcpyFromSymbol(&one, HIP_SYMBOL(history), sizeof(one), 63 * sizeof(int)));
  require(one == 0, "a variable cleared through its address");
  require(hipMemcpyToSymbol(HIP_SYMBOL(history), values, sizeof(values), 4) != hipSuccess,
          "a copy beyond the end of a variable");
}
