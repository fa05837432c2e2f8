#include "emulator/hip_api/Occupancy.h"

#include "emulator/code_object/Occupancy.h"

#include <algorithm>

namespace qcc::emulator {
namespace {

Occupancy functionOccupancy(const ihipModuleSymbol_t &function, const Chip &chip,
                            uint32_t workItems, uint64_t lds) {
  return occupancyOf(
      {function.kernel.descriptor.computePgmRsrc1, function.waveSize, workItems, lds}, chip);
}

} // namespace

uint32_t encodedVgprs(const ihipModuleSymbol_t &function, const Chip &chip) {
  return functionOccupancy(function, chip, 1, 0).encodedRegisters;
}

uint32_t allocatedVgprs(const ihipModuleSymbol_t &function, const Chip &chip) {
  return functionOccupancy(function, chip, 1, 0).vectorRegisters;
}

uint32_t workgroupsPerMultiprocessor(const ihipModuleSymbol_t &function, const Chip &chip,
                                     uint32_t workItems, uint64_t dynamicLds) {
  uint64_t lds = function.kernel.descriptor.groupSegmentFixedSize + dynamicLds;
  if (workItems == 0 || workItems > function.info.maxFlatWorkgroupSize ||
      lds > chip.ldsPerWorkgroup) {
    return 0;
  }
  return functionOccupancy(function, chip, workItems, lds).workgroups;
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
