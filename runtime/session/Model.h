// An opened model: its package, its tokenizer, and the devices that it is loaded on at present.
#pragma once

#include "runtime/session/LoadedModel.h"
#include "runtime/text/Tokenizer.h"

#include <map>

namespace qcc::runtime {

class Model {
public:
  /// Opens the artifact at `path`. Errors: as Package::open, and those of the tokenizer section.
  static Result<std::shared_ptr<Model>> open(const std::string &path);

  const Package &package() const { return *source; }

  /// The tokenizer, or null when the model came without one.
  const text::Tokenizer *tokenizer() const { return textTokenizer ? &*textTokenizer : nullptr; }

  /// The tokenizer. Error: Unavailable, with the mend.
  Result<const text::Tokenizer *> requireTokenizer() const;

  /// The ids that end a generation, the program's and the tokenizer's, ascending.
  const std::vector<uint32_t> &endOfSequence() const { return endIds; }

  /// Whether generation ends with this token.
  bool endsSequence(uint32_t token) const;

  /// The model on `device`: uploaded now, or shared with those who use it there already. Errors: as
  /// LoadedModel::load.
  Result<std::shared_ptr<const LoadedModel>> loadOn(const std::shared_ptr<Device> &device,
                                                    const UploadProgress &progress);

private:
  void collectEndIds();

  std::shared_ptr<const Package> source;
  std::optional<text::Tokenizer> textTokenizer;
  std::vector<uint32_t> endIds;
  std::mutex mutex; // guards loaded
  std::map<const Device *, std::weak_ptr<const LoadedModel>> loaded;
};

} // namespace qcc::runtime
