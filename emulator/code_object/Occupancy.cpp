#include "emulator/code_object/Occupancy.h"

#include "llvm/Support/AMDHSAKernelDescriptor.h"

#include <algorithm>

namespace qcc::emulator {
namespace {

/// LLVM AMDGPUUsage, "compute_pgm_rsrc1": registers are encoded in units of 8 at a chip's own wave
/// size, scalar registers of GFX9 in units of 16 whose field counts halves.
constexpr uint32_t vgprEncodingUnit = 8;
constexpr uint32_t sgprEncodingUnit = 16;
constexpr uint32_t sgprsPerSimd = 800;

uint32_t roundUp(uint32_t value, uint32_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Wave64 on a wave32 chip has half as many registers, of twice the lanes.
uint32_t perWave(uint32_t registers, const ResourceUse &use, const Chip &chip) {
  return registers * chip.waveSize / use.waveSize;
}

uint32_t encodedVgprs(const ResourceUse &use, const Chip &chip) {
  const uint32_t field = AMDHSA_BITS_GET(
      use.computePgmRsrc1, llvm::amdhsa::COMPUTE_PGM_RSRC1_GRANULATED_WORKITEM_VGPR_COUNT);
  return (field + 1) * perWave(vgprEncodingUnit, use, chip);
}

uint32_t allocatedSgprs(const ResourceUse &use) {
  const uint32_t field = AMDHSA_BITS_GET(
      use.computePgmRsrc1, llvm::amdhsa::COMPUTE_PGM_RSRC1_GRANULATED_WAVEFRONT_SGPR_COUNT);
  return (field / 2 + 1) * sgprEncodingUnit;
}

/// Lowers `value` to `bound` and remembers who did.
void limitTo(uint64_t bound, std::string_view by, uint32_t &value, std::string_view &limit) {
  if (bound < value) {
    value = static_cast<uint32_t>(bound);
    limit = by;
  }
}

} // namespace

Occupancy occupancyOf(const ResourceUse &use, const Chip &chip) {
  Occupancy o;
  o.encodedRegisters = encodedVgprs(use, chip);
  o.vectorRegisters = roundUp(o.encodedRegisters, perWave(chip.vgprGranule, use, chip));
  o.scalarRegisters = allocatedSgprs(use);
  o.wavesPerSimd = chip.maxWavesPerSimd;
  o.limit = "wave slots";
  limitTo(perWave(chip.vgprsPerSimd, use, chip) / o.vectorRegisters, "vector registers",
          o.wavesPerSimd, o.limit);
  if (chip.sgprsLimitWaves) {
    limitTo(sgprsPerSimd / o.scalarRegisters, "scalar registers", o.wavesPerSimd, o.limit);
  }
  const uint32_t waves = std::max(1u, (use.workItems + use.waveSize - 1) / use.waveSize);
  o.workgroups = o.wavesPerSimd * chip.simdsPerMultiprocessor / waves;
  if (use.ldsBytes > 0) {
    const uint64_t granules = (use.ldsBytes + chip.ldsGranule - 1) / chip.ldsGranule;
    limitTo(chip.ldsPerMultiprocessor / (granules * chip.ldsGranule), "LDS", o.workgroups, o.limit);
  }
  o.residentWavesPerSimd = double(o.workgroups) * waves / chip.simdsPerMultiprocessor;
  return o;
}

} // namespace qcc::emulator
