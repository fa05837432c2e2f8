// Whether a launch fits the kernel's own limits and those of the chip.
#pragma once

#include "emulator/hip_api/Module.h"

namespace qcc::emulator {

/// Workgroups of a launch that the whole chip holds at once.
uint64_t residentWorkgroups(const ihipModuleSymbol_t &function, const Chip &chip, dim3 block,
                            uint64_t dynamicLds);

/// hipSuccess, or a refusal that is explained: hipErrorInvalidConfiguration for sizes that the
/// kernel or the grid cannot have, hipErrorLaunchOutOfResources for LDS, registers or scratch that
/// the chip does not have, hipErrorCooperativeLaunchTooLarge.
hipError_t checkLimits(const ihipModuleSymbol_t &function, const Chip &chip, dim3 grid, dim3 block,
                       uint64_t dynamicLds, bool cooperative);

} // namespace qcc::emulator
