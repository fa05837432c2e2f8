#include "compiler/import/tokenizer/ChatFamilies.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace qcc::importer {

namespace {

using text::fb::SystemMode;

/// A family. Markers are looked for in the template as `canonical` writes it. In the texts, {bos}
/// and {eos} stand for the tokens; `begin` gets the bos token if the template mentions it at all.
struct Family {
  const char *name;
  std::array<const char *, 4> holds; // all of these, null-filled
  std::array<const char *, 2> lacks; // none of these
  const char *systemPrefix, *systemSuffix;
  const char *userPrefix, *userSuffix;
  const char *assistantPrefix, *assistantSuffix;
  const char *generationPrompt;
  const char *endOfTurn;
  SystemMode systemMode;
  bool beginsWithBos, trim, alternating;
};

// clang-format off: one row a family, its fields in pairs.
// Sources: the chat_template of the named models' tokenizer_config.json. First match counts.
const Family families[] = {
    {.name = "llama-2", // meta-llama/Llama-2-7b-chat-hf
     .holds = {"<<SYS>>", "bos_token + '[INST] ' + content.strip()", "' ' + content.strip() + ' '"},
     .lacks = {},
     .systemPrefix = "<<SYS>>\n", .systemSuffix = "\n<</SYS>>\n\n",
     .userPrefix = "{bos}[INST] ", .userSuffix = " [/INST]",
     .assistantPrefix = " ", .assistantSuffix = " {eos}",
     .generationPrompt = "", .endOfTurn = "", .systemMode = SystemMode::in_first_user,
     .beginsWithBos = false, .trim = true, .alternating = true},
    {.name = "mistral-v3", // mistralai/Mistral-7B-Instruct-v0.3
     .holds = {"[AVAILABLE_TOOLS]", "'[INST] ' + ", "'[/INST]'", "' ' + message['content']"},
     .lacks = {"<<SYS>>", "[SYSTEM_PROMPT]"},
     .systemPrefix = "", .systemSuffix = "\n\n",
     .userPrefix = "[INST] ", .userSuffix = "[/INST]",
     .assistantPrefix = " ", .assistantSuffix = "{eos}",
     .generationPrompt = "", .endOfTurn = "", .systemMode = SystemMode::in_last_user,
     .beginsWithBos = true, .trim = false, .alternating = true},
    {.name = "mistral-v1", // mistralai/Mistral-7B-Instruct-v0.1
     .holds = {"'[INST] ' + message['content'] + ' [/INST]'",
               "message['content'] + eos_token + ' '"},
     .lacks = {"<<SYS>>", "[AVAILABLE_TOOLS]"},
     .systemPrefix = "", .systemSuffix = "",
     .userPrefix = "[INST] ", .userSuffix = " [/INST]",
     .assistantPrefix = "", .assistantSuffix = "{eos} ",
     .generationPrompt = "", .endOfTurn = "", .systemMode = SystemMode::refused,
     .beginsWithBos = true, .trim = false, .alternating = true},
    {.name = "mistral-v2", // mistralai/Mistral-7B-Instruct-v0.2, Mixtral-8x7B-Instruct-v0.1
     .holds = {"'[INST] ' + message['content'] + ' [/INST]'", "{{ message['content'] + eos_token"},
     .lacks = {"<<SYS>>", "[AVAILABLE_TOOLS]"},
     .systemPrefix = "", .systemSuffix = "",
     .userPrefix = "[INST] ", .userSuffix = " [/INST]",
     .assistantPrefix = "", .assistantSuffix = "{eos}",
     .generationPrompt = "", .endOfTurn = "", .systemMode = SystemMode::refused,
     .beginsWithBos = true, .trim = false, .alternating = true},
    {.name = "llama-3.1", // meta-llama/Llama-3.1-8B-Instruct, with its template's own date
     .holds = {"<|start_header_id|>", "<|eot_id|>", "Cutting Knowledge Date: December 2023",
               "26 Jul 2024"},
     .lacks = {},
     .systemPrefix = "<|start_header_id|>system<|end_header_id|>\n\n"
                     "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
     .systemSuffix = "<|eot_id|>",
     .userPrefix = "<|start_header_id|>user<|end_header_id|>\n\n", .userSuffix = "<|eot_id|>",
     .assistantPrefix = "<|start_header_id|>assistant<|end_header_id|>\n\n",
     .assistantSuffix = "<|eot_id|>",
     .generationPrompt = "<|start_header_id|>assistant<|end_header_id|>\n\n",
     .endOfTurn = "<|eot_id|>", .systemMode = SystemMode::own_turn,
     .beginsWithBos = true, .trim = true, .alternating = false},
    {.name = "llama-3", // meta-llama/Meta-Llama-3-8B-Instruct
     .holds = {"<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>", "| trim"},
     .lacks = {"Cutting Knowledge Date"},
     .systemPrefix = "<|start_header_id|>system<|end_header_id|>\n\n",
     .systemSuffix = "<|eot_id|>",
     .userPrefix = "<|start_header_id|>user<|end_header_id|>\n\n", .userSuffix = "<|eot_id|>",
     .assistantPrefix = "<|start_header_id|>assistant<|end_header_id|>\n\n",
     .assistantSuffix = "<|eot_id|>",
     .generationPrompt = "<|start_header_id|>assistant<|end_header_id|>\n\n",
     .endOfTurn = "<|eot_id|>", .systemMode = SystemMode::own_turn,
     .beginsWithBos = true, .trim = true, .alternating = false},
    {.name = "chatml", // Qwen, SmolLM, OpenHermes and many more
     .holds = {"<|im_start|>", "<|im_end|>", "<|im_start|>assistant\n"},
     .lacks = {"<|im_sep|>", "| trim"},
     .systemPrefix = "<|im_start|>system\n", .systemSuffix = "<|im_end|>\n",
     .userPrefix = "<|im_start|>user\n", .userSuffix = "<|im_end|>\n",
     .assistantPrefix = "<|im_start|>assistant\n", .assistantSuffix = "<|im_end|>\n",
     .generationPrompt = "<|im_start|>assistant\n", .endOfTurn = "<|im_end|>",
     .systemMode = SystemMode::own_turn,
     .beginsWithBos = true, .trim = false, .alternating = false},
    {.name = "zephyr", // HuggingFaceH4/zephyr-7b-beta, TinyLlama-1.1B-Chat
     .holds = {"'<|user|>\n' + message['content'] + eos_token",
               "'<|assistant|>\n' + message['content'] + eos_token"},
     .lacks = {},
     .systemPrefix = "<|system|>\n", .systemSuffix = "{eos}\n",
     .userPrefix = "<|user|>\n", .userSuffix = "{eos}\n",
     .assistantPrefix = "<|assistant|>\n", .assistantSuffix = "{eos}\n",
     .generationPrompt = "<|assistant|>\n", .endOfTurn = "", .systemMode = SystemMode::own_turn,
     .beginsWithBos = false, .trim = false, .alternating = false},
    {.name = "gemma-3", // google/gemma-3-1b-it
     .holds = {"<start_of_turn>", "<end_of_turn>\n", "first_user_prefix", "| trim"},
     .lacks = {},
     .systemPrefix = "", .systemSuffix = "\n\n",
     .userPrefix = "<start_of_turn>user\n", .userSuffix = "<end_of_turn>\n",
     .assistantPrefix = "<start_of_turn>model\n", .assistantSuffix = "<end_of_turn>\n",
     .generationPrompt = "<start_of_turn>model\n", .endOfTurn = "<end_of_turn>",
     .systemMode = SystemMode::in_first_user,
     .beginsWithBos = true, .trim = true, .alternating = true},
    {.name = "gemma", // google/gemma-2-2b-it
     .holds = {"<start_of_turn>", "<end_of_turn>\n", "<start_of_turn>model\n", "| trim"},
     .lacks = {"first_user_prefix"},
     .systemPrefix = "", .systemSuffix = "",
     .userPrefix = "<start_of_turn>user\n", .userSuffix = "<end_of_turn>\n",
     .assistantPrefix = "<start_of_turn>model\n", .assistantSuffix = "<end_of_turn>\n",
     .generationPrompt = "<start_of_turn>model\n", .endOfTurn = "<end_of_turn>",
     .systemMode = SystemMode::refused,
     .beginsWithBos = true, .trim = true, .alternating = true},
    {.name = "phi-3", // microsoft/Phi-3-mini-4k-instruct, roles one by one
     .holds = {"'<|user|>\n' + message['content'] + '<|end|>\n", "<|assistant|>\n"},
     .lacks = {},
     .systemPrefix = "<|system|>\n", .systemSuffix = "<|end|>\n",
     .userPrefix = "<|user|>\n", .userSuffix = "<|end|>\n",
     .assistantPrefix = "<|assistant|>\n", .assistantSuffix = "<|end|>\n",
     .generationPrompt = "<|assistant|>\n", .endOfTurn = "<|end|>",
     .systemMode = SystemMode::own_turn,
     .beginsWithBos = true, .trim = false, .alternating = false},
    {.name = "phi-3", // microsoft/Phi-3-small-8k-instruct, Phi-3.5: the role's name put in
     .holds = {"'<|' + message['role'] + '|>\n' + message['content'] + '<|end|>\n'",
               "<|assistant|>\n"},
     .lacks = {},
     .systemPrefix = "<|system|>\n", .systemSuffix = "<|end|>\n",
     .userPrefix = "<|user|>\n", .userSuffix = "<|end|>\n",
     .assistantPrefix = "<|assistant|>\n", .assistantSuffix = "<|end|>\n",
     .generationPrompt = "<|assistant|>\n", .endOfTurn = "<|end|>",
     .systemMode = SystemMode::own_turn,
     .beginsWithBos = true, .trim = false, .alternating = false},
    {.name = "vicuna", // eachadea/vicuna-13b-1.1
     .holds = {"'USER: ' + message['content'] + '\n'",
               "'ASSISTANT: ' + message['content'] + '</s>\n'"},
     .lacks = {"SYSTEM: "},
     .systemPrefix = "", .systemSuffix = "\n\n",
     .userPrefix = "USER: ", .userSuffix = "\n",
     .assistantPrefix = "ASSISTANT: ", .assistantSuffix = "</s>\n",
     .generationPrompt = "ASSISTANT:", .endOfTurn = "", .systemMode = SystemMode::own_turn,
     .beginsWithBos = false, .trim = false, .alternating = false},
};
// clang-format on

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from, done)) {
    result += text.substr(done, at - done);
    result += to;
    done = at + from.size();
  }
  result += text.substr(done);
  return result;
}

