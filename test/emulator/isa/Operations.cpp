#include "test/emulator/isa/Operations.h"

#include <gtest/gtest.h>

#include <cmath>

namespace qcc::emulator::test {

namespace {

constexpr const char *allChips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

/// The value of a float of `bits` bits.
double valueOf(uint64_t u, unsigned bits) {
  switch (bits) {
  case 16:
    return static_cast<double>(std::bit_cast<_Float16>(static_cast<uint16_t>(u)));
  case 32:
    return floatOf(static_cast<uint32_t>(u));
  default:
    return std::bit_cast<double>(u);
  }
}

bool agreeAsFloats(uint64_t got, uint64_t want, const OperationCase &test) {
  const double x = valueOf(got, test.floatBits), y = valueOf(want, test.floatBits);
  if (got == want || (std::isnan(x) && std::isnan(y))) {
    return true;
  }
  return test.relativeError != 0 && std::fabs(x - y) <= test.relativeError * std::fabs(y);
}

/// Compares result n, a word; of a double both words when n is the first.
bool agree(const uint32_t *got, const uint32_t *want, unsigned n, const OperationCase &test) {
  switch (test.floatBits) {
  case 16:
    return agreeAsFloats(got[n] & 0xffff, want[n] & 0xffff, test) &&
           agreeAsFloats(got[n] >> 16, want[n] >> 16, test);
  case 32:
    return agreeAsFloats(got[n], want[n], test);
  case 64:
    return n % 2 != 0 || agreeAsFloats(wide(got + n), wide(want + n), test);
  default:
    return got[n] == want[n];
  }
}

void checkOne(const OperationCase &test, const std::string &chip, std::span<const uint32_t> edges) {
  const uint32_t lanes = isWave32(chip) ? 32 : 64;
  const size_t rounds = test.sources < 2 ? (edges.size() + lanes - 1) / lanes : 6;
  uint32_t random = 12345;
  VectorKernel kernel(chip, {test.text, std::vector<Lanes>(test.sources), test.results});
  for (size_t round = 0; round < rounds; ++round) {
    std::vector<Lanes> inputs(test.sources);
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      for (unsigned s = 0; s < test.sources; ++s) {
        random = random * 1664525u + 1013904223u;
        const size_t pick = test.sources < 2 ? round * lanes + lane : random >> 12;
        inputs[s].push_back(edges[pick % edges.size()]);
      }
    }
    const auto got = kernel.run(inputs);
    if (testing::Test::HasFailure()) {
      return;
    }
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      uint32_t in[16] = {}, want[8] = {}, have[8] = {};
      for (unsigned r = 0; r < test.results; ++r) {
        have[r] = got[r][lane];
      }
      for (unsigned s = 0; s < test.sources; ++s) {
        in[s] = inputs[s][lane];
      }
      test.expect(in, want);
      for (unsigned r = 0; r < test.results; ++r) {
        ASSERT_TRUE(agree(have, want, r, test))
            << chip << " `" << test.text << "` result " << r << std::hex << " of " << in[0] << " "
            << in[1] << " " << in[2] << " " << in[3] << " " << in[4] << " " << in[5] << ": "
            << have[r] << ", not " << want[r];
      }
    }
  }
}

} // namespace

std::vector<std::string> chipsOf(const std::string &chips, const std::string &text) {
  std::string lines = text;
  std::erase(lines, '>');
  std::vector<std::string> named;
  for (const std::string chip : allChips) {
    const std::string generation = chip.starts_with("gfx9") ? "9" : chip.substr(3, 2);
    const std::string list = " " + chips + " ";
    if (chips == "?" ? assembles(chip, lines)
                     : chips == "*" || list.find(" " + generation + " ") != std::string::npos ||
                           list.find(" " + chip + " ") != std::string::npos) {
      named.push_back(chip);
    }
  }
  EXPECT_FALSE(named.empty()) << "no chip has `" << text << "`";
  return named;
}

void checkOperations(std::span<const OperationCase> cases, std::span<const uint32_t> edges) {
  for (const OperationCase &test : cases) {
    for (const std::string &chip : chipsOf(test.chips, test.text)) {
      checkOne(test, chip, edges);
      if (testing::Test::HasFailure()) {
        return;
      }
    }
  }
}

} // namespace qcc::emulator::test
