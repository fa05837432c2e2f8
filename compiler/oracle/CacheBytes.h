// The KV cache of a layer as kernels store it (`!lm.cache`), and as the oracle holds it.
#pragma once

#include "compiler/interpret/KeyValueCache.h"
#include "dialects/lm/Lm.h"

namespace qcc::oracle {

class CacheBytes {
public:
  explicit CacheBytes(lm::CacheType type) : type(type) {}

  /// Writes every position that `cache` holds into `memory`, of `type.getBytes()`.
  void encode(const interpret::KeyValueCache &cache, llvm::MutableArrayRef<uint8_t> memory) const;

  /// The key, or the value, that a head has at a position of a slot.
  std::vector<float> decode(llvm::ArrayRef<uint8_t> memory, bool ofValues, int64_t slot,
                            int64_t head, int64_t position) const;

private:
  void encodeHead(llvm::ArrayRef<float> head, llvm::MutableArrayRef<uint8_t> memory, bool ofValues,
                  int64_t place) const;
  /// Which of all positions of all slots and heads.
  int64_t placeOf(int64_t slot, int64_t head, int64_t position) const {
    return (slot * type.getHeads() + head) * type.getPositions() + position;
  }
  int64_t elementsAt(bool ofValues, int64_t place) const;

  lm::CacheType type;
};

} // namespace qcc::oracle
