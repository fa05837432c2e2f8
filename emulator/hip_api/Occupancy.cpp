#include "emulator/hip_api/Occupancy.h"

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
uint32_t perWave(uint32_t registers, const ihipModuleSymbol_t &function, const Chip &chip) {
  return registers * chip.waveSize / function.waveSize;
}

uint32_t wavesPerSimd(const ihipModuleSymbol_t &function, const Chip &chip) {
  uint32_t vgprs = allocatedVgprs(function, chip);
  uint32_t waves =
      std::min(chip.maxWavesPerSimd, perWave(chip.vgprsPerSimd, function, chip) / vgprs);
  if (chip.sgprsLimitWaves) {
    waves = std::min(waves, sgprsPerSimd / allocatedSgprs(function));
  }
  return waves;
}

} // namespace

uint32_t encodedVgprs(const ihipModuleSymbol_t &function, const Chip &chip) {
  uint32_t field = AMDHSA_BITS_GET(function.kernel.descriptor.computePgmRsrc1,
                                   llvm::amdhsa::COMPUTE_PGM_RSRC1_GRANULATED_WORKITEM_VGPR_COUNT);
  return (field + 1) * perWave(vgprEncodingUnit, function, chip);
}

uint32_t allocatedVgprs(const ihipModuleSymbol_t &function, const Chip &chip) {
  return roundUp(encodedVgprs(function, chip), perWave(chip.vgprGranule, function, chip));
}

uint32_t allocatedSgprs(const ihipModuleSymbol_t &function) {
  uint32_t field = AMDHSA_BITS_GET(function.kernel.descriptor.computePgmRsrc1,
                                   llvm::amdhsa::COMPUTE_PGM_RSRC1_GRANULATED_WAVEFRONT_SGPR_COUNT);
  return (field / 2 + 1) * sgprEncodingUnit;
}

uint32_t workgroupsPerMultiprocessor(const ihipModuleSymbol_t &function, const Chip &chip,
                                     uint32_t workItems, uint64_t dynamicLds) {
  uint64_t lds = function.kernel.descriptor.groupSegmentFixedSize + dynamicLds;
  if (workItems == 0 || workItems > function.info.maxFlatWorkgroupSize ||
      lds > chip.ldsPerWorkgroup) {
    return 0;
  }
  uint32_t waves = (workItems + function.waveSize - 1) / function.waveSize;
  uint32_t slots = wavesPerSimd(function, chip) * chip.simdsPerMultiprocessor;
  uint32_t groups = slots / waves;
  if (lds > 0) {
    uint64_t granules = (lds + chip.ldsGranule - 1) / chip.ldsGranule;
    groups = std::min<uint64_t>(groups, chip.ldsPerMultiprocessor / (granules * chip.ldsGranule));
  }
  return groups;
}

uint32_t bestWorkgroupSize(const ihipModuleSymbol_t &function, const Chip &chip,
                           uint64_t dynamicLds, uint32_t limit) {
  uint32_t largest = function.info.maxFlatWorkgroupSize;
  largest = limit ? std::min(largest, limit) : largest;
  uint32_t best = 0;
  uint64_t bestItems = 0;
  for (uint32_t size = std::min(function.waveSize, largest); size && size <= largest;
       size += function.waveSize) {
    uint64_t items = uint64_t(size) * workgroupsPerMultiprocessor(function, chip, size, dynamicLds);
    if (items >= bestItems && items > 0) {
      bestItems = items;
      best = size;
    }
  }
  return best;
}

} // namespace qcc::emulator
