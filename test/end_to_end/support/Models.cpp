#include "test/end_to_end/support/Models.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace qcc::test {

std::string findModel(const std::string &folder) {
  for (const char *root :
       {QCC_SOURCE_DIR "/examples/models/", QCC_SOURCE_DIR "/../shared/models/"}) {
    if (std::filesystem::exists(root + folder + "/model.onnx")) {
      return root + folder;
    }
  }
  return {};
}

std::string demoModel() {
  return QCC_SOURCE_DIR "/examples/models/stories6M/onnx-genai-int4";
}

std::string demoTokenizer() {
  return QCC_SOURCE_DIR "/examples/models/stories6M/tokenizer.json";
}

Reference readReference(const std::string &folder) {
  Reference reference;
  auto document = nlohmann::json::parse(readFile(folder + "/reference.json"));
  auto logits = readNpy(folder + "/reference_logits.npy");
  if (!logits || logits->shape.size() != 3) {
    ADD_FAILURE() << folder << ": " << llvm::toString(logits.takeError());
    return reference;
  }
  auto next = logits->data.begin();
  std::vector<int64_t> shape(logits->shape.begin() + 1, logits->shape.end());
  for (const auto &prompt : document["prompts"]) {
    reference.texts.push_back(prompt["text"]);
    reference.scripts.push_back({prompt["ids"], prompt["greedy_ids"]});
    auto end = next + shape[0] * shape[1];
    reference.logits.push_back({shape, std::vector<float>(next, end)});
    next = end;
  }
  return reference;
}

} // namespace qcc::test
