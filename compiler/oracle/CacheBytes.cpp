#include "compiler/oracle/CacheBytes.h"

#include "compiler/oracle/ElementBytes.h"
#include "llvm/Support/Parallel.h"

#include <cmath>
#include <cstring>

using namespace qcc;
using namespace qcc::oracle;
using interpret::ElementType;

int64_t CacheBytes::elementsAt(bool ofValues, int64_t place) const {
  const int64_t bytes = type.getElementType().getIntOrFloatBitWidth() / 8;
  return (ofValues ? type.getHalfBytes() : 0) + place * type.getHeadSize() * bytes;
}

void CacheBytes::encodeHead(llvm::ArrayRef<float> head, llvm::MutableArrayRef<uint8_t> memory,
                            bool ofValues, int64_t place) const {
  uint8_t *to = memory.data() + elementsAt(ofValues, place);
  if (!type.isQuantized()) {
    return oracle::encode(*interpret::elementTypeOf(type.getElementType()), head, to);
  }
  // The oracle holds products of scale and integer, of which the largest integer is 127.
  float most = 0;
  for (float x : head) {
    most = std::max(most, std::abs(x));
  }
  const float scale = most / 127;
  for (auto [i, x] : llvm::enumerate(head)) {
    to[i] = static_cast<uint8_t>(static_cast<int8_t>(most == 0 ? 0 : std::nearbyint(x / scale)));
  }
  std::memcpy(memory.data() + type.getScalesOffset(ofValues) + 4 * place, &scale, 4);
}

void CacheBytes::encode(const interpret::KeyValueCache &cache,
                        llvm::MutableArrayRef<uint8_t> memory) const {
  const auto heads = static_cast<int64_t>(type.getHeads());
  llvm::parallelFor(0, type.getSlots() * heads, [&](size_t index) {
    const int64_t slot = static_cast<int64_t>(index) / heads;
    const int64_t head = static_cast<int64_t>(index) % heads;
    const int64_t length = cache.length(static_cast<int32_t>(slot));
    for (int64_t position = 0; position < length; ++position) {
      const int64_t place = placeOf(slot, head, position);
      encodeHead(cache.key(slot, position, head), memory, false, place);
      encodeHead(cache.value(slot, position, head), memory, true, place);
    }
  });
}

std::vector<float> CacheBytes::decode(llvm::ArrayRef<uint8_t> memory, bool ofValues, int64_t slot,
                                      int64_t head, int64_t position) const {
  const int64_t place = placeOf(slot, head, position);
  const uint8_t *from = memory.data() + elementsAt(ofValues, place);
  std::vector<float> result(type.getHeadSize());
  float scale = 1;
  if (type.isQuantized()) {
    std::memcpy(&scale, memory.data() + type.getScalesOffset(ofValues) + 4 * place, 4);
  }
  for (auto [i, x] : llvm::enumerate(result)) {
    if (type.isQuantized()) {
      x = scale * static_cast<float>(static_cast<int8_t>(from[i]));
      continue;
    }
    const ElementType element = *interpret::elementTypeOf(type.getElementType());
    x = oracle::decode(element, from + static_cast<int64_t>(i) * oracle::bytesOf(element));
  }
  return result;
}
