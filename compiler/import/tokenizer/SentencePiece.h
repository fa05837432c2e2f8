// Reads SentencePiece's tokenizer.model (Kudo and Richardson 2018, arXiv:1808.06226), BPE models.
#pragma once

#include "compiler/import/tokenizer/Json.h"
#include "compiler/import/tokenizer/TokenizerSource.h"

namespace qcc::importer {

/// Collects the tokenizer in `bytes`, a SentencePiece model file. `configuration` is
/// tokenizer_config.json or null: its `add_bos_token`, `add_eos_token`, `legacy` and
/// `added_tokens_decoder` are obeyed, as Hugging Face's Llama tokenizer does. Unlike
/// SentencePiece's own encoder, control tokens that are written in a text are found. Errors:
/// Corrupt, Unavailable.
Status readSentencePiece(std::string_view bytes, const Json &configuration,
                         TokenizerSource &source);

} // namespace qcc::importer
