// The steps of a correctly rounded division, and the argument reduction of trigonometry.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <array>

namespace qcc::emulator::test {
namespace {

using In = const uint32_t *;
using Out = uint32_t *;

/// What the steps know of a floating-point type.
template <typename T> struct Format;
template <> struct Format<float> {
  static constexpr int bias = 127, digits = 24, apart = 96, scale = 64, underflow = -150;
  static constexpr float smallest = 0x1p-126f;
};
template <> struct Format<double> {
  static constexpr int bias = 1023, digits = 53, apart = 768, scale = 128, underflow = -1075;
  static constexpr double smallest = 0x1p-1022;
};

template <typename T> int biasedExponent(T v) {
  int e = 0;
  if (std::isinf(v) || std::isnan(v)) {
    return 2 * Format<T>::bias + 1;
  }
  std::frexp(v, &e);
  return v == 0 || std::fabs(v) < Format<T>::smallest ? 0 : e - 1 + Format<T>::bias;
}
template <typename T> bool isTiny(T v) {
  return v != 0 && std::fabs(v) < Format<T>::smallest;
}

template <typename T> struct Scaled {
  T value;
  bool again; // VCC: the quotient is to be scaled afterwards
};

/// Source: AMD ISA manuals, V_DIV_SCALE (a: what to scale, b: denominator, c: numerator).
template <typename T> Scaled<T> divisionScaled(T a, T b, T c) {
  using F = Format<T>;
  const T up = std::ldexp(a, F::scale);
  const double inverse = 1.0 / static_cast<double>(b);
  const double quotient = static_cast<double>(c) / static_cast<double>(b);
  const bool inverseTiny = inverse != 0 && std::fabs(inverse) < F::smallest;
  const bool quotientTiny = quotient != 0 && std::fabs(quotient) < F::smallest;
  if (b == 0 || c == 0) {
    return {T(NAN), false};
  }
  if (biasedExponent(c) - biasedExponent(b) >= F::apart) {
    return {a == b ? up : a, true};
  }
  if (isTiny(b)) {
    return {up, false};
  }
  if (inverseTiny && quotientTiny) {
    return {a == b ? up : a, true};
  }
  if (inverseTiny) {
    return {std::ldexp(a, -F::scale), false};
  }
  if (quotientTiny) {
    return {a == c ? up : a, true};
  }
  return {biasedExponent(c) <= F::digits - (sizeof(T) == 4 ? 1 : 0) ? up : a, false};
}

template <typename T> T fixedQuotient(T quotient, T b, T c) {
  const bool negative = std::signbit(b) != std::signbit(c);
  const auto withSign = [negative](T v) { return negative ? -v : v; };
  if (std::isnan(b) || std::isnan(c) || (b == 0 && c == 0) || (std::isinf(b) && std::isinf(c))) {
    return T(NAN);
  }
  if (b == 0 || std::isinf(c)) {
    return withSign(T(INFINITY));
  }
  if (std::isinf(b) || c == 0 || biasedExponent(c) - biasedExponent(b) < Format<T>::underflow) {
    return withSign(T(0));
  }
  return withSign(std::fabs(quotient));
}

constexpr uint32_t singles[] = {0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x40400000,
                                0x40490fdb, 0x7f000000, 0x7f7fffff, 0x00400000, 0x80000003,
                                0x00800000, 0x0c000000, 0x7f800000, 0xff800000, 0x7fc00000,
                                0x72345678, 0x0a000001, 0x42f60000};
constexpr uint32_t doubles[] = {0x00000000, 0x3ff00000, 0xbff00000, 0x40091eb8, 0x7fe00000,
                                0x7feffff0, 0x00080000, 0x00100000, 0x03500000, 0x7ff00000,
                                0x7ff80000, 0x70012345, 0x0a000001, 0x800fffff, 0x42f60000};

float s(In in, unsigned n) {
  return floatOf(in[n]);
}
double d(In in, unsigned n) {
  return std::bit_cast<double>(wide(in + 2 * n));
}
void put(Out out, double v) {
  putWide(out, std::bit_cast<uint64_t>(v));
}

/// Scales the denominator and the numerator, which are the only operands that may be scaled.
TEST(Division, Scale) {
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    const std::string vcc = isWave32(chip) ? "vcc_lo" : "vcc";
    const std::string again = "\nv_cndmask_b32 v22, 0, 1, " + vcc;
    for (bool numerator : {false, true}) {
      const OperationCase single{
          ">v_div_scale_f32 v20, " + vcc + (numerator ? ", v5, v4, v5" : ", v4, v4, v5") + again,
          chip,
          2,
          3,
          [=](In in, Out out) {
            const auto r = divisionScaled(s(in, numerator), s(in, 0), s(in, 1));
            out[0] = bitsOf(r.value);
            out[2] = r.again;
          },
          32};
      checkOperations({&single, 1}, singles);
      const OperationCase wideCase{
          ">v_div_scale_f64 v[20:21], " + vcc +
              (numerator ? ", v[6:7], v[4:5], v[6:7]" : ", v[4:5], v[4:5], v[6:7]") + again,
          chip,
          4,
          3,
          [=](In in, Out out) {
            const auto r = divisionScaled(d(in, numerator), d(in, 0), d(in, 1));
            put(out, r.value);
            out[2] = r.again;
          },
          64};
      checkOperations({&wideCase, 1}, doubles);
      ASSERT_FALSE(HasFailure()) << chip;
    }
  }
}

TEST(Division, MultiplyAddAndScale) {
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    // Every odd lane's quotient is scaled, away from or toward zero as the addend's exponent says.
    const std::string mask = isWave32(chip) ? "s_mov_b32 vcc_lo, 0xaaaaaaaa\n"
                                            : "s_mov_b32 vcc_lo, 0xaaaaaaaa\n"
                                              "s_mov_b32 vcc_hi, 0xaaaaaaaa\n";
    for (bool scaled : {false, true}) {
      const std::string all =
          scaled ? (isWave32(chip) ? "s_mov_b32 vcc_lo, -1\n" : "s_mov_b64 vcc, -1\n")
                 : (isWave32(chip) ? "s_mov_b32 vcc_lo, 0\n" : "s_mov_b64 vcc, 0\n");
      const OperationCase single{all + ">v_div_fmas_f32 v20, v4, v5, v6",
                                 chip,
                                 3,
                                 1,
                                 [=](In in, Out out) {
                                   const float r = std::fma(s(in, 0), s(in, 1), s(in, 2));
                                   const int exponent = biasedExponent(s(in, 2)) > 127 ? 64 : -64;
                                   out[0] = bitsOf(scaled ? std::ldexp(r, exponent) : r);
                                 },
                                 32};
      checkOperations({&single, 1}, singles);
      const OperationCase wideCase{all + ">v_div_fmas_f64 v[20:21], v[4:5], v[6:7], v[8:9]",
                                   chip,
                                   6,
                                   2,
                                   [=](In in, Out out) {
                                     const double r = std::fma(d(in, 0), d(in, 1), d(in, 2));
                                     const int exponent =
                                         biasedExponent(d(in, 2)) > 1023 ? 128 : -128;
                                     put(out, scaled ? std::ldexp(r, exponent) : r);
                                   },
                                   64};
      checkOperations({&wideCase, 1}, doubles);
    }
    const auto lanes = runVector(
        chip,
        {mask + ">v_div_fmas_f32 v20, v4, v5, v6", {{bitsOf(2)}, {bitsOf(3)}, {bitsOf(4)}}, 1});
    EXPECT_EQ(lanes[0][0], bitsOf(10.0f)) << chip;
    EXPECT_EQ(lanes[0][1], bitsOf(10.0f * 0x1p64f)) << chip;
  }
}

