// A matrix transposed through tiles in LDS, padded by a column so that rows and columns both spread
// over the banks; edges do not divide by the tile.
#include "Check.h"

constexpr int tile = 32, rowsAtOnce = 8;

template <typename T> __global__ void transpose(const T *in, T *out, int width, int height) {
  __shared__ T staged[tile][tile + 1];
  int x = blockIdx.x * tile + threadIdx.x;
  for (int row = threadIdx.y; row < tile; row += rowsAtOnce) {
    int y = blockIdx.y * tile + row;
    if (x < width && y < height) {
      staged[row][threadIdx.x] = in[y * width + x];
    }
  }
  __syncthreads();
  x = blockIdx.y * tile + threadIdx.x;
  for (int row = threadIdx.y; row < tile; row += rowsAtOnce) {
    int y = blockIdx.x * tile + row;
    if (x < height && y < width) {
      out[y * height + x] = staged[threadIdx.x][row];
    }
  }
}

template <typename T> void run(const char *name, int width, int height) {
  std::vector<T> in(width * height), want(width * height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      want[x * height + y] = in[y * width + x] = T(noise(y * width + x));
    }
  }
  DeviceBuffer<T> input(in), output(in.size());
  dim3 grid((width + tile - 1) / tile, (height + tile - 1) / tile);
  transpose<<<grid, dim3(tile, rowsAtOnce)>>>(input.data(), output.data(), width, height);
  checkLaunch();
  requireEqual(name, output.read(), want);
}

int main() {
  run<uint8_t>("a transpose of bytes", 70, 45);
  run<uint16_t>("a transpose of 2-byte elements", 64, 96);
  run<uint32_t>("a transpose of 4-byte elements", 100, 33);
  run<double>("a transpose of 8-byte elements", 31, 65);
}
