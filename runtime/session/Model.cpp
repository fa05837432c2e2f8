#include "runtime/session/Model.h"

#include <algorithm>

namespace qcc::runtime {

Result<std::shared_ptr<Model>> Model::open(const std::string &path) {
  auto model = std::make_shared<Model>();
  QCC_TRY_ASSIGN(model->source, Package::open(path));
  if (std::span<const uint8_t> section = model->source->tokenizer(); !section.empty()) {
    auto tokenizer = text::Tokenizer::load(std::as_bytes(section));
    if (!tokenizer.ok()) {
      return {tokenizer.status().code, path + ": " + tokenizer.status().message};
    }
    model->textTokenizer = *std::move(tokenizer);
  }
  model->collectEndIds();
  return model;
}

void Model::collectEndIds() {
  if (const auto *ids = source->program().model()->end_of_sequence()) {
    endIds.assign(ids->begin(), ids->end());
  }
  if (textTokenizer) {
    std::span<const text::TokenId> ids = textTokenizer->endOfSequence();
    endIds.insert(endIds.end(), ids.begin(), ids.end());
  }
  std::sort(endIds.begin(), endIds.end());
  endIds.erase(std::unique(endIds.begin(), endIds.end()), endIds.end());
}

Result<const text::Tokenizer *> Model::requireTokenizer() const {
  if (!textTokenizer) {
    return {StatusCode::Unavailable,
            source->name() + ": the model was compiled without a tokenizer, so it takes and gives "
                             "token ids only; compile it with --tokenizer PATH."};
  }
  return &*textTokenizer;
}

bool Model::endsSequence(uint32_t token) const {
  return std::binary_search(endIds.begin(), endIds.end(), token);
}

Result<std::shared_ptr<const LoadedModel>> Model::loadOn(const std::shared_ptr<Device> &device,
                                                         const UploadProgress &progress) {
  std::lock_guard lock(mutex);
  if (auto found = loaded[device.get()].lock()) {
    return found;
  }
  QCC_TRY_ASSIGN(auto model, LoadedModel::load(device, source, progress));
  loaded[device.get()] = model;
  return model;
}

} // namespace qcc::runtime
