#include "emulator/hip_api/LaunchLimits.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Occupancy.h"

#include <limits>

namespace qcc::emulator {
namespace {

std::string describe(dim3 size) {
  return std::to_string(size.x) + " x " + std::to_string(size.y) + " x " + std::to_string(size.z);
}

uint64_t product(dim3 size) {
  return uint64_t(size.x) * size.y * size.z;
}

/// Grids are counted in work-items of 32 bits an axis.
bool fitsGrid(uint32_t workgroups, uint32_t workItems) {
  return workgroups > 0 && workItems > 0 &&
         uint64_t(workgroups) * workItems <= std::numeric_limits<uint32_t>::max();
}

hipError_t checkSizes(const ihipModuleSymbol_t &function, dim3 grid, dim3 block) {
  const std::string &name = function.info.name;
  if (!fitsGrid(grid.x, block.x) || !fitsGrid(grid.y, block.y) || !fitsGrid(grid.z, block.z)) {
    return explain(hipErrorInvalidConfiguration,
                   "kernel " + name + " was launched with a grid of " + describe(grid) +
                       " workgroups of " + describe(block) +
                       ", which is empty or has 2^32 work-items or more on an axis");
  }
  uint64_t limit = function.info.maxFlatWorkgroupSize;
  if (block.x > limit || block.y > limit || block.z > limit || product(block) > limit) {
    return explain(hipErrorInvalidConfiguration,
                   "kernel " + name + " was launched with workgroups of " + describe(block) +
                       " work-items; it takes at most " + std::to_string(limit));
  }
  const auto &required = function.info.requiredWorkgroupSize;
  if (required[0] && (required[0] != block.x || required[1] != block.y || required[2] != block.z)) {
    return explain(hipErrorInvalidConfiguration,
                   "kernel " + name + " was launched with workgroups of " + describe(block) +
                       " work-items; it was compiled for " +
                       describe({required[0], required[1], required[2]}));
  }
  return hipSuccess;
}

/// `what` of the kernel is `asked`, of which the chip has `limit`.
hipError_t refuse(const ihipModuleSymbol_t &function, const Chip &chip, const std::string &what,
                  uint64_t asked, uint64_t limit) {
  return explain(hipErrorLaunchOutOfResources,
                 "kernel " + function.info.name + " asks for " + std::to_string(asked) + " " +
                     what + "; " + std::string(chip.name) + " has " + std::to_string(limit));
}

hipError_t checkResources(const ihipModuleSymbol_t &function, const Chip &chip, dim3 block,
                          uint64_t dynamicLds) {
  uint64_t lds = function.kernel.descriptor.groupSegmentFixedSize + dynamicLds;
  if (dynamicLds > chip.ldsPerWorkgroup || lds > chip.ldsPerWorkgroup) {
    return refuse(function, chip, "bytes of LDS", lds, chip.ldsPerWorkgroup);
  }
  uint32_t registers = encodedVgprs(function, chip);
  if (registers > chip.vgprsPerWave) {
    return refuse(function, chip, "vector registers", registers, chip.vgprsPerWave);
  }
  uint64_t scratch =
      uint64_t(function.kernel.descriptor.privateSegmentFixedSize) * function.waveSize;
  if (scratch > chip.scratchPerWave) {
    return refuse(function, chip, "bytes of scratch a wave", scratch, chip.scratchPerWave);
  }
  if (workgroupsPerMultiprocessor(function, chip, product(block), dynamicLds) == 0) {
    return explain(hipErrorLaunchOutOfResources,
                   "a workgroup of " + describe(block) + " work-items of kernel " +
                       function.info.name + " needs more registers than a multiprocessor of " +
                       std::string(chip.name) + " has");
  }
  return hipSuccess;
}

/// All workgroups of a cooperative launch must be on the device at once.
hipError_t checkResident(const ihipModuleSymbol_t &function, const Chip &chip, dim3 grid,
                         dim3 block, uint64_t dynamicLds) {
  const uint64_t fit = residentWorkgroups(function, chip, block, dynamicLds);
  if (product(grid) <= fit) {
    return hipSuccess;
  }
  return explain(hipErrorCooperativeLaunchTooLarge,
                 "the cooperative launch of kernel " + function.info.name + " has " +
                     std::to_string(product(grid)) + " workgroups; " + std::to_string(fit) +
                     " fit on the device");
}

} // namespace

uint64_t residentWorkgroups(const ihipModuleSymbol_t &function, const Chip &chip, dim3 block,
                            uint64_t dynamicLds) {
  return uint64_t(chip.multiprocessors) *
         workgroupsPerMultiprocessor(function, chip, product(block), dynamicLds);
}

hipError_t checkLimits(const ihipModuleSymbol_t &function, const Chip &chip, dim3 grid, dim3 block,
                       uint64_t dynamicLds, bool cooperative) {
  hipError_t error = checkSizes(function, grid, block);
  error = error ? error : checkResources(function, chip, block, dynamicLds);
  return error || !cooperative ? error : checkResident(function, chip, grid, block, dynamicLds);
}

} // namespace qcc::emulator
