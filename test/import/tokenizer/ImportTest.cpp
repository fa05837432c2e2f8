// Where a tokenizer is looked for, what is read beside it, and what is refused.
#include "compiler/import/tokenizer/RegexSyntax.h"
#include "compiler/import/tokenizer/sentencepiece.pb.h"
#include "test/import/tokenizer/JsonTokenizers.h"

#include <gtest/gtest.h>

namespace qcc::importer {
namespace {

using Ids = std::vector<text::TokenId>;
using nlohmann::json;

std::vector<text::TokenId> endsOf(const ImportedTokenizer &t) {
  return {t.tokenizer.endOfSequence().begin(), t.tokenizer.endOfSequence().end()};
}

TEST(ImportTokenizer, NoneIsNoError) {
  TemporaryFolder folder;
  auto result = importTokenizer(folder.path / "deep" / "model.onnx");
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->has_value());
}

TEST(ImportTokenizer, LooksBesideTheModelThenInTheParent) {
  TemporaryFolder folder;
  folder.write("tokenizer.json", byteLevelTokenizer({{"a", "b"}}));
  folder.write("int4/model.onnx", std::string("x"));
  EXPECT_EQ(imported(folder.path / "int4/model.onnx").encode("ab"), Ids{256});
  EXPECT_EQ(imported(folder.path / "int4/").encode("ab"), Ids{256});
  folder.write("int4/tokenizer.json", byteLevelTokenizer({}));
  EXPECT_EQ(imported(folder.path / "int4/model.onnx").encode("ab"), (Ids{'a', 'b'}));
}

TEST(ImportTokenizer, TakesTheNamedOne) {
  TemporaryFolder folder;
  folder.write("elsewhere/tokenizer.json", byteLevelTokenizer({{"a", "b"}}));
  EXPECT_EQ(imported(folder.path / "m.onnx", folder.path / "elsewhere").encode("ab"), Ids{256});
  EXPECT_EQ(imported(folder.path / "m.onnx", folder.path / "elsewhere/tokenizer.json").encode("ab"),
            Ids{256});
  EXPECT_EQ(importTokenizer(folder.path, folder.path / "nowhere").status().code,
            StatusCode::NotFound);
}

TEST(ImportTokenizer, CollectsEndOfSequenceIds) {
  TemporaryFolder folder;
  folder.write("tokenizer.json", byteLevelTokenizer({}));
  folder.write("tokenizer_config.json", json{{"eos_token", "<|end|>"}, {"bos_token", "A"}});
  folder.write("generation_config.json", json{{"eos_token_id", {9, 7}}});
  folder.write("config.json", json{{"eos_token_id", 7}, {"bos_token_id", 3}});
  folder.write("int4/genai_config.json", json{{"model", {{"eos_token_id", {8}}}}});
  ImportedTokenizer t = imported(folder.path / "int4/model.onnx");
  EXPECT_EQ(endsOf(t), (Ids{7, 8, 9, 256}));
  EXPECT_EQ(t.tokenizer.beginOfSequence(), Ids::value_type{'A'});
}

TEST(ImportTokenizer, ReadsAChatTemplateOfItsOwnFile) {
  TemporaryFolder folder;
  folder.write("tokenizer.json", byteLevelTokenizer({}));
  folder.write("chat_template.jinja", std::string("{{ '<|im_start|>assistant\n' }} <|im_end|>"));
  EXPECT_TRUE(imported(folder.path).tokenizer.chatTemplate().ok());
}

TEST(ImportTokenizer, RefusesByName) {
  struct Case {
    const char *place; // JSON pointer
    json value;
    const char *named;
  };
  const Case cases[] = {
      {"/model/type", "Unigram", "Unigram"},
      {"/model/dropout", 0.1, "dropout"},
      {"/model/end_of_word_suffix", "</w>", "end_of_word_suffix"},
      {"/normalizer", {{"type", "Precompiled"}}, "Precompiled"},
      {"/pre_tokenizer", {{"type", "BertPreTokenizer"}}, "BertPreTokenizer"},
      {"/pre_tokenizer",
       {{"type", "Split"}, {"pattern", {{"Regex", R"(\h)"}}}, {"behavior", "Isolated"}},
       R"(\h)"},
      {"/pre_tokenizer", {{"type", "Punctuation"}, {"behavior", "Sideways"}}, "Sideways"},
      {"/decoder", {{"type", "WordPiece"}}, "WordPiece"},
      {"/decoder", {{"type", "Strip"}, {"content", " "}, {"start", 1}}, "Strip"},
      {"/decoder", nullptr, "decoder"},
      {"/post_processor", {{"type", "Odd"}}, "Odd"},
  };
  for (const Case &test : cases) {
    json tokenizer = byteLevelTokenizer({{"a", "b"}});
    tokenizer[json::json_pointer(test.place)] = test.value;
    Status status = tryImport(tokenizer).status();
    EXPECT_EQ(status.code, StatusCode::Unavailable) << status.message;
    EXPECT_NE(status.message.find(test.named), std::string::npos) << status.message;
    EXPECT_NE(status.message.find("tokenizer.json"), std::string::npos) << status.message;
  }
}

TEST(ImportTokenizer, CorruptFilesAreSaidToBe) {
  const std::pair<const char *, json> cases[] = {
      {"/model/vocab", 7},
      {"/model/vocab/a", -1},
      {"/model/vocab/a", 99}, // the id of "c"
      {"/model/vocab/a", 4000000000u},
      {"/model/vocab/a", 5e105},
      {"/model/vocab/a", 1.5},
      {"/model/merges", {"a"}},
      {"/model/merges", {"a b c"}},
      {"/model/merges", {"a zz"}},
      {"/model/unk_token", "absent"},
      {"/model/byte_fallback", true}, // without pieces <0x00> and so on
      {"/added_tokens/0/id", "x"},
      {"/added_tokens/0/content", "a"}, // whose id is another
      {"/pre_tokenizer",
       {{"type", "Split"}, {"pattern", {{"Regex", "("}}}, {"behavior", "Isolated"}}},
      {"/pre_tokenizer", 5},
  };
  for (const auto &[place, value] : cases) {
    json tokenizer = byteLevelTokenizer({{"a", "b"}});
    tokenizer[json::json_pointer(place)] = value;
    EXPECT_EQ(tryImport(tokenizer).status().code, StatusCode::Corrupt) << place << value;
  }
}

TEST(ImportTokenizer, TextThatIsNotJsonIsCorrupt) {
  for (const std::string &content : {std::string("{"), std::string("\xFF\xFE"), std::string(),
                                     std::string(100'000, '['), std::string("[]")}) {
    TemporaryFolder folder;
    folder.write("tokenizer.json", content);
    EXPECT_EQ(importTokenizer(folder.path).status().code, StatusCode::Corrupt);
  }
}

TEST(RegexSyntax, WritesOutShorthands) {
  EXPECT_EQ(*translateRegex(R"([^\s\p{L}]+\s)"), R"([^\t-\r\x{85}\p{Z}\p{L}]+[\t-\r\x{85}\p{Z}])");
  EXPECT_EQ(*translateRegex(R"(\S\\s\d)"), R"([^\t-\r\x{85}\p{Z}]\\s\d)");
  EXPECT_EQ(translateRegex(R"(a\bc)").status().code, StatusCode::Unavailable);
  EXPECT_EQ(translateRegex("[a&&b]").status().code, StatusCode::Unavailable);
  EXPECT_EQ(translateRegex("(?m:a)").status().code, StatusCode::Unavailable);
}

/// A SentencePiece model: <unk>, <s>, </s>, then pieces whose scores fall with their ids.
sentencepiece::Model smallModel() {
  sentencepiece::Model model;
  model.mutable_training()->set_algorithm(sentencepiece::Training::BPE);
  model.mutable_normalization()->set_remove_extra_spaces(false);
  auto add = [&](const char *text, float score, sentencepiece::Piece::Kind kind) {
    sentencepiece::Piece *piece = model.add_pieces();
    piece->set_text(text);
    piece->set_score(score);
    piece->set_kind(kind);
  };
  add("<unk>", 0, sentencepiece::Piece::UNKNOWN);
  add("<s>", 0, sentencepiece::Piece::CONTROL);
  add("</s>", 0, sentencepiece::Piece::CONTROL);
  const char *const pieces[] = {"ab", "\u2581a", "bc", "\u2581", "a", "b", "c"};
  float score = 0;
  for (const char *piece : pieces) {
    add(piece, score--, sentencepiece::Piece::NORMAL);
  }
  return model;
}

ImportedTokenizer importedModel(const sentencepiece::Model &model, const json &configuration = {}) {
  TemporaryFolder folder;
  folder.write("tokenizer.model", model.SerializeAsString());
  if (!configuration.is_null()) {
    folder.write("tokenizer_config.json", configuration);
  }
  return imported(folder.path);
}

Status refusalOf(const sentencepiece::Model &model) {
  TemporaryFolder folder;
  folder.write("tokenizer.model", model.SerializeAsString());
  return importTokenizer(folder.path).status();
}

// Ids: 3 "ab", 4 "_a", 5 "bc", 6 "_", 7 "a", 8 "b", 9 "c". The best score joins first.
TEST(SentencePiece, JoinsByScore) {
  ImportedTokenizer t = importedModel(smallModel());
  EXPECT_EQ(t.encode("ab"), (Ids{1, 6, 3}));     // "ab" before "_a"
  EXPECT_EQ(t.encode("abc"), (Ids{1, 6, 3, 9})); // "ab" before "bc"
  EXPECT_EQ(t.encode("a bc"), (Ids{1, 4, 6, 5}));
  EXPECT_EQ(t.encode("xx"), (Ids{1, 6, 0})); // a run of unknown characters is one
  EXPECT_EQ(t.tokenizer.decode(Ids{1, 4, 6, 5}), "a bc");
}

TEST(SentencePiece, ObeysItsConfiguration) {
  json configuration = {
      {"add_bos_token", false},
      {"add_eos_token", true},
      {"legacy", false},
      {"added_tokens_decoder", {{"10", {{"content", "<x>"}, {"special", true}}}}}};
  ImportedTokenizer t = importedModel(smallModel(), configuration);
  EXPECT_EQ(t.encode("a<x>a"), (Ids{4, 10, 7, 2})); // only the first part gets the space
  EXPECT_EQ(importedModel(smallModel()).encode("a<s>a"), (Ids{1, 4, 1, 4}));
}

TEST(SentencePiece, RemovesExtraSpacesWhereItSays) {
  sentencepiece::Model model = smallModel();
  model.mutable_normalization()->set_remove_extra_spaces(true);
  EXPECT_EQ(importedModel(model).encode("  a   bc "), (Ids{1, 4, 6, 5}));
}

TEST(SentencePiece, RefusesByName) {
  sentencepiece::Model model = smallModel();
  model.mutable_training()->set_algorithm(sentencepiece::Training::UNIGRAM);
  EXPECT_NE(refusalOf(model).message.find("UNIGRAM"), std::string::npos);
  model = smallModel();
  model.mutable_normalization()->set_name("nmt_nfkc");
  model.mutable_normalization()->set_character_map("x");
  EXPECT_NE(refusalOf(model).message.find("nmt_nfkc"), std::string::npos);
  model = smallModel();
  model.mutable_training()->set_byte_fallback(true);
  EXPECT_EQ(refusalOf(model).code, StatusCode::Corrupt);
  EXPECT_EQ(refusalOf(sentencepiece::Model()).code, StatusCode::Corrupt);
}

} // namespace
} // namespace qcc::importer
