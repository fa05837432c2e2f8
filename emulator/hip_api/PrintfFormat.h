// Text of a device-side printf, from its format string and the words that its arguments travel as.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace qcc::emulator {

/// Arguments as clang packs them for AMDGPU (llvm/lib/Transforms/Utils/AMDGPUEmitPrintf.cpp): 8
/// bytes each, floats as double; a string lies in place, ends with a zero byte and is padded to 8
/// bytes.
class PrintfWords {
public:
  explicit PrintfWords(std::span<const uint64_t> words) : rest(words) {}

  /// The next word; 0 when there is none left.
  uint64_t number();
  /// The next string; what is left of the words when it has no end.
  std::string text();

private:
  std::span<const uint64_t> rest;
};

/// What printf prints for them; `%n` writes nothing.
std::string formatPrintf(std::string_view format, PrintfWords words);

} // namespace qcc::emulator
