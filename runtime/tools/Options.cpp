#include "runtime/tools/Options.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace qcc::qrun {

static void addDeviceOptions(CLI::App &app, Options &options) {
  app.add_option("--device", options.device,
                 "auto: a GPU if there is one, else emulated; emulated; hip:0, hip:1, ...")
      ->capture_default_str();
  app.add_option("--hip-library", options.hipLibrary,
                 "HIP library to load in place of the system's (also: QCC_HIP_LIBRARY)");
  app.add_flag("--list-devices", options.listDevices, "list the devices and exit");
}

static void addPromptOptions(CLI::App &app, Options &options) {
  auto *prompt = app.add_option("--prompt", options.prompt, "text to continue");
  auto *tokens = app.add_option("--tokens", options.tokens, "token ids to continue: 1,481,...");
  tokens->delimiter(',')->allow_extra_args(false)->excludes(prompt);
  auto *chat = app.add_flag("--chat", options.chat,
                            "write the prompt as a user's message by the model's chat template");
  chat->needs(prompt);
  app.add_option("--system", options.system, "system message of the chat")->needs(chat);
}

static void addSamplingOptions(CLI::App &app, Options &options) {
  app.add_option("--max-tokens", options.maxTokens, "tokens to generate at most [128]");
  app.add_option("--temperature", options.sampler.temperature, "0: greedy")->capture_default_str();
  app.add_option("--top-k", options.sampler.top_k, "keep the k likeliest; 0: all")
      ->capture_default_str();
  app.add_option("--top-p", options.sampler.top_p, "keep the likeliest with probability p; 1: all")
      ->capture_default_str();
  app.add_option("--min-p", options.sampler.min_p,
                 "keep those at least p times as likely as the likeliest; 0: all")
      ->capture_default_str();
  app.add_option("--repetition-penalty", options.sampler.repetition_penalty, "1: none")
      ->capture_default_str();
  app.add_option("--seed", options.sampler.seed, "the same seed gives the same tokens")
      ->capture_default_str();
  app.add_option("--stop", options.stopStrings, "text that ends the generation; may be repeated")
      ->allow_extra_args(false);
  app.add_flag("--ignore-eos", options.ignoreEndOfSequence, "go on after an end of sequence token");
  app.add_option("--force-tokens", options.forcedTokens,
                 "feed these ids in place of the generated ones, which are still reported")
      ->delimiter(',')
      ->allow_extra_args(false);
}

static void addPerplexityOptions(CLI::App &app, Options &options) {
  auto *text = app.add_option("--perplexity", options.perplexityText,
                              "measure the perplexity of a text file; documents are separated by "
                              "lines <|endoftext|>");
  app.add_option("--perplexity-tokens", options.perplexityTokens,
                 "measure the perplexity of a file of token ids, one sequence a line")
      ->excludes(text);
  app.add_option("--window", options.window, "tokens that a prediction sees at most [the context]");
  app.add_option("--stride", options.stride,
                 "tokens between the starts of windows [half a window]");
}

std::optional<int> parseOptions(int argc, char **argv, Options &options) {
  qcc_sampler_params_initialize(&options.sampler);
  CLI::App app("Runs a model that qcc compiled.");
  app.footer(
      "Exits with 0 or the status of what failed: 1 invalid argument, 2 not found, 3 corrupt "
      "file,\n4 unsupported version, 5 wrong device, 6 no device, 7 out of memory, 8 context "
      "full,\n9 device failure, 10 input/output error, 11 unavailable.");
  app.add_option("model", options.model, "the compiled model, model.hsaco");
  app.set_version_flag("--version", qcc_runtime_version());
  addDeviceOptions(app, options);
  addPromptOptions(app, options);
  addSamplingOptions(app, options);
  addPerplexityOptions(app, options);
  app.add_option("--logits", options.logits,
                 "write the logits of each generated token, float32 [tokens, vocabulary], .npy");
  app.add_flag("--json", options.json, "print one JSON object in place of the text");
  try {
    app.parse(argc, argv);
    bool runs = options.prompt || !options.tokens.empty() || options.wantsPerplexity();
    if (!options.listDevices && options.model.empty()) {
      throw CLI::RequiredError("model");
    }
    if (!options.listDevices && !runs) {
      throw CLI::RequiredError("--prompt, --tokens, --perplexity or --perplexity-tokens");
    }
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? QCC_OK : QCC_INVALID_ARGUMENT;
  }
  return std::nullopt;
}

} // namespace qcc::qrun
