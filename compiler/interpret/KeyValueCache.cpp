#include "compiler/interpret/KeyValueCache.h"

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
  for (int64_t f = 0; f < features; ++f) {
    memory.keys[begin + f] = roundTo(type, key[f]);
    memory.values[begin + f] = roundTo(type, value[f]);
  }
  return Error::success();
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
