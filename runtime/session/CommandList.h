// The list of commands of a persistent kernel in device memory (runtime/program.fbs, Persistent):
// where the compiler reads and the runtime writes. Offsets in bytes, from the list's start and from
// a command's.
#pragma once

#include <cstdint>

namespace qcc::runtime {

struct CommandList {
  static constexpr int64_t countAt = 0;      // u32: commands
  static constexpr int64_t workgroupsAt = 4; // u32: of the launch
  static constexpr int64_t headerBytes = 8;

  static constexpr int64_t phaseAt = 0; // u32: index in `phases`; 4 bytes that nobody reads follow
  /// A 64-bit address.
  static constexpr int64_t argumentAt(int64_t index) { return 8 + 8 * index; }
  /// Each command has room for the addresses of the phase with the most arguments.
  static constexpr int64_t commandBytes(int64_t arguments) { return argumentAt(arguments); }

  /// Of the memory behind the kernel's second address.
  static constexpr int64_t barrierBytes = 256;
};

} // namespace qcc::runtime
