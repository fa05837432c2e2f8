// The normalizer, pre-tokenizer and decoder of tokenizer.json, lowered to the section's few steps.
#include "compiler/import/tokenizer/HuggingFace.h"
#include "compiler/import/tokenizer/RegexSyntax.h"

namespace qcc::importer {

namespace {

/// How GPT-2 splits words (Radford et al. 2019): contractions, letters, numbers, other, spaces.
constexpr const char *gpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr const char *wordsOrOther = R"(\w+|[^\w\s]+)";

/// A pattern written as {"String": text} or {"Regex": text}.
Result<std::unique_ptr<fb::PatternT>> readPattern(const Json &pattern) {
  if (pattern.contains("String")) {
    return makePattern(pattern.at("String"), /*regex=*/false);
  }
  QCC_TRY_ASSIGN(std::string regex, translateRegex(pattern.at("Regex").get<std::string>()));
  return makePattern(std::move(regex), /*regex=*/true);
}

Result<fb::SplitBehavior> readBehavior(const std::string &name) {
  static const std::pair<const char *, fb::SplitBehavior> behaviors[] = {
      {"Removed", fb::SplitBehavior::removed},
      {"Isolated", fb::SplitBehavior::isolated},
      {"MergedWithPrevious", fb::SplitBehavior::merged_with_previous},
      {"MergedWithNext", fb::SplitBehavior::merged_with_next},
      {"Contiguous", fb::SplitBehavior::contiguous}};
  for (const auto &[known, behavior] : behaviors) {
    if (name == known) {
      return behavior;
    }
  }
  return unsupported("the split behavior '" + name + "'");
}

std::optional<fb::NormalizerKind> unicodeForm(const std::string &type) {
  static const std::pair<const char *, fb::NormalizerKind> forms[] = {
      {"NFC", fb::NormalizerKind::nfc},
      {"NFD", fb::NormalizerKind::nfd},
      {"NFKC", fb::NormalizerKind::nfkc},
      {"NFKD", fb::NormalizerKind::nfkd},
      {"Lowercase", fb::NormalizerKind::lowercase}};
  for (const auto &[known, kind] : forms) {
    if (type == known) {
      return kind;
    }
  }
  return std::nullopt;
}

/// "always", "first" or "never"; older files say add_prefix_space.
std::string prependScheme(const Json &metaspace) {
  bool addsSpace = valueOr(metaspace, "add_prefix_space", true);
  return valueOr<std::string>(metaspace, "prepend_scheme", addsSpace ? "always" : "never");
}

Status readMetaspace(const Json &step, fb::TokenizerT &section) {
  std::string mark = step.at("replacement");
  std::string scheme = prependScheme(step);
  addSpaceReplacement(section, mark);
  if (scheme == "always" || scheme == "first") {
    addPrefix(section, mark,
              scheme == "first" ? fb::PrependScheme::first : fb::PrependScheme::always);
  } else if (scheme != "never") {
    return unsupported("the prepend scheme '" + scheme + "'");
  }
  if (valueOr(step, "split", true)) {
    addSplit(section, mark, fb::SplitBehavior::merged_with_next, /*isRegex=*/false);
  }
  return {};
}

Status readByteLevel(const Json &step, fb::TokenizerT &section) {
  if (valueOr(step, "add_prefix_space", true)) {
    addPrefix(section, " ", fb::PrependScheme::always);
  }
  if (valueOr(step, "use_regex", true)) {
    QCC_TRY_ASSIGN(std::string words, translateRegex(gpt2Words));
    addSplit(section, words, fb::SplitBehavior::isolated);
  }
  section.pre_tokenizer.push_back(std::make_unique<fb::PreTokenizerStepT>());
  section.pre_tokenizer.back()->kind = fb::PreTokenizerKind::byte_level;
  return {};
}

Status readSplit(const Json &step, fb::TokenizerT &section) {
  QCC_TRY_ASSIGN(auto pattern, readPattern(step.at("pattern")));
  QCC_TRY_ASSIGN(fb::SplitBehavior behavior, readBehavior(step.at("behavior")));
  addSplit(section, pattern->text, behavior, pattern->regex, valueOr(step, "invert", false));
  return {};
}

/// The steps that are a split by a fixed expression.
Status readFixedSplit(const std::string &type, const Json &step, fb::TokenizerT &section) {
  if (type == "Digits") {
    bool individual = valueOr(step, "individual_digits", false);
    addSplit(section, individual ? R"(\p{N})" : R"(\p{N}+)", fb::SplitBehavior::isolated);
  } else if (type == "Punctuation") {
    QCC_TRY_ASSIGN(fb::SplitBehavior behavior,
                   readBehavior(valueOr<std::string>(step, "behavior", "Isolated")));
    addSplit(section, R"([\p{P}$+<=>^`|~])", behavior); // ASCII's symbols count as punctuation
  } else if (type == "Whitespace") {
    QCC_TRY_ASSIGN(std::string words, translateRegex(wordsOrOther));
    addSplit(section, words, fb::SplitBehavior::removed, /*isRegex=*/true, /*invert=*/true);
  } else if (type == "WhitespaceSplit") {
    addSplit(section, std::string("[") + spaceClass + "]", fb::SplitBehavior::removed);
  } else if (type == "CharDelimiterSplit") {
    addSplit(section, step.at("delimiter"), fb::SplitBehavior::removed, /*isRegex=*/false);
  } else {
    return unsupported("the pre-tokenizer '" + type + "'");
  }
  return {};
}

/// Takes {content, start, stop} of a Strip, which works on the whole text if it follows a Fuse.
Status readDecoderStrip(const Json &step, bool fused, fb::TokenizerT &section) {
  if (!fused) {
    return unsupported("a decoder that strips each token (Strip before Fuse)");
  }
  if (valueOr(step, "stop", 0u) != 0) {
    return unsupported("a decoder that strips the end of a text");
  }
  addDecoderStrip(section, step.at("content"), valueOr(step, "start", 0u));
  return {};
}

Status readDecoderReplace(const Json &step, fb::TokenizerT &section) {
  QCC_TRY_ASSIGN(auto pattern, readPattern(step.at("pattern")));
  if (pattern->regex) {
    return unsupported("a decoder that replaces by a regular expression");
  }
  addDecoderReplace(section, pattern->text, step.at("content"));
  return {};
}

Status readDecoderStep(const Json &step, TokenizerSource &source, bool &fused) {
  fb::TokenizerT &section = source.section;
  std::string type = step.at("type");
  if (type == "Sequence") {
    for (const Json &inner : step.at("decoders")) {
      QCC_TRY(readDecoderStep(inner, source, fused));
    }
    return {};
  }
  if (type == "Strip") {
    return readDecoderStrip(step, fused, section);
  }
  if (type == "Fuse") {
    fused = true; // tokens' bytes are put together in any case
    return {};
  }
  if (fused) {
    return unsupported("the decoder '" + type + "' after Fuse");
  }
  if (type == "Replace") {
    return readDecoderReplace(step, section);
  }
  if (type == "ByteLevel") {
    addDecoder(section, fb::DecoderKind::byte_level);
  } else if (type == "ByteFallback") {
    QCC_TRY(source.findBytePieces());
    addDecoder(section, fb::DecoderKind::byte_fallback);
  } else if (type == "Metaspace") {
    addDecoderReplace(section, step.at("replacement"), " ");
    addDecoderStrip(section, " ", prependScheme(step) == "never" ? 0 : 1);
    fused = true;
  } else {
    return unsupported("the decoder '" + type + "'");
  }
  return {};
}

} // namespace

Status readNormalizer(const Json &normalizer, fb::TokenizerT &section) {
  if (normalizer.is_null()) {
    return {};
  }
  std::string type = normalizer.at("type");
  if (type == "Sequence") {
    for (const Json &step : normalizer.at("normalizers")) {
      QCC_TRY(readNormalizer(step, section));
    }
  } else if (type == "Prepend") {
    addNormalizer(section, fb::NormalizerKind::prepend, normalizer.at("prepend"));
  } else if (type == "Replace") {
    QCC_TRY_ASSIGN(auto pattern, readPattern(normalizer.at("pattern")));
    addNormalizer(section, fb::NormalizerKind::replace, normalizer.at("content"));
    section.normalizer.back()->pattern = std::move(pattern);
  } else if (type == "Strip") {
    if (valueOr(normalizer, "strip_left", true)) {
      addNormalizer(section, fb::NormalizerKind::strip_left);
    }
    if (valueOr(normalizer, "strip_right", true)) {
      addNormalizer(section, fb::NormalizerKind::strip_right);
    }
  } else if (std::optional<fb::NormalizerKind> form = unicodeForm(type)) {
    addNormalizer(section, *form);
  } else {
    return unsupported("the normalizer '" + type + "'");
  }
  return {};
}

Status readPreTokenizer(const Json &preTokenizer, fb::TokenizerT &section) {
  if (preTokenizer.is_null()) {
    return {};
  }
  std::string type = preTokenizer.at("type");
  if (type == "Sequence") {
    for (const Json &step : preTokenizer.at("pretokenizers")) {
      QCC_TRY(readPreTokenizer(step, section));
    }
    return {};
  }
  if (type == "ByteLevel") {
    return readByteLevel(preTokenizer, section);
  }
  if (type == "Metaspace") {
    return readMetaspace(preTokenizer, section);
  }
  return type == "Split" ? readSplit(preTokenizer, section)
                         : readFixedSplit(type, preTokenizer, section);
}

Status readDecoder(const Json &decoder, TokenizerSource &source) {
  if (decoder.is_null()) {
    return unsupported("a tokenizer without a decoder");
  }
  bool fused = false;
  return readDecoderStep(decoder, source, fused);
}

Status readHuggingFace(std::string_view text, TokenizerSource &source) {
  QCC_TRY_ASSIGN(Json json, parseJson(text));
  return guardJson([&]() -> Status {
    QCC_TRY(readModel(json.at("model"), source));
    QCC_TRY(readAddedTokens(childOf(json, "added_tokens"), source));
    QCC_TRY(readNormalizer(childOf(json, "normalizer"), source.section));
    QCC_TRY(readPreTokenizer(childOf(json, "pre_tokenizer"), source.section));
    QCC_TRY(readDecoder(childOf(json, "decoder"), source));
    return readPostProcessor(childOf(json, "post_processor"), source.section);
  });
}

} // namespace qcc::importer
