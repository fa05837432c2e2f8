// The engine on a section made by hand, and on sections that lie.
#include "runtime/text/Tokenizer.h"
#include "runtime/text/tokenizer_generated.h"

#include <functional>
#include <gtest/gtest.h>

namespace qcc::text {
namespace {

using Bytes = std::vector<std::byte>;

/// Pieces: 0 "a", 1 "b", 2 "ab", 3 "abab", 4 "<end>" (special), 5 "b" "b" = "bb"; merges ab, bb,
/// abab.
fb::TokenizerT smallTokenizer() {
  fb::TokenizerT section;
  section.version = 1;
  section.vocabulary = std::make_unique<fb::VocabularyT>();
  std::string text;
  for (const char *piece : {"a", "b", "ab", "abab", "<end>", "bb"}) {
    text += piece;
    section.vocabulary->ends.push_back(static_cast<std::uint32_t>(text.size()));
  }
  section.vocabulary->text.assign(text.begin(), text.end());
  section.vocabulary->by_text = {0, 2, 3, 1, 5};
  section.model = std::make_unique<fb::BytePairModelT>();
  section.model->merges = {fb::Merge(0, 1, 0, 2), fb::Merge(1, 1, 1, 5), fb::Merge(2, 2, 2, 3)};
  auto token = std::make_unique<fb::AddedTokenT>();
  token->id = 4;
  token->special = true;
  section.added_tokens.push_back(std::move(token));
  section.eos = {4};
  return section;
}

Bytes pack(const fb::TokenizerT &section) {
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishTokenizerBuffer(builder, fb::Tokenizer::Pack(builder, &section));
  const auto *data = reinterpret_cast<const std::byte *>(builder.GetBufferPointer());
  return Bytes(data, data + builder.GetSize());
}

StatusCode loadCode(const Bytes &bytes) {
  return Tokenizer::load(bytes).status().code;
}

/// What loading says of the small tokenizer after a change.
StatusCode codeAfter(const std::function<void(fb::TokenizerT &)> &change) {
  fb::TokenizerT section = smallTokenizer();
  change(section);
  return loadCode(pack(section));
}

class SmallTokenizer : public testing::Test {
protected:
  std::vector<TokenId> encode(std::string_view text, EncodeOptions options = {}) {
    auto ids = tokenizer.encode(text, options);
    EXPECT_TRUE(ids.ok()) << ids.status().message;
    return ids.ok() ? *ids : std::vector<TokenId>();
  }

