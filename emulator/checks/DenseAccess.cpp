#include "emulator/checks/DenseAccess.h"

namespace qcc::emulator::checks {

namespace {

/// Whether active lane n's address is `base` + (n - first) * step for all of them.
bool followsStep(const isa::Addresses &a, uint64_t base, unsigned first, uint64_t step) {
  uint64_t different = 0;
  for (unsigned n = 0; n < isa::laneStride; ++n) {
    const uint64_t active = 0 - ((a.active >> n) & 1);
    different |= (a.of[n] ^ (base + (uint64_t(n) - first) * step)) & active;
  }
  return different == 0;
}

} // namespace

AddressRange denseRange(const isa::MemoryAccess &access) {
  const isa::Addresses &a = access.addresses;
  if (a.active == 0) {
    return {};
  }
  const unsigned first = static_cast<unsigned>(__builtin_ctzll(a.active));
  const uint64_t run = a.active >> first, base = a.of[first];
  if ((run & (run + 1)) == 0 && followsStep(a, base, first, access.bytes)) {
    const unsigned lanes = static_cast<unsigned>(__builtin_popcountll(run));
    return {base, base + uint64_t(lanes) * access.bytes};
  }
  if (followsStep(a, base, first, 0)) {
    return {base, base + access.bytes};
  }
  return {};
}

} // namespace qcc::emulator::checks