TEST(Division, Fixup) {
  const OperationCase single = anyChip(
      "v_div_fixup_f32 v20, v4, v5, v6", 3, 1,
      [](In in, Out out) { out[0] = bitsOf(fixedQuotient(s(in, 0), s(in, 1), s(in, 2))); }, 32);
  checkOperations({&single, 1}, singles);
  const OperationCase wideCase = anyChip(
      "v_div_fixup_f64 v[20:21], v[4:5], v[6:7], v[8:9]", 6, 2,
      [](In in, Out out) { put(out, fixedQuotient(d(in, 0), d(in, 1), d(in, 2))); }, 64);
  checkOperations({&wideCase, 1}, doubles);
}

/// Bits of 2/pi behind the point, 1200 of them, by long division of 2 by pi's own digits (Machin's
/// formula in fixed point).
class TwoOverPi {
public:
  TwoOverPi() {
    // pi = 16 atan(1/5) - 4 atan(1/239), scaled by 2^fractionBits.
    Number pi = scaled(arcTangentOfInverse(5), 16);
    pi = difference(pi, scaled(arcTangentOfInverse(239), 4));
    Number rest{};
    rest[0] = 2; // 2 / pi, bit by bit: rest doubles, and pi is taken away where it fits
    for (unsigned n = 0; n < 1201; ++n) {
      rest = sum(rest, rest);
      bits[n] = !less(rest, pi);
      rest = bits[n] ? difference(rest, pi) : rest;
    }
  }
  bool at(unsigned n) const { return n < 1201 && bits[n]; }

private:
  static constexpr unsigned words = 44; // a whole word and 43 of fraction
  using Number = std::array<uint32_t, words>;

