// How the caches of each generation are kept coherent between workgroups.
#pragma once

#include "emulator/isa/Instruction.h"

#include <cstdint>
#include <string_view>

namespace qcc::emulator::checks {

/// What one chip needs. Source: LLVM AMDGPUUsage, "Memory Model" of gfx90a, gfx942, gfx10-gfx11 and
/// gfx12.
struct CacheRules {
  /// A release needs a write-back of the second-level cache; else stores reach memory that all
  /// workgroups see once they are done.
  bool needsWriteBack = false;
  /// Stores carry a scope, so that one without it is not visible to other workgroups.
  bool storesHaveScope = false;
};
CacheRules cacheRulesOf(std::string_view chip);

/// What a cache control instruction does for other workgroups of the same device.
enum class CacheControl : uint8_t { None, Invalidate, WriteBack, Both };

/// Facts of one memory or cache instruction.
struct ScopeFacts {
  bool agent = false; // a load or store that other workgroups of the device see, or see through
  CacheControl control = CacheControl::None;
};
ScopeFacts scopeFactsOf(const isa::Instruction &i, std::string_view chip);

} // namespace qcc::emulator::checks
