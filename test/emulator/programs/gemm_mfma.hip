// D = A B by the matrix cores of gfx90a and gfx942: f32, f16, bf16, int8 and f64 inputs. A wave
// makes one tile; how rows and columns spread over lanes is what AMD's ISA manuals call the layout
// of the instruction, repeated beside each kernel.
#include "Check.h"

using float4v = float __attribute__((ext_vector_type(4)));
using float16v = float __attribute__((ext_vector_type(16)));
using int4v = int __attribute__((ext_vector_type(4)));
using double4v = double __attribute__((ext_vector_type(4)));
using half4v = _Float16 __attribute__((ext_vector_type(4)));
using short4v = short __attribute__((ext_vector_type(4)));

/// 32 x 32 x k by v_mfma_f32_32x32x2f32: lane l holds A[l % 32][l / 32] and B[l / 32][l % 32].
__global__ void gemmF32(const float *a, const float *b, float *d, int k) {
#if defined(__GFX9__)
  int lane = threadIdx.x, column = lane % 32, half = lane / 32;
  float16v sums = {};
  for (int kk = 0; kk < k; kk += 2) {
    sums = __builtin_amdgcn_mfma_f32_32x32x2f32(a[column * k + kk + half],
                                                b[(kk + half) * 32 + column], sums, 0, 0, 0);
  }
  for (int i = 0; i < 16; ++i) {
    d[(8 * (i / 4) + 4 * half + i % 4) * 32 + column] = sums[i];
  }
#endif
}

/// 16 x 16 x k by v_mfma_f32_16x16x16f16: lane l holds 4 of k from 4 (l / 16) on.
__global__ void gemmF16(const float *a, const float *b, float *d, int k) {
#if defined(__GFX9__)
  int lane = threadIdx.x, column = lane % 16, quarter = lane / 16;
  float4v sums = {};
  for (int kk = 0; kk < k; kk += 16) {
    half4v left, right;
    for (int i = 0; i < 4; ++i) {
      left[i] = _Float16(a[column * k + kk + 4 * quarter + i]);
      right[i] = _Float16(b[(kk + 4 * quarter + i) * 16 + column]);
    }
    sums = __builtin_amdgcn_mfma_f32_16x16x16f16(left, right, sums, 0, 0, 0);
  }
  for (int i = 0; i < 4; ++i) {
    d[(4 * quarter + i) * 16 + column] = sums[i];
  }
#endif
}

/// Values here are multiples of 1/128 in [-1, 1), which bf16 holds exactly.
__device__ short toBf16(float value) {
  return short(__float_as_uint(value) >> 16);
}

__global__ void gemmBf16(const float *a, const float *b, float *d, int k) {
#if defined(__GFX9__)
  int lane = threadIdx.x, column = lane % 16, quarter = lane / 16;
  float4v sums = {};
  for (int kk = 0; kk < k; kk += 16) {
    short4v left, right;
    for (int i = 0; i < 4; ++i) {
      left[i] = toBf16(a[column * k + kk + 4 * quarter + i]);
      right[i] = toBf16(b[(kk + 4 * quarter + i) * 16 + column]);
    }
    sums = __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(left, right, sums, 0, 0, 0);
  }
  for (int i = 0; i < 4; ++i) {
    d[(4 * quarter + i) * 16 + column] = sums[i];
  }
#endif
}

/// 16 x 16 x k of int8: 16 of k at a time on gfx90a, 32 on gfx942.
__global__ void gemmInt8(const int8_t *a, const int8_t *b, int *d, int k) {
#if defined(__GFX9__)
#if defined(__gfx90a__)
  using Packed = int;
  constexpr int step = 16;
#else
  using Packed = long;
  constexpr int step = 32;
#endif
  int lane = threadIdx.x, column = lane % 16, quarter = lane / 16;
  int4v sums = {};
  for (int kk = 0; kk < k; kk += step) {
    Packed left = 0, right = 0;
    for (int i = 0; i < step / 4; ++i) {
      int position = kk + quarter * (step / 4) + i;
      left |= Packed(uint8_t(a[column * k + position])) << 8 * i;
      right |= Packed(uint8_t(b[position * 16 + column])) << 8 * i;
    }
#if defined(__gfx90a__)
    sums = __builtin_amdgcn_mfma_i32_16x16x16i8(left, right, sums, 0, 0, 0);
#else
    sums = __builtin_amdgcn_mfma_i32_16x16x32_i8(left, right, sums, 0, 0, 0);
#endif
  }
  for (int i = 0; i < 4; ++i) {
    d[(4 * quarter + i) * 16 + column] = sums[i];
  }
#endif
}

/// 16 x 16 x k by v_mfma_f64_16x16x4f64: here rows go over registers first.
__global__ void gemmF64(const double *a, const double *b, double *d, int k) {
#if defined(__GFX9__)
  int lane = threadIdx.x, column = lane % 16, quarter = lane / 16;
  double4v sums = {};
  for (int kk = 0; kk < k; kk += 4) {
    sums = __builtin_amdgcn_mfma_f64_16x16x4f64(a[column * k + kk + quarter],
                                                b[(kk + quarter) * 16 + column], sums, 0, 0, 0);
  }
  for (int i = 0; i < 4; ++i) {
    d[(4 * i + quarter) * 16 + column] = sums[i];
  }
#endif
}

template <typename In, typename Out>
void run(const char *name, void (*kernel)(const In *, const In *, Out *, int), int size, int k,
         float scale) {
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
  kernel<<<1, 64>>>(deviceA.data(), deviceB.data(), deviceD.data(), k);
  checkLaunch();
  requireEqual(name, deviceD.read(), want);
}

int main() {
  run("an f32 product", gemmF32, 32, 26, 1);
  run("an f16 product", gemmF16, 16, 48, 1);
  run("a bf16 product", gemmBf16, 16, 48, 1);
  run("an int8 product", gemmInt8, 16, 64, 128);
  run("an f64 product", gemmF64, 16, 20, 1);
}
