// C = A B in f32 with tiles of both factors in LDS and a 4 x 4 block of C in each thread's
// registers.
#include "Check.h"

constexpr int tile = 32, depth = 16, perThread = 4;

__global__ __launch_bounds__(64) void gemm(const float *a, const float *b, float *c, int m, int n,
                                           int k) {
  __shared__ float tileA[depth][tile + 1], tileB[depth][tile];
  int threadRow = threadIdx.x / 8, threadColumn = threadIdx.x % 8;
  float sums[perThread][perThread] = {};
  for (int k0 = 0; k0 < k; k0 += depth) {
    for (int i = threadIdx.x; i < tile * depth; i += 64) {
      int row = blockIdx.y * tile + i / depth, column = k0 + i % depth;
      tileA[i % depth][i / depth] = row < m && column < k ? a[row * k + column] : 0;
      row = k0 + i / tile;
      column = blockIdx.x * tile + i % tile;
      tileB[i / tile][i % tile] = row < k && column < n ? b[row * n + column] : 0;
    }
    __syncthreads();
    for (int kk = 0; kk < depth; ++kk) {
      for (int i = 0; i < perThread; ++i) {
        for (int j = 0; j < perThread; ++j) {
          sums[i][j] += tileA[kk][threadRow * perThread + i] * tileB[kk][threadColumn + 8 * j];
        }
      }
    }
    __syncthreads();
  }
  for (int i = 0; i < perThread; ++i) {
    for (int j = 0; j < perThread; ++j) {
      int row = blockIdx.y * tile + threadRow * perThread + i;
      int column = blockIdx.x * tile + threadColumn + 8 * j;
      if (row < m && column < n) {
        c[row * n + column] = sums[i][j];
      }
    }
  }
}

int main() {
  const int m = 50, n = 70, k = 41;
  std::vector<float> a = noiseVector(m * k), b = noiseVector(k * n, 99), want(m * n);
  for (int row = 0; row < m; ++row) {
    for (int column = 0; column < n; ++column) {
      for (int kk = 0; kk < k; ++kk) {
        want[row * n + column] += a[row * k + kk] * b[kk * n + column];
      }
    }
  }
  DeviceBuffer<float> deviceA(a), deviceB(b), deviceC(m * n);
  gemm<<<dim3((n + tile - 1) / tile, (m + tile - 1) / tile), 64>>>(deviceA.data(), deviceB.data(),
                                                                   deviceC.data(), m, n, k);
  checkLaunch();
  requireEqual("the product", deviceC.read(), want);
}
