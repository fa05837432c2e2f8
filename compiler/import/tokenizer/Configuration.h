// The JSON files beside a tokenizer: beginning and end of sequence ids, and the chat template.
#pragma once

#include "compiler/import/tokenizer/Json.h"
#include "compiler/import/tokenizer/TokenizerSource.h"

#include <filesystem>
#include <span>

namespace qcc::importer {

/// What was found beside a tokenizer; null or empty where there was no such file.
struct Configuration {
  Json tokenizer;   // tokenizer_config.json
  Json generation;  // generation_config.json
  Json genai;       // genai_config.json
  Json model;       // config.json
  std::string chat; // chat_template.jinja
};

/// Reads them, each from the first of `folders` that has it. Errors: IoError, Corrupt.
Result<Configuration> readConfiguration(std::span<const std::filesystem::path> folders);

/// Puts the ids and the chat template of `configuration` into `source`. Error: Corrupt.
Status applyConfiguration(const Configuration &configuration, TokenizerSource &source);

/// The whole content of a file of at most 1 GiB. Errors: NotFound, IoError.
Result<std::string> readFile(const std::filesystem::path &path);

} // namespace qcc::importer
