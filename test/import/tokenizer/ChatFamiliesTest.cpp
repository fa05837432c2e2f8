// Chat templates: recognised from their Jinja source, rendered, and compared with texts by hand.
#include "compiler/import/tokenizer/ChatFamilies.h"
#include "test/import/tokenizer/JsonTokenizers.h"

#include <gtest/gtest.h>

namespace qcc::importer {
namespace {

using nlohmann::json;
using text::ChatMessage;

/// A tokenizer whose configuration has `source` as its chat template; bos "<s>" is 300, eos "</s>"
/// 301.
ImportedTokenizer withTemplate(const json &source) {
  json tokenizer = byteLevelTokenizer({});
  for (const auto &[content, id] : {std::pair("<s>", 300), {"</s>", 301}, {"<|im_end|>", 302}}) {
    tokenizer["added_tokens"].push_back({{"id", id}, {"content", content}, {"special", true}});
  }
  return imported(
      tokenizer,
      {{"bos_token", "<s>"}, {"eos_token", {{"content", "</s>"}}}, {"chat_template", source}});
}

const std::vector<ChatMessage> turns = {{"user", "Hi"}, {"assistant", "Yes"}, {"user", " Why? "}};
const std::vector<ChatMessage> withSystem = {
    {"system", "Be kind"}, {"user", "Hi"}, {"assistant", "Yes"}, {"user", "Why?"}};

std::string render(const char *source, const std::vector<ChatMessage> &messages) {
  ImportedTokenizer t = withTemplate(source);
  auto chat = t.tokenizer.chatTemplate();
  if (!chat.ok()) {
    return "unavailable: " + chat.status().message;
  }
  auto prompt = (*chat)->render(messages, /*addGenerationPrompt=*/true);
  return prompt.ok() ? *prompt : "refused";
}

constexpr const char *chatml =
    R"({% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'])"
    R"( + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %})";

constexpr const char *qwen2 =
    R"({% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %})"
    R"({{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %})"
    R"({{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %})"
    R"({% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %})";

constexpr const char *llama2 =
    R"({% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message)"
    R"( + '\n<</SYS>>\n\n' + message['content'] %}{% endif %}{% if message['role'] == 'user' %})"
    R"({{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %})"
    R"({{ ' '  + content.strip() + ' ' + eos_token }}{% endif %})";

constexpr const char *mistralV1 =
    R"({{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %})"
    R"({{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %})"
    R"({{ message['content'] + eos_token + ' ' }}{% endif %}{% endfor %})";

constexpr const char *mistralV2 =
    R"({{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %})"
    R"({{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %})"
    R"({{ message['content'] + eos_token}}{% endif %}{% endfor %})";

constexpr const char *llama3 =
    R"({% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] + )"
    R"('<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %})"
    R"({% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %})"
    R"({{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }})";

constexpr const char *zephyr =
    "{% for message in messages %}\n{% if message['role'] == 'user' %}\n"
    "{{ '<|user|>\\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n"
    "{{ '<|system|>\\n' + message['content'] + eos_token }}\n{% elif message['role'] == "
    "'assistant' %}\n"
    "{{ '<|assistant|>\\n'  + message['content'] + eos_token }}\n{% endif %}\n{% endfor %}";

constexpr const char *gemma =
    R"({{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %})"
    R"({% for message in messages %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim)"
    R"( + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %})";

constexpr const char *phi3 =
    R"({{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') %}{{'<|user|>' + '\n')"
    R"( + message['content'] + '<|end|>' + '\n' + '<|assistant|>' + '\n'}}{% elif (message['role'] == 'assistant') %})"
    R"({{message['content'] + '<|end|>' + '\n'}}{% endif %}{% endfor %})";

constexpr const char *phi35 =
    R"({{ bos_token }}{% for message in messages %}{{'<|' + message['role'] + '|>' + '\n' + message['content'])"
    R"( + '<|end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %})";

constexpr const char *vicuna =
    R"({%- for message in messages %}{%- if message['role'] == 'system' -%}{{- '' + message['content'] + '\n\n' -}})"
    R"({%- elif message['role'] == 'user' -%}{{-'USER: ' + message['content'] + '\n'-}}{%- else -%})"
    R"({{-'ASSISTANT: ' + message['content'] + '</s>\n' -}}{%- endif -%}{%- endfor -%}{{-'ASSISTANT:'-}})";

TEST(ChatFamilies, Chatml) {
  EXPECT_EQ(render(chatml, withSystem),
            "<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
            "<|im_start|>assistant\nYes<|im_end|>\n<|im_start|>user\nWhy?<|im_end|>\n"
            "<|im_start|>assistant\n");
  EXPECT_EQ(render(chatml, {{"user", " Hi "}}),
            "<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n");
}

TEST(ChatFamilies, QwenHasADefaultSystemMessage) {
  EXPECT_EQ(render(qwen2, {{"user", "Hi"}}),
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
}

TEST(ChatFamilies, Llama2) {
  EXPECT_EQ(render(llama2, withSystem),
            "<s>[INST] <<SYS>>\nBe kind\n<</SYS>>\n\nHi [/INST] Yes </s>"
            "<s>[INST] Why? [/INST]");
  EXPECT_EQ(render(llama2, turns), "<s>[INST] Hi [/INST] Yes </s><s>[INST] Why? [/INST]");
}

TEST(ChatFamilies, Mistral) {
  EXPECT_EQ(render(mistralV1, turns), "<s>[INST] Hi [/INST]Yes</s> [INST]  Why?  [/INST]");
  EXPECT_EQ(render(mistralV2, turns), "<s>[INST] Hi [/INST]Yes</s>[INST]  Why?  [/INST]");
  EXPECT_EQ(render(mistralV2, withSystem), "refused");
}

TEST(ChatFamilies, Llama3) {
  EXPECT_EQ(render(llama3, withSystem),
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe kind<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n");
}

TEST(ChatFamilies, Zephyr) {
  EXPECT_EQ(render(zephyr, withSystem),
            "<|system|>\nBe kind</s>\n<|user|>\nHi</s>\n"
            "<|assistant|>\nYes</s>\n<|user|>\nWhy?</s>\n<|assistant|>\n");
}

TEST(ChatFamilies, Gemma) {
  EXPECT_EQ(render(gemma, turns), "<s><start_of_turn>user\nHi<end_of_turn>\n"
                                  "<start_of_turn>model\nYes<end_of_turn>\n"
                                  "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n");
  EXPECT_EQ(render(gemma, withSystem), "refused");
}

TEST(ChatFamilies, Phi3) {
  for (const char *source : {phi3, phi35}) {
    EXPECT_EQ(render(source, {{"user", "Hi"}, {"assistant", "Yes"}, {"user", "Why?"}}),
              "<s><|user|>\nHi<|end|>\n<|assistant|>\nYes<|end|>\n<|user|>\nWhy?<|end|>\n"
              "<|assistant|>\n");
  }
}

TEST(ChatFamilies, Vicuna) {
  EXPECT_EQ(render(vicuna, withSystem),
            "Be kind\n\nUSER: Hi\nASSISTANT: Yes</s>\nUSER: Why?\nASSISTANT:");
}

TEST(ChatFamilies, AnUnknownTemplateIsUnavailable) {
  ImportedTokenizer t = withTemplate("{{ messages }}");
  EXPECT_EQ(t.tokenizer.chatTemplate().status().code, StatusCode::Unavailable);
  EXPECT_NE(render("{{ messages }}", turns).find("no family"), std::string::npos);
}

TEST(ChatFamilies, TheDefaultOfSeveralTemplatesCounts) {
  ImportedTokenizer t = withTemplate({{{"name", "tool_use"}, {"template", "{{ tools }}"}},
                                      {{"name", "default"}, {"template", chatml}}});
  ASSERT_TRUE(t.tokenizer.chatTemplate().ok());
  EXPECT_EQ((*t.tokenizer.chatTemplate())->family, "chatml");
}

TEST(ChatFamilies, TheEndOfATurnEndsAGeneration) {
  ImportedTokenizer t = withTemplate(chatml);
  std::vector<text::TokenId> ids(t.tokenizer.endOfSequence().begin(),
                                 t.tokenizer.endOfSequence().end());
  EXPECT_EQ(ids, (std::vector<text::TokenId>{301, 302}));
}

TEST(ChatFamilies, ControlTokensOfAPromptBecomeIds) {
  ImportedTokenizer t = withTemplate(zephyr);
  std::string prompt = *(*t.tokenizer.chatTemplate())->render(turns, true);
  std::vector<text::TokenId> ids = t.encode(prompt, {.addSpecial = false, .parseSpecial = true});
  EXPECT_EQ(std::count(ids.begin(), ids.end(), 301u), 3);
}

} // namespace
} // namespace qcc::importer
