// Private memory: arrays indexed at run time, recursion, and large structures passed by value.
#include "Check.h"

#include <algorithm>

/// The greatest depth that the kernel asks for.
constexpr int depthLimit = 12;

__device__ __noinline__ unsigned ackermannLike(unsigned n, unsigned m) {
  unsigned local[6];
  for (unsigned i = 0; i < 6; ++i) {
    local[i] = n * 7 + m + i;
  }
  if (n == 0) {
    return local[m % 6];
  }
  return ackermannLike(n - 1, m + 1) + local[(n + m) % 6];
}

unsigned onHost(unsigned n, unsigned m) {
  unsigned own = n * 7 + m + (n == 0 ? m % 6 : (n + m) % 6);
  return n == 0 ? own : onHost(n - 1, m + 1) + own;
}

__global__ void recurse(unsigned *out) {
  out[threadIdx.x] = ackermannLike(threadIdx.x % depthLimit, threadIdx.x);
}

struct Matrix {
  float at[8][8];
};

__device__ __noinline__ Matrix multiply(Matrix a, Matrix b) {
  Matrix product = {};
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      for (int k = 0; k < 8; ++k) {
        product.at[i][j] += a.at[i][k] * b.at[k][j];
      }
    }
  }
  return product;
}

/// Sorts 32 values a thread in an array that no register file indexes.
__global__ void sortPrivately(const int *in, int *out) {
  int values[32];
  const int *mine = in + (blockIdx.x * blockDim.x + threadIdx.x) * 32;
  for (int i = 0; i < 32; ++i) {
    int value = mine[i], place = i;
    for (; place > 0 && values[place - 1] > value; --place) {
      values[place] = values[place - 1];
    }
    values[place] = value;
  }
  for (int i = 0; i < 32; ++i) {
    out[(blockIdx.x * blockDim.x + threadIdx.x) * 32 + i] = values[i];
  }
}

__global__ void square(Matrix in, Matrix *out) {
  in.at[threadIdx.x % 8][0] += float(threadIdx.x);
  out[threadIdx.x] = multiply(in, in);
}

int main() {
  DeviceBuffer<unsigned> results(100);
  recurse<<<1, 100>>>(results.data());
  checkLaunch();
  std::vector<unsigned> want;
  for (unsigned i = 0; i < 100; ++i) {
    want.push_back(onHost(i % depthLimit, i));
  }
  requireEqual("recursion", results.read(), want);

  std::vector<int> values(2 * 64 * 32), sorted;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = int(noise(uint32_t(i)));
  }
  DeviceBuffer<int> in(values), out(values.size());
  sortPrivately<<<2, 64>>>(in.data(), out.data());
  checkLaunch();
  sorted = values;
  for (size_t i = 0; i < sorted.size(); i += 32) {
    std::sort(sorted.begin() + i, sorted.begin() + i + 32);
  }
  requireEqual("values sorted in private memory", out.read(), sorted);

  Matrix matrix = {};
  std::vector<float> noiseValues = noiseVector(64), got, wantProduct;
  for (int i = 0; i < 64; ++i) {
    matrix.at[i / 8][i % 8] = noiseValues[i];
  }
  DeviceBuffer<Matrix> squares(40);
  square<<<1, 40>>>(matrix, squares.data());
  checkLaunch();
  std::vector<Matrix> products = squares.read();
  for (int thread = 0; thread < 40; ++thread) {
    Matrix changed = matrix;
    changed.at[thread % 8][0] += float(thread);
    for (int i = 0; i < 64; ++i) {
      float sum = 0;
      for (int k = 0; k < 8; ++k) {
        sum += changed.at[i / 8][k] * changed.at[k][i % 8];
      }
      wantProduct.push_back(sum);
      got.push_back(products[thread].at[i / 8][i % 8]);
    }
  }
  requireClose("squared matrices", got, wantProduct, 1e-6);
}
