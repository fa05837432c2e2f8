// Work cut into numbered items that all cores carry out at once, with a second step that sees the
// items in their order: packing in parallel, hashing in sequence.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc::package {

/// For every item in [0, count) calls `produce(item, buffer)` on one of `threads` threads (0: one a
/// core), then `consume(item, buffer)`, one item after the other in ascending order, on that same
/// thread. A thread reuses its buffer, so memory is one item a thread. Stops at the first failure
/// and returns that of the lowest item.
llvm::Error
forEachInOrder(size_t count, unsigned threads,
               llvm::function_ref<llvm::Error(size_t item, std::vector<uint8_t> &buffer)> produce,
               llvm::function_ref<void(size_t item, llvm::ArrayRef<uint8_t> buffer)> consume);

} // namespace qcc::package
