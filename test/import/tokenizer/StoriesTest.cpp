// The demo model's tokenizer, in both of its forms, against the ids of other implementations.
#include "test/import/tokenizer/JsonTokenizers.h"

#include <gtest/gtest.h>
#include <random>

namespace qcc::importer {
namespace {

namespace fs = std::filesystem;
using Ids = std::vector<text::TokenId>;
using nlohmann::json;

const fs::path folder = fs::path(QCC_SOURCE_DIR) / "examples/models/stories6M";

json readJson(const fs::path &path) {
  return json::parse(std::ifstream(path));
}

class Stories : public testing::TestWithParam<const char *> {
protected:
  ImportedTokenizer t = imported(folder, folder / GetParam());
};

INSTANTIATE_TEST_SUITE_P(Forms, Stories, testing::Values("tokenizer.json", "tokenizer.model"),
                         [](const auto &info) {
                           return fs::path(info.param).extension().string().substr(1);
                         });

// reference.json: the prompts' ids as the model was trained, and texts of its greedy continuations.
TEST_P(Stories, EncodesThePromptsOfTheReference) {
  json reference = readJson(folder / "reference.json");
  ASSERT_FALSE(reference.at("prompts").empty());
  for (const json &prompt : reference.at("prompts")) {
    std::string text = prompt.at("text");
    EXPECT_EQ(t.encode(text), prompt.at("ids").get<Ids>()) << text;
    EXPECT_EQ(t.tokenizer.decode(prompt.at("ids").get<Ids>()), text);
    EXPECT_EQ(t.tokenizer.decode(prompt.at("greedy_ids").get<Ids>()),
              prompt.at("greedy_text").get<std::string>());
  }
}

// stories6M-ids.json: what Hugging Face's tokenizers 0.23 makes of difficult texts.
TEST_P(Stories, EncodesDifficultTextsAsHuggingFaceDoes) {
  for (const json &row :
       readJson(fs::path(QCC_SOURCE_DIR) / "test/import/tokenizer/stories6M-ids.json")) {
    std::string text = row.at("text");
    EXPECT_EQ(t.encode(text), row.at("ids").get<Ids>()) << text;
    EXPECT_EQ(t.tokenizer.decode(row.at("ids").get<Ids>()), row.at("decoded").get<std::string>())
        << text;
  }
}

TEST_P(Stories, KnowsItsControlTokens) {
  EXPECT_EQ(t.tokenizer.vocabularySize(), 4096u);
  EXPECT_EQ(t.tokenizer.beginOfSequence(), 1u);
  ASSERT_EQ(t.tokenizer.endOfSequence().size(), 1u);
  EXPECT_EQ(t.tokenizer.endOfSequence()[0], 2u);
  EXPECT_EQ(t.encode(""), Ids{1});
  EXPECT_EQ(t.encode("", {.addSpecial = false, .parseSpecial = true}), Ids{});
  EXPECT_TRUE(t.tokenizer.isSpecial(2));
  EXPECT_EQ(t.tokenizer.find("</s>"), 2u);
  EXPECT_EQ(t.tokenizer.chatTemplate().status().code, StatusCode::Unavailable);
}

/// A text of random bytes, some of them ill-formed, with tokens and spaces in it.
std::string randomText(std::mt19937_64 &random) {
  static const char *const parts[] = {
      "the ",     " ", "\n", "Lily", "</s>", "\xE2\x96\x81", "\xF0\x9F", "\xF0\x9F\x98\x80",
      "\xC3\xA9", "a", "'",  "\xFF"};
  std::string text;
  for (std::uint64_t count = random() % 30; count > 0; --count) {
    text += random() % 4 == 0 ? std::string(1, static_cast<char>(random() % 256))
                              : parts[random() % std::size(parts)];
  }
  return text;
}

TEST_P(Stories, StreamedTextIsTheWholeText) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    Ids ids = t.encode(randomText(random));
    for (std::uint64_t count = random() % 8; count > 0; --count) {
      ids.push_back(static_cast<text::TokenId>(random() % 4100)); // bytes out of order, unknown ids
    }
    text::StreamDecoder decoder(t.tokenizer);
    std::string streamed;
    for (text::TokenId id : ids) {
      streamed += decoder.push(id);
    }
    streamed += decoder.finish();
    EXPECT_EQ(streamed, t.tokenizer.decode(ids));
  }
}

TEST_P(Stories, WellFormedTextComesBack) {
  for (const char *text :
       {"", " ", "  two  spaces  ", "\n\ttabs\r\n", "caf\xC3\xA9 \xF0\x9F\x98\x80", "1,000.50",
        "\xE4\xBD\xA0\xE5\xA5\xBD", "don't", "\x01\x02\x7F"}) {
    EXPECT_EQ(t.tokenizer.decode(t.encode(text)), text);
  }
}

TEST_P(Stories, AContinuationKeepsItsFirstSpace) {
  Ids ids = t.encode("She loved", {.addSpecial = false, .parseSpecial = true});
  text::StreamDecoder start(t.tokenizer);
  EXPECT_EQ(start.push(ids[0]).substr(0, 1), "S");
  text::StreamDecoder continuation(t.tokenizer, /*continues=*/true);
  EXPECT_EQ(continuation.push(ids[0]).substr(0, 2), " S");
}

// Quadratic time would take minutes here.
TEST_P(Stories, LongTextsAreNotSlow) {
  std::string text;
  while (text.size() < 1'000'000) {
    text += "Once upon a time, there was a little girl named Lily. ";
  }
  EXPECT_EQ(t.tokenizer.decode(t.encode(text)), text);
}

TEST_P(Stories, SameFilesGiveTheSameBytes) {
  EXPECT_EQ(t.bytes, imported(folder, folder / GetParam()).bytes);
}

} // namespace
} // namespace qcc::importer
