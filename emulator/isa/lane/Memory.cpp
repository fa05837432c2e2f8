// The inner loops of vector memory instructions: address ranges, and moves between memory that is
// known to be good and registers.
#include "emulator/isa/lane/Tables.h"
#include "emulator/isa/memory/Access.h"

namespace qcc::emulator::isa::QCC_LANE_SET {

AddressSpan spanOf(const Addresses &a) {
  AddressSpan span{UINT64_MAX, 0};
  for (unsigned i = 0; i < laneStride; ++i) {
    const uint64_t off = 0 - ((~a.active >> i) & 1); // ones for a lane that does not take part
    const uint64_t low = a.of[i] | off, high = a.of[i] & ~off;
    span.lowest = low < span.lowest ? low : span.lowest;
    span.highest = high > span.highest ? high : span.highest;
  }
  return span;
}

namespace {

template <unsigned Dwords> void loadWords(const Addresses &a, uint32_t *v, unsigned lanes) {
  for (unsigned n = 0; n < lanes; ++n) {
    if ((a.active >> n) & 1) {
      uint32_t words[Dwords];
      __builtin_memcpy(words, reinterpret_cast<const void *>(a.of[n]), sizeof words);
      for (unsigned k = 0; k < Dwords; ++k) {
        v[k * laneStride + n] = words[k];
      }
    }
  }
}
template <unsigned Dwords> void storeWords(const Addresses &a, const uint32_t *v, unsigned lanes) {
  for (unsigned n = 0; n < lanes; ++n) {
    if ((a.active >> n) & 1) {
      uint32_t words[Dwords];
      for (unsigned k = 0; k < Dwords; ++k) {
        words[k] = v[k * laneStride + n];
      }
      __builtin_memcpy(reinterpret_cast<void *>(a.of[n]), words, sizeof words);
    }
  }
}

} // namespace

void loadAll(Wave &w, const Transfer &t, unsigned reg, const Addresses &a) {
  uint32_t *v = w.vector(reg);
  switch (t.bytes) {
  case 4:
    return loadWords<1>(a, v, w.lanes);
  case 8:
    return loadWords<2>(a, v, w.lanes);
  case 12:
    return loadWords<3>(a, v, w.lanes);
  case 16:
    return loadWords<4>(a, v, w.lanes);
  default:
    break;
  }
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((a.active >> n) & 1) {
      uint32_t data[4] = {};
      __builtin_memcpy(data, reinterpret_cast<const void *>(a.of[n]), t.bytes == 1 ? 1 : 2);
      putLoaded(w, t, reg, n, data);
    }
  }
}

void storeAll(Wave &w, const Transfer &t, unsigned reg, const Addresses &a) {
  const uint32_t *v = w.vector(reg);
  switch (t.bytes) {
  case 4:
    return storeWords<1>(a, v, w.lanes);
  case 8:
    return storeWords<2>(a, v, w.lanes);
  case 12:
    return storeWords<3>(a, v, w.lanes);
  case 16:
    return storeWords<4>(a, v, w.lanes);
  default:
    break;
  }
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((a.active >> n) & 1) {
      uint32_t data[4] = {};
      takeStored(w, t, reg, n, data);
      __builtin_memcpy(reinterpret_cast<void *>(a.of[n]), data, t.bytes == 1 ? 1 : 2);
    }
  }
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
