#include "test/import/tokenizer/JsonTokenizers.h"

#include "runtime/text/ByteAlphabet.h"

#include <gtest/gtest.h>
#include <stdexcept>
#include <unistd.h>

namespace qcc::importer {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path makeFolder() {
  std::string name = (fs::temp_directory_path() / "qcc-tokenizer-XXXXXX").string();
  if (!mkdtemp(name.data())) {
    throw std::runtime_error("no temporary folder");
  }
  return name;
}

std::string alphabet(const std::string &bytes) {
  std::string characters;
  text::appendByteCharacters(bytes, characters);
  return characters;
}

ImportedTokenizer loaded(Result<std::optional<TokenizerBytes>> result) {
  if (!result.ok() || !*result) {
    throw std::runtime_error(result.ok() ? "no tokenizer" : result.status().message);
  }
  TokenizerBytes bytes = **std::move(result);
  auto tokenizer = text::Tokenizer::load(bytes);
  return {std::move(bytes), *std::move(tokenizer)};
}

} // namespace

TemporaryFolder::TemporaryFolder() : path(makeFolder()) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

void TemporaryFolder::write(const std::string &name, const std::string &content) const {
  fs::create_directories((path / name).parent_path());
  std::ofstream(path / name, std::ios::binary) << content;
}

void TemporaryFolder::write(const std::string &name, const json &content) const {
  write(name, content.dump());
}

json byteLevelTokenizer(const std::vector<std::pair<std::string, std::string>> &merges) {
  json vocabulary;
  for (int byte = 0; byte < 256; ++byte) {
    vocabulary[alphabet(std::string(1, static_cast<char>(byte)))] = byte;
  }
  json list = json::array();
  int id = 256;
  for (const auto &[left, right] : merges) {
    vocabulary[alphabet(left + right)] = id++;
    list.push_back(alphabet(left) + " " + alphabet(right));
  }
  json byteLevel = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}};
  return {{"version", "1.0"},
          {"added_tokens", {{{"id", id}, {"content", "<|end|>"}, {"special", true}}}},
          {"normalizer", nullptr},
          {"pre_tokenizer", byteLevel},
          {"decoder", byteLevel},
          {"post_processor", byteLevel},
          {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", list}}}};
}

std::vector<text::TokenId> ImportedTokenizer::encode(std::string_view text,
                                                     text::EncodeOptions options) const {
  auto ids = tokenizer.encode(text, options);
  EXPECT_TRUE(ids.ok()) << ids.status().message;
  return ids.ok() ? *ids : std::vector<text::TokenId>();
}

ImportedTokenizer imported(const fs::path &model, const std::optional<fs::path> &tokenizer) {
  return loaded(importTokenizer(model, tokenizer));
}

Result<std::optional<TokenizerBytes>> tryImport(const json &tokenizer, const json &configuration) {
  TemporaryFolder folder;
  folder.write("tokenizer.json", tokenizer);
  if (!configuration.is_null()) {
    folder.write("tokenizer_config.json", configuration);
  }
  return importTokenizer(folder.path);
}

ImportedTokenizer imported(const json &tokenizer, const json &configuration) {
  return loaded(tryImport(tokenizer, configuration));
}

} // namespace qcc::importer
