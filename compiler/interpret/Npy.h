// Arrays of float32 in NumPy's .npy format, version 1.0
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace qcc {

struct FloatArray {
  std::vector<int64_t> shape;
  std::vector<float> data; // row major

  /// The last extent: elements of a row.
  int64_t columns() const { return shape.empty() ? 1 : shape.back(); }
};

/// Writes `data`, row major and of `shape`, to `path`: to a temporary file first, then renamed.
llvm::Error writeNpy(llvm::StringRef path, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<float> data);

/// Reads a row-major array of little-endian float32 of any rank. Fails with one sentence on
/// anything else.
llvm::Expected<FloatArray> readNpy(llvm::StringRef path);

} // namespace qcc
