// Softmax of rows, in one pass that carries a running maximum and sum, merged by shuffles and LDS.
#include "Check.h"

constexpr int groupSize = 128;

/// The maximum of some values, and the sum of their exponentials relative to it.
struct Partial {
  float maximum, sum;
};

__device__ Partial merge(Partial a, Partial b) {
  float maximum = fmaxf(a.maximum, b.maximum);
  return {maximum, a.sum * expf(a.maximum - maximum) + b.sum * expf(b.maximum - maximum)};
}

__global__ void softmax(const float *in, float *out, int columns) {
  __shared__ Partial waves[groupSize / 32];
  const float *row = in + blockIdx.x * columns;
  Partial mine{-1e30f, 0};
  for (int i = threadIdx.x; i < columns; i += groupSize) {
    mine = merge(mine, {row[i], 1});
  }
  for (int distance = warpSize / 2; distance > 0; distance /= 2) {
    mine = merge(mine, {__shfl_xor(mine.maximum, distance), __shfl_xor(mine.sum, distance)});
  }
  if (threadIdx.x % warpSize == 0) {
    waves[threadIdx.x / warpSize] = mine;
  }
  __syncthreads();
  Partial all = waves[0];
  for (int i = 1; i < groupSize / warpSize; ++i) {
    all = merge(all, waves[i]);
  }
  for (int i = threadIdx.x; i < columns; i += groupSize) {
    out[blockIdx.x * columns + i] = expf(row[i] - all.maximum) / all.sum;
  }
}

int main() {
  const int rows = 12, columns = 333;
  std::vector<float> in(rows * columns);
  std::vector<double> want(rows * columns);
  for (int row = 0; row < rows; ++row) {
    double sum = 0;
    for (int i = 0; i < columns; ++i) {
      float value = float(noise(row * columns + i) % 2000) / 100 - 10 + 50 * row;
      in[row * columns + i] = value;
      sum += want[row * columns + i] = std::exp(double(value) - 50 * row);
    }
    for (int i = 0; i < columns; ++i) {
      want[row * columns + i] /= sum;
    }
  }
  DeviceBuffer<float> input(in), output(in.size());
  softmax<<<rows, groupSize>>>(input.data(), output.data(), columns);
  checkLaunch();
  // A few units of 2^-24 in each exponential and in the sum.
  requireClose("softmax", output.read(), want, 2e-6);
}
