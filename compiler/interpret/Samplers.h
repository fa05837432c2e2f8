// What `!lm.sampler` stands for: a sampler and its history for each slot.
#pragma once

#include "runtime/text/Sampler.h"

#include <map>

namespace qcc::interpret {

class Samplers {
public:
  /// Gives a slot another sampler than the greedy one that it has at first.
  void set(int32_t slot, text::Sampler sampler, std::vector<uint32_t> history) {
    slots.insert_or_assign(slot, Entry{std::move(sampler), std::move(history)});
  }

  /// Picks a token for the slot and adds it to its history. Errors: as text::Sampler::sample.
  Result<uint32_t> sample(int32_t slot, std::span<const float> logits) {
    auto entry = slots.find(slot);
    if (entry == slots.end()) {
      QCC_TRY_ASSIGN(text::Sampler greedy, text::Sampler::create({}));
      entry = slots.emplace(slot, Entry{std::move(greedy), {}}).first;
    }
    auto &[sampler, history] = entry->second;
    QCC_TRY_ASSIGN(uint32_t token, sampler.sample(logits, history));
    history.push_back(token);
    return token;
  }

private:
  struct Entry {
    text::Sampler sampler;
    std::vector<uint32_t> history;
  };
  std::map<int32_t, Entry> slots;
};

} // namespace qcc::interpret
