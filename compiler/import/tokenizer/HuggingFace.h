// Reads Hugging Face's tokenizer.json (the `tokenizers` library's format, version 1.0).
#pragma once

#include "compiler/import/tokenizer/Json.h"
#include "compiler/import/tokenizer/TokenizerSource.h"

namespace qcc::importer {

/// Collects the tokenizer in `json`, the text of a tokenizer.json. Errors: Corrupt, Unavailable.
Status readHuggingFace(std::string_view json, TokenizerSource &source);

/// Its parts; each throws the parser's exceptions on fields that are missing or of another type.
Status readModel(const Json &model, TokenizerSource &source);
Status readAddedTokens(const Json &tokens, TokenizerSource &source);
Status readNormalizer(const Json &normalizer, fb::TokenizerT &section);
Status readPreTokenizer(const Json &preTokenizer, fb::TokenizerT &section);
Status readDecoder(const Json &decoder, TokenizerSource &source);
Status readPostProcessor(const Json &postProcessor, fb::TokenizerT &section);

/// One added token's flags, as tokenizer.json and tokenizer_config.json both write them.
fb::AddedTokenT readAddedToken(const Json &token, std::uint32_t id);

} // namespace qcc::importer
