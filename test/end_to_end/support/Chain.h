// The chain from a model to its logits, by the programs: compiled and run on the emulated device,
// or computed by the oracle.
#pragma once

#include "compiler/interpret/CompareLogits.h"
#include "compiler/interpret/Npy.h"
#include "test/end_to_end/support/Programs.h"

namespace qcc::test {

/// A prompt, and the tokens fed after it in place of the chosen ones.
struct TokenScript {
  std::vector<int> prompt, forced;
};

/// Logits [steps, vocabulary] of a run and the tokens that it would have chosen.
struct Logits {
  FloatArray values;
  std::vector<int> tokens;
};

/// Compiles `model` for `chip` into `artifact`; a failure fails the test and returns false.
bool compileModel(const std::string &model, const std::string &chip, const std::string &artifact,
                  const std::vector<std::string> &options = {});

/// Runs an artifact on the emulated device; a failure fails the test and returns no logits.
Logits runArtifact(const std::string &artifact, const TokenScript &script,
                   const Environment &environment = {});

/// Runs the oracle on `model`; a failure fails the test and returns no logits.
Logits runOracle(const std::string &model, const TokenScript &script,
                 const std::vector<std::string> &options = {});

/// Expects that `actual` is within `tolerance` of `expected`: relative L2 error over all rows.
void expectClose(const Logits &actual, const FloatArray &expected, double tolerance,
                 const std::string &what);

/// |a - b| / |b| in the L2 norm.
double distance(const std::vector<float> &a, const std::vector<float> &b);

/// Expects that every row of `actual` chooses the token that `expected` chooses where its two best
/// logits are more than `margin` apart.
void expectSameChoices(const Logits &actual, const FloatArray &expected, double margin,
                       const std::string &what);

} // namespace qcc::test
