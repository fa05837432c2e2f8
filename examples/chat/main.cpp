// A conversation with a compiled model in a terminal: chat MODEL [DEVICE]. A model without a chat
// template continues the text that is typed instead.
#include <qcc_runtime.hpp>

#include <algorithm>
#include <deque>
#include <iostream>

using namespace qcc::api;

namespace {

/// The tokens of one sequence, kept so that a prompt that starts like the last one is not run anew.
class Transcript {
public:
  Transcript(Session &session, uint32_t sequence) : session(session), sequence(sequence) {}

  /// Makes the sequence hold `prompt`, generates after it and streams the text.
  std::string answer(const std::vector<uint32_t> &prompt) {
    size_t common =
        std::mismatch(kept.begin(), kept.end(), prompt.begin(), prompt.end()).first - kept.begin();
    common = std::min(common, prompt.size() - 1); // the last token's logits are needed
    session.truncateSequence(sequence, static_cast<uint32_t>(common));
    kept.resize(common);
    Generation generation = session.generate(sequence, std::span(prompt).subspan(common), params());
    kept = prompt;
    kept.insert(kept.end(), generation.tokens.begin(), generation.tokens.end());
    kept.resize(session.sequenceLength(sequence)); // the last picked token was not appended
    return generation.text;
  }

private:
  static qcc_generate_params params() {
    qcc_generate_params params;
    qcc_generate_params_initialize(&params);
    params.sampler.temperature = 0.7f;
    params.sampler.top_p = 0.95f;
    params.max_tokens = 256;
    params.without_logits = true;
    params.callback = [](void *, const qcc_generated *generated) {
      std::cout << std::string_view(generated->text, generated->text_length) << std::flush;
      return true;
    };
    return params;
  }

  Session &session;
  uint32_t sequence;
  std::vector<uint32_t> kept;
};

/// What was said so far, and how it is written as a prompt.
class Conversation {
public:
  explicit Conversation(const Model &model) : model(model) {}

  void add(const char *role, std::string content) {
    contents.push_back(std::move(content));
    messages.push_back({role, contents.back().c_str()});
  }

  std::vector<uint32_t> prompt() const {
    if (model.info().has_chat_template) {
      return model.encode(model.applyChatTemplate(messages), false);
    }
    std::string text;
    for (const std::string &content : contents) {
      text += content;
    }
    return model.encode(text);
  }

private:
  const Model &model;
  std::deque<std::string> contents; // a deque, so that messages can point into it
  std::vector<qcc_chat_message> messages;
};

} // namespace

static void converse(const char *path, const char *deviceName) {
  Model model(path);
  qcc_device_params deviceParams;
  qcc_device_params_initialize(&deviceParams);
  deviceParams.name = deviceName;
  deviceParams.chip = model.info().chip;
  Device device(deviceParams);
  Session session(device, model);
  std::cerr << "device: " << device.info().description << ". Type a line; end with Ctrl-D.\n";

  Transcript transcript(session, session.addSequence());
  Conversation conversation(model);
  for (std::string line; std::cerr << "> " && std::getline(std::cin, line);) {
    if (line.empty()) {
      continue;
    }
    conversation.add("user", line);
    conversation.add("assistant", transcript.answer(conversation.prompt()));
    std::cout << "\n";
  }
}

int main(int argc, char **argv) {
  if (argc < 2) {
    std::cerr << "usage: " << argv[0] << " MODEL [DEVICE]\n";
    return QCC_INVALID_ARGUMENT;
  }
  try {
    converse(argv[1], argc > 2 ? argv[2] : "auto");
  } catch (const Error &error) {
    std::cerr << error.what() << "\n";
    return error.code();
  }
  return QCC_OK;
}
