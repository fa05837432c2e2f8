// Floating-point building blocks that several families of vector instructions share.
#pragma once

#include "emulator/isa/lane/LaneOps.h"

#include <cmath>

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

template <typename T> struct FloatBits;
template <> struct FloatBits<float> {
  using Word = uint32_t;
  static constexpr int mantissa = 23, bias = 127, maxExponent = 255;
  static constexpr Word sign = 0x80000000u, quiet = 0x00400000u, infinity = 0x7f800000u;
};
template <> struct FloatBits<double> {
  using Word = uint64_t;
  static constexpr int mantissa = 52, bias = 1023, maxExponent = 2047;
  static constexpr Word sign = 0x8000000000000000ull, quiet = 0x0008000000000000ull,
                        infinity = 0x7ff0000000000000ull;
};

template <typename T> QCC_LANE_INLINE auto bitsOf(T v) {
  return std::bit_cast<typename FloatBits<T>::Word>(v);
}
template <typename T> QCC_LANE_INLINE T fromBits(typename FloatBits<T>::Word u) {
  return std::bit_cast<T>(u);
}
template <typename T> QCC_LANE_INLINE T quieted(T v) {
  return v != v ? fromBits<T>(bitsOf(v) | FloatBits<T>::quiet) : v;
}
/// Biased exponent field.
template <typename T> QCC_LANE_INLINE int exponentOf(T v) {
  return static_cast<int>((bitsOf(v) & FloatBits<T>::infinity) >> FloatBits<T>::mantissa);
}
template <typename T> QCC_LANE_INLINE bool isDenormal(T v) {
  return exponentOf(v) == 0 && (bitsOf(v) & ~FloatBits<T>::sign) != 0;
}

/// A number beats a NaN; -0 is less than +0.
template <typename T> QCC_LANE_INLINE T minimumNumber(T a, T b) {
  T lesser = a < b ? a : b;
  T equal = fromBits<T>(bitsOf(a) | bitsOf(b));
  T r = a == b ? equal : lesser;
  return a != a ? quieted(b) : b != b ? a : r;
}
template <typename T> QCC_LANE_INLINE T maximumNumber(T a, T b) {
  T greater = a > b ? a : b;
  T equal = fromBits<T>(bitsOf(a) & bitsOf(b));
  T r = a == b ? equal : greater;
  return a != a ? quieted(b) : b != b ? a : r;
}
/// IEEE 754-2019 minimum and maximum: a NaN wins.
template <typename T> QCC_LANE_INLINE T minimumNan(T a, T b) {
  return a != a ? quieted(a) : b != b ? quieted(b) : minimumNumber(a, b);
}
template <typename T> QCC_LANE_INLINE T maximumNan(T a, T b) {
  return a != a ? quieted(a) : b != b ? quieted(b) : maximumNumber(a, b);
}
template <typename T> QCC_LANE_INLINE T medianOf(T a, T b, T c) {
  T lowest = minimumNumber(minimumNumber(a, b), c);
  T median = maximumNumber(minimumNumber(a, b), minimumNumber(maximumNumber(a, b), c));
  return a != a || b != b || c != c ? lowest : median;
}

/// Significand in [0.5, 1) with the value's sign; zero, infinity and NaN stay what they are.
template <typename T> QCC_LANE_INLINE T significand(T v) {
  int unused = 0;
  return v == 0 || exponentOf(v) == FloatBits<T>::maxExponent ? quieted(v) : std::frexp(v, &unused);
}
template <typename T> QCC_LANE_INLINE int binaryExponent(T v) {
  int e = 0;
  if (v == 0 || exponentOf(v) == FloatBits<T>::maxExponent) {
    return 0;
  }
  std::frexp(v, &e);
  return e;
}
template <typename T> QCC_LANE_INLINE T fraction(T v, T largestBelowOne) {
  T r = v - std::floor(v);
  return r > largestBelowOne ? largestBelowOne : r;
}

/// The class bits of v_cmp_class: sNaN, qNaN, -inf, -normal, -denormal, -0, +0, +denormal, ...
template <typename T> QCC_LANE_INLINE uint32_t classOf(T v) {
  auto u = bitsOf(v);
  bool negative = (u & FloatBits<T>::sign) != 0;
  auto magnitude = u & ~FloatBits<T>::sign;
  uint32_t positive = magnitude == 0                       ? 6
                      : exponentOf(v) == 0                 ? 7
                      : magnitude < FloatBits<T>::infinity ? 8
                                                           : 9;
  uint32_t number = negative ? 11 - positive : positive;
  uint32_t nan = (u & FloatBits<T>::quiet) != 0 ? 1 : 0;
  return 1u << (magnitude > FloatBits<T>::infinity ? nan : number);
}

/// Denormals become zero of the same sign.
QCC_LANE_INLINE float flushed(float v) {
  return isDenormal(v) ? fromBits<float>(bitsOf(v) & 0x80000000u) : v;
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
