// Operand fetch of vector instructions: plain, and with every modifier that sources can have.
#pragma once

#include "emulator/isa/lane/LaneOps.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE bool isWide(Type t) {
  return t == Type::B64 || t == Type::F64 || t == Type::PkF32;
}
QCC_LANE_INLINE bool is16(Type t) {
  return t == Type::B16 || t == Type::F16 || t == Type::BF16;
}
QCC_LANE_INLINE bool isPacked(Type t) {
  return t == Type::PkB16 || t == Type::PkF16 || t == Type::PkBF16;
}

QCC_LANE_INLINE unsigned selectShift(Select s) {
  switch (s) {
  case Select::Byte1:
    return 8;
  case Select::Byte2:
  case Select::Word1:
    return 16;
  case Select::Byte3:
    return 24;
  default:
    return 0;
  }
}
QCC_LANE_INLINE unsigned selectBits(Select s) {
  return s == Select::Dword ? 32 : s == Select::Word0 || s == Select::Word1 ? 16 : 8;
}

/// `mask` as a word of ones or zeros for every lane; kept until another mask is asked for.
QCC_LANE_INLINE const uint32_t *laneMask(Wave &w, uint64_t mask) {
  if (w.laneMaskOf != mask) {
    w.laneMaskOf = mask;
    for (unsigned base = 0; base < laneStride; base += 32) {
      const uint32_t bits = static_cast<uint32_t>(mask >> base);
      for (unsigned i = 0; i < 32; ++i) {
        w.laneMask[base + i] = 0u - ((bits >> i) & 1);
      }
    }
  }
  return w.laneMask;
}

QCC_LANE_INLINE void fill(uint32_t *t, uint32_t value) {
  for (unsigned i = 0; i < laneStride; ++i) {
    t[i] = value;
  }
}

/// Source n as an array of lanes, without modifiers.
QCC_LANE_INLINE const uint32_t *plainSource(Wave &w, const Instruction &i, unsigned n) {
  const Operand &o = i.src[n];
  if (o.place == Place::Vector) {
    return w.vector(o.index);
  }
  if (o.place == Place::Constant) {
    return o.splat;
  }
  uint32_t *t = w.sourceTemp[n];
  if (isWide(i.row->source[n])) {
    uint64_t value = read64(w, o);
    fill(t, static_cast<uint32_t>(value));
    fill(t + laneStride, static_cast<uint32_t>(value >> 32));
  } else {
    fill(t, read32(w, o));
  }
  return t;
}

/// Fetches through DPP; lanes that have no source are zero or lose their right to be written.
inline void permuteLanes(Wave &w, const LanePermutation &p, const uint32_t *from, uint32_t *t,
                         unsigned dwords, uint64_t &writable) {
  const uint64_t exec = w.exec();
  uint64_t valid = p.present;
  if (!p.fetchInactive && exec != w.allLanes) {
    valid = 0;
    for (unsigned i = 0; i < w.lanes; ++i) {
      valid |= ((p.present >> i) & (exec >> p.index[i]) & 1) << i;
    }
  }
  for (unsigned k = 0; k < dwords; ++k, from += laneStride, t += laneStride) {
#ifdef __AVX512F__
    if (p.staysInRow) { // one shuffle a row of 16 lanes
      for (unsigned row = 0; row < laneStride; row += 16) {
        const auto source = _mm512_loadu_si512(from + row),
                   index = _mm512_load_si512(&p.index[row]);
        const auto mask = static_cast<__mmask16>(valid >> row);
        _mm512_store_si512(t + row, _mm512_maskz_permutexvar_epi32(mask, index, source));
      }
      continue;
    }
#endif
    for (unsigned i = 0; i < laneStride; ++i) {
      const uint32_t moved = from[p.index[i]];
      t[i] = ((valid >> i) & 1) != 0 ? moved : 0;
    }
  }
  writable &= p.writeMask & (p.zeroInvalid ? ~0ull : valid);
}

inline void selectPart(Select select, bool signExtend, const uint32_t *from, uint32_t *t) {
  const unsigned shift = selectShift(select), unused = 32 - selectBits(select);
  for (unsigned i = 0; i < laneStride; ++i) {
    uint32_t v = (from[i] >> shift) << unused;
    t[i] = signExtend ? static_cast<uint32_t>(static_cast<int32_t>(v) >> unused) : v >> unused;
  }
}

