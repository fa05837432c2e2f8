// The book of a session's sequences: which slots of the KV cache are in use, and how far.
#pragma once

#include "runtime/Status.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace qcc::runtime {

class Sequences {
public:
  /// Room for `slots` sequences of at most `context` positions each.
  Sequences(uint32_t slots, uint32_t context) : slots(slots), context(context) {}

  /// Takes a free slot, of length 0. Error: ContextFull (all slots are taken).
  Result<uint32_t> add();
  /// Gives a slot back. Error: NotFound.
  Status remove(uint32_t slot);
  /// The number of positions of a sequence. Error: NotFound.
  Result<uint32_t> length(uint32_t slot) const;
  /// Forgets all positions from `length` on. Errors: NotFound, InvalidArgument (it is shorter).
  Status truncate(uint32_t slot, uint32_t length);

  /// Whether `count` more positions fit. Errors: NotFound, ContextFull with the numbers.
  Status checkRoom(uint32_t slot, uint64_t count) const;
  /// Adds positions that checkRoom() allowed.
  void advance(uint32_t slot, uint32_t count) { slots[slot]->length += count; }

  /// Whether the sequence was given a sampler, and that it was. It has none when it is added.
  bool hasSampler(uint32_t slot) const { return slots[slot]->hasSampler; }
  void noteSampler(uint32_t slot) { slots[slot]->hasSampler = true; }

private:
  struct Sequence {
    uint32_t length = 0;
    bool hasSampler = false;
  };

  std::vector<std::optional<Sequence>> slots;
  uint32_t context;
};

} // namespace qcc::runtime
