// Executes one vector instruction: fetches operands, applies modifiers, runs the lane kernel and
// writes what EXEC lets through.
#include "emulator/isa/lane/Operands.h"
#include "emulator/isa/lane/Tables.h"

#include <cmath>

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

/// Bits of MODE.
enum : uint32_t {
  singleDenormalResults = 0x20,
  halfDenormalInputs = 0x40,
  halfDenormalResults = 0x80
};

/// Copies the lanes that `mask` names.
QCC_LANE_INLINE void blend(Wave &w, uint32_t *d, const uint32_t *from, unsigned dwords,
                           uint64_t mask) {
  if (mask == w.allLanes) {
    for (unsigned k = 0; k < dwords * laneStride; ++k) {
      d[k] = from[k];
    }
    return;
  }
  const uint32_t *m = laneMask(w, mask);
  for (unsigned k = 0; k < dwords; ++k, d += laneStride, from += laneStride) {
    for (unsigned i = 0; i < laneStride; ++i) {
      d[i] = (from[i] & m[i]) | (d[i] & ~m[i]);
    }
  }
}

/// Output modifiers are for modes without denormal results: with them they do nothing.
bool scalesResult(uint32_t mode, Type type) {
  return (mode & (type == Type::F32 ? singleDenormalResults : halfDenormalResults)) == 0;
}
/// A scaled value: one that is zero or denormal becomes +0.
template <typename T> QCC_LANE_INLINE T scaledBy(T v, T scale, T smallest) {
  const T r = v * scale;
  return std::fabs(r) < smallest ? T(0) : r;
}
QCC_LANE_INLINE void scaleResult(uint32_t *d, Type type, int exponent, unsigned lanes) {
  const float scale = exponent > 0 ? static_cast<float>(1 << exponent) : 0.5f;
  for (unsigned i = 0; i < lanes; ++i) {
    if (type == Type::F64) {
      Lane<double>::set(d, i, scaledBy<double>(Lane<double>::get(d, i), scale, 0x1p-1022));
    } else if (type == Type::F16) {
      Lane<Half>::set(d, i, Half{scaledBy(Lane<Half>::get(d, i).f, scale, 0x1p-14f)});
    } else {
      Lane<float>::set(d, i, scaledBy(Lane<float>::get(d, i), scale, 0x1p-126f));
    }
  }
}

template <typename T> QCC_LANE_INLINE T unit(T v) {
  return v > 1 ? T(1) : v > 0 ? v : T(0);
}

/// Clamps floats to [0, 1]; NaN becomes 0.
void clampResult(uint32_t *d, Type type, unsigned lanes) {
  for (unsigned i = 0; i < lanes; ++i) {
    if (type == Type::F64) {
      Lane<double>::set(d, i, unit(Lane<double>::get(d, i)));
    } else if (type == Type::F16) {
      Lane<Half>::set(d, i, Half{unit(Lane<Half>::get(d, i).f)});
    } else if (type == Type::PkF16) {
      Pair<Half> v = Lane<Pair<Half>>::get(d, i);
      Lane<Pair<Half>>::set(d, i, {Half{unit(v.lo.f)}, Half{unit(v.hi.f)}});
    } else if (type == Type::PkF32) {
      Floats2 v = Lane<Floats2>::get(d, i);
      Lane<Floats2>::set(d, i, {unit(v.lo), unit(v.hi)});
    } else if (type == Type::F32) {
      Lane<float>::set(d, i, unit(Lane<float>::get(d, i)));
    }
  }
}

/// Puts an SDWA result into its byte or word, and the rest as `unused` says.
void selectResult(const Modifiers &mod, uint32_t *d, const uint32_t *old, unsigned lanes) {
  const unsigned shift = selectShift(mod.resultSelect), bits = selectBits(mod.resultSelect);
  if (bits == 32) {
    return;
  }
  const uint32_t field = ((1u << bits) - 1) << shift;
  for (unsigned i = 0; i < lanes; ++i) {
    uint32_t value = (d[i] << shift) & field;
    uint32_t rest = mod.unused == Unused::Preserve ? old[i] & ~field : 0;
    if (mod.unused == Unused::SignExtend && (value >> (shift + bits - 1)) != 0) {
      rest = shift + bits == 32 ? 0 : ~0u << (shift + bits);
    }
    d[i] = value | rest;
  }
}

void placeHalf(const Instruction &i, uint32_t *d, const uint32_t *old, unsigned lanes) {
  for (unsigned n = 0; n < lanes; ++n) {
    uint32_t value = d[n] & 0xffff;
    uint32_t kept = i.keepOtherHalf ? old[n] : 0;
    d[n] = i.resultHalf != 0 ? (kept & 0xffff) | value << 16 : (kept & 0xffff0000) | value;
  }
}

QCC_LANE_INLINE uint32_t withoutDenormals(uint32_t v) {
  const uint32_t low = (v & 0x7c00) == 0 ? 0x8000 : 0xffff;
  const uint32_t high = (v & 0x7c000000) == 0 ? 0x80000000 : 0xffff0000;
  return v & (low | high);
}
/// Denormal halves become zeros; the host's mode does not reach them, as they are floats to it.
void flushHalves(Type type, const uint32_t *from, uint32_t *to, unsigned lanes) {
  const uint32_t other = type == Type::PkF16 ? 0 : 0xffff0000; // not a half
  for (unsigned i = 0; i < lanes; ++i) {
    to[i] = (withoutDenormals(from[i]) & ~other) | (from[i] & other);
  }
}
bool isHalf(Type type) {
  return type == Type::F16 || type == Type::PkF16;
}

