// The chat templates that are known, one row each, recognised by what stands in a model's own
// template. A new family is a row.
#pragma once

#include "runtime/text/tokenizer_generated.h"

#include <memory>
#include <string>
#include <string_view>

namespace qcc::importer {

/// What a recognised template becomes, and the token that ends an assistant's turn ("" if eos
/// does).
struct RecognisedChat {
  std::unique_ptr<text::fb::ChatTemplateT> chat;
  std::string endOfTurn;
};

/// Recognises `source`, a Jinja template of a tokenizer configuration; `bos` and `eos` are the
/// texts of those tokens. `chat` is null when no family matches: a template is never guessed.
RecognisedChat recogniseChat(std::string_view source, std::string_view bos, std::string_view eos);

} // namespace qcc::importer
