// f64: conjugate gradients to 1e-12, elementary functions, and fused against separate rounding.
#include "Check.h"

constexpr int size = 64;

__device__ double dot(double a, double b, double *shared) {
  shared[threadIdx.x] = a * b;
  for (int distance = size / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (int(threadIdx.x) < distance) {
      shared[threadIdx.x] += shared[threadIdx.x + distance];
    }
  }
  __syncthreads();
  double sum = shared[0];
  __syncthreads();
  return sum;
}

/// Solves A x = b for a symmetric positive matrix, one unknown a thread.
__global__ void conjugateGradients(const double *matrix, const double *b, double *x, int steps) {
  __shared__ double shared[size], direction[size];
  int i = threadIdx.x;
  double value = 0, residual = b[i], mine = residual;
  double squared = dot(residual, residual, shared);
  for (int step = 0; step < steps && squared > 1e-28; ++step) {
    direction[i] = mine;
    __syncthreads();
    double product = 0;
    for (int j = 0; j < size; ++j) {
      product = fma(matrix[i * size + j], direction[j], product);
    }
    double alpha = squared / dot(mine, product, shared);
    value += alpha * mine;
    residual -= alpha * product;
    double next = dot(residual, residual, shared);
    mine = residual + next / squared * mine;
    squared = next;
  }
  x[i] = value;
}

__global__ void functions(const double *in, double *out, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    double x = in[i];
    out[4 * i] = sqrt(x);
    out[4 * i + 1] = exp(-x);
    out[4 * i + 2] = log(x);
    out[4 * i + 3] = sin(x) / x;
  }
}

/// The rounding error of a product, which only a fused operation can see.
__global__ void productError(const double *in, double *out) {
  double a = in[threadIdx.x], b = in[threadIdx.x + 64];
  double product = __dmul_rn(a, b);
  out[threadIdx.x] = __fma_rn(a, b, -product);
}

int main() {
  std::vector<double> matrix(size * size), b(size), want(size);
  for (int i = 0; i < size; ++i) {
    want[i] = double(noise(i) % 2000) / 1000 - 1;
    for (int j = 0; j < size; ++j) {
      matrix[i * size + j] = i == j ? 4 : 1.0 / (1 + (i - j) * (i - j));
    }
  }
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) {
      b[i] += matrix[i * size + j] * want[j];
    }
  }
  DeviceBuffer<double> deviceMatrix(matrix), deviceB(b), x(size);
  conjugateGradients<<<1, size>>>(deviceMatrix.data(), deviceB.data(), x.data(), 200);
  checkLaunch();
  requireClose("the solution", x.read(), want, 1e-12);

  const int count = 200;
  std::vector<double> in(count), wantFunctions, wantErrors;
  for (int i = 0; i < count; ++i) {
    in[i] = 0.001 + double(noise(i)) / 1e8;
    for (double value :
         {std::sqrt(in[i]), std::exp(-in[i]), std::log(in[i]), std::sin(in[i]) / in[i]}) {
      wantFunctions.push_back(value);
    }
  }
  DeviceBuffer<double> input(in), output(4 * count), errors(64);
  functions<<<4, 64>>>(input.data(), output.data(), count);
  checkLaunch();
  requireClose("functions", output.read(), wantFunctions, 4e-15);
  productError<<<1, 64>>>(input.data(), errors.data());
  checkLaunch();
  for (int i = 0; i < 64; ++i) {
    wantErrors.push_back(std::fma(in[i], in[i + 64], -(in[i] * in[i + 64])));
  }
  requireEqual("errors of products", errors.read(), wantErrors);
}