/// Finite floats beyond `limit` become it.
void saturate(float limit, const uint32_t *from, uint32_t *to, unsigned lanes) {
  for (unsigned i = 0; i < lanes; ++i) {
    const float v = Lane<float>::get(from, i), magnitude = __builtin_fabsf(v);
    const bool beyond = magnitude > limit && magnitude < __builtin_inff();
    Lane<float>::set(to, i, beyond ? __builtin_copysignf(limit, v) : v);
  }
}

/// Fetches modified sources, runs the kernel into `result` and gives the lanes that may be written.
uint64_t computeModified(Wave &w, const Instruction &i, LaneArgs &a, uint32_t *result) {
  uint64_t writable = w.exec();
  for (unsigned n = 0; n < i.sourceCount; ++n) {
    a.s[n] = modifiedSource(w, i, n, writable);
    if (i.detail[0] != 0 && isHalf(i.row->source[n]) && (w.mode & halfDenormalInputs) == 0) {
      flushHalves(i.row->source[n], a.s[n], w.sourceTemp[n], w.lanes);
      a.s[n] = w.sourceTemp[n];
    }
    if (i.detail[1] != 0 && i.row->source[n] == Type::F32 && (w.mode & modeSaturates) != 0) {
      saturate(std::bit_cast<float>(i.detail[1]), a.s[n], w.sourceTemp[n], w.lanes);
      a.s[n] = w.sourceTemp[n];
    }
  }
  a.maskIn = i.row->readsMask ? readMask(w, i.carry) : 0;
  a.lanes = w.lanes;
  a.d = result;
  i.kernel(a);
  const Modifiers &mod = i.mod;
  const Type type = i.row->result;
  if (type == Type::Mask) {
    return writable;
  }
  if (i.detail[0] != 0 && isHalf(type) && (w.mode & halfDenormalResults) == 0) {
    flushHalves(type, result, result, w.lanes);
  }
  if (mod.outputScale != 0 && scalesResult(w.mode, type)) {
    scaleResult(result, type, mod.outputScale, w.lanes);
  }
  if (mod.clamp) {
    clampResult(result, type, w.lanes);
  }
  const uint32_t *old = w.vector(i.dst.index);
  if (mod.sdwa) {
    selectResult(mod, result, old, w.lanes);
  } else if (i.resultHalf != 0 || i.keepOtherHalf) {
    placeHalf(i, result, old, w.lanes);
  }
  return writable;
}

void writeResult(Wave &w, const Instruction &i, const LaneArgs &a, uint64_t writable) {
  if (i.row->result != Type::Mask) {
    blend(w, w.vector(i.dst.index), a.d, i.dst.dwords, writable);
  }
  if (i.row->writesMask) {
    writeMask(w, i.dst2, a.maskOut & w.exec());
  }
}

} // namespace

void runPlain(Wave &w, const Instruction &i) {
  const uint64_t exec = w.exec();
  LaneArgs a;
  a.lanes = w.lanes;
  for (unsigned n = 0; n < i.sourceCount; ++n) {
    a.s[n] = plainSource(w, i, n);
  }
  if (i.row->readsMask) {
    a.maskIn = readMask(w, i.carry);
  }
  const bool toRegister = exec == w.allLanes && i.row->result != Type::Mask;
  a.d = toRegister ? w.vector(i.dst.index) : w.resultTemp;
  i.kernel(a);
  if (!toRegister && i.row->result != Type::Mask) {
    blend(w, w.vector(i.dst.index), a.d, i.dst.dwords, exec);
  }
  if (i.row->writesMask) {
    writeMask(w, i.dst2, a.maskOut & exec);
  }
}

void runModified(Wave &w, const Instruction &i) {
  LaneArgs a;
  uint64_t writable = computeModified(w, i, a, w.resultTemp);
  writeResult(w, i, a, writable);
}

void runCompareExec(Wave &w, const Instruction &i) {
  LaneArgs a;
  computeModified(w, i, a, w.resultTemp);
  uint64_t mask = a.maskOut & w.exec();
  if (i.dst2.place == Place::Scalar) {
    writeMask(w, i.dst2, mask);
  }
  w.setPair(SlotExec, mask);
}

namespace {

/// Nothing is asked of the sources or the result beyond the operation.
bool isPlain(const Instruction &i) {
  bool modified = i.detail[0] != 0 || i.detail[1] != 0;
  for (unsigned n = 0; n < i.sourceCount; ++n) {
    modified |= i.src[n].negate || i.src[n].absolute;
  }
  return !modified;
}

void computePlain(Wave &w, const Instruction &i, uint32_t *result) {
  LaneArgs a;
  a.lanes = w.lanes;
  for (unsigned n = 0; n < i.sourceCount; ++n) {
    a.s[n] = plainSource(w, i, n);
  }
  a.maskIn = i.row->readsMask ? readMask(w, i.carry) : 0;
  a.d = result;
  i.kernel(a);
}

} // namespace

/// Both halves read before either writes.
void runDual(Wave &w, const Instruction &i) {
  const Instruction &j = *i.second;
  if (isPlain(i) && isPlain(j)) {
    alignas(64) uint32_t y[laneStride];
    computePlain(w, i, w.resultTemp);
    computePlain(w, j, y);
    blend(w, w.vector(i.dst.index), w.resultTemp, 1, w.exec());
    blend(w, w.vector(j.dst.index), y, 1, w.exec());
    return;
  }
  LaneArgs x, y;
  alignas(64) uint32_t second[laneStride];
  uint64_t writable = computeModified(w, i, x, w.resultTemp);
  computeModified(w, j, y, second);
  writeResult(w, i, x, writable);
  blend(w, w.vector(j.dst.index), second, 1, writable);
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
