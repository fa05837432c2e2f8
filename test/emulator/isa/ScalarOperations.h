// Tables of scalar instructions, as Operations.h has them for vector instructions.
#pragma once

#include "test/emulator/isa/Harness.h"

#include <functional>
#include <span>

namespace qcc::emulator::test {

/// What a scalar instruction reads and leaves.
struct ScalarState {
  uint64_t d;    // s[20:21], before and after
  bool scc;      // before and after
  uint64_t exec; // before: c; after
};

struct ScalarOperation {
  std::string text;  // a is s[8:9], b s[10:11], the result s[20:21]; `>` as in VectorCase
  std::string chips; // as in OperationCase
  std::function<void(uint64_t a, uint64_t b, ScalarState &s)> expect;
  unsigned floatBits = 0;  // 16, 32: results are floats, whose NaNs are all the same
  float relativeError = 0; // of a float
};

/// Runs every row on every chip it names over pairs of `edges`, with SCC 0 and 1.
void checkScalarOperations(std::span<const ScalarOperation> cases, std::span<const uint64_t> edges);

} // namespace qcc::emulator::test
