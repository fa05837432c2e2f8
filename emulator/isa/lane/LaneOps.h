// Turns a lambda over one lane, `[](float a, float b) { return a * b; }`, into a lane kernel and
// its table row: operand types, and so modifiers and constants, follow from the lambda's signature.
// Only for the sources of this folder: everything here is local to the source that includes it.
#pragma once

#include "emulator/isa/Wave.h"
#include "emulator/isa/lane/LaneSet.h"

#include <bit>
#include <type_traits>
#include <utility>

#ifndef QCC_LANE_SET
#error "compiled with QCC_LANE_SET=<name of the host instruction set>"
#endif

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

#define QCC_LANE_INLINE inline __attribute__((always_inline))

using u16 = uint16_t;
using i16 = int16_t;
using u32 = uint32_t;
using i32 = int32_t;
using u64 = uint64_t;
using i64 = int64_t;

/// A half precision value, carried as the float that equals it.
struct Half {
  float f;
};
/// A half precision result that is computed in double and rounded once.
struct HalfOfDouble {
  double d;
};
struct Bf16 {
  float f;
};
/// Raw 16 bits.
struct Bits16 {
  uint16_t u;
};
/// The bit of the incoming mask that belongs to the lane.
struct MaskBit {
  bool set;
};
/// The lane's own number.
struct LaneIndex {
  uint32_t lane;
};
/// The destination's previous value as a source.
template <typename T> struct Accumulator {
  T v;
};
template <typename T> struct WithCarry {
  T v;
  bool carry;
};
/// Two halves of a dword.
template <typename T> struct Pair {
  T lo, hi;
};
struct Floats2 {
  float lo, hi;
};
/// Packed integers of any width, taken apart by the instruction.
struct PackedWord {
  uint32_t u;
};
/// Four dwords of a lane.
struct Words4 {
  uint32_t w[4];
};
/// An operand of v_fma_mix: already turned into a float by the operand fetch.
struct MixFloat {
  float f;
};

QCC_LANE_INLINE float halfToFloat(uint16_t bits) {
  return static_cast<float>(std::bit_cast<_Float16>(bits));
}
/// Rounds as the host's mode says.
QCC_LANE_INLINE uint16_t floatToHalf(float f) {
#ifdef __F16C__
  return std::bit_cast<uint16_t>(static_cast<_Float16>(f));
#else
  // Adding and taking away a number of the right size rounds off what a half cannot hold.
  const uint32_t u = std::bit_cast<uint32_t>(f), sign = (u >> 16) & 0x8000,
                 magnitude = u & 0x7fffffff;
  const uint32_t inside = magnitude < 0x477fffff ? magnitude : 0x477fffff; // below 65536
  const uint32_t exponent = inside < 0x38800000 ? 0x38800000 : inside & 0x7f800000;
  const float large = std::bit_cast<float>((exponent + (13u << 23)) | 0x00400000 | sign << 16);
  const float value = std::bit_cast<float>(inside | sign << 16);
  const uint32_t r = std::bit_cast<uint32_t>((value + large) - large) & 0x7fffffff;
  const uint32_t denormal = static_cast<uint32_t>(std::bit_cast<float>(r) * 0x1p24f);
  const uint32_t finite = r < 0x38800000 ? denormal : (r - (112u << 23)) >> 13;
  const uint32_t nan = 0x7e00 | ((magnitude >> 13) & 0x3ff);
  return static_cast<uint16_t>(sign | (magnitude > 0x7f800000    ? nan
                                       : magnitude == 0x7f800000 ? 0x7c00
                                                                 : finite));
#endif
}
/// Rounds to odd in single precision first, so that the second rounding decides alone.
QCC_LANE_INLINE float doubleToOddFloat(double d) {
  uint64_t bits = std::bit_cast<uint64_t>(d);
  uint64_t sticky = (bits & 0x1fffffffull) != 0 ? 0x20000000ull : 0;
  uint64_t kept = (bits & ~0x1fffffffull) | sticky;
  return static_cast<float>(std::bit_cast<double>(kept));
}
QCC_LANE_INLINE uint16_t doubleToHalf(double d) {
  return floatToHalf(doubleToOddFloat(d));
}
QCC_LANE_INLINE float bf16ToFloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}
/// Round to nearest even; NaN stays NaN.
QCC_LANE_INLINE uint16_t floatToBf16(float f) {
  uint32_t u = std::bit_cast<uint32_t>(f);
  uint32_t rounded = (u + 0x7fff + ((u >> 16) & 1)) >> 16;
  return static_cast<uint16_t>((u & 0x7fffffff) > 0x7f800000 ? (u >> 16) | 0x40 : rounded);
}

template <typename T> struct Lane;

/// The register's word is read as what it is, then reinterpreted: a load by std::bit_cast is not
/// known to be free of aliases in the loop over lanes.
#define QCC_LANE_WORD(T, TYPE)                                                                     \
  template <> struct Lane<T> {                                                                     \
    static constexpr Type type = TYPE;                                                             \
    static QCC_LANE_INLINE T get(const uint32_t *p, unsigned i) {                                  \
      const uint32_t u = p[i];                                                                     \
      return std::bit_cast<T>(u);                                                                  \
    }                                                                                              \
    static QCC_LANE_INLINE void set(uint32_t *p, unsigned i, T v) {                                \
      p[i] = std::bit_cast<uint32_t>(v);                                                           \
    }                                                                                              \
  }
