// Conversions between number formats, with saturation, rounding and packing.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <vector>

namespace qcc::emulator::test {
namespace {

using In = const uint32_t *;
using Out = uint32_t *;

constexpr uint32_t singles[] = {
    0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x3f800000, 0xbf800000, 0x3f000000, 0xbf000000,
    0x3fc00000, 0x40200000, 0xc0200000, 0x3f7fffff, 0x477fe000, 0x477ff000, 0x477fefff, 0x47000000,
    0x46fffe00, 0xc7000000, 0xc7000100, 0x477fff00, 0x47800000, 0x4effffff, 0x4f000000, 0xcf000000,
    0x4f800000, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffa12345, 0x33000000, 0x33000001,
    0x387fe000, 0x387fd000, 0x43c00000, 0x437f8000, 0x43808000, 0xc3e80000, 0x3b000000, 0x38800000,
    0x12345678, 0xdeadbeef, 0x00000080, 0x0000ffff, 0x40490fdb, 0x3c7fffff};

/// A value as an integer of some range: truncated, saturated, NaN as 0.
int64_t saturated(double v, double low, double high) {
  return std::isnan(v) ? 0 : int64_t(std::trunc(std::fmin(std::fmax(v, low), high)));
}
int64_t toI16(double v) {
  return saturated(v, -32768, 32767);
}
int64_t toU16(double v) {
  return saturated(v, 0, 65535);
}
int64_t signedNorm(double v) {
  return std::isnan(v) ? 0 : int64_t(std::nearbyint(std::fmin(std::fmax(v, -1), 1) * 32767));
}
int64_t unsignedNorm(double v) {
  return std::isnan(v) ? 0 : int64_t(std::nearbyint(std::fmin(std::fmax(v, 0), 1) * 65535));
}
uint32_t pack(int64_t low, int64_t high) {
  return uint32_t(low & 0xffff) | uint32_t(high & 0xffff) << 16;
}

template <typename F> OperationCase word(const std::string &text, unsigned sources, F f) {
  return anyChip(text, sources, 1, [f](In in, Out out) { out[0] = uint32_t(f(in)); });
}
template <typename F> OperationCase single(const std::string &text, unsigned sources, F f) {
  return anyChip(text, sources, 1, [f](In in, Out out) { out[0] = bitsOf(float(f(in))); }, 32);
}

TEST(Convert, Integers) {
  std::vector<OperationCase> cases = {
      word("v_cvt_u16_f16 v20, v4", 1, [](In in) { return toU16(singleOf(in[0])); }),
      word("v_cvt_i16_f16 v20, v4", 1, [](In in) { return toI16(singleOf(in[0])) & 0xffff; }),
      word("v_cvt_norm_i16_f16 v20, v4", 1,
           [](In in) { return signedNorm(singleOf(in[0])) & 0xffff; }),
      word("v_cvt_norm_u16_f16 v20, v4", 1, [](In in) { return unsignedNorm(singleOf(in[0])); }),
      word("v_cvt_f16_u16 v20, v4", 1, [](In in) { return halfOf(uint16_t(in[0])); }),
      word("v_cvt_f16_i16 v20, v4", 1, [](In in) { return halfOf(int16_t(in[0])); }),
      word("v_cvt_i32_i16 v20, v4", 1, [](In in) { return int16_t(in[0]); }),
      word("v_cvt_u32_u16 v20, v4", 1, [](In in) { return uint16_t(in[0]); }),
      single("v_cvt_f32_ubyte0 v20, v4", 1, [](In in) { return in[0] & 0xff; }),
      single("v_cvt_f32_ubyte1 v20, v4", 1, [](In in) { return in[0] >> 8 & 0xff; }),
      single("v_cvt_f32_ubyte3 v20, v4", 1, [](In in) { return in[0] >> 24; }),
      single("v_cvt_off_f32_i4 v20, v4", 1,
             [](In in) { return float(int32_t(in[0] << 28) >> 28) / 16; }),
      word("v_cvt_pk_u16_u32 v20, v4, v5", 2,
           [](In in) { return pack(std::min(in[0], 65535u), std::min(in[1], 65535u)); }),
      word("v_cvt_pk_i16_i32 v20, v4, v5", 2,
           [](In in) { return pack(toI16(int32_t(in[0])), toI16(int32_t(in[1]))); }),
      word("v_cvt_pk_u16_f32 v20, v4, v5", 2,
           [](In in) { return pack(toU16(floatOf(in[0])), toU16(floatOf(in[1]))); }),
      word("v_cvt_pk_i16_f32 v20, v4, v5", 2,
           [](In in) { return pack(toI16(floatOf(in[0])), toI16(floatOf(in[1]))); }),
  };
  for (std::string name : {"v_cvt_rpi_i32_f32", "v_cvt_nearest_i32_f32"}) {
    cases.push_back(word(name + " v20, v4", 1, [](In in) {
      return saturated(std::floor(double(floatOf(in[0])) + 0.5), -2147483648.0, 2147483647.0);
    }));
  }
  for (std::string name : {"v_cvt_flr_i32_f32", "v_cvt_floor_i32_f32"}) {
    cases.push_back(word(name + " v20, v4", 1, [](In in) {
      return saturated(std::floor(floatOf(in[0])), -2147483648.0, 2147483647.0);
    }));
  }
  for (std::string name : {"v_cvt_pknorm_", "v_cvt_pk_norm_"}) {
    cases.push_back(word(name + "i16_f32 v20, v4, v5", 2, [](In in) {
      return pack(signedNorm(floatOf(in[0])), signedNorm(floatOf(in[1])));
    }));
    cases.push_back(word(name + "u16_f32 v20, v4, v5", 2, [](In in) {
      return pack(unsignedNorm(floatOf(in[0])), unsignedNorm(floatOf(in[1])));
    }));
    cases.push_back(word(name + "i16_f16 v20, v4, v5", 2, [](In in) {
      return pack(signedNorm(singleOf(in[0])), signedNorm(singleOf(in[1])));
    }));
    cases.push_back(word(name + "u16_f16 v20, v4, v5", 2, [](In in) {
      return pack(unsignedNorm(singleOf(in[0])), unsignedNorm(singleOf(in[1])));
    }));
  }
  checkOperations(cases, singles);
}

TEST(Convert, BytesIntoWords) {
  const auto inserted = [](uint32_t into, uint32_t at, float v) {
    const uint32_t shift = (at & 3) * 8;
    return (into & ~(0xffu << shift)) | uint32_t(saturated(v, 0, 255)) << shift;
  };
  const OperationCase cases[] = {
      word("v_cvt_pk_u8_f32 v20, v4, v5, v6", 3,
           [=](In in) { return inserted(in[2], in[1], floatOf(in[0])); }),
      word("v_mov_b32 v20, v6\n>v_cvt_pkaccum_u8_f32 v20, v4, v5", 3,
           [=](In in) { return inserted(in[2], in[1], floatOf(in[0])); }),
  };
  checkOperations(cases, singles);
}

TEST(Convert, Doubles) {
  const auto value = [](In in) { return std::bit_cast<double>(wide(in)); };
  const auto put = [](Out out, double v) { putWide(out, std::bit_cast<uint64_t>(v)); };
  constexpr uint32_t words[] = {0x00000000, 0x80000000, 0x3ff00000, 0xbff80000, 0x41dfffff,
                                0x41e00000, 0xc1e00000, 0x41efffff, 0x41f00000, 0xffffffff,
                                0x7ff00000, 0xfff00000, 0x7ff80000, 0x47efffff, 0x36900000,
                                0x380fffff, 0x10000000, 0x47f00000, 0x00000001, 0x3fe00000};
  const OperationCase cases[] = {
      word("v_cvt_i32_f64 v20, v[4:5]", 2,
           [=](In in) { return saturated(value(in), -2147483648.0, 2147483647.0); }),
      word("v_cvt_u32_f64 v20, v[4:5]", 2,
           [=](In in) { return saturated(value(in), 0, 4294967295.0); }),
      single("v_cvt_f32_f64 v20, v[4:5]", 2, [=](In in) { return float(value(in)); }),
      anyChip(
          "v_cvt_f64_f32 v[20:21], v4", 1, 2, [=](In in, Out out) { put(out, floatOf(in[0])); },
          64),
      anyChip("v_cvt_f64_i32 v[20:21], v4", 1, 2,
              [=](In in, Out out) { put(out, int32_t(in[0])); }),
      anyChip("v_cvt_f64_u32 v[20:21], v4", 1, 2, [=](In in, Out out) { put(out, in[0]); }),
  };
  checkOperations(cases, words);
}

uint16_t towardZero(float v) {
  if (!std::isfinite(v)) {
    return halfOf(v);
  }
  const uint16_t nearest = halfOf(v);
  const uint16_t sign = nearest & 0x8000, magnitude = nearest & 0x7fff;
  return sign | (std::fabs(singleOf(nearest)) > std::fabs(v) ? magnitude - 1 : magnitude);
}
/// Adds the seed's upper bits below the last kept bit, then cuts.
uint16_t stochasticHalf(float v, uint32_t seed) {
  if (!std::isfinite(v) || v == 0) {
    return halfOf(v);
  }
  int exponent = 0;
  std::frexp(v, &exponent);
  const int last = std::max(exponent - 11, -24);
  const double steps = std::ldexp(std::fabs(double(v)), -last), fraction = seed * 0x1p-32;
  // The seed has as many bits as are dropped of a single's 24.
  const int dropped = last - (std::max(exponent, -125) - 24);
  const double cut = std::floor(std::ldexp(fraction, dropped)) * std::ldexp(1.0, -dropped);
  return halfOf(std::copysign(std::ldexp(std::floor(steps + cut), last), v));
}
uint16_t stochasticBfloat(float v, uint32_t seed) {
  const uint32_t u = bitsOf(v);
  return std::isnan(v)   ? uint16_t(u >> 16 | 0x40)
         : std::isinf(v) ? uint16_t(u >> 16)
                         : uint16_t((uint64_t(u) + (seed >> 16)) >> 16);
}

TEST(Convert, Halves) {
  std::vector<OperationCase> cases = {
      anyChip(
          "v_cvt_f16_f32 v20, v4", 1, 1, [](In in, Out out) { out[0] = halfOf(floatOf(in[0])); },
          16),
      single("v_cvt_f32_f16 v20, v4", 1, [](In in) { return singleOf(in[0]); }),
      single("v_cvt_f32_bf16 v20, v4", 1, [](In in) { return floatOf(in[0] << 16); }),
      anyChip(
          "v_cvt_pk_f16_f32 v20, v4, v5", 2, 1,
          [](In in, Out out) { out[0] = pack(halfOf(floatOf(in[0])), halfOf(floatOf(in[1]))); },
          16),
      anyChip(
          "v_mov_b32 v20, v6\n>v_cvt_sr_f16_f32 v20, v4, v5", 3, 1,
          [](In in, Out out) {
            out[0] = (in[2] & 0xffff0000) | stochasticHalf(floatOf(in[0]), in[1]);
          },
          16),
      anyChip(
          "v_mov_b32 v20, v6\n>v_cvt_sr_f16_f32 v20, v4, v5 op_sel:[0,0,1]", 3, 1,
          [](In in, Out out) {
            out[0] = (in[2] & 0xffff) | stochasticHalf(floatOf(in[0]), in[1]) << 16;
          },
          16),
      word("v_mov_b32 v20, v6\n>v_cvt_sr_bf16_f32 v20, v4, v5", 3,
           [](In in) { return (in[2] & 0xffff0000) | stochasticBfloat(floatOf(in[0]), in[1]); }),
  };
  for (std::string name : {"v_cvt_pkrtz_f16_f32", "v_cvt_pk_rtz_f16_f32"}) {
    cases.push_back(anyChip(
        name + " v20, v4, v5", 2, 1,
        [](In in, Out out) {
          out[0] = pack(towardZero(floatOf(in[0])), towardZero(floatOf(in[1])));
        },
        16));
  }
  checkOperations(cases, singles);
}

/// An 8-bit float format: exponent bits 4 or 5, the rest mantissa.
struct ByteFormat {
  int exponentBits;
  bool fnuz;

