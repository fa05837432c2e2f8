#include "runtime/session/SamplerRecord.h"

#include <bit>
#include <cstring>

namespace qcc::runtime {

void writeSamplerRecord(const fb::SamplerLayout &layout, uint32_t vocabularySize,
                        const text::SamplerParameters &parameters,
                        std::span<const uint32_t> history, std::span<uint8_t> bytes) {
  std::memset(bytes.data(), 0, bytes.size());
  auto low = [](uint64_t value) { return static_cast<uint32_t>(value); };
  const uint32_t words[] = {std::bit_cast<uint32_t>(parameters.scale),
                            std::bit_cast<uint32_t>(parameters.repetitionPenalty),
                            parameters.topK,
                            parameters.lastDistance,
                            low(parameters.topP),
                            low(parameters.topP >> 32),
                            low(parameters.seed),
                            low(parameters.seed >> 32)};
  uint8_t *place = bytes.data() + layout.parameters();
  for (uint32_t word : words) {
    uint32_t stored = flatbuffers::EndianScalar(word);
    std::memcpy(place, &stored, sizeof(stored));
    place += sizeof(stored);
  }
  for (uint32_t id : history) {
    if (id < vocabularySize) { // bits in ascending order are bytes in ascending order
      bytes[layout.seen() + id / 8] |= static_cast<uint8_t>(1u << id % 8);
    }
  }
}

} // namespace qcc::runtime
