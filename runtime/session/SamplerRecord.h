// A sequence's record in the sampler memory; see SamplerLayout in program.fbs.
#pragma once

#include "runtime/program_generated.h"
#include "runtime/text/SamplerParameters.h"

#include <span>

namespace qcc::runtime {

/// Writes a record to `bytes`, which are layout.slot_bytes: these parameters, no random number
/// drawn yet, and the ids of `history` seen; those outside the vocabulary are ignored.
void writeSamplerRecord(const fb::SamplerLayout &layout, uint32_t vocabularySize,
                        const text::SamplerParameters &parameters,
                        std::span<const uint32_t> history, std::span<uint8_t> bytes);

} // namespace qcc::runtime
