// The trained models that tests run: those of the project, and those that may lie beside it.
#pragma once

#include "test/end_to_end/support/Chain.h"

namespace qcc::test {

/// `folder` among examples/models, or among ../shared/models; empty when it is in neither.
std::string findModel(const std::string &folder);

/// The model that the project brings: "stories6M/onnx-genai-int4", and its tokenizer.
std::string demoModel();
std::string demoTokenizer();

/// What reference.json and reference_logits.npy beside a model say: for each prompt its text, and
/// the ids of it and of the greedy continuation, with the logits of every step.
struct Reference {
  std::vector<std::string> texts;
  std::vector<TokenScript> scripts;
  std::vector<FloatArray> logits;
};

/// Reads them; a failure fails the test and gives no prompts.
Reference readReference(const std::string &folder);

} // namespace qcc::test
