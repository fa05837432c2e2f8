#include "compiler/import/tokenizer/Configuration.h"

#include "compiler/import/tokenizer/ChatFamilies.h"

#include <fstream>

namespace qcc::importer {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largestFile = std::uintmax_t{1} << 30; // bytes

/// The content of `name` in the first folder that has it; empty if none does.
Result<std::string> readFirst(std::span<const fs::path> folders, const char *name) {
  for (const fs::path &folder : folders) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / name, ignored)) {
      return readFile(folder / name);
    }
  }
  return std::string();
}

Result<Json> readFirstJson(std::span<const fs::path> folders, const char *name) {
  QCC_TRY_ASSIGN(std::string text, readFirst(folders, name));
  if (text.empty()) {
    return Json();
  }
  Result<Json> json = parseJson(text);
  return json.ok() ? std::move(json) : Result<Json>(inFile(name, json.status()));
}

/// A token written as its text, or as an object whose `content` is the text; "" if absent.
std::string tokenText(const Json &configuration, const char *key) {
  const Json &token = childOf(configuration, key);
  const Json &text = token.is_object() ? childOf(token, "content") : token;
  return text.is_string() ? text.get<std::string>() : std::string();
}

/// The ids written at `key`, as a number or a list of numbers.
std::vector<std::uint32_t> idsAt(const Json &configuration, const char *key) {
  const Json &value = childOf(configuration, key);
  std::vector<std::uint32_t> ids;
  auto add = [&](const Json &id) {
    if (id.is_number_unsigned() && id.get<std::uint64_t>() <= INT32_MAX) {
      ids.push_back(id.get<std::uint32_t>());
    }
  };
  if (!value.is_array()) {
    add(value);
    return ids;
  }
  for (const Json &id : value) {
    add(id);
  }
  return ids;
}

void applyIds(const Configuration &configuration, TokenizerSource &source) {
  fb::TokenizerT &section = source.section;
  const Json *files[] = {&configuration.generation, &childOf(configuration.genai, "model"),
                         &configuration.model};
  for (const Json *file : files) {
    for (std::uint32_t id : idsAt(*file, "eos_token_id")) {
      section.eos.push_back(id);
    }
  }
  if (auto id = source.findPiece(tokenText(configuration.tokenizer, "eos_token"))) {
    section.eos.push_back(*id);
  }
  if (auto id = source.findPiece(tokenText(configuration.tokenizer, "bos_token"))) {
    section.bos = static_cast<std::int32_t>(*id);
    return;
  }
  for (const Json *file : files) {
    std::vector<std::uint32_t> ids = idsAt(*file, "bos_token_id");
    if (section.bos < 0 && !ids.empty() && !source.piece(ids.front()).empty()) {
      section.bos = static_cast<std::int32_t>(ids.front());
    }
  }
}

/// The template's text: a file of its own, a string, or the one named "default" of a list.
std::string chatSource(const Configuration &configuration) {
  if (!configuration.chat.empty()) {
    return configuration.chat;
  }
  const Json &chat = childOf(configuration.tokenizer, "chat_template");
  if (chat.is_string()) {
    return chat.get<std::string>();
  }
  for (const Json &entry : chat) {
    if (tokenText(entry, "name") == "default") {
      return tokenText(entry, "template");
    }
  }
  return {};
}

/// The text of the end of sequence token that templates call eos_token.
std::string eosText(const Configuration &configuration, const TokenizerSource &source) {
  std::string named = tokenText(configuration.tokenizer, "eos_token");
  return !named.empty() || source.section.eos.empty() ? named
                                                      : source.piece(source.section.eos.front());
}

void applyChat(const Configuration &configuration, TokenizerSource &source) {
  fb::TokenizerT &section = source.section;
  std::string text = chatSource(configuration);
  if (text.empty()) {
    section.chat_absent = "The model came without a chat template, so it takes plain prompts only.";
    return;
  }
  std::string bos =
      section.bos < 0 ? std::string() : source.piece(static_cast<std::uint32_t>(section.bos));
  RecognisedChat recognised = recogniseChat(text, bos, eosText(configuration, source));
  if (!recognised.chat) {
    section.chat_absent = "The model's chat template is of no family that qcc knows, so it takes "
                          "plain prompts only; write the control tokens into the prompt instead.";
    return;
  }
  section.chat = std::move(recognised.chat);
  if (auto id = source.findPiece(recognised.endOfTurn)) {
    section.eos.push_back(*id);
  }
}

} // namespace

Result<std::string> readFile(const fs::path &path) {
  std::error_code error;
  std::uintmax_t size = fs::file_size(path, error);
  if (error) {
    return Status{error == std::errc::no_such_file_or_directory ? StatusCode::NotFound
                                                                : StatusCode::IoError,
                  path.string() + ": it cannot be read: " + error.message() + "."};
  }
  if (size > largestFile) {
    return Status{StatusCode::Corrupt, path.string() + ": it is too large for a tokenizer's file."};
  }
  std::string text(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  if (!stream.read(text.data(), static_cast<std::streamsize>(size))) {
    return Status{StatusCode::IoError, path.string() + ": it cannot be read to its end."};
  }
  return text;
}

Result<Configuration> readConfiguration(std::span<const fs::path> folders) {
  Configuration configuration;
  QCC_TRY_ASSIGN(configuration.tokenizer, readFirstJson(folders, "tokenizer_config.json"));
  QCC_TRY_ASSIGN(configuration.generation, readFirstJson(folders, "generation_config.json"));
  QCC_TRY_ASSIGN(configuration.genai, readFirstJson(folders, "genai_config.json"));
  QCC_TRY_ASSIGN(configuration.model, readFirstJson(folders, "config.json"));
  QCC_TRY_ASSIGN(configuration.chat, readFirst(folders, "chat_template.jinja"));
  return configuration;
}

Status applyConfiguration(const Configuration &configuration, TokenizerSource &source) {
  return guardJson([&]() -> Status {
    applyIds(configuration, source);
    applyChat(configuration, source);
    return {};
  });
}

} // namespace qcc::importer
