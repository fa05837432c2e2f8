// A MessagePack document as a tree. LLVM's own document class aborts on malformed input; this one
// returns an error.
#pragma once

#include "emulator/code_object/Bytes.h"

#include "llvm/Support/Error.h"

#include <string_view>
#include <utility>
#include <vector>

namespace qcc::emulator {

/// A value. Text points into the document's bytes. Kinds that AMDGPU metadata has no use for
/// (floating point, extensions) are read as None.
struct PackedValue {
  enum class Kind : uint8_t { None, Number, Text, Array, Map } kind = Kind::None;
  uint64_t number = 0; // non-negative; a negative one is None
  std::string_view text;
  std::vector<PackedValue> items; // of an array; of a map keys and values in turn

  /// The value of a text key, or null when this is no map or has no such key.
  const PackedValue *find(std::string_view key) const;
};

/// Reads the first object of the document. Nesting and lengths are bounded by the document itself.
llvm::Expected<PackedValue> readMessagePack(Bytes document);

} // namespace qcc::emulator
