// Conversions to and from floats of 8, 6 and 4 bits, against the formats' definitions: every
// encoding, values between encodings, ties, denormals, overflow, infinity and NaN.
#include "test/emulator/isa/Harness.h"
#include "test/emulator/isa/NumberFormats.h"
#include "test/emulator/isa/WideRun.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace qcc::emulator::test {
namespace {

using F = Format;

struct Conversion {
  const char *name;
  F to, from;
  unsigned count;
  bool stochastic;
  unsigned sources; // of data
};

const Conversion scaled[] = {
    {"v_cvt_scalef32_pk_fp8_f32", F::Fp8, F::F32, 2, false, 2},
    {"v_cvt_scalef32_pk_bf8_f32", F::Bf8, F::F32, 2, false, 2},
    {"v_cvt_scalef32_pk_fp4_f32", F::Fp4, F::F32, 2, false, 2},
    {"v_cvt_scalef32_pk_fp8_f16", F::Fp8, F::F16, 2, false, 1},
    {"v_cvt_scalef32_pk_bf8_f16", F::Bf8, F::F16, 2, false, 1},
    {"v_cvt_scalef32_pk_fp4_f16", F::Fp4, F::F16, 2, false, 1},
    {"v_cvt_scalef32_pk_fp8_bf16", F::Fp8, F::BF16, 2, false, 1},
    {"v_cvt_scalef32_pk_bf8_bf16", F::Bf8, F::BF16, 2, false, 1},
    {"v_cvt_scalef32_pk_fp4_bf16", F::Fp4, F::BF16, 2, false, 1},
    {"v_cvt_scalef32_sr_fp8_f32", F::Fp8, F::F32, 1, true, 1},
    {"v_cvt_scalef32_sr_bf8_f32", F::Bf8, F::F32, 1, true, 1},
    {"v_cvt_scalef32_sr_fp8_f16", F::Fp8, F::F16, 1, true, 1},
    {"v_cvt_scalef32_sr_bf8_f16", F::Bf8, F::F16, 1, true, 1},
    {"v_cvt_scalef32_sr_fp8_bf16", F::Fp8, F::BF16, 1, true, 1},
    {"v_cvt_scalef32_sr_bf8_bf16", F::Bf8, F::BF16, 1, true, 1},
    {"v_cvt_scalef32_sr_pk_fp4_f32", F::Fp4, F::F32, 2, true, 1},
    {"v_cvt_scalef32_sr_pk_fp4_f16", F::Fp4, F::F16, 2, true, 1},
    {"v_cvt_scalef32_sr_pk_fp4_bf16", F::Fp4, F::BF16, 2, true, 1},
    {"v_cvt_scalef32_pk_f32_fp8", F::F32, F::Fp8, 2, false, 1},
    {"v_cvt_scalef32_pk_f32_bf8", F::F32, F::Bf8, 2, false, 1},
    {"v_cvt_scalef32_pk_f32_fp4", F::F32, F::Fp4, 2, false, 1},
    {"v_cvt_scalef32_pk_f16_fp8", F::F16, F::Fp8, 2, false, 1},
    {"v_cvt_scalef32_pk_f16_bf8", F::F16, F::Bf8, 2, false, 1},
    {"v_cvt_scalef32_pk_f16_fp4", F::F16, F::Fp4, 2, false, 1},
    {"v_cvt_scalef32_pk_bf16_fp8", F::BF16, F::Fp8, 2, false, 1},
    {"v_cvt_scalef32_pk_bf16_bf8", F::BF16, F::Bf8, 2, false, 1},
    {"v_cvt_scalef32_pk_bf16_fp4", F::BF16, F::Fp4, 2, false, 1},
    {"v_cvt_scalef32_f32_fp8", F::F32, F::Fp8, 1, false, 1},
    {"v_cvt_scalef32_f32_bf8", F::F32, F::Bf8, 1, false, 1},
    {"v_cvt_scalef32_f16_fp8", F::F16, F::Fp8, 1, false, 1},
    {"v_cvt_scalef32_f16_bf8", F::F16, F::Bf8, 1, false, 1},
    {"v_cvt_scalef32_2xpk16_fp6_f32", F::Fp6, F::F32, 32, false, 2},
    {"v_cvt_scalef32_2xpk16_bf6_f32", F::Bf6, F::F32, 32, false, 2},
    {"v_cvt_scalef32_pk32_fp6_f16", F::Fp6, F::F16, 32, false, 1},
    {"v_cvt_scalef32_pk32_bf6_f16", F::Bf6, F::F16, 32, false, 1},
    {"v_cvt_scalef32_pk32_fp6_bf16", F::Fp6, F::BF16, 32, false, 1},
    {"v_cvt_scalef32_pk32_bf6_bf16", F::Bf6, F::BF16, 32, false, 1},
    {"v_cvt_scalef32_pk32_f32_fp6", F::F32, F::Fp6, 32, false, 1},
    {"v_cvt_scalef32_pk32_f32_bf6", F::F32, F::Bf6, 32, false, 1},
    {"v_cvt_scalef32_pk32_f16_fp6", F::F16, F::Fp6, 32, false, 1},
    {"v_cvt_scalef32_pk32_f16_bf6", F::F16, F::Bf6, 32, false, 1},
    {"v_cvt_scalef32_pk32_bf16_fp6", F::BF16, F::Fp6, 32, false, 1},
    {"v_cvt_scalef32_pk32_bf16_bf6", F::BF16, F::Bf6, 32, false, 1},
    {"v_cvt_scalef32_sr_pk32_fp6_f32", F::Fp6, F::F32, 32, true, 1},
    {"v_cvt_scalef32_sr_pk32_bf6_f32", F::Bf6, F::F32, 32, true, 1},
    {"v_cvt_scalef32_sr_pk32_fp6_f16", F::Fp6, F::F16, 32, true, 1},
    {"v_cvt_scalef32_sr_pk32_bf6_f16", F::Bf6, F::F16, 32, true, 1},
    {"v_cvt_scalef32_sr_pk32_fp6_bf16", F::Fp6, F::BF16, 32, true, 1},
    {"v_cvt_scalef32_sr_pk32_bf6_bf16", F::Bf6, F::BF16, 32, true, 1},
};

bool isSmall(F format) {
  return bitsOf(format) <= 8;
}
double valueOf(F format, uint32_t bits) {
  return format == F::F32 ? static_cast<double>(std::bit_cast<float>(bits)) : decode(format, bits);
}

/// Inputs of a conversion to `to`: its encodings, their midpoints, the floats beside these; numbers
/// beyond the format on both sides. For one from a small format: any encoding.
std::vector<uint32_t> inputsOf(const Conversion &c) {
  std::vector<uint32_t> inputs;
  if (isSmall(c.from)) {
    for (uint32_t code = 0; code < 1u << bitsOf(c.from); ++code) {
      inputs.push_back(code);
    }
    return inputs;
  }
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values = {0.0f,  -0.0f,     1e-40f, 1e-30f,    1e30f,    3e38f,
                               447.f, 464.0f,    465.f,  57344.0f,  61440.0f, infinity,
                               5.0f,  -infinity, 28.0f,  -infinity, 7.5f,     std::nanf("")};
  for (uint32_t code = 0; code + 1 < 1u << (bitsOf(c.to) - 1); ++code) {
    const double low = decode(c.to, code), high = decode(c.to, code + 1);
    if (std::isfinite(low) && std::isfinite(high)) {
      const float middle = static_cast<float>((low + high) / 2);
      values.insert(values.end(), {static_cast<float>(low), middle, -middle,
                                   std::nextafterf(middle, infinity), std::nextafterf(middle, 0)});
    }
  }
  for (float v : values) {
    inputs.push_back(c.from == F::F32 ? std::bit_cast<uint32_t>(v)
                                      : static_cast<uint32_t>(roundTo(c.from, v)));
  }
  return inputs;
}

/// Rounding by a random number: the bits of a float's mantissa that the result drops and as many
/// from the top of the seed are added; where they carry, the value is rounded away from zero.
uint32_t roundRandomly(F to, double value, uint32_t seed) {
  const double magnitude = std::fabs(value);
  const uint32_t half = 1u << (bitsOf(to) - 1), sign = std::signbit(value) ? half : 0;
  uint32_t below = 0;
  while (below + 1 < half && decode(to, below + 1) <= magnitude) {
    ++below;
  }
  const bool last = below + 1 == half || !std::isfinite(decode(to, below + 1));
  if (std::isnan(value) || std::isinf(value) || decode(to, below) == magnitude) {
    return roundTo(to, value);
  }
  const double low = decode(to, below);
  const double gap = last ? low - decode(to, below - 1) : decode(to, below + 1) - low;
  const double unit = std::ldexp(1.0, std::max(std::ilogb(magnitude), -126) - 23);
  const double dropped = (magnitude - low) / unit, most = gap / unit;
  const double random = std::floor(seed * most / 4294967296.0);
  if (dropped >= most) {
    return roundTo(to, std::copysign(1e38, value)); // beyond the value that would follow
  }
  const bool up = dropped + random >= most;
  return up && last ? roundTo(to, std::copysign(1e38, value)) : sign | (below + (up ? 1 : 0));
}

uint32_t expected(const Conversion &c, uint32_t input, uint32_t scale, uint32_t seed) {
  const int power = static_cast<int>(scale >> 23 & 0xff) - 127;
  const double value = std::ldexp(valueOf(c.from, input), isSmall(c.to) ? -power : power);
  if (c.stochastic) {
    return roundRandomly(c.to, static_cast<float>(value), seed);
  }
  return c.to == F::F32 ? std::bit_cast<uint32_t>(static_cast<float>(value)) : roundTo(c.to, value);
}

bool isNanBits(F format, uint32_t bits) {
  return std::isnan(valueOf(format, bits));
}

uint32_t bitsAt(const std::vector<std::vector<uint32_t>> &registers, unsigned first, unsigned lane,
                unsigned at, unsigned bits) {
  uint32_t value = 0;
  for (unsigned n = 0; n < bits; ++n, ++at) {
    value |= (registers[first + at / 32][lane] >> at % 32 & 1) << n;
  }
  return value;
}
void putBits(std::vector<std::vector<uint32_t>> &registers, unsigned first, unsigned lane,
             unsigned at, unsigned bits, uint32_t value) {
  for (unsigned n = 0; n < bits; ++n, ++at) {
    uint32_t &word = registers[first + at / 32][lane];
    word = (word & ~(1u << at % 32)) | (value >> n & 1) << at % 32;
  }
}

std::string vectorText(unsigned first, unsigned count) {
  const std::string low = std::to_string(first);
  return count == 1 ? "v" + low : "v[" + low + ":" + std::to_string(first + count - 1) + "]";
}

/// One instruction with one OPSEL on one set of inputs.
class ConversionRun {
public:
  ConversionRun(const Conversion &c, const std::vector<uint32_t> &inputs, unsigned select,
                unsigned seed)
      : c(c), select(select), perSource(c.count / c.sources),
        dataRegisters(std::max(1u, perSource * bitsOf(c.from) / 32)),
        resultRegisters(std::max(1u, c.count * bitsOf(c.to) / 32)),
        scaleRegister(c.sources * dataRegisters + 1), random(seed),
        in(scaleRegister + 1, std::vector<uint32_t>(64)) {
    for (unsigned lane = 0; lane < 64; ++lane) {
      for (unsigned n = 0; n < c.count; ++n) {
        putElement(lane, n, inputs[random() % inputs.size()]);
      }
      in[scaleRegister - 1][lane] = static_cast<uint32_t>(random());
      const uint32_t exponent = 127 + static_cast<uint32_t>(random() % 9) - 4;
      in[scaleRegister][lane] = exponent << 23 | (random() & 0x807fffff); // sign, mantissa: ignored
    }
  }

