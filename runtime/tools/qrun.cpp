// qrun: runs a model that qcc compiled. Streams text to stdout, says the rest on stderr.
#include "runtime/tools/Npy.h"
#include "runtime/tools/Options.h"
#include "runtime/tools/Perplexity.h"

#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numbers>
#include <unistd.h>

using namespace qcc;
using namespace qcc::qrun;

static int listDevices(const Options &options) {
  api::DeviceList devices(options.hipLibrary.empty() ? nullptr : options.hipLibrary.c_str());
  for (size_t i = 0; i < devices.size(); ++i) {
    qcc_device_info info = devices[i];
    std::cout << info.description << ", " << (info.memory_bytes >> 20) << " MiB\n";
  }
  if (devices.size() == 0) {
    throw api::Error(QCC_NO_DEVICE, "There is neither an AMD GPU nor the emulated device here.");
  }
  return QCC_OK;
}

static api::Device openDevice(const Options &options, const char *chip) {
  qcc_device_params params;
  qcc_device_params_initialize(&params);
  params.name = options.device.c_str();
  params.chip = chip;
  params.hip_library = options.hipLibrary.empty() ? nullptr : options.hipLibrary.c_str();
  return api::Device(params);
}

/// Makes the session; says how far the upload is, on a terminal.
static api::Session openSession(const api::Device &device, const api::Model &model) {
  if (!isatty(STDERR_FILENO)) {
    return api::Session(device, model);
  }
  auto progress = [](uint64_t done, uint64_t total) {
    std::fprintf(stderr, "\ruploading weights: %3.0f %%%s", 100.0 * done / total,
                 done == total ? "\n" : "");
  };
  return api::Session(device, model, progress);
}

/// The prompt's ids, as the options give them.
static std::vector<uint32_t> promptTokens(const Options &options, const api::Model &model) {
  if (!options.prompt) {
    return options.tokens;
  }
  if (!options.chat) {
    return model.encode(*options.prompt);
  }
  std::vector<qcc_chat_message> messages;
  if (!options.system.empty()) {
    messages.push_back({"system", options.system.c_str()});
  }
  messages.push_back({"user", options.prompt->c_str()});
  return model.encode(model.applyChatTemplate(messages), false);
}

/// What the generation's callback works with.
struct Output {
  const Options &options;
  const qcc_model_info &model;
  std::optional<NpyWriter> logits;
};

/// Streams a token, and keeps its logits where they are wanted.
static bool onGenerated(void *userData, const qcc_generated *generated) {
  auto &output = *static_cast<Output *>(userData);
  if (output.logits) {
    output.logits->append(std::span(generated->logits, output.model.vocabulary_size));
  }
  if (!output.options.json) {
    if (output.model.has_tokenizer) {
      std::cout << std::string_view(generated->text, generated->text_length) << std::flush;
    } else {
      std::cout << (generated->index == 0 ? "" : " ") << generated->token << std::flush;
    }
  }
  return true;
}

/// A rate, 0 where nothing was measured.
static double perSecond(double count, double seconds) {
  return seconds > 0 ? count / seconds : 0;
}

static void report(const Options &options, const api::Generation &generation, size_t promptCount,
                   const std::string &device) {
  double prefill = perSecond(promptCount, generation.prefillSeconds);
  double decode = perSecond(generation.decodeSteps, generation.decodeSeconds);
  if (options.json) {
    nlohmann::json object = {{"tokens", generation.tokens},
                             {"text", generation.text},
                             {"prefill_tokens_per_second", prefill},
                             {"decode_tokens_per_second", decode},
                             {"device", device}};
    std::cout << object.dump() << "\n";
    return;
  }
  std::cout << "\n";
  std::fprintf(stderr, "prompt: %zu tokens, %.1f tokens/s; generated: %zu tokens, %.1f tokens/s\n",
               promptCount, prefill, generation.tokens.size(), decode);
}

