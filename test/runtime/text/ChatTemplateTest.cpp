#include "runtime/text/ChatTemplate.h"

#include <gtest/gtest.h>

namespace qcc::text {
namespace {

ChatTemplate plain() {
  ChatTemplate chat;
  chat.begin = "^";
  chat.system = {"<s:", ">"};
  chat.user = {"<u:", ">"};
  chat.assistant = {"<a:", ">"};
  chat.generationPrompt = "<a:";
  return chat;
}

std::string render(const ChatTemplate &chat, std::vector<ChatMessage> messages,
                   bool addGenerationPrompt = true) {
  auto prompt = chat.render(messages, addGenerationPrompt);
  return prompt.ok() ? *prompt : "error: " + prompt.status().message;
}

TEST(ChatTemplate, WritesTurns) {
  std::vector<ChatMessage> messages = {
      {"system", "be kind"}, {"user", "hi"}, {"assistant", "hello"}, {"user", "bye"}};
  EXPECT_EQ(render(plain(), messages), "^<s:be kind><u:hi><a:hello><u:bye><a:");
  EXPECT_EQ(render(plain(), messages, false), "^<s:be kind><u:hi><a:hello><u:bye>");
}

TEST(ChatTemplate, PutsTheDefaultSystemMessage) {
  ChatTemplate chat = plain();
  chat.defaultSystem = "default";
  EXPECT_EQ(render(chat, {{"user", "hi"}}), "^<s:default><u:hi><a:");
  EXPECT_EQ(render(chat, {{"system", "own"}, {"user", "hi"}}), "^<s:own><u:hi><a:");
}

TEST(ChatTemplate, PutsTheSystemMessageIntoAUserMessage) {
  std::vector<ChatMessage> messages = {
      {"system", "S"}, {"user", "1"}, {"assistant", "2"}, {"user", "3"}};
  ChatTemplate chat = plain();
  chat.systemMode = SystemMode::InFirstUser;
  EXPECT_EQ(render(chat, messages), "^<u:<s:S>1><a:2><u:3><a:");
  chat.systemMode = SystemMode::InLastUser;
  EXPECT_EQ(render(chat, messages), "^<u:1><a:2><u:<s:S>3><a:");
}

TEST(ChatTemplate, TrimsWhereTheFamilyDoes) {
  ChatTemplate chat = plain();
  EXPECT_EQ(render(chat, {{"user", " hi\n"}}), "^<u: hi\n><a:");
  chat.trim = true;
  EXPECT_EQ(render(chat, {{"user", " hi\n"}}), "^<u:hi><a:");
}

TEST(ChatTemplate, RefusesWhatTheFamilyCannotSay) {
  auto code = [](const ChatTemplate &chat, std::vector<ChatMessage> messages) {
    return chat.render(messages, true).status().code;
  };
  ChatTemplate chat = plain();
  EXPECT_EQ(code(chat, {}), StatusCode::InvalidArgument);
  EXPECT_EQ(code(chat, {{"tool", "x"}}), StatusCode::InvalidArgument);
  EXPECT_EQ(code(chat, {{"user", "x"}, {"system", "y"}}), StatusCode::InvalidArgument);
  chat.alternating = true;
  EXPECT_EQ(code(chat, {{"assistant", "x"}}), StatusCode::InvalidArgument);
  EXPECT_EQ(code(chat, {{"user", "x"}, {"user", "y"}}), StatusCode::InvalidArgument);
  chat.systemMode = SystemMode::Refused;
  EXPECT_EQ(code(chat, {{"system", "x"}, {"user", "y"}}), StatusCode::InvalidArgument);
  chat.systemMode = SystemMode::InFirstUser;
  EXPECT_EQ(code(chat, {{"system", "x"}}), StatusCode::InvalidArgument);
}

} // namespace
} // namespace qcc::text