  void putElement(unsigned lane, unsigned n, uint32_t bits) {
    const unsigned source = n % c.sources * dataRegisters;
    putBits(in, source, lane, sourceShift() + n / c.sources * bitsOf(c.from), bitsOf(c.from), bits);
  }

  void check() const {
    const unsigned firstResult = 60, bits = bitsOf(c.to);
    VectorCase test{text(firstResult), in, resultRegisters};
    std::vector<std::vector<uint32_t>> want;
    for (unsigned n = 0; n < resultRegisters; ++n) {
      const std::string number = std::to_string(firstResult + n);
      test.before += "v_mov_b32 v" + number + ", 0x5a69c3b7\n";
      test.after += "v_mov_b32 v" + std::to_string(20 + n) + ", v" + number + "\n";
      want.emplace_back(64, 0x5a69c3b7);
    }
    const auto got = runWide("gfx950", test, 64);
    for (unsigned lane = 0; lane < 64; ++lane) {
      uint32_t seed = in[scaleRegister - 1][lane];
      for (unsigned n = 0; n < c.count; ++n) {
        const unsigned at = resultShift() + n * bits;
        const uint32_t input = element(lane, n), mine = bitsAt(got, 0, lane, at, bits);
        const uint32_t one = expected(c, input, in[scaleRegister][lane], seed);
        const bool bothNan = !isSmall(c.to) && isNanBits(c.to, one) && isNanBits(c.to, mine);
        putBits(want, 0, lane, at, bits, bothNan ? mine : one);
        seed = seed << 1 ^ ((seed >> 31) != 0 ? 197 : 0);
        ASSERT_EQ(mine, bitsAt(want, 0, lane, at, bits))
            << test.text << " lane " << lane << " element " << n << " of " << std::hex << input
            << " = " << valueOf(c.from, input) << " scale " << in[scaleRegister][lane];
      }
      for (unsigned r = 0; r < resultRegisters; ++r) {
        ASSERT_EQ(got[r][lane], want[r][lane]) << test.text << " beside the result";
      }
    }
  }

private:
  uint32_t element(unsigned lane, unsigned n) const {
    return bitsAt(in, n % c.sources * dataRegisters, lane,
                  sourceShift() + n / c.sources * bitsOf(c.from), bitsOf(c.from));
  }
  unsigned sourceShift() const {
    const unsigned bits = c.count * bitsOf(c.from);
    return !isSmall(c.from) || bits > 16 ? 0 : bits == 8 ? 8 * (select & 3) : 16 * (select & 1);
  }
  unsigned resultShift() const {
    const unsigned bits = c.count * bitsOf(c.to);
    return bits == 8 ? 8 * (select >> 2) : bits == 16 ? 16 * (select >> 3) : 0;
  }
  std::string text(unsigned firstResult) const {
    std::string line = std::string(c.name) + " " + vectorText(firstResult, resultRegisters);
    for (unsigned s = 0; s < c.sources; ++s) {
      line += ", " + vectorText(4 + s * dataRegisters, dataRegisters);
    }
    line += c.stochastic ? ", v" + std::to_string(4 + scaleRegister - 1) : "";
    line += ", v" + std::to_string(4 + scaleRegister);
    const bool three = c.stochastic || c.sources == 2;
    const bool byte = c.count * bitsOf(c.to) == 8;
    const auto bit = [this](unsigned n) { return std::to_string(select >> n & 1); };
    return select == 0 ? line
                       : line + " op_sel:[" + bit(0) + "," + bit(1) + "," +
                             (three || byte ? bit(2) + "," : "") + bit(3) + "]";
  }

  const Conversion &c;
  unsigned select, perSource, dataRegisters, resultRegisters, scaleRegister;
  std::mt19937 random;
  std::vector<std::vector<uint32_t>> in;
};

TEST(SmallFloat, ScaledConversions) {
  for (const Conversion &c : scaled) {
    const auto inputs = inputsOf(c);
    const unsigned source = c.count * bitsOf(c.from), result = c.count * bitsOf(c.to);
    const unsigned sourceMask = !isSmall(c.from) ? 0 : source == 8 ? 3 : source == 16 ? 1 : 0;
    const unsigned resultMask = result == 8 ? 12 : result == 16 ? 8 : 0;
    for (unsigned select = 0; select < 16; ++select) {
      for (unsigned round = 0; (select & ~(sourceMask | resultMask)) == 0 && round < 4; ++round) {
        ConversionRun(c, inputs, select, 100 * select + round).check();
        if (testing::Test::HasFailure()) {
          return;
        }
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
