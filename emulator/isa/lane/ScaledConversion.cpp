// v_cvt_scalef32_*: conversions between f32, f16, bf16 and the formats of 8, 6 and 4 bits with a
// scale of 2^(s - 127), s the exponent field of a float. To a small format a value is divided by
// the scale, else multiplied, and rounded once. Source: AMD CDNA4 ISA manual, "VOP3A".
//
// Where the manual leaves freedom: s = 255 makes every value NaN; formats without NaN take it, as
// they do what is too large, for their largest value.
#include "emulator/isa/lane/ConversionForm.h"
#include "emulator/isa/lane/MatrixTile.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Registers of the largest result, 32 floats.
constexpr unsigned mostResults = 32;

/// A source's register, or `spare` filled with the scalar or constant that stands for it.
const uint32_t *sourceWords(Wave &w, const Operand &o, uint32_t (&spare)[laneStride]) {
  if (o.place == Place::Vector) {
    return w.vector(o.index);
  }
  const uint32_t value = read32(w, o);
  for (uint32_t &word : spare) {
    word = value;
  }
  return spare;
}

/// The next value of a lane's random sequence: V_PRNG_B32.
QCC_LANE_INLINE uint32_t nextRandom(uint32_t seed) {
  return seed << 1 ^ ((seed >> 31) != 0 ? 197u : 0u);
}

template <SmallFormat F>
void roundLanes(bool stochastic, const float *v, const uint32_t *seed, uint32_t *codes) {
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    codes[lane] = stochastic ? floatToSmall<F, true>(v[lane], seed[lane])
                             : floatToSmall<F, false>(v[lane], 0);
  }
}

/// One value of every lane as bits of `to`.
void encodeLanes(Element to, bool stochastic, const float *v, const uint32_t *seed,
                 uint32_t *codes) {
  switch (to) {
  case Element::Fp8:
    return roundLanes<fp8Ocp>(stochastic, v, seed, codes);
  case Element::Bf8:
    return roundLanes<bf8Ocp>(stochastic, v, seed, codes);
  case Element::Fp6:
    return roundLanes<fp6>(stochastic, v, seed, codes);
  case Element::Bf6:
    return roundLanes<bf6>(stochastic, v, seed, codes);
  case Element::Fp4:
    return roundLanes<fp4>(stochastic, v, seed, codes);
  default:
    for (unsigned lane = 0; lane < laneStride; ++lane) {
      codes[lane] = to == Element::F16    ? floatToHalf(v[lane])
                    : to == Element::BF16 ? floatToBf16(v[lane])
                                          : std::bit_cast<uint32_t>(v[lane]);
    }
  }
}

/// The largest finite value of a format that MODE.FP16_OVFL holds values to, else infinity.
float saturationLimit(Element to) {
  return to == Element::Fp8   ? 448.0f
         : to == Element::Bf8 ? 57344.0f
         : to == Element::F16 ? 65504.0f
                              : __builtin_inff();
}

/// Puts codes of `bits` bits at bit `at` of the lanes' registers.
void placeLanes(uint32_t (&result)[mostResults][laneStride], unsigned at, unsigned bits,
                const uint32_t *codes) {
  const unsigned word = at / 32, shift = at % 32;
  const uint64_t mask = ((uint64_t(1) << bits) - 1) << shift;
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    const uint64_t code = static_cast<uint64_t>(codes[lane]) << shift;
    uint32_t &low = result[word][lane];
    low = (low & ~static_cast<uint32_t>(mask)) | static_cast<uint32_t>(code);
    if (shift + bits > 32) {
      uint32_t &high = result[word + 1][lane];
      high = (high & ~static_cast<uint32_t>(mask >> 32)) | static_cast<uint32_t>(code >> 32);
    }
  }
}

/// The factor of every lane. In double precision its product with an element is exact.
void readFactors(Wave &w, const Operand &scale, bool divide, double (&factors)[laneStride]) {
  alignas(64) uint32_t spare[laneStride];
  const uint32_t *words = sourceWords(w, scale, spare);
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    const int exponent = static_cast<int>(words[lane] >> 23 & 0xff), power = exponent - 127;
    const int biased = 1023 + (divide ? -power : power);
    const double factor = std::bit_cast<double>(static_cast<uint64_t>(biased) << 52);
    factors[lane] = exponent == 255 ? std::bit_cast<double>(0x7ff8000000000000ull) : factor;
  }
}

/// Elements of the data sources in single precision, with the sources' modifiers.
void readElements(Wave &w, const Instruction &i, const ConversionForm &f, unsigned source,
                  unsigned items, Tile<float> &tile) {
  alignas(64) uint32_t spare[laneStride];
  const Operand &o = i.src[source];
  widen(f.from, sourceWords(w, o, spare), items, tile);
  for (unsigned n = 0; (o.absolute || o.negate) && n < items; ++n) {
    for (float &v : tile[n]) {
      v = o.absolute ? std::fabs(v) : v;
      v = o.negate ? -v : v;
    }
  }
}

struct Workspace {
  alignas(64) Tile<float> data[2];
  alignas(64) uint32_t result[mostResults][laneStride];
};

} // namespace

void runScaledConversion(Wave &w, const Instruction &i) {
  const ConversionForm f = unpackConversionForm(i);
  thread_local Workspace work;
  double factors[laneStride];
  alignas(64) uint32_t spare[laneStride], seed[laneStride], codes[laneStride];
  const unsigned first = f.sourceShift / elementBits(f.from), bits = elementBits(f.to);
  const unsigned inSource = f.twoSources ? f.count / 2 : f.count;
  readElements(w, i, f, 0, first + inSource, work.data[0]);
  if (f.twoSources) {
    readElements(w, i, f, 1, inSource, work.data[1]);
  }
  readFactors(w, i.src[f.scaleSource], bits <= 8, factors);
  __builtin_memcpy(seed, f.stochastic ? sourceWords(w, i.src[1], spare) : spare, sizeof(seed));
  const float limit = (w.mode & modeSaturates) != 0 ? saturationLimit(f.to) : __builtin_inff();
  uint32_t *d = w.vector(i.dst.index);
  __builtin_memcpy(work.result, d, sizeof(uint32_t) * laneStride * i.dst.dwords);
  for (unsigned n = 0; n < f.count; ++n) {
    const float *from = f.twoSources ? work.data[n % 2][n / 2] : work.data[0][first + n];
    float scaled[laneStride];
    for (unsigned lane = 0; lane < laneStride; ++lane) {
      const float v = static_cast<float>(static_cast<double>(from[lane]) * factors[lane]);
      const bool beyond = std::fabs(v) > limit && std::isfinite(from[lane]);
      scaled[lane] = beyond ? std::copysign(limit, v) : v;
      codes[lane] = 0;
    }
    encodeLanes(f.to, f.stochastic, scaled, seed, codes);
    placeLanes(work.result, f.resultShift + n * bits, bits, codes);
    for (uint32_t &s : seed) {
      s = nextRandom(s);
    }
  }
  const uint64_t exec = w.exec();
  for (unsigned n = 0; n < i.dst.dwords; ++n) {
    for (unsigned lane = 0; lane < laneStride; ++lane) {
      uint32_t &word = d[n * laneStride + lane];
      word = (exec >> lane & 1) != 0 ? work.result[n][lane] : word;
    }
  }
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