QCC_LANE_WORD(uint32_t, Type::B32);
QCC_LANE_WORD(int32_t, Type::B32);
QCC_LANE_WORD(float, Type::F32);
QCC_LANE_WORD(MixFloat, Type::Mix);
QCC_LANE_WORD(PackedWord, Type::PkB16);
#undef QCC_LANE_WORD

#define QCC_LANE_TWO(T, TYPE)                                                                      \
  template <> struct Lane<T> {                                                                     \
    static constexpr Type type = TYPE;                                                             \
    static QCC_LANE_INLINE T get(const uint32_t *p, unsigned i) {                                  \
      uint64_t u = p[i] | static_cast<uint64_t>(p[laneStride + i]) << 32;                          \
      return std::bit_cast<T>(u);                                                                  \
    }                                                                                              \
    static QCC_LANE_INLINE void set(uint32_t *p, unsigned i, T v) {                                \
      uint64_t u = std::bit_cast<uint64_t>(v);                                                     \
      p[i] = static_cast<uint32_t>(u);                                                             \
      p[laneStride + i] = static_cast<uint32_t>(u >> 32);                                          \
    }                                                                                              \
  }
QCC_LANE_TWO(uint64_t, Type::B64);
QCC_LANE_TWO(int64_t, Type::B64);
QCC_LANE_TWO(double, Type::F64);
#undef QCC_LANE_TWO

template <> struct Lane<Words4> {
  static constexpr Type type = Type::Wide;
  static QCC_LANE_INLINE Words4 get(const uint32_t *p, unsigned i) {
    return {{p[i], p[laneStride + i], p[2 * laneStride + i], p[3 * laneStride + i]}};
  }
  static QCC_LANE_INLINE void set(uint32_t *p, unsigned i, Words4 v) {
    for (unsigned k = 0; k < 4; ++k) {
      p[k * laneStride + i] = v.w[k];
    }
  }
};

template <> struct Lane<Floats2> {
  static constexpr Type type = Type::PkF32;
  static QCC_LANE_INLINE Floats2 get(const uint32_t *p, unsigned i) {
    const uint32_t lo = p[i], hi = p[laneStride + i];
    return {std::bit_cast<float>(lo), std::bit_cast<float>(hi)};
  }
  static QCC_LANE_INLINE void set(uint32_t *p, unsigned i, Floats2 v) {
    p[i] = std::bit_cast<uint32_t>(v.lo);
    p[laneStride + i] = std::bit_cast<uint32_t>(v.hi);
  }
};

/// Types of 16 bits: `from` and `to` convert the raw bits.
#define QCC_LANE_HALF(T, TYPE, PACKED, FROM, TO)                                                   \
  template <> struct Lane<T> {                                                                     \
    static constexpr Type type = TYPE;                                                             \
    static constexpr Type packed = PACKED;                                                         \
    static QCC_LANE_INLINE T from(uint16_t u) { return FROM; }                                     \
    static QCC_LANE_INLINE uint16_t to(T v) { return TO; }                                         \
    static QCC_LANE_INLINE T get(const uint32_t *p, unsigned i) {                                  \
      return from(static_cast<uint16_t>(p[i]));                                                    \
    }                                                                                              \
    static QCC_LANE_INLINE void set(uint32_t *p, unsigned i, T v) { p[i] = to(v); }                \
  }
QCC_LANE_HALF(Half, Type::F16, Type::PkF16, Half{halfToFloat(u)}, floatToHalf(v.f));
QCC_LANE_HALF(HalfOfDouble, Type::F16, Type::PkF16, HalfOfDouble{halfToFloat(u)},
              doubleToHalf(v.d));
QCC_LANE_HALF(Bf16, Type::BF16, Type::PkBF16, Bf16{bf16ToFloat(u)}, floatToBf16(v.f));
QCC_LANE_HALF(uint16_t, Type::B16, Type::PkB16, u, v);
QCC_LANE_HALF(int16_t, Type::B16, Type::PkB16, static_cast<int16_t>(u), static_cast<uint16_t>(v));
QCC_LANE_HALF(Bits16, Type::F16, Type::PkF16, Bits16{u}, v.u);
#undef QCC_LANE_HALF

template <typename T> struct Lane<Pair<T>> {
  static constexpr Type type = Lane<T>::packed;
  static QCC_LANE_INLINE Pair<T> get(const uint32_t *p, unsigned i) {
    return {Lane<T>::from(static_cast<uint16_t>(p[i])),
            Lane<T>::from(static_cast<uint16_t>(p[i] >> 16))};
  }
  static QCC_LANE_INLINE void set(uint32_t *p, unsigned i, Pair<T> v) {
    p[i] = Lane<T>::to(v.lo) | static_cast<uint32_t>(Lane<T>::to(v.hi)) << 16;
  }
};
template <typename T> struct Lane<Accumulator<T>> {
  static constexpr Type type = Lane<T>::type;
  static QCC_LANE_INLINE Accumulator<T> get(const uint32_t *p, unsigned i) {
    return {Lane<T>::get(p, i)};
  }
};