  static Number sum(const Number &a, const Number &b) {
    Number r{};
    uint64_t carry = 0;
    for (unsigned n = words; n-- > 0;) {
      carry += uint64_t(a[n]) + b[n];
      r[n] = uint32_t(carry);
      carry >>= 32;
    }
    return r;
  }
  static Number difference(const Number &a, const Number &b) {
    Number r{};
    int64_t borrow = 0;
    for (unsigned n = words; n-- > 0;) {
      borrow += int64_t(a[n]) - b[n];
      r[n] = uint32_t(borrow);
      borrow >>= 32;
    }
    return r;
  }
  static Number scaled(const Number &a, uint32_t factor) {
    Number r{};
    uint64_t carry = 0;
    for (unsigned n = words; n-- > 0;) {
      carry += uint64_t(a[n]) * factor;
      r[n] = uint32_t(carry);
      carry >>= 32;
    }
    return r;
  }
  static Number divided(const Number &a, uint32_t by) {
    Number r{};
    uint64_t rest = 0;
    for (unsigned n = 0; n < words; ++n) {
      rest = rest << 32 | a[n];
      r[n] = uint32_t(rest / by);
      rest %= by;
    }
    return r;
  }
  static bool less(const Number &a, const Number &b) { return a < b; }
  /// atan(1/x) = 1/x - 1/(3 x^3) + 1/(5 x^5) - ...
  static Number arcTangentOfInverse(uint32_t x) {
    Number power{}, r{};
    power[0] = 1;
    power = divided(power, x);
    for (uint32_t n = 1; n < 700; n += 2) {
      const Number term = divided(power, n);
      r = n % 4 == 1 ? sum(r, term) : difference(r, term);
      power = divided(power, x * x);
    }
    return r;
  }

  std::array<bool, 1201> bits{};
};

TEST(Division, TrigonometricReduction) {
  static const TwoOverPi twoOverPi;
  constexpr uint32_t words[] = {0x3ff00000, 0x43500000, 0x43600000, 0x7b000000, 0x7fe00000,
                                0x00000000, 0xc4512345, 0x5a000003, 2,          21};
  const OperationCase row =
      anyChip("v_trig_preop_f64 v[20:21], v[4:5], v6", 3, 2, [](In in, Out out) {
        const int exponent = int(in[1] >> 20 & 0x7ff);
        const int shift = int(in[2] & 31) * 53 + std::max(exponent - 1077, 0);
        uint64_t bits = 0;
        for (int n = 0; n < 53; ++n) {
          bits = bits << 1 | uint64_t(twoOverPi.at(unsigned(shift + n)));
        }
        put(out, std::ldexp(double(bits), -53 - shift + (exponent >= 1968 ? 128 : 0)));
      });
  checkOperations({&row, 1}, words);
}

} // namespace
} // namespace qcc::emulator::test
