// D = A B, 16 x 16 tiles, by the wave matrix instructions of gfx11 and gfx12: f16, bf16, int8 and,
// on gfx12, fp8. Lane l holds row l % 16 of A and column l % 16 of B: all 16 of k on gfx11, where
// the upper half of the wave repeats the lower one, 8 of them on gfx12.
#include "Check.h"

#if defined(__GFX12__)
constexpr int perLane = 8;
#else
constexpr int perLane = 16;
#endif

using float8v = float __attribute__((ext_vector_type(8)));
using int8v = int __attribute__((ext_vector_type(8)));
using halfv = _Float16 __attribute__((ext_vector_type(perLane)));
using shortv = short __attribute__((ext_vector_type(perLane)));
using bytesv = int __attribute__((ext_vector_type(perLane / 4)));

/// The k of a lane's element i, and the row of its result i.
__device__ int kOf(int i) {
  return perLane == 16 ? i : 8 * (threadIdx.x / 16) + i;
}
__device__ int rowOf(int i) {
  return perLane == 16 ? 2 * i + threadIdx.x / 16 : 8 * (threadIdx.x / 16) + i;
}

__global__ void gemmF16(const float *a, const float *b, float *d, int k) {
  int column = threadIdx.x % 16;
  float8v sums = {};
  for (int kk = 0; kk < k; kk += 16) {
    halfv left, right;
    for (int i = 0; i < perLane; ++i) {
      left[i] = _Float16(a[column * k + kk + kOf(i)]);
      right[i] = _Float16(b[(kk + kOf(i)) * 16 + column]);
    }
#if defined(__GFX11__)
    sums = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(left, right, sums);
#elif defined(__GFX12__)
    sums = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32_gfx12(left, right, sums);
#endif
  }
  for (int i = 0; i < 8; ++i) {
    d[rowOf(i) * 16 + column] = sums[i];
  }
}

/// Values here are multiples of 1/128 in [-1, 1), which bf16 holds exactly.
__device__ short toBf16(float value) {
  return short(__float_as_uint(value) >> 16);
}

__global__ void gemmBf16(const float *a, const float *b, float *d, int k) {
  int column = threadIdx.x % 16;
  float8v sums = {};
  for (int kk = 0; kk < k; kk += 16) {
    shortv left, right;
    for (int i = 0; i < perLane; ++i) {
      left[i] = toBf16(a[column * k + kk + kOf(i)]);
      right[i] = toBf16(b[(kk + kOf(i)) * 16 + column]);
    }
#if defined(__GFX11__)
    sums = __builtin_amdgcn_wmma_f32_16x16x16_bf16_w32(left, right, sums);
#elif defined(__GFX12__)
    sums = __builtin_amdgcn_wmma_f32_16x16x16_bf16_w32_gfx12(left, right, sums);
#endif
  }
  for (int i = 0; i < 8; ++i) {
    d[rowOf(i) * 16 + column] = sums[i];
  }
}

__device__ void setByte(bytesv &packed, int i, uint8_t value) {
  packed[i / 4] |= int(uint32_t(value) << 8 * (i % 4));
}

__global__ void gemmInt8(const int8_t *a, const int8_t *b, int *d, int k) {
  int column = threadIdx.x % 16;
  int8v sums = {};
  for (int kk = 0; kk < k; kk += 16) {
    bytesv left = {}, right = {};
    for (int i = 0; i < perLane; ++i) {
      setByte(left, i, uint8_t(a[column * k + kk + kOf(i)]));
      setByte(right, i, uint8_t(b[(kk + kOf(i)) * 16 + column]));
    }
#if defined(__GFX11__)
    sums = __builtin_amdgcn_wmma_i32_16x16x16_iu8_w32(true, left, true, right, sums, false);
#elif defined(__GFX12__)
    sums = __builtin_amdgcn_wmma_i32_16x16x16_iu8_w32_gfx12(true, left, true, right, sums, false);
#endif
  }
  for (int i = 0; i < 8; ++i) {
    d[rowOf(i) * 16 + column] = sums[i];
  }
}

/// OCP fp8 (e4m3) of small integers: 0 to 8 are exact.
__device__ uint8_t toFp8(int value) {
  if (value == 0) {
    return 0;
  }
  int magnitude = abs(value), exponent = 31 - __clz(magnitude);
  int mantissa = (magnitude << 3 >> exponent) & 7;
  return uint8_t((value < 0 ? 0x80 : 0) | (exponent + 7) << 3 | mantissa);
}

__global__ void gemmFp8(const int8_t *a, const int8_t *b, float *d, int k) {
#if defined(__GFX12__)
  int column = threadIdx.x % 16;
  float8v sums = {};
  for (int kk = 0; kk < k; kk += 16) {
    bytesv left = {}, right = {};
    for (int i = 0; i < perLane; ++i) {
      setByte(left, i, toFp8(a[column * k + kk + kOf(i)]));
      setByte(right, i, toFp8(b[(kk + kOf(i)) * 16 + column]));
    }
    sums = __builtin_amdgcn_wmma_f32_16x16x16_fp8_fp8_w32_gfx12(left, right, sums);
  }
  for (int i = 0; i < 8; ++i) {
    d[rowOf(i) * 16 + column] = sums[i];
  }
#endif
}

template <typename In, typename Out>
void run(const char *name, void (*kernel)(const In *, const In *, Out *, int), float scale) {
  const int size = 16, k = 64;
  std::vector<In> a(size * k), b(k * size);
  std::vector<Out> want(size * size);
  std::vector<float> values = noiseVector(2 * size * k);
  for (int i = 0; i < size * k; ++i) {
    a[i] = In(values[i] * scale);
    b[i] = In(values[size * k + i] * scale);
  }
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      for (int kk = 0; kk < k; ++kk) {
        want[row * size + column] += Out(a[row * k + kk]) * Out(b[kk * size + column]);
      }
    }
  }
  DeviceBuffer<In> deviceA(a), deviceB(b);
  DeviceBuffer<Out> deviceD(size * size);
  kernel<<<1, 32>>>(deviceA.data(), deviceB.data(), deviceD.data(), k);
  checkLaunch();
  requireEqual(name, deviceD.read(), want);
}

int main() {
  hipDeviceProp_t properties;
  CHECK_HIP(hipGetDeviceProperties(&properties, 0));
  run("an f16 product", gemmF16, 1);
  run("a bf16 product", gemmBf16, 1);
  run("an int8 product", gemmInt8, 128);
  if (properties.major == 12) {
    run("an fp8 product", gemmFp8, 8);
  }
}
