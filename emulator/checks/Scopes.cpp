#include "emulator/checks/Scopes.h"

namespace qcc::emulator::checks {

namespace {

bool has(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if (text[at - 1] == ' ' && (end == text.size() || text[end] == ' ')) {
      return true;
    }
  }
  return false;
}

bool isCdna3(std::string_view chip) {
  return chip.substr(0, 5) == "gfx94" || chip.substr(0, 5) == "gfx95";
}
bool isGfx12(std::string_view chip) {
  return chip.substr(0, 5) == "gfx12";
}
bool wideScope(std::string_view text) {
  return has(text, "scope:SCOPE_DEV") || has(text, "scope:SCOPE_SYS");
}

CacheControl controlOf(std::string_view text, std::string_view chip) {
  if (isGfx12(chip)) {
    if (!wideScope(text)) {
      return CacheControl::None;
    }
    return text.starts_with("global_wbinv") ? CacheControl::Both
           : text.starts_with("global_wb")  ? CacheControl::WriteBack
                                            : CacheControl::Invalidate;
  }
  if (isCdna3(chip)) {
    if (!has(text, "sc1")) {
      return CacheControl::None;
    }
    return text.starts_with("buffer_wbl2") ? CacheControl::WriteBack : CacheControl::Invalidate;
  }
  // gfx11: the first-level cache that several workgroups share; gfx90a: the only first level.
  const bool invalidates = text.starts_with("buffer_gl1_inv") || text.starts_with("buffer_wbinvl1");
  return invalidates ? CacheControl::Invalidate : CacheControl::None;
}

} // namespace

CacheRules cacheRulesOf(std::string_view chip) {
  return {isCdna3(chip), isCdna3(chip) || isGfx12(chip)};
}

ScopeFacts scopeFactsOf(const isa::Instruction &i, std::string_view chip) {
  ScopeFacts facts;
  const std::string_view text = i.text;
  if (i.facts.unit == isa::InstructionClass::CacheControl) {
    facts.control = controlOf(text, chip);
  } else if (isGfx12(chip)) {
    facts.agent = wideScope(text);
  } else if (isCdna3(chip)) {
    facts.agent = has(text, "sc1");
  } else {
    facts.agent = has(text, "glc");
  }
  return facts;
}

} // namespace qcc::emulator::checks
