#include "runtime/text/ChatTemplate.h"

#include "runtime/text/Utf8.h"

#include <algorithm>

namespace qcc::text {

namespace {

Status refuse(std::string sentence) {
  return {StatusCode::InvalidArgument, std::move(sentence)};
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(leadingWhiteSpace(text));
  text.remove_suffix(trailingWhiteSpace(text));
  return text;
}

/// Checks the turns after the system message: known roles, alternating where they must.
Status checkTurns(std::span<const ChatMessage> turns, bool alternating) {
  for (std::size_t index = 0; index < turns.size(); ++index) {
    const std::string &role = turns[index].role;
    if (role == "system") {
      return refuse("A system message must be the first of the conversation.");
    }
    if (role != "user" && role != "assistant") {
      return refuse("The role '" + role + "' is not known; use system, user or assistant.");
    }
    if (alternating && (role == "user") != (index % 2 == 0)) {
      return refuse("This model wants user and assistant to take turns, the user first; message " +
                    std::to_string(index + 1) + " after the system message does not.");
    }
  }
  return {};
}

/// The index of the user message that the system message goes into; -1 if there is none.
std::ptrdiff_t hostOfSystem(std::span<const ChatMessage> turns, SystemMode mode) {
  auto isUser = [](const ChatMessage &message) { return message.role == "user"; };
  if (mode == SystemMode::InFirstUser) {
    auto host = std::find_if(turns.begin(), turns.end(), isUser);
    return host == turns.end() ? -1 : host - turns.begin();
  }
  auto host = std::find_if(turns.rbegin(), turns.rend(), isUser);
  return host == turns.rend() ? -1 : turns.rend() - host - 1;
}

} // namespace

Result<std::string> ChatTemplate::render(std::span<const ChatMessage> messages,
                                         bool addGenerationPrompt) const {
  if (messages.empty()) {
    return refuse("A conversation needs at least one message.");
  }
  std::optional<std::string> systemText = defaultSystem;
  std::span<const ChatMessage> turns = messages;
  if (messages.front().role == "system") {
    if (systemMode == SystemMode::Refused) {
      return refuse("This model's chat template knows no system message; put its text into the "
                    "first user message.");
    }
    systemText = messages.front().content;
    turns = messages.subspan(1);
  }
  QCC_TRY(checkTurns(turns, alternating));

  auto write = [&](const Turn &turn, std::string_view content) {
    return turn.prefix + std::string(trim ? trimmed(content) : content) + turn.suffix;
  };
  std::string prompt = begin;
  std::ptrdiff_t host = -1;
  if (systemText && systemMode == SystemMode::OwnTurn) {
    prompt += write(system, *systemText);
  } else if (systemText) {
    host = hostOfSystem(turns, systemMode);
    if (host < 0) {
      return refuse("This model's system message is part of a user message, and there is none.");
    }
  }
  for (std::size_t index = 0; index < turns.size(); ++index) {
    bool hosts = host == static_cast<std::ptrdiff_t>(index);
    std::string content = hosts ? write(system, *systemText) : std::string();
    content += turns[index].content;
    prompt += write(turns[index].role == "user" ? user : assistant, content);
  }
  return addGenerationPrompt ? prompt + generationPrompt : prompt;
}

} // namespace qcc::text