  int mantissaBits() const { return 7 - exponentBits; }
  int bias() const { return (1 << (exponentBits - 1)) - (fnuz ? 0 : 1); }
  /// NaN and infinity as the format has them.
  double value(unsigned byte) const {
    const unsigned exponent = byte >> mantissaBits() & ((1 << exponentBits) - 1);
    const unsigned mantissa = byte & ((1 << mantissaBits()) - 1);
    const double sign = byte & 0x80 ? -1 : 1;
    if (fnuz && byte == 0x80) {
      return NAN;
    }
    if (!fnuz && exponentBits == 5 && exponent == 31) {
      return mantissa == 0 ? sign * INFINITY : NAN;
    }
    if (!fnuz && exponentBits == 4 && (byte & 0x7f) == 0x7f) {
      return NAN;
    }
    return sign * (exponent == 0 ? std::ldexp(mantissa, 1 - bias() - mantissaBits())
                                 : std::ldexp(mantissa + (1 << mantissaBits()),
                                              int(exponent) - bias() - mantissaBits()));
  }
  double largest() const {
    return fnuz ? value(0x7f) : exponentBits == 4 ? value(0x7e) : value(0x7b);
  }
  /// The byte of a value that the format has, after rounding; what is beyond is as the format says.
  unsigned byteOf(double v) const {
    const bool negative = std::signbit(v);
    if (std::isnan(v) || (std::fabs(v) > largest() && (fnuz || exponentBits == 4))) {
      return fnuz ? 0x80 : (negative ? 0xff : 0x7f);
    }
    if (std::fabs(v) > largest()) {
      return negative ? 0xfc : 0x7c;
    }
    for (unsigned byte = 0; byte < 128; ++byte) {
      if (value(byte) == std::fabs(v)) {
        return byte | (negative && !(fnuz && byte == 0) ? 0x80 : 0);
      }
    }
    return 0;
  }
  unsigned nearest(double v) const {
    return byteOf(rounded(v, mantissaBits() + 1, 1 - bias() - mantissaBits()));
  }
  unsigned stochastic(float v, uint32_t seed) const {
    if (!std::isfinite(v) || v == 0) {
      return byteOf(v);
    }
    int exponent = 0;
    std::frexp(v, &exponent);
    const int last = std::max(exponent - mantissaBits() - 1, 1 - bias() - mantissaBits());
    const int dropped = last - (std::max(exponent, -125) - 24);
    const double cut = std::floor(std::ldexp(seed * 0x1p-32, dropped)) * std::ldexp(1.0, -dropped);
    const double steps = std::floor(std::ldexp(std::fabs(double(v)), -last) + cut);
    return byteOf(std::copysign(std::ldexp(steps, last), v));
  }
};

TEST(Convert, EightBits) {
  for (const std::string chip : {"gfx942", "gfx950", "gfx1201"}) {
    for (int exponentBits : {4, 5}) {
      const ByteFormat f{exponentBits, chip == "gfx942"};
      const std::string name = exponentBits == 4 ? "fp8" : "bf8";
      const bool twelve = chip == "gfx1201";
      const std::vector<OperationCase> cases = {
          {"v_cvt_f32_" + name + " v20, v4", chip, 1, 1,
           [=](In in, Out out) { out[0] = bitsOf(float(f.value(in[0] & 0xff))); }, 32},
          {"v_cvt_f32_" + name +
               (twelve ? "_e64 v20, v4 byte_sel:2" : "_sdwa v20, v4 src0_sel:BYTE_2"),
           chip, 1, 1, [=](In in, Out out) { out[0] = bitsOf(float(f.value(in[0] >> 16 & 0xff))); },
           32},
          {"v_cvt_pk_f32_" + name + " v[20:21], v4", chip, 1, 2,
           [=](In in, Out out) {
             out[0] = bitsOf(float(f.value(in[0] & 0xff)));
             out[1] = bitsOf(float(f.value(in[0] >> 8 & 0xff)));
           },
           32},
          {"v_mov_b32 v20, v6\n>v_cvt_pk_" + name + "_f32 v20, v4, v5", chip, 3, 1,
           [=](In in, Out out) {
             out[0] =
                 (in[2] & 0xffff0000) | f.nearest(floatOf(in[0])) | f.nearest(floatOf(in[1])) << 8;
           }},
          {"v_mov_b32 v20, v6\n>v_cvt_pk_" + name + "_f32 v20, v4, v5 op_sel:[0,0,1]", chip, 3, 1,
           [=](In in, Out out) {
             out[0] = (in[2] & 0xffff) | f.nearest(floatOf(in[0])) << 16 |
                      f.nearest(floatOf(in[1])) << 24;
           }},
          {"v_mov_b32 v20, v6\n>v_cvt_sr_" + name + "_f32 v20, v4, v5", chip, 3, 1,
           [=](In in, Out out) {
             out[0] = (in[2] & 0xffffff00) | f.stochastic(floatOf(in[0]), in[1]);
           }},
          {"v_mov_b32 v20, v6\n>v_cvt_sr_" + name + "_f32 v20, v4, v5" +
               (twelve ? " byte_sel:2" : " op_sel:[0,0,0,1]"),
           chip, 3, 1,
           [=](In in, Out out) {
             out[0] = (in[2] & 0xff00ffff) | f.stochastic(floatOf(in[0]), in[1]) << 16;
           }},
      };
      checkOperations(cases, singles);
      ASSERT_FALSE(HasFailure()) << chip << " " << name;
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