/// One spelling for what Jinja can spell in several ways: single quotes, real line ends, one space
/// around + and |, neighbouring literals joined, no white-space control.
std::string canonical(std::string_view source) {
  std::string text = replaced(source, "\\n", "\n");
  std::replace(text.begin(), text.end(), '"', '\'');
  static const std::pair<const char *, const char *> spellings[] = {
      {"{%-", "{%"},
      {"-%}", "%}"},
      {"{{-", "{{"},
      {"-}}", "}}"},
      {"message.content", "message['content']"},
      {"message.role", "message['role']"},
      {"'+", "' +"},
      {"+'", "+ '"},
      {"  +", " +"},
      {"+  ", "+ "},
      {"|trim", "| trim"},
      {"' + '", ""}};
  for (const auto &[from, to] : spellings) {
    text = replaced(text, from, to);
  }
  return text;
}

bool matches(const Family &family, std::string_view source) {
  auto isIn = [&](const char *marker) { return source.find(marker) != std::string_view::npos; };
  return std::all_of(family.holds.begin(), family.holds.end(),
                     [&](const char *marker) { return !marker || isIn(marker); }) &&
         std::none_of(family.lacks.begin(), family.lacks.end(),
                      [&](const char *marker) { return marker && isIn(marker); });
}

/// The literal system message that a ChatML template writes where a conversation has none.
std::optional<std::string> defaultSystem(const Family &family, const std::string &source) {
  if (std::string_view(family.name) == "llama-3.1") {
    return ""; // the date is always said
  }
  if (std::string_view(family.name) != "chatml") {
    return std::nullopt;
  }
  std::string_view prefix = family.systemPrefix;
  for (std::size_t at = source.find(prefix); at != std::string::npos;
       at = source.find(prefix, at + 1)) {
    std::size_t begin = at + prefix.size();
    std::size_t end = source.find_first_of("'{}<", begin);
    if (end != std::string::npos && end > begin && source.compare(end, 10, "<|im_end|>") == 0) {
      return source.substr(begin, end - begin);
    }
  }
  return std::nullopt;
}

} // namespace

