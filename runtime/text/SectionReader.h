// What the parts of the tokenizer share when they read their tables from a section whose
// FlatBuffers structure was verified: the error's form, and strings and patterns.
#pragma once

#include "runtime/Status.h"
#include "runtime/text/Pattern.h"
#include "runtime/text/tokenizer_generated.h"

#include <string>
#include <string_view>

namespace qcc::text {

/// The error of a section whose content contradicts itself: "The artifact's tokenizer <what>; ...".
Status corruptSection(std::string_view what);

/// The text of an optional string; absent is empty.
std::string stringOf(const flatbuffers::String *string);

/// Corrupt unless `text` is well-formed UTF-8.
Status checkUtf8(std::string_view text);

/// Compiles an optional pattern; Corrupt if it is absent, ill-formed or not valid.
Result<Pattern> loadPattern(const fb::Pattern *pattern);

} // namespace qcc::text
