// The counter-based random numbers of samplers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011,
// "Parallel Random Numbers: As Easy as 1, 2, 3", doi:10.1145/2063384.2063405).
#pragma once

#include <array>
#include <cstdint>

namespace qcc::text {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// The multipliers of a round, what a round adds to the key, and how many rounds there are.
constexpr std::uint32_t philoxMultipliers[2] = {0xD2511F53u, 0xCD9E8D57u};
constexpr std::uint32_t philoxWeyl[2] = {0x9E3779B9u, 0xBB67AE85u};
constexpr int philoxRounds = 10;

/// The four random words of a counter.
constexpr PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < philoxRounds; ++round) {
    std::uint64_t first = std::uint64_t{philoxMultipliers[0]} * counter[0];
    std::uint64_t second = std::uint64_t{philoxMultipliers[1]} * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(first)};
    key = {key[0] + philoxWeyl[0], key[1] + philoxWeyl[1]};
  }
  return counter;
}

/// The `draw`th random number of a seed, 64 bits: words 1 (high) and 0 of counter {draw, 0}.
constexpr std::uint64_t drawRandom(std::uint64_t seed, std::uint64_t draw) {
  auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
  PhiloxCounter words = philox({low(draw), low(draw >> 32), 0, 0}, {low(seed), low(seed >> 32)});
  return std::uint64_t{words[1]} << 32 | words[0];
}

} // namespace qcc::text
