// The list of commands of a persistent kernel, as it lies in device memory: what one launch of it is to do.
// runtime/program.fbs describes it for those who write it.
#pragma once

#include <cstdint>

namespace qcc::program {

/// Offsets in bytes, from the list's start and from a command's.
struct CommandList {
  static constexpr int64_t countAt = 0;      // i32: commands
  static constexpr int64_t workgroupsAt = 4; // i32: of the launch
  static constexpr int64_t headerBytes = 8;

  static constexpr int64_t phaseAt = 0; // i32: index in the kernel's phases; 4 bytes that nobody reads follow
  /// A 64-bit address.
  static constexpr int64_t argumentAt(int64_t index) { return 8 + 8 * index; }
  /// Each command has the addresses of the phase with the most arguments.
  static constexpr int64_t commandBytes(int64_t arguments) { return argumentAt(arguments); }
};

} // namespace qcc::program
