// Translates regular expressions from Oniguruma's syntax, which tokenizer.json uses, to PCRE2's.
#pragma once

#include "runtime/Status.h"

#include <string>
#include <string_view>

namespace qcc::importer {

/// The classes of tokenizer.json's expressions, as PCRE2 spells them inside brackets.
inline constexpr const char *spaceClass = R"(\t-\r\x{85}\p{Z})"; // the property White_Space
inline constexpr const char *wordClass = R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc})";

/// `regex` in PCRE2's syntax. The shorthands \s, \S, \w and \W are written out, since PCRE2 counts
/// other characters to them. Error (Unavailable): a construct that PCRE2 reads in another sense.
Result<std::string> translateRegex(std::string_view regex);

} // namespace qcc::importer
