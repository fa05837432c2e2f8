// The command line of qrun.
#pragma once

#include "runtime/qcc_runtime.h"

#include <optional>
#include <string>
#include <vector>

namespace qcc::qrun {

/// What the command line asks for.
struct Options {
  std::string model;

  std::string device = "auto";
  std::string hipLibrary;
  bool listDevices = false;

  std::optional<std::string> prompt;
  std::vector<uint32_t> tokens;
  bool chat = false;
  std::string system; // the system message with --chat

  std::optional<uint32_t> maxTokens;
  qcc_sampler_params sampler;
  std::vector<std::string> stopStrings;
  bool ignoreEndOfSequence = false;
  std::vector<uint32_t> forcedTokens;

  std::string perplexityText;
  std::string perplexityTokens;
  uint32_t window = 0; // 0: the model's context
  uint32_t stride = 0; // 0: half a window

  std::string logits;
  bool json = false;

  bool wantsPerplexity() const { return !perplexityText.empty() || !perplexityTokens.empty(); }
};

/// Reads the command line. When there is nothing to run (an error, or --help), returns the exit
/// code of qrun instead and has said why.
std::optional<int> parseOptions(int argc, char **argv, Options &options);

} // namespace qcc::qrun
