#include "emulator/isa/memory/DenseAccess.h"

#include "emulator/isa/HostVariants.h"

namespace qcc::emulator::isa {

/// Whether active lane n's address is `base` + (n - first) * bytes for all of them.
QCC_HOST_VARIANTS
static bool followsLanes(const Addresses &a, uint64_t base, unsigned first, uint64_t bytes) {
  uint64_t different = 0;
  for (unsigned n = 0; n < laneStride; ++n) {
    const uint64_t active = 0 - ((a.active >> n) & 1);
    different |= (a.of[n] ^ (base + (uint64_t(n) - first) * bytes)) & active;
  }
  return different == 0;
}

AddressRange denseRange(const Addresses &a, unsigned bytes) {
  if (a.active == 0) {
    return {};
  }
  const unsigned first = static_cast<unsigned>(__builtin_ctzll(a.active));
  const uint64_t run = a.active >> first, base = a.of[first];
  if ((run & (run + 1)) != 0 || !followsLanes(a, base, first, bytes)) {
    return {};
  }
  return {base, base + uint64_t(__builtin_popcountll(run)) * bytes};
}

} // namespace qcc::emulator::isa
