#include "runtime/session/Sequences.h"

namespace qcc::runtime {

Result<uint32_t> Sequences::add() {
  for (uint32_t slot = 0; slot < slots.size(); ++slot) {
    if (!slots[slot]) {
      slots[slot].emplace();
      return slot;
    }
  }
  return {
      StatusCode::ContextFull,
      "All " + std::to_string(slots.size()) +
          " sequences of the session are in use; remove one, or compile the model with a larger "
          "--max-batch."};
}

Result<uint32_t> Sequences::length(uint32_t slot) const {
  if (slot >= slots.size() || !slots[slot]) {
    return {StatusCode::NotFound, "The session has no sequence " + std::to_string(slot) + "."};
  }
  return slots[slot]->length;
}

Status Sequences::remove(uint32_t slot) {
  QCC_TRY(length(slot).status());
  slots[slot].reset();
  return {};
}

Status Sequences::truncate(uint32_t slot, uint32_t newLength) {
  QCC_TRY_ASSIGN(uint32_t current, length(slot));
  if (newLength > current) {
    return {StatusCode::InvalidArgument,
            "Sequence " + std::to_string(slot) + " has " + std::to_string(current) +
                " tokens and cannot be truncated to " + std::to_string(newLength) + "."};
  }
  slots[slot]->length = newLength;
  return {};
}

Status Sequences::checkRoom(uint32_t slot, uint64_t count) const {
  QCC_TRY_ASSIGN(uint32_t current, length(slot));
  if (count <= context - current) {
    return {};
  }
  std::string holds = "the model was compiled for a context of " + std::to_string(context) +
                      "; compile it with a larger --max-context.";
  if (current == 0) {
    return {StatusCode::ContextFull,
            "The prompt of " + std::to_string(count) + " tokens is too long: " + holds};
  }
  return {StatusCode::ContextFull, "The context is full: sequence " + std::to_string(slot) +
                                       " has " + std::to_string(current) + " tokens, " +
                                       std::to_string(count) + " more do not fit, and " + holds};
}

} // namespace qcc::runtime