template <typename T> constexpr bool isMaskBit = std::is_same_v<T, MaskBit>;
template <typename T> struct IsCarry : std::false_type {};
template <typename T> struct IsCarry<WithCarry<T>> : std::true_type {
  using Value = T;
};
template <typename T> struct IsAccumulator : std::false_type {};
template <typename T> struct IsAccumulator<Accumulator<T>> : std::true_type {};

/// Lanes handled by one pass of a kernel: the narrowest wave, so that trip counts are constants.
constexpr unsigned block = 32;

template <auto F, typename Signature> struct Kernel;

template <auto F, typename R, typename... A> struct Kernel<F, R(A...)> {
  template <typename T>
  static QCC_LANE_INLINE T fetch(const uint32_t *p, uint32_t mask, unsigned base, unsigned i) {
    if constexpr (isMaskBit<T>) {
      return MaskBit{((mask >> i) & 1) != 0};
    } else if constexpr (std::is_same_v<T, LaneIndex>) {
      return LaneIndex{base + i};
    } else {
      return Lane<T>::get(p, base + i);
    }
  }

  template <size_t... I> static QCC_LANE_INLINE void loop(LaneArgs &a, std::index_sequence<I...>) {
    const uint32_t *s[] = {a.s[I]..., nullptr};
    uint32_t *d = a.d;
    for (unsigned base = 0; base < a.lanes; base += block) {
      const uint32_t in = static_cast<uint32_t>(a.maskIn >> base);
      uint32_t out = 0;
#pragma clang loop vectorize(assume_safety) interleave(enable)
      for (unsigned i = 0; i < block; ++i) {
        R r = F(fetch<A>(s[I], in, base, i)...);
        if constexpr (std::is_same_v<R, bool>) {
          out |= static_cast<uint32_t>(r) << i;
        } else if constexpr (IsCarry<R>::value) {
          Lane<typename IsCarry<R>::Value>::set(d, base + i, r.v);
          out |= static_cast<uint32_t>(r.carry) << i;
        } else {
          Lane<R>::set(d, base + i, r);
        }
      }
      a.maskOut |= static_cast<uint64_t>(out) << base;
    }
  }

  static void run(LaneArgs &a) { loop(a, std::index_sequence_for<A...>{}); }

  static constexpr VectorRow row(const char *name) {
    VectorRow r{};
    r.name = name;
    r.kernel = run;
    if constexpr (std::is_same_v<R, bool>) {
      r.result = Type::Mask;
      r.writesMask = true;
    } else if constexpr (IsCarry<R>::value) {
      r.result = Lane<typename IsCarry<R>::Value>::type;
      r.writesMask = true;
    } else {
      r.result = Lane<R>::type;
    }
    (addSource<A>(r), ...);
    return r;
  }

private:
  template <typename T> static constexpr void addSource(VectorRow &r) {
    if constexpr (isMaskBit<T>) {
      r.readsMask = true; // always the last parameter: it takes no place among the sources
    } else if constexpr (!std::is_same_v<T, LaneIndex>) {
      r.source[r.sources++] = Lane<T>::type;
      r.accumulates = IsAccumulator<T>::value;
    }
  }
};

template <typename T> struct SignatureOf;
template <typename C, typename R, typename... A> struct SignatureOf<R (C::*)(A...) const> {
  using type = R(A...);
};

/// One instruction's row from its meaning for one lane. The lambda must be cheap to repeat: it is
/// evaluated for inactive lanes as well.
template <auto F> constexpr VectorRow row(const char *name) {
  using Signature = typename SignatureOf<decltype(&decltype(F)::operator())>::type;
  return Kernel<F, Signature>::row(name);
}

/// A NaN that an operation makes itself is the positive quiet one; one that it was given stays.
QCC_LANE_INLINE float madeNan(float r, float a, float b) {
  return r != r && a == a && b == b ? std::bit_cast<float>(0x7fc00000u) : r;
}
QCC_LANE_INLINE float madeNan(float r, float a, float b, float c) {
  return r != r && a == a && b == b && c == c ? std::bit_cast<float>(0x7fc00000u) : r;
}
QCC_LANE_INLINE double madeNan(double r, double a, double b) {
  return r != r && a == a && b == b ? std::bit_cast<double>(0x7ff8000000000000ull) : r;
}
QCC_LANE_INLINE double madeNan(double r, double a, double b, double c) {
  return r != r && a == a && b == b && c == c ? std::bit_cast<double>(0x7ff8000000000000ull) : r;
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET

/// Row from a lambda: QCC_ROW("v_add_u32", (uint32_t a, uint32_t b), a + b).
#define QCC_ROW(NAME, PARAMETERS, ...) row<[] PARAMETERS { return __VA_ARGS__; }>(NAME)
