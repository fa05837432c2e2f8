#include "test/emulator/isa/Operations.h"

#include <gtest/gtest.h>

#include <cmath>

namespace qcc::emulator::test {

namespace {

constexpr const char *allChips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

bool isNan(uint32_t u) {
  return (u & 0x7fffffff) > 0x7f800000;
}

bool agree(uint32_t got, uint32_t want, const OperationCase &test) {
  const bool bothNan = isNan(got) && isNan(want);
  if (got == want || (bothNan && (test.anyNan || test.relativeError != 0))) {
    return true;
  }
  const float x = floatOf(got), y = floatOf(want);
  return test.relativeError != 0 && std::fabs(x - y) <= test.relativeError * std::fabs(y);
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
      uint32_t in[8] = {}, want[8] = {};
      for (unsigned s = 0; s < test.sources; ++s) {
        in[s] = inputs[s][lane];
      }
      test.expect(in, want);
      for (unsigned r = 0; r < test.results; ++r) {
        ASSERT_TRUE(agree(got[r][lane], want[r], test))
            << chip << " `" << test.text << "` result " << r << std::hex << " of " << in[0] << " "
            << in[1] << " " << in[2] << ": " << got[r][lane] << ", not " << want[r];
      }
    }
  }
}

} // namespace

std::vector<std::string> chipsOf(const std::string &chips) {
  std::vector<std::string> named;
  for (const std::string chip : allChips) {
    const std::string generation = chip.starts_with("gfx9") ? "9" : chip.substr(3, 2);
    const std::string text = " " + chips + " ";
    if (chips == "*" || text.find(" " + generation + " ") != std::string::npos ||
        text.find(" " + chip + " ") != std::string::npos) {
      named.push_back(chip);
    }
  }
  return named;
}

void checkOperations(std::span<const OperationCase> cases, std::span<const uint32_t> edges) {
  for (const OperationCase &test : cases) {
    for (const std::string &chip : chipsOf(test.chips)) {
      checkOne(test, chip, edges);
      if (testing::Test::HasFailure()) {
        return;
      }
    }
  }
}

} // namespace qcc::emulator::test
