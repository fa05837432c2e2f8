// Layer normalization with scale and shift of rows in f16, statistics in f32 by Welford's method.
#include "Check.h"

#include <hip/hip_fp16.h>

constexpr int groupSize = 64;

struct Moments {
  float count, mean, squares; // squares: sum of squared distances from the mean
};

__device__ Moments merge(Moments a, Moments b) {
  float count = a.count + b.count;
  if (count == 0) {
    return a;
  }
  float delta = b.mean - a.mean;
  return {count, a.mean + delta * b.count / count,
          a.squares + b.squares + delta * delta * a.count * b.count / count};
}

__global__ void layerNorm(const __half *in, const float *scale, const float *shift, __half *out,
                          int columns, float epsilon) {
  __shared__ Moments parts[groupSize];
  const __half *row = in + blockIdx.x * columns;
  Moments mine{0, 0, 0};
  for (int i = threadIdx.x; i < columns; i += groupSize) {
    mine = merge(mine, {1, __half2float(row[i]), 0});
  }
  parts[threadIdx.x] = mine;
  for (int distance = groupSize / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (int(threadIdx.x) < distance) {
      parts[threadIdx.x] = merge(parts[threadIdx.x], parts[threadIdx.x + distance]);
    }
  }
  __syncthreads();
  Moments all = parts[0];
  float inverse = rsqrtf(all.squares / all.count + epsilon);
  for (int i = threadIdx.x; i < columns; i += groupSize) {
    float value = (__half2float(row[i]) - all.mean) * inverse * scale[i] + shift[i];
    out[blockIdx.x * columns + i] = __float2half(value);
  }
}

int main() {
  const int rows = 9, columns = 200;
  const float epsilon = 1e-5f;
  std::vector<float> values = noiseVector(rows * columns), scale = noiseVector(columns, 7000),
                     shift = noiseVector(columns, 8000);
  std::vector<__half> in(rows * columns);
  std::vector<float> want(rows * columns), got;
  for (int row = 0; row < rows; ++row) {
    double mean = 0, variance = 0;
    for (int i = 0; i < columns; ++i) {
      in[row * columns + i] = __float2half(values[row * columns + i]);
      mean += values[row * columns + i] / columns;
    }
    for (int i = 0; i < columns; ++i) {
      variance += std::pow(values[row * columns + i] - mean, 2) / columns;
    }
    for (int i = 0; i < columns; ++i) {
      want[row * columns + i] = float(
          (values[row * columns + i] - mean) / std::sqrt(variance + epsilon) * scale[i] + shift[i]);
    }
  }
  DeviceBuffer<__half> input(in), output(in.size());
  DeviceBuffer<float> deviceScale(scale), deviceShift(shift);
  layerNorm<<<rows, groupSize>>>(input.data(), deviceScale.data(), deviceShift.data(),
                                 output.data(), columns, epsilon);
  checkLaunch();
  for (__half value : output.read()) {
    got.push_back(__half2float(value));
  }
  // Half a unit in the last place of f16, which is 2^-11 relative.
  requireClose("layer normalization", got, want, 5.5e-4);
}
