// Small tokenizers that tests write as tokenizer.json, and folders to put them in.
#pragma once

#include "compiler/import/tokenizer/ImportTokenizer.h"
#include "runtime/text/Tokenizer.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace qcc::importer {

/// A folder that goes away with its owner.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  /// Writes a file of the folder; folders in `name` are made.
  void write(const std::string &name, const std::string &content) const;
  void write(const std::string &name, const nlohmann::json &content) const;

  const std::filesystem::path path;
};

/// A byte-level tokenizer.json: piece b is byte b's character, piece 256 + i the i-th merge's
/// result, and after them the control token "<|end|>". A merge is written in bytes: {"t", "he"}.
/// The pre-tokenizer is GPT-2's.
nlohmann::json byteLevelTokenizer(const std::vector<std::pair<std::string, std::string>> &merges);

/// A loaded tokenizer and the section that it lies in.
struct ImportedTokenizer {
  TokenizerBytes bytes;
  text::Tokenizer tokenizer;

  std::vector<text::TokenId> encode(std::string_view text, text::EncodeOptions options = {}) const;
};

/// Imports the tokenizer of a model, or named, which must succeed.
ImportedTokenizer imported(const std::filesystem::path &model,
                           const std::optional<std::filesystem::path> &tokenizer = std::nullopt);
/// Imports tokenizer.json's content, with a tokenizer_config.json beside it if given.
ImportedTokenizer imported(const nlohmann::json &tokenizer,
                           const nlohmann::json &configuration = {});
/// The same as a Result, for tokenizers that are refused.
Result<std::optional<TokenizerBytes>> tryImport(const nlohmann::json &tokenizer,
                                                const nlohmann::json &configuration = {});

} // namespace qcc::importer