/// op_sel for sources of 16 bits, packed pairs, and pairs of floats.
inline const uint32_t *selectHalves(const Instruction &i, unsigned n, const uint32_t *p,
                                    uint32_t *t) {
  const Type type = i.row->source[n];
  const bool low = (i.mod.opSel >> n) & 1, high = (i.mod.opSelHi >> n) & 1;
  if (is16(type)) {
    const bool upper = i.src[n].half >= 0 ? i.src[n].half == 1 : low;
    for (unsigned k = 0; upper && k < laneStride; ++k) {
      t[k] = p[k] >> 16;
    }
    return upper ? t : p;
  }
  if (isPacked(type) && (low || !high)) {
    for (unsigned k = 0; k < laneStride; ++k) {
      uint32_t v = p[k];
      t[k] = ((low ? v >> 16 : v) & 0xffff) | (high ? v & 0xffff0000 : v << 16);
    }
    return t;
  }
  if (type == Type::PkF32 && (low || !high)) {
    for (unsigned k = 0; k < laneStride; ++k) {
      uint32_t x = p[k], y = p[laneStride + k];
      t[k] = low ? y : x;
      t[laneStride + k] = high ? y : x;
    }
    return t;
  }
  if (type == Type::Mix && high) {
    for (unsigned k = 0; k < laneStride; ++k) {
      Lane<float>::set(t, k, halfToFloat(static_cast<uint16_t>(low ? p[k] >> 16 : p[k])));
    }
    return t;
  }
  return p;
}

/// The bits that a sign change flips in each dword of the type: {low dword, high dword}.
struct SignBits {
  uint32_t low, high;
};
QCC_LANE_INLINE SignBits signBits(const Instruction &i, unsigned n) {
  const bool lo = (i.mod.negLo >> n) & 1, hi = (i.mod.negHi >> n) & 1;
  const bool negate = i.src[n].negate;
  switch (i.row->source[n]) {
  case Type::F16:
  case Type::BF16:
    return {negate ? 0x8000u : 0, 0};
  case Type::F64:
    return {0, negate ? 0x80000000u : 0};
  case Type::PkF16:
  case Type::PkBF16:
    return {(lo ? 0x8000u : 0) | (hi ? 0x80000000u : 0), 0};
  case Type::PkF32:
    return {lo ? 0x80000000u : 0, hi ? 0x80000000u : 0};
  case Type::F32:
  case Type::Mix:
  case Type::B32: // v_cndmask_b32 takes float modifiers
    return {negate || (i.row->source[n] == Type::Mix && lo) ? 0x80000000u : 0, 0};
  default:
    return {0, 0};
  }
}

inline const uint32_t *changeSigns(const Instruction &i, unsigned n, const uint32_t *p,
                                   uint32_t *t) {
  const Type type = i.row->source[n];
  const SignBits flip = signBits(i, n);
  const bool absolute = i.src[n].absolute || (type == Type::Mix && ((i.mod.negHi >> n) & 1));
  const uint32_t keep = !absolute ? ~0u : is16(type) ? 0x7fffu : isWide(type) ? ~0u : 0x7fffffffu;
  if (flip.low == 0 && flip.high == 0 && !absolute) {
    return p;
  }
  for (unsigned k = 0; k < laneStride; ++k) {
    t[k] = (p[k] & keep) ^ flip.low;
  }
  if (isWide(type)) {
    const uint32_t keepHigh = absolute ? 0x7fffffffu : ~0u;
    for (unsigned k = laneStride; k < 2 * laneStride; ++k) {
      t[k] = (p[k] & keepHigh) ^ flip.high;
    }
  }
  return t;
}

/// Source n with DPP, SDWA, op_sel, absolute value and negation applied, in this order.
inline const uint32_t *modifiedSource(Wave &w, const Instruction &i, unsigned n,
                                      uint64_t &writable) {
  const uint32_t *p = plainSource(w, i, n);
  uint32_t *t = w.sourceTemp[n];
  if (n == 0 && i.mod.permutation) {
    alignas(64) uint32_t moved[2 * laneStride];
    const unsigned dwords = isWide(i.row->source[0]) ? 2 : 1;
    permuteLanes(w, *i.mod.permutation, p, moved, dwords, writable);
    __builtin_memcpy(t, moved, dwords * laneStride * 4);
    p = t;
  }
  if (i.mod.sdwa && n < 2) {
    selectPart(i.mod.sourceSelect[n], i.src[n].signExtend, p, t);
    p = t;
  } else {
    p = selectHalves(i, n, p, t);
  }
  return changeSigns(i, n, p, t);
}

} // namespace
} // namespace qcc::emulator::isa::QCC_LANE_SET
