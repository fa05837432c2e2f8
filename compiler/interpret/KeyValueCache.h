// The keys and values of one layer for every sequence slot: what `!lm.cache` stands for.
#pragma once

#include "compiler/interpret/Tensor.h"
#include "llvm/Support/Error.h"

namespace qcc::interpret {

class KeyValueCache {
public:
  /// Without a type, each head of a key or value is quantized to integers of 8 bits with a scale,
  /// as !lm.cache says for i8.
  KeyValueCache(int64_t heads, int64_t headSize, std::optional<ElementType> type)
      : heads(heads), headSize(headSize), type(type) {}

  const int64_t heads;
  const int64_t headSize;
  const std::optional<ElementType> type;

  /// Positions that `slot` holds.
  int64_t length(int32_t slot) const;
  /// Writes a key and a value of heads * headSize elements, rounded or quantized, at a position of
  /// a slot: one that it holds, or the next. Fails when a position would be left out.
  llvm::Error write(int32_t slot, int32_t position, llvm::ArrayRef<float> key,
                    llvm::ArrayRef<float> value);
  /// Forgets the positions of `slot` from `length` on.
  void truncate(int32_t slot, int64_t length);

  /// The headSize elements of a head's key at a position that the slot holds.
  llvm::ArrayRef<float> key(int32_t slot, int64_t position, int64_t head) const;
  llvm::ArrayRef<float> value(int32_t slot, int64_t position, int64_t head) const;

private:
  void store(llvm::ArrayRef<float> from, llvm::MutableArrayRef<float> to) const;

  /// [positions][heads][headSize]
  struct Slot {
    std::vector<float> keys, values;
  };
  std::vector<Slot> slots;
};

} // namespace qcc::interpret
