#include "test/runtime/support/AlphabetTokenizer.h"

#include "runtime/text/tokenizer_generated.h"

#include <algorithm>
#include <string>

namespace qcc::test {

namespace fb = qcc::text::fb;

/// The pieces by id.
static std::vector<std::string> pieces() {
  std::vector<std::string> all = {"<unk>", "<s>"};
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    all.emplace_back(1, letter);
  }
  all.insert(all.end(), {" ", ".", "\n", "</s>"});
  return all;
}

static std::unique_ptr<fb::VocabularyT> vocabulary() {
  auto vocabulary = std::make_unique<fb::VocabularyT>();
  std::vector<std::string> all = pieces();
  for (const std::string &piece : all) {
    vocabulary->text.insert(vocabulary->text.end(), piece.begin(), piece.end());
    vocabulary->ends.push_back(static_cast<uint32_t>(vocabulary->text.size()));
    vocabulary->by_text.push_back(static_cast<uint32_t>(vocabulary->by_text.size()));
  }
  std::sort(vocabulary->by_text.begin(), vocabulary->by_text.end(),
            [&](uint32_t a, uint32_t b) { return all[a] < all[b]; });
  return vocabulary;
}

static std::unique_ptr<fb::AddedTokenT> controlToken(uint32_t id) {
  auto token = std::make_unique<fb::AddedTokenT>();
  token->id = id;
  token->special = true;
  return token;
}

static std::unique_ptr<fb::ChatTurnT> turn(const char *prefix, const char *suffix) {
  auto turn = std::make_unique<fb::ChatTurnT>();
  turn->prefix = prefix;
  turn->suffix = suffix;
  return turn;
}

std::vector<uint8_t> alphabetTokenizer() {
  fb::TokenizerT tokenizer;
  tokenizer.version = 1;
  tokenizer.vocabulary = vocabulary();
  tokenizer.model = std::make_unique<fb::BytePairModelT>();
  tokenizer.model->unknown = 0;
  tokenizer.added_tokens.push_back(controlToken(1));
  tokenizer.added_tokens.push_back(controlToken(31));
  tokenizer.prefix = {1};
  tokenizer.bos = 1;
  tokenizer.eos = {31};
  tokenizer.chat = std::make_unique<fb::ChatTemplateT>();
  tokenizer.chat->family = "test";
  tokenizer.chat->user = turn("u", "");
  tokenizer.chat->assistant = turn("a", "");
  tokenizer.chat->generation_prompt = "a";
  tokenizer.chat->system_mode = fb::SystemMode::refused;
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishTokenizerBuffer(builder, fb::Tokenizer::Pack(builder, &tokenizer));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

} // namespace qcc::test
