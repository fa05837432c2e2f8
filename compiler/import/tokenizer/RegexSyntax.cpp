#include "compiler/import/tokenizer/RegexSyntax.h"

#include "compiler/import/tokenizer/Json.h"

namespace qcc::importer {

namespace {

Status refuseConstruct(std::string_view construct, std::string_view regex) {
  return unsupported("'" + std::string(construct) + "' in the regular expression '" +
                     std::string(regex) + "'");
}

/// What `\letter` becomes; empty if PCRE2 reads it alike. Negated classes inside brackets stay as
/// they are: PCRE2 then differs in U+180E for \S, and \W is refused.
std::string translateEscape(char letter, bool inBrackets) {
  std::string members = letter == 's' || letter == 'S' ? spaceClass : wordClass;
  if (letter == 's' || letter == 'w') {
    return inBrackets ? members : "[" + members + "]";
  }
  bool negated = (letter == 'S' || letter == 'W') && !inBrackets;
  return negated ? "[^" + members + "]" : "";
}

/// Escapes of another meaning: \h is a hexadecimal digit there and a space here, \b asks for \w.
bool isOther(char letter, bool inBrackets) {
  return letter == 'h' || letter == 'H' || letter == 'O' || letter == 'y' || letter == 'Y' ||
         (!inBrackets && (letter == 'b' || letter == 'B')) || (inBrackets && letter == 'W');
}

} // namespace

Result<std::string> translateRegex(std::string_view regex) {
  std::string translated;
  int brackets = 0;
  for (std::size_t index = 0; index < regex.size(); ++index) {
    char c = regex[index];
    if (c == '\\' && index + 1 < regex.size()) {
      char letter = regex[++index];
      if (isOther(letter, brackets > 0)) {
        return refuseConstruct(regex.substr(index - 1, 2), regex);
      }
      std::string other = translateEscape(letter, brackets > 0);
      translated += other.empty() ? std::string(regex.substr(index - 1, 2)) : other;
      continue;
    }
    std::string_view rest = regex.substr(index);
    bool nested = brackets > 0 && ((c == '[' && !rest.starts_with("[:")) || rest.starts_with("&&"));
    if (nested) {
      return refuseConstruct("a class in a class", regex);
    }
    if (brackets == 0 && (rest.starts_with("(?m") || rest.starts_with("(?~"))) {
      return refuseConstruct(rest.substr(0, 3), regex);
    }
    brackets += c == '[' ? 1 : c == ']' && brackets > 0 ? -1 : 0;
    translated += c;
  }
  return translated;
}

} // namespace qcc::importer
