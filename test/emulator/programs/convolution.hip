// A 2D convolution with borders clamped, weights in constant memory and a tile with its rim in LDS;
// 8-bit pixels.
#include "Check.h"

constexpr int radius = 2, taps = 2 * radius + 1, tile = 16, staged = tile + 2 * radius;

__constant__ float weights[taps][taps];

__device__ int clampTo(int value, int limit) {
  return min(max(value, 0), limit - 1);
}

__global__ void convolve(const uint8_t *in, float *out, int width, int height) {
  __shared__ float pixels[staged][staged];
  int left = blockIdx.x * tile - radius, top = blockIdx.y * tile - radius;
  for (int i = threadIdx.y * tile + threadIdx.x; i < staged * staged; i += tile * tile) {
    int x = clampTo(left + i % staged, width), y = clampTo(top + i / staged, height);
    pixels[i / staged][i % staged] = in[y * width + x];
  }
  __syncthreads();
  int x = blockIdx.x * tile + threadIdx.x, y = blockIdx.y * tile + threadIdx.y;
  if (x < width && y < height) {
    float sum = 0;
    for (int dy = 0; dy < taps; ++dy) {
      for (int dx = 0; dx < taps; ++dx) {
        sum += weights[dy][dx] * pixels[threadIdx.y + dy][threadIdx.x + dx];
      }
    }
    out[y * width + x] = sum;
  }
}

int main() {
  const int width = 50, height = 37;
  std::vector<uint8_t> in(width * height);
  for (int i = 0; i < width * height; ++i) {
    in[i] = uint8_t(noise(i));
  }
  float kernel[taps][taps];
  for (int i = 0; i < taps * taps; ++i) {
    kernel[i / taps][i % taps] = noiseVector(taps * taps, 5)[i];
  }
  std::vector<float> want(width * height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int dy = -radius; dy <= radius; ++dy) {
        for (int dx = -radius; dx <= radius; ++dx) {
          int fromX = std::min(std::max(x + dx, 0), width - 1),
              fromY = std::min(std::max(y + dy, 0), height - 1);
          want[y * width + x] += kernel[dy + radius][dx + radius] * in[fromY * width + fromX];
        }
      }
    }
  }
  CHECK_HIP(hipMemcpyToSymbol(HIP_SYMBOL(weights), kernel, sizeof(kernel)));
  DeviceBuffer<uint8_t> input(in);
  DeviceBuffer<float> output(width * height);
  convolve<<<dim3((width + tile - 1) / tile, (height + tile - 1) / tile), dim3(tile, tile)>>>(
      input.data(), output.data(), width, height);
  checkLaunch();
  requireEqual("the convolution", output.read(), want);
}
