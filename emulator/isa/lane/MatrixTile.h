// Elements of matrix operands as floats, doubles or integers, for all lanes at a time.
// Only for the sources of this folder: everything here is local to the source that includes it.
#pragma once

#include "emulator/isa/lane/MatrixForm.h"
#include "emulator/isa/lane/SmallFloat.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Items that a lane holds of one operand, at most.
constexpr unsigned mostItems = 32;
/// An operand, item by item: one value a lane.
template <typename T> using Tile = T[mostItems][laneStride];

/// xf32 keeps 10 bits of mantissa, rounded to nearest even.
QCC_LANE_INLINE float toXf32(uint32_t u) {
  const uint32_t rounded = (u + 0xfff + ((u >> 13) & 1)) & ~0x1fffu;
  return std::bit_cast<float>((u & 0x7fffffff) > 0x7f800000 ? u : rounded);
}

/// The bits of item n of every lane, converted. Items are packed without gaps.
template <unsigned Bits, typename T, typename F>
QCC_LANE_INLINE void widenItem(const uint32_t *v, unsigned n, T *out, F convert) {
  const unsigned at = n * Bits, shift = at % 32;
  const uint32_t *low = v + at / 32 * laneStride;
  const uint32_t *high = low + (shift + Bits > 32 ? laneStride : 0);
#pragma clang loop vectorize(assume_safety) interleave(enable)
  for (unsigned lane = 0; lane < laneStride; ++lane) {
    if constexpr (Bits > 32) {
      out[lane] = static_cast<T>(convert(low[lane] | static_cast<uint64_t>(high[lane]) << 32));
    } else if constexpr (Bits == 32) {
      out[lane] = static_cast<T>(convert(low[lane]));
    } else if constexpr (32 % Bits == 0) {
      out[lane] = static_cast<T>(convert((low[lane] >> shift) & ((1u << Bits) - 1)));
    } else {
      const uint64_t both = low[lane] | static_cast<uint64_t>(high[lane]) << 32;
      out[lane] =
          static_cast<T>(convert(static_cast<uint32_t>(both >> shift) & ((1u << Bits) - 1)));
    }
  }
}

template <unsigned Bits, typename T, typename F>
void widenItems(const uint32_t *v, unsigned items, Tile<T> &out, F convert) {
  for (unsigned n = 0; n < items; ++n) {
    widenItem<Bits>(v, n, out[n], convert);
  }
}

template <SmallFormat F, unsigned Bits>
void widenSmall(const uint32_t *v, unsigned items, Tile<float> &out) {
  widenItems<Bits>(v, items, out, [](u32 u) { return smallToFloat<F>(u); });
}

inline void widen(Element, const uint32_t *v, unsigned items, Tile<double> &out) {
  widenItems<64>(v, items, out, [](u64 u) { return std::bit_cast<double>(u); });
}

inline void widen(Element e, const uint32_t *v, unsigned items, Tile<u32> &out) {
  switch (e) {
  case Element::I8:
    return widenItems<8>(v, items, out, [](u32 u) { return static_cast<i32>(u << 24) >> 24; });
  case Element::I4:
    return widenItems<4>(v, items, out, [](u32 u) { return static_cast<i32>(u << 28) >> 28; });
  case Element::U4:
    return widenItems<4>(v, items, out, [](u32 u) { return u; });
  default:
    return widenItems<8>(v, items, out, [](u32 u) { return u; });
  }
}

inline void widen(Element e, const uint32_t *v, unsigned items, Tile<float> &out) {
  switch (e) {
  case Element::Xf32:
    return widenItems<32>(v, items, out, [](u32 u) { return toXf32(u); });
  case Element::F16:
    return widenItems<16>(v, items, out, [](u32 u) { return halfToFloat(static_cast<u16>(u)); });
  case Element::BF16:
    return widenItems<16>(v, items, out, [](u32 u) { return std::bit_cast<float>(u << 16); });
  case Element::Fp8:
    return widenSmall<fp8Ocp, 8>(v, items, out);
  case Element::Bf8:
    return widenSmall<bf8Ocp, 8>(v, items, out);
  case Element::Fp8Fnuz:
    return widenSmall<fp8Fnuz, 8>(v, items, out);
  case Element::Bf8Fnuz:
    return widenSmall<bf8Fnuz, 8>(v, items, out);
  case Element::Fp6:
    return widenSmall<fp6, 6>(v, items, out);
  case Element::Bf6:
    return widenSmall<bf6, 6>(v, items, out);
  case Element::Fp4:
    return widenSmall<fp4, 4>(v, items, out);
  default:
    return widenItems<32>(v, items, out, [](u32 u) { return std::bit_cast<float>(u); });
  }
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
