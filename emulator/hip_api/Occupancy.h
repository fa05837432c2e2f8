// How many workgroups of a kernel fit on a multiprocessor of the chip at once.
#pragma once

#include "emulator/hip_api/Module.h"

namespace qcc::emulator {

/// Workgroups of `workItems` work-items and `dynamicLds` further bytes of LDS that one
/// multiprocessor holds, from its wave slots, registers and LDS. 0: the kernel cannot run at that
/// size.
uint32_t workgroupsPerMultiprocessor(const ihipModuleSymbol_t &function, const Chip &chip,
                                     uint32_t workItems, uint64_t dynamicLds);

/// The workgroup size, a multiple of the wave size up to `limit` (0: the kernel's own), that keeps
/// the most work-items on a multiprocessor; the larger size when several do.
uint32_t bestWorkgroupSize(const ihipModuleSymbol_t &function, const Chip &chip,
                           uint64_t dynamicLds, uint32_t limit);

/// Vector registers that the kernel's descriptor asks for.
uint32_t encodedVgprs(const ihipModuleSymbol_t &function, const Chip &chip);

/// Vector registers that a wave of the kernel is given.
uint32_t allocatedVgprs(const ihipModuleSymbol_t &function, const Chip &chip);

} // namespace qcc::emulator
