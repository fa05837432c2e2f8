#include "compiler/interpret/KeyValueCache.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace llvm;
using namespace qcc::interpret;

int64_t KeyValueCache::length(int32_t slot) const {
  bool known = slot >= 0 && static_cast<size_t>(slot) < slots.size();
  return known ? slots[slot].keys.size() / (heads * headSize) : 0;
}

Error KeyValueCache::write(int32_t slot, int32_t position, ArrayRef<float> key,
                           ArrayRef<float> value) {
  if (slot < 0 || position < 0 || position > length(slot)) {
    return createStringError("position " + Twine(position) + " of slot " + Twine(slot) +
                             " does not follow the " + Twine(length(slot)) +
                             " positions that its cache holds");
  }
  if (slots.size() <= static_cast<size_t>(slot)) {
    slots.resize(slot + 1);
  }
  int64_t features = heads * headSize, begin = position * features;
  Slot &memory = slots[slot];
  if (position == length(slot)) {
    memory.keys.resize(begin + features);
    memory.values.resize(begin + features);
  }
  store(key, MutableArrayRef(memory.keys).slice(begin, features));
  store(value, MutableArrayRef(memory.values).slice(begin, features));
  return Error::success();
}

/// A head as an integer from -127 to 127 for each element, times the scale that they share.
static void quantizeHead(ArrayRef<float> from, MutableArrayRef<float> to) {
  constexpr float largest = 127;
  float most = 0;
  for (float x : from) {
    most = std::max(most, std::abs(x));
  }
  float scale = most / largest;
  for (auto [stored, x] : zip_equal(to, from)) {
    stored = most == 0 ? 0 : scale * std::nearbyint(x / scale);
  }
}

void KeyValueCache::store(ArrayRef<float> from, MutableArrayRef<float> to) const {
  if (type) {
    transform(from, to.begin(), [&](float x) { return roundTo(*type, x); });
    return;
  }
  for (size_t begin = 0; begin < from.size(); begin += headSize) {
    quantizeHead(from.slice(begin, headSize), to.slice(begin, headSize));
  }
}

void KeyValueCache::truncate(int32_t slot, int64_t length) {
  if (length < this->length(slot)) {
    slots[slot].keys.resize(length * heads * headSize);
    slots[slot].values.resize(length * heads * headSize);
  }
}

ArrayRef<float> KeyValueCache::key(int32_t slot, int64_t position, int64_t head) const {
  return ArrayRef<float>(slots[slot].keys).slice((position * heads + head) * headSize, headSize);
}

ArrayRef<float> KeyValueCache::value(int32_t slot, int64_t position, int64_t head) const {
  return ArrayRef<float>(slots[slot].values).slice((position * heads + head) * headSize, headSize);
}
