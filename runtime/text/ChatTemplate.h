// A chat template: turns a conversation into the text of a prompt, in the form that the model was
// trained on. The form is data of the tokenizer section (see tokenizer.fbs), found by the compiler.
#pragma once

#include "runtime/Status.h"

#include <optional>
#include <span>
#include <string>

namespace qcc::text {

/// One message of a conversation. `role` is "system", "user" or "assistant".
struct ChatMessage {
  std::string role;
  std::string content;
};

/// How a system message is written; see tokenizer.fbs.
enum class SystemMode { OwnTurn, InFirstUser, InLastUser, Refused };

/// See the table of the same name in tokenizer.fbs for the meaning of each field.
struct ChatTemplate {
  struct Turn {
    std::string prefix;
    std::string suffix;
  };

  std::string family;
  std::string begin;
  Turn system;
  Turn user;
  Turn assistant;
  std::string generationPrompt;
  SystemMode systemMode = SystemMode::OwnTurn;
  std::optional<std::string> defaultSystem;
  bool trim = false;
  bool alternating = false;

  /// The prompt of a conversation; with `addGenerationPrompt`, up to where the assistant answers.
  /// A system message may only come first. The text holds its control tokens, so encode it with
  /// `addSpecial` off. Errors (InvalidArgument): no message, an unknown role, a system message out
  /// of place or one that the family refuses, roles that do not alternate where they must.
  Result<std::string> render(std::span<const ChatMessage> messages, bool addGenerationPrompt) const;
};

} // namespace qcc::text
