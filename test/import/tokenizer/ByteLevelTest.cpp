// Byte-level tokenizers with expectations worked out by hand: byte b is id b, merge i is id 256 +
// i.
#include "test/import/tokenizer/JsonTokenizers.h"

#include <gtest/gtest.h>

namespace qcc::importer {
namespace {

using Ids = std::vector<text::TokenId>;
using nlohmann::json;

constexpr text::TokenId the = 257, spaceThe = 258, apostropheLl = 260, end = 261;
const std::vector<std::pair<std::string, std::string>> merges = {
    {"t", "h"}, {"th", "e"}, {" ", "the"}, {"l", "l"}, {"'", "ll"}};

/// The tokenizer of `merges` with a split by `regex` in place of GPT-2's.
json withWords(const std::string &regex, const std::string &behavior = "Isolated",
               bool invert = false) {
  json tokenizer = byteLevelTokenizer(merges);
  tokenizer["pre_tokenizer"] = {
      {"type", "Sequence"},
      {"pretokenizers",
       {{{"type", "Split"},
         {"pattern", {{"Regex", regex}}},
         {"behavior", behavior},
         {"invert", invert}},
        {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}}}}};
  return tokenizer;
}

constexpr const char *llama3Words =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

TEST(ByteLevel, MergesWithinWords) {
  ImportedTokenizer t = imported(byteLevelTokenizer(merges));
  EXPECT_EQ(t.encode("the"), Ids{the});
  EXPECT_EQ(t.encode("in the"), (Ids{'i', 'n', spaceThe}));
  EXPECT_EQ(t.encode("  the"), (Ids{' ', spaceThe})); // the last space goes with the word
  EXPECT_EQ(t.encode("he'll"), (Ids{'h', 'e', apostropheLl}));
}

TEST(ByteLevel, KeepsBytesOfEveryCharacter) {
  ImportedTokenizer t = imported(byteLevelTokenizer(merges));
  EXPECT_EQ(t.encode("\xC3\xA9"), (Ids{0xC3, 0xA9}));
  EXPECT_EQ(t.encode("\xF0\x9F\x98\x80"), (Ids{0xF0, 0x9F, 0x98, 0x80}));
  EXPECT_EQ(t.encode(std::string_view("\0\n", 2)), (Ids{0, '\n'}));
}

TEST(ByteLevel, ReadsIllFormedBytesAsReplacement) {
  ImportedTokenizer t = imported(byteLevelTokenizer(merges));
  EXPECT_EQ(t.encode("a\xFFz"), (Ids{'a', 0xEF, 0xBF, 0xBD, 'z'}));
  EXPECT_EQ(t.tokenizer.decode(Ids{'a', 0xFF, 'z'}), "a\xEF\xBF\xBDz");
}

TEST(ByteLevel, StreamsCharactersWhole) {
  ImportedTokenizer t = imported(byteLevelTokenizer(merges));
  text::StreamDecoder decoder(t.tokenizer);
  EXPECT_EQ(decoder.push(0xF0), "");
  EXPECT_EQ(decoder.push(0x9F), "");
  EXPECT_EQ(decoder.push(0x98), "");
  EXPECT_EQ(decoder.push(0x80), "\xF0\x9F\x98\x80");
  EXPECT_EQ(decoder.push(0xC3), "");
  EXPECT_EQ(decoder.push(the), "\xEF\xBF\xBDthe"); // the lead byte was alone
  EXPECT_EQ(decoder.push(0xE2), "");
  EXPECT_EQ(decoder.finish(), "\xEF\xBF\xBD");
}

TEST(ByteLevel, PrefixSpaceMakesTheFirstWordLikeTheOthers) {
  json tokenizer = byteLevelTokenizer(merges);
  tokenizer["pre_tokenizer"]["add_prefix_space"] = true;
  ImportedTokenizer t = imported(tokenizer);
  EXPECT_EQ(t.encode("the the"), (Ids{spaceThe, spaceThe}));
  EXPECT_EQ(t.encode(" the"), Ids{spaceThe});
}

TEST(ByteLevel, Llama3SplitsDigitsInThreesAndIgnoresCaseOfContractions) {
  ImportedTokenizer t = imported(withWords(llama3Words));
  EXPECT_EQ(t.encode("in the"), (Ids{'i', 'n', spaceThe}));
  EXPECT_EQ(t.encode("\tthe"), (Ids{'\t', the})); // one word, "\tthe", in which "the" merges
  json tokenizer = withWords(llama3Words);
  tokenizer["model"]["vocab"]["34"] = 300;
  tokenizer["model"]["vocab"]["'L"] = 301;
  tokenizer["model"]["merges"] = {"3 4", "' L"};
  t = imported(tokenizer);
  EXPECT_EQ(t.encode("1234"), (Ids{'1', '2', '3', '4'}));       // "123" and "4"
  EXPECT_EQ(t.encode("12345"), (Ids{'1', '2', '3', '4', '5'})); // "123" and "45"
  EXPECT_EQ(t.encode("034"), (Ids{'0', 300}));
  EXPECT_EQ(t.encode("he'LL"), (Ids{'h', 'e', 301, 'L'})); // "he" and "'LL"
}

TEST(ByteLevel, WholeWordsAreTakenBeforeMerges) {
  json tokenizer = withWords(llama3Words);
  tokenizer["model"]["vocab"]["he"] = 300;
  EXPECT_EQ(imported(tokenizer).encode("he"), (Ids{'h', 'e'})); // no merge makes it
  tokenizer["model"]["ignore_merges"] = true;
  EXPECT_EQ(imported(tokenizer).encode("he"), Ids{300});
  EXPECT_EQ(imported(tokenizer).encode("she"), (Ids{'s', 'h', 'e'}));
}

// "athe,the" is "a", which does not match, and the matches "the", "," and "the".
TEST(ByteLevel, SplitBehaviors) {
  auto pieces = [](const std::string &behavior, bool invert = false) {
    json tokenizer = withWords("the|,", behavior, invert);
    tokenizer["model"]["ignore_merges"] = true;
    tokenizer["model"]["vocab"]["athe"] = 400;
    tokenizer["model"]["vocab"]["the,the"] = 401;
    return imported(tokenizer).encode("athe,the");
  };
  EXPECT_EQ(pieces("Isolated"), (Ids{'a', the, ',', the}));
  EXPECT_EQ(pieces("Removed"), (Ids{'a'}));
  EXPECT_EQ(pieces("Removed", true), (Ids{the, ',', the}));
  EXPECT_EQ(pieces("MergedWithPrevious"), (Ids{400, ',', the}));
  EXPECT_EQ(pieces("Contiguous"), (Ids{'a', 401}));
}

TEST(ByteLevel, AddedTokensAreFoundInText) {
  json tokenizer = byteLevelTokenizer(merges);
  ImportedTokenizer t = imported(tokenizer);
  EXPECT_EQ(t.encode("the<|end|>the"), (Ids{the, end, the}));
  EXPECT_EQ(t.encode("<|end|>", {.addSpecial = true, .parseSpecial = false}).size(), 7u);
  EXPECT_EQ(t.tokenizer.decode(Ids{the, end}), "the");
}

TEST(ByteLevel, AddedTokensTakeSpacesAndMindWords) {
  json tokenizer = byteLevelTokenizer(merges);
  tokenizer["added_tokens"].push_back(
      {{"id", 300}, {"content", "<m>"}, {"lstrip", true}, {"rstrip", true}});
  tokenizer["added_tokens"].push_back({{"id", 301}, {"content", "cat"}, {"single_word", true}});
  ImportedTokenizer t = imported(tokenizer);
  EXPECT_EQ(t.encode("a \n<m>  b"), (Ids{'a', 300, 'b'}));
  EXPECT_EQ(t.encode("cat"), Ids{301});
  EXPECT_EQ(t.encode("cats"), (Ids{'c', 'a', 't', 's'}));
  EXPECT_EQ(t.encode("a cat."), (Ids{'a', ' ', 301, '.'}));
}

TEST(ByteLevel, NormalizesBeforeAll) {
  auto encode = [](const json &normalizer, std::string_view text) {
    json tokenizer = byteLevelTokenizer(merges);
    tokenizer["normalizer"] = normalizer;
    return imported(tokenizer).encode(text);
  };
  EXPECT_EQ(encode({{"type", "NFC"}}, "e\xCC\x81"), (Ids{0xC3, 0xA9}));
  EXPECT_EQ(encode({{"type", "NFD"}}, "\xC3\xA9"), (Ids{'e', 0xCC, 0x81}));
  EXPECT_EQ(encode({{"type", "NFKC"}}, "\xEF\xAC\x81"), (Ids{'f', 'i'}));
  EXPECT_EQ(encode({{"type", "Lowercase"}}, "THE"), Ids{the});
  EXPECT_EQ(encode({{"type", "Strip"}}, " the "), Ids{the});
  json replace = {{"type", "Replace"}, {"pattern", {{"Regex", "x+"}}}, {"content", "h"}};
  EXPECT_EQ(encode({{"type", "Sequence"}, {"normalizers", {replace}}}, "txxxe"), Ids{the});
}

TEST(ByteLevel, TemplateAddsIdsAround) {
  json tokenizer = byteLevelTokenizer(merges);
  json special = {{"<|end|>", {{"id", "<|end|>"}, {"ids", {end}}, {"tokens", {"<|end|>"}}}}};
  json mark = {{"SpecialToken", {{"id", "<|end|>"}, {"type_id", 0}}}};
  json text = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  tokenizer["post_processor"] = {{"type", "TemplateProcessing"},
                                 {"single", {mark, text, mark, mark}},
                                 {"special_tokens", special}};
  ImportedTokenizer t = imported(tokenizer);
  EXPECT_EQ(t.encode("the"), (Ids{end, the, end, end}));
  EXPECT_EQ(t.encode("the", {.addSpecial = false, .parseSpecial = true}), Ids{the});
}

TEST(ByteLevel, LongTextsOfOneWordAreNotSlow) {
  ImportedTokenizer t = imported(byteLevelTokenizer({{"a", "a"}, {"aa", "aa"}, {"aaaa", "aaaa"}}));
  EXPECT_EQ(t.encode(std::string(800'000, 'a')), Ids(100'000, 258));
}

} // namespace
} // namespace qcc::importer
