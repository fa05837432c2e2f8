#include "compiler/import/tokenizer/ImportTokenizer.h"

#include "compiler/import/tokenizer/Configuration.h"
#include "compiler/import/tokenizer/HuggingFace.h"
#include "compiler/import/tokenizer/SentencePiece.h"

#include <array>

namespace qcc::importer {

namespace {

namespace fs = std::filesystem;

constexpr const char *tokenizerNames[] = {"tokenizer.json", "tokenizer.model"};

std::optional<fs::path> findIn(const fs::path &folder) {
  for (const char *name : tokenizerNames) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / name, ignored)) {
      return folder / name;
    }
  }
  return std::nullopt;
}

/// The folder that a model, a file or a folder itself, lies in.
fs::path folderOf(const fs::path &model) {
  std::error_code ignored;
  fs::path whole = fs::absolute(model, ignored).lexically_normal();
  if (!whole.has_filename()) {
    whole = whole.parent_path(); // it ended with a slash
  }
  return fs::is_directory(whole, ignored) ? whole : whole.parent_path();
}

/// The tokenizer file that is meant; nullopt if none was named and there is none.
Result<std::optional<fs::path>> locate(const fs::path &modelFolder,
                                       const std::optional<fs::path> &named) {
  if (!named) {
    std::optional<fs::path> found = findIn(modelFolder);
    return found ? found : findIn(modelFolder.parent_path());
  }
  std::error_code ignored;
  if (fs::is_regular_file(*named, ignored)) {
    return named;
  }
  if (std::optional<fs::path> found = findIn(*named)) {
    return found;
  }
  return Status{StatusCode::NotFound, named->string() + ": there is no tokenizer.json and no "
                                                        "tokenizer.model; name one of them."};
}

Status readTokenizer(const fs::path &path, const Json &configuration, TokenizerSource &source) {
  QCC_TRY_ASSIGN(std::string bytes, readFile(path));
  return inFile(path.string(), path.extension() == ".json"
                                   ? readHuggingFace(bytes, source)
                                   : readSentencePiece(bytes, configuration, source));
}

} // namespace

Result<std::optional<TokenizerBytes>> importTokenizer(const fs::path &model,
                                                      const std::optional<fs::path> &tokenizer) {
  fs::path modelFolder = folderOf(model);
  QCC_TRY_ASSIGN(std::optional<fs::path> path, locate(modelFolder, tokenizer));
  if (!path) {
    return std::optional<TokenizerBytes>();
  }
  const std::array folders = {folderOf(*path), modelFolder};
  QCC_TRY_ASSIGN(Configuration configuration, readConfiguration(folders));
  TokenizerSource source;
  QCC_TRY(readTokenizer(*path, configuration.tokenizer, source));
  QCC_TRY(inFile(path->string(), applyConfiguration(configuration, source)));
  Result<TokenizerBytes> bytes = source.serialize();
  if (!bytes.ok()) {
    return inFile(path->string(), bytes.status());
  }
  return std::optional(*std::move(bytes));
}

} // namespace qcc::importer