RecognisedChat recogniseChat(std::string_view source, std::string_view bos, std::string_view eos) {
  std::string text = canonical(source);
  auto family = std::find_if(std::begin(families), std::end(families),
                             [&](const Family &family) { return matches(family, text); });
  if (family == std::end(families)) {
    return {};
  }
  auto fill = [&](const char *piece) {
    return replaced(replaced(piece, "{bos}", bos), "{eos}", eos);
  };
  auto turn = [&](const char *prefix, const char *suffix) {
    auto made = std::make_unique<text::fb::ChatTurnT>();
    made->prefix = fill(prefix);
    made->suffix = fill(suffix);
    return made;
  };
  auto chat = std::make_unique<text::fb::ChatTemplateT>();
  chat->family = family->name;
  chat->begin = family->beginsWithBos && text.find("bos_token") != std::string::npos ? bos : "";
  chat->system = turn(family->systemPrefix, family->systemSuffix);
  chat->user = turn(family->userPrefix, family->userSuffix);
  chat->assistant = turn(family->assistantPrefix, family->assistantSuffix);
  chat->generation_prompt = family->generationPrompt;
  chat->system_mode = family->systemMode;
  chat->trim = family->trim;
  chat->alternating = family->alternating;
  if (std::optional<std::string> system = defaultSystem(*family, text)) {
    chat->has_default_system = true;
    chat->default_system = *system;
  }
  return {std::move(chat), family->endOfTurn};
}

} // namespace qcc::importer