static int generate(const Options &options, const api::Model &model, api::Session &session,
                    const std::string &device) {
  qcc_model_info info = model.info();
  std::vector<uint32_t> prompt = promptTokens(options, model);
  std::vector<const char *> stops;
  for (const std::string &stop : options.stopStrings) {
    stops.push_back(stop.c_str());
  }
  Output output{options, info, {}};
  if (!options.logits.empty()) {
    output.logits.emplace(options.logits, info.vocabulary_size);
  }
  qcc_generate_params params;
  qcc_generate_params_initialize(&params);
  params.sampler = options.sampler;
  uint32_t forced = static_cast<uint32_t>(options.forcedTokens.size());
  params.max_tokens = options.maxTokens.value_or(forced != 0 ? forced : params.max_tokens);
  params.ignore_end_of_sequence = options.ignoreEndOfSequence;
  params.stop_strings = stops.data();
  params.stop_string_count = stops.size();
  params.forced_tokens = options.forcedTokens.data();
  params.forced_token_count = options.forcedTokens.size();
  params.callback = onGenerated;
  params.user_data = &output;
  params.without_logits = !output.logits;
  api::Generation generation = session.generate(session.addSequence(), prompt, params);
  if (output.logits) {
    output.logits->finish();
  }
  report(options, generation, prompt.size(), device);
  if (generation.finishReason == QCC_FINISH_CONTEXT_FULL) {
    // What was generated stands; the status says that it was cut short.
    std::string sentence = "The context of " + std::to_string(info.max_context) +
                           " positions is full; compile with a larger --max-context.";
    throw api::Error(QCC_CONTEXT_FULL, sentence.c_str());
  }
  return QCC_OK;
}

static int perplexity(const Options &options, const api::Model &model, api::Session &session,
                      const std::string &device) {
  qcc_model_info info = model.info();
  uint32_t window = options.window != 0 ? options.window : info.max_context;
  uint32_t stride = options.stride != 0 ? options.stride : std::max(window / 2, 1u);
  if (window > info.max_context || stride > window) {
    throw api::Error(QCC_INVALID_ARGUMENT,
                     "The window must fit the model's context, and the stride the window.");
  }
  PerplexityCorpus corpus = options.perplexityText.empty()
                                ? readTokenCorpus(options.perplexityTokens)
                                : readTextCorpus(model, options.perplexityText);
  PerplexityResult result = measurePerplexity(session, info, corpus, window, stride);
  if (result.tokens == 0) {
    throw api::Error(QCC_INVALID_ARGUMENT, "There is no token to predict in the file.");
  }
  double perToken = result.nats / result.tokens;
  nlohmann::json object = {{"perplexity", std::exp(perToken)},
                           {"nll_per_token", perToken},
                           {"tokens", result.tokens},
                           {"tokens_per_second", perSecond(result.tokens, result.seconds)},
                           {"window", window},
                           {"stride", stride},
                           {"device", device}};
  if (corpus.textBytes != 0) {
    object["bits_per_byte"] = result.nats / std::numbers::ln2 / corpus.textBytes;
  }
  if (options.json) {
    std::cout << object.dump() << "\n";
  } else {
    std::cout << "perplexity " << std::exp(perToken) << " over " << result.tokens << " tokens\n";
  }
  return QCC_OK;
}

static int run(const Options &options) {
  if (options.listDevices) {
    return listDevices(options);
  }
  api::Model model(options.model);
  api::Device device = openDevice(options, model.info().chip);
  api::Session session = openSession(device, model);
  std::string description = device.info().description;
  std::cerr << "device: " << description << "\n";
  int exitCode = options.wantsPerplexity() ? perplexity(options, model, session, description)
                                           : generate(options, model, session, description);
  if (std::string notice = session.notice(); !notice.empty()) {
    std::cerr << notice << "\n";
  }
  return exitCode;
}

int main(int argc, char **argv) {
  Options options;
  if (auto exitCode = parseOptions(argc, argv, options)) {
    return *exitCode;
  }
  try {
    return run(options);
  } catch (const api::Error &error) {
    std::cerr << "qrun: " << error.what() << "\n";
    return error.code();
  } catch (const std::exception &error) {
    std::cerr << "qrun: unexpected: " << error.what() << "\n";
    return QCC_DEVICE_FAILURE;
  }
}
