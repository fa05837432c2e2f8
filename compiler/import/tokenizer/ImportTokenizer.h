// Reads the tokenizer that comes with a model (Hugging Face tokenizer.json or SentencePiece
// tokenizer.model, and the JSON configurations beside it) and compiles it to the bytes of the
// artifact's `.qcc.tokenizer` section (runtime/text/tokenizer.fbs). Needs neither LLVM nor MLIR.
#pragma once

#include "runtime/Status.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace qcc::importer {

/// The bytes of a tokenizer section; the same files give the same bytes.
using TokenizerBytes = std::vector<std::byte>;

/// Finds and compiles the tokenizer of the model at `model` (a file or a folder). Looked for in the
/// model's folder, then in that folder's parent: `tokenizer.json`, else `tokenizer.model`.
/// `tokenizer`, if given, names such a file, or a folder that holds one, instead. In the
/// tokenizer's folder, then in the model's, `tokenizer_config.json`, `generation_config.json`,
/// `genai_config.json`, `config.json` and `chat_template.jinja` are read where present, for the
/// beginning and end of sequence ids and the chat template.
/// No tokenizer and none named: nullopt. Errors: NotFound (a named one is not there), IoError,
/// Corrupt (not the format), Unavailable (a feature that is not supported, named).
Result<std::optional<TokenizerBytes>>
importTokenizer(const std::filesystem::path &model,
                const std::optional<std::filesystem::path> &tokenizer = std::nullopt);

} // namespace qcc::importer
