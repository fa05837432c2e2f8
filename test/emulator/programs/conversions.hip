// f32 to and from f16, bf16 and the 8-bit floats, where the chip converts them: gfx942 in the FNUZ
// forms, gfx1201 in OCP's. The host converts by scaling and rounding to the format's grid.
#include "Check.h"

#include <hip/hip_fp16.h>

/// The value nearest to `x`, ties to even, that has `mantissa` bits after the point and exponents
/// from `lowest`; beyond `largest` it becomes infinity.
float roundTo(float x, int mantissa, int lowest, float largest) {
  if (x == 0 || !std::isfinite(x)) {
    return x;
  }
  int exponent = std::max(std::ilogb(x), lowest);
  float unit = std::ldexp(1.0f, exponent - mantissa);
  float rounded = std::nearbyint(x / unit) * unit;
  return std::fabs(rounded) > largest ? std::copysign(INFINITY, x) : rounded;
}

__global__ void throughHalf(const float *in, float *single, float *packed, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) {
    return;
  }
  single[i] = __half2float(__float2half(in[i]));
  __half2 both = __floats2half2_rn(in[i], -in[i]);
  packed[2 * i] = __low2float(both);
  packed[2 * i + 1] = __high2float(both);
}

__global__ void throughBf16(const float *in, float *out, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    out[i] = float(__bf16(in[i]));
  }
}

/// Two floats through a pair of fp8 and a pair of bf8.
__global__ void throughFloat8(const float *in, float *fp8, float *bf8, int count) {
#if defined(__gfx942__) || defined(__GFX12__)
  int i = 2 * (blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) {
    int packed = __builtin_amdgcn_cvt_pk_fp8_f32(in[i], in[i + 1], 0, false);
    fp8[i] = __builtin_amdgcn_cvt_f32_fp8(packed, 0);
    fp8[i + 1] = __builtin_amdgcn_cvt_f32_fp8(packed, 1);
    packed = __builtin_amdgcn_cvt_pk_bf8_f32(in[i], in[i + 1], 0, true);
    bf8[i] = __builtin_amdgcn_cvt_f32_bf8(packed, 2);
    bf8[i + 1] = __builtin_amdgcn_cvt_f32_bf8(packed, 3);
  }
#endif
}

std::vector<float> expected(const std::vector<float> &in, int mantissa, int lowest, float largest) {
  std::vector<float> want;
  for (float value : in) {
    want.push_back(roundTo(value, mantissa, lowest, largest));
  }
  return want;
}

int main() {
  hipDeviceProp_t properties;
  CHECK_HIP(hipGetDeviceProperties(&properties, 0));
  const int count = 512;
  std::vector<float> in(count), small(count);
  for (int i = 0; i < count; ++i) {
    float mantissa = 1 + float(noise(i) & 0xffff) / 0x10000;
    in[i] = std::ldexp(i % 2 ? -mantissa : mantissa, i % 44 - 26);
    small[i] = std::ldexp(i % 2 ? -mantissa : mantissa, i % 16 - 9);
  }
  in[0] = 0;
  in[1] = INFINITY;
  in[2] = 65519.996f; // rounds to the largest f16
  in[3] = 65520;      // rounds to infinity
  DeviceBuffer<float> input(in), single(count), packed(2 * count), bf16(count);
  throughHalf<<<4, 128>>>(input.data(), single.data(), packed.data(), count);
  checkLaunch();
  throughBf16<<<4, 128>>>(input.data(), bf16.data(), count);
  checkLaunch();
  std::vector<float> wantHalf = expected(in, 10, -14, 65504), wantPacked;
  for (float value : wantHalf) {
    wantPacked.push_back(value);
    wantPacked.push_back(-value);
  }
  requireEqual("f16", single.read(), wantHalf);
  requireEqual("packed f16", packed.read(), wantPacked);
  requireEqual("bf16", bf16.read(), expected(in, 7, -126, 3.3895314e38f));
  if (properties.major == 12 || (properties.major == 9 && properties.minor == 4)) {
    bool fnuz = properties.major == 9; // its exponents reach one step lower
    DeviceBuffer<float> smallIn(small), fp8(count), bf8(count);
    throughFloat8<<<2, 128>>>(smallIn.data(), fp8.data(), bf8.data(), count);
    checkLaunch();
    requireEqual("fp8", fp8.read(), expected(small, 3, fnuz ? -7 : -6, 1000));
    requireEqual("bf8", bf8.read(), expected(small, 2, fnuz ? -15 : -14, 1000));
  }
}