  Bytes bytes = pack(smallTokenizer());
  Tokenizer tokenizer = *Tokenizer::load(bytes);
};

using Ids = std::vector<TokenId>;

TEST_F(SmallTokenizer, MergesByRankThenFromTheLeft) {
  EXPECT_EQ(encode(""), Ids{});
  EXPECT_EQ(encode("abab"), Ids{3});
  EXPECT_EQ(encode("ababab"), (Ids{3, 2}));
  EXPECT_EQ(encode("abb"), (Ids{2, 1})); // "ab" has the lower rank, so "bb" does not come about
  EXPECT_EQ(encode("bbb"), (Ids{5, 1}));
}

TEST_F(SmallTokenizer, DropsCharactersThatHaveNoPiece) {
  EXPECT_EQ(encode("a?b"), Ids{2});
}

TEST_F(SmallTokenizer, FindsControlTokensUnlessToldNotTo) {
  EXPECT_EQ(encode("a<end>b"), (Ids{0, 4, 1}));
  EXPECT_EQ(encode("a<end>b", {.addSpecial = true, .parseSpecial = false}), Ids{2});
}

TEST_F(SmallTokenizer, LeavesControlTokensOutOfText) {
  EXPECT_EQ(tokenizer.decode(Ids{2, 4, 1, 99}), "abb");
  EXPECT_EQ(tokenizer.decode(Ids{2, 4, 1}, /*skipSpecial=*/false), "ab<end>b");
}

TEST_F(SmallTokenizer, KnowsItsPieces) {
  EXPECT_EQ(tokenizer.vocabularySize(), 6u);
  EXPECT_EQ(tokenizer.piece(3), "abab");
  EXPECT_EQ(tokenizer.piece(6), "");
  EXPECT_EQ(tokenizer.find("bb"), 5u);
  EXPECT_EQ(tokenizer.find("<end>"), 4u);
  EXPECT_EQ(tokenizer.find("ba"), std::nullopt);
  EXPECT_TRUE(tokenizer.isSpecial(4));
  EXPECT_FALSE(tokenizer.isSpecial(400));
  EXPECT_EQ(tokenizer.beginOfSequence(), std::nullopt);
  EXPECT_EQ(tokenizer.endOfSequence().size(), 1u);
  EXPECT_EQ(tokenizer.chatTemplate().status().code, StatusCode::Unavailable);
}

TEST_F(SmallTokenizer, ReadsASectionAtAnyAddress) {
  Bytes shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  auto other = Tokenizer::load(std::span(shifted).subspan(1));
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(*other->encode("ababab"), (Ids{3, 2}));
}

TEST(TokenizerSection, RefusesWhatContradictsItself) {
  using T = fb::TokenizerT;
  const std::vector<std::function<void(T &)>> lies = {
      [](T &t) { t.vocabulary->ends[2] = 1; },
      [](T &t) { t.vocabulary->ends[5] = 1000; },
      [](T &t) { t.vocabulary->by_text = {2, 0}; },
      [](T &t) { t.vocabulary->by_text = {0, 6}; },
      [](T &t) { t.vocabulary->text[0] = 0xFF; },
      [](T &t) { t.model->merges[0] = fb::Merge(0, 6, 0, 2); },
      [](T &t) { t.model->merges[0] = fb::Merge(0, 1, 0, 6); },
      [](T &t) { std::swap(t.model->merges[0], t.model->merges[2]); },
      [](T &t) { t.model->byte_ids = {1, 2, 3}; },
      [](T &t) { t.model->byte_ids.assign(256, 6); },
      [](T &t) { t.model->byte_fallback = true; },
      [](T &t) { t.model->unknown = 6; },
      [](T &t) { t.added_tokens[0]->id = 6; },
      [](T &t) { t.prefix = {6}; },
      [](T &t) { t.suffix = {6}; },
      [](T &t) { t.bos = 6; },
      [](T &t) {
        t.decoder.push_back(std::make_unique<fb::DecoderStepT>()); // a replacement of nothing
      },
      [](T &t) {
        t.pre_tokenizer.push_back(std::make_unique<fb::PreTokenizerStepT>());
        t.pre_tokenizer[0]->pattern = std::make_unique<fb::PatternT>();
        t.pre_tokenizer[0]->pattern->text = "(a";
        t.pre_tokenizer[0]->pattern->regex = true;
      },
      [](T &t) {
        t.normalizer.push_back(std::make_unique<fb::NormalizerStepT>());
        t.normalizer[0]->kind = static_cast<fb::NormalizerKind>(77);
      },
  };
  for (std::size_t index = 0; index < lies.size(); ++index) {
    EXPECT_EQ(codeAfter(lies[index]), StatusCode::Corrupt) << "lie " << index;
  }
  EXPECT_EQ(codeAfter([](T &) {}), StatusCode::Ok);
}

TEST(TokenizerSection, RefusesANewerVersion) {
  EXPECT_EQ(codeAfter([](fb::TokenizerT &t) { t.version = 2; }), StatusCode::UnsupportedVersion);
}

TEST(TokenizerSection, RefusesEveryTruncation) {
  Bytes bytes = pack(smallTokenizer());
  std::size_t meaningful = bytes.size() - 4; // what follows may be padding
  for (std::size_t size = 0; size < meaningful; ++size) {
    EXPECT_NE(loadCode(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))),
              StatusCode::Ok);
  }
}

// A flipped bit may leave a valid section (another piece, say); it must never do harm.
TEST(TokenizerSection, SurvivesEveryFlippedBit) {
  const Bytes bytes = pack(smallTokenizer());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    if (auto tokenizer = Tokenizer::load(damaged); tokenizer.ok()) {
      auto ids = tokenizer->encode("abab<end>b\xFF");
      if (ids.ok()) {
        tokenizer->decode(*ids);
      }
    }
  }
}

// A pattern whose matching explodes is stopped by PCRE2's limits and reported.
TEST(TokenizerSection, ReportsARunawayPattern) {
  fb::TokenizerT section = smallTokenizer();
  section.pre_tokenizer.push_back(std::make_unique<fb::PreTokenizerStepT>());
  section.pre_tokenizer[0]->pattern = std::make_unique<fb::PatternT>();
  section.pre_tokenizer[0]->pattern->text = "(a|aa|b)+[cd]";
  section.pre_tokenizer[0]->pattern->regex = true;
  Bytes bytes = pack(section);
  auto tokenizer = Tokenizer::load(bytes);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status().message;
  EXPECT_EQ(tokenizer->encode(std::string(60, 'a')).status().code, StatusCode::InvalidArgument);
}

} // namespace
} // namespace qcc::text
