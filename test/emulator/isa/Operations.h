// Tables of single instructions: each row is assembler text and its meaning for one lane, written
// here independently of the emulator, and checked on every chip that has the instruction.
#pragma once

#include "test/emulator/isa/Harness.h"

#include <bit>
#include <functional>
#include <span>

namespace qcc::emulator::test {

/// Sources are words in v4, v5, ...; results are words from v20 on.
struct OperationCase {
  std::string text;  // of several lines those after a `>` are under test
  std::string chips; // "9", "11", "12" in any combination, or a chip's name; "*" is all, "?" each
                     // that LLVM has the instructions for
  unsigned sources;
  unsigned results;
  std::function<void(const uint32_t *in, uint32_t *out)> expect;
  unsigned floatBits = 0;  // 16, 32, 64: results are floats, whose NaNs are all the same
  float relativeError = 0; // of a float; 0: the bits must agree
};

/// The chips that a row is for.
std::vector<std::string> chipsOf(const std::string &chips, const std::string &text);

/// Runs every row on every chip it names with combinations of `edges` in each source.
void checkOperations(std::span<const OperationCase> cases, std::span<const uint32_t> edges);

/// A row for each chip that has the instruction.
inline OperationCase anyChip(std::string text, unsigned sources, unsigned results,
                             std::function<void(const uint32_t *, uint32_t *)> expect,
                             unsigned floatBits = 0) {
  return {std::move(text), "?", sources, results, std::move(expect), floatBits};
}

inline uint32_t bitsOf(float f) {
  return std::bit_cast<uint32_t>(f);
}
inline float floatOf(uint32_t u) {
  return std::bit_cast<float>(u);
}
inline uint64_t wide(const uint32_t *in) {
  return in[0] | static_cast<uint64_t>(in[1]) << 32;
}
inline void putWide(uint32_t *out, uint64_t v) {
  out[0] = static_cast<uint32_t>(v);
  out[1] = static_cast<uint32_t>(v >> 32);
}

} // namespace qcc::emulator::test
