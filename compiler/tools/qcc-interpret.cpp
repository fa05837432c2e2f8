// qcc-interpret: runs a decoder with the slow oracle, from ONNX or from IR text at any stage that
// is in the lm and qnt dialects: greedy generation, logits of every step, perplexity.
#include "compiler/import/onnx/OnnxImport.h"
#include "compiler/interpret/Generate.h"
#include "compiler/interpret/Npy.h"
#include "compiler/interpret/Perplexity.h"
#include "dialects/lm/Lm.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <CLI/CLI.hpp>

using namespace llvm;
using namespace qcc;
using namespace qcc::interpret;

namespace {
struct Options {
  std::string model, function = "decoder";
  std::string weightsFolder, activations, keyValueCache, logits, perplexityTokens;
  std::vector<int32_t> tokens;
  GenerateOptions generate;
  PerplexityOptions perplexity;
  uint64_t decodedMegabytes = 4096;
  bool json = false;
};
} // namespace

//===-- Loading ------------------------------------------------------------------------------===//

static Expected<mlir::OwningOpRef<mlir::ModuleOp>> loadModule(const Options &options,
                                                              mlir::MLIRContext &context) {
  if (sys::path::extension(options.model) == ".onnx") {
    return importOnnx(options.model, context, {options.activations, /*maxContext=*/0, options.keyValueCache});
  }
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(options.model, &context);
  if (!module) {
    return createStringError("cannot read '" + options.model + "'");
  }
  return module;
}

static std::string weightsFolder(const Options &options) {
  if (!options.weightsFolder.empty()) {
    return options.weightsFolder;
  }
  StringRef folder = sys::path::parent_path(options.model);
  return folder.empty() ? "." : folder.str();
}

/// Sequences of ids separated by whitespace, one a line.
static Expected<std::vector<std::vector<int32_t>>> readSequences(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return createStringError("cannot read '" + path + "': " + buffer.getError().message());
  }
  SmallVector<StringRef> lines, words;
  (*buffer)->getBuffer().split(lines, '\n');
  std::vector<std::vector<int32_t>> sequences;
  for (auto [number, line] : enumerate(lines)) {
    words.clear();
    SplitString(line, words);
    std::vector<int32_t> &ids = sequences.emplace_back();
    for (StringRef word : words) {
      if (word.getAsInteger(10, ids.emplace_back())) {
        return createStringError("'" + path + "', line " + Twine(number + 1) + ": '" + word +
                                 "' is not a token id");
      }
    }
    if (ids.empty()) {
      sequences.pop_back();
    }
  }
  return sequences;
}

//===-- Running ------------------------------------------------------------------------------===//

/// Steps a second; 0 where there were none.
static double rate(size_t count, double seconds) {
  return count == 0 || seconds <= 0 ? 0 : static_cast<double>(count) / seconds;
}

static void print(const Generation &generation, const Options &options) {
  if (options.json) {
    json::Object result{
        {"tokens", json::Array(generation.tokens)},
        {"prefill_tokens_per_second", rate(options.tokens.size(), generation.prefillSeconds)},
        {"decode_tokens_per_second", rate(generation.tokens.size() - 1, generation.decodeSeconds)}};
    outs() << json::Value(std::move(result)) << "\n";
    return;
  }
  interleave(generation.tokens, outs(), ",");
  outs() << "\n";
}

static Error runGeneration(Interpreter &interpreter, const Options &options) {
  auto generation = generate(interpreter, options.tokens, options.generate);
  if (!generation) {
    return generation.takeError();
  }
  print(*generation, options);
  if (options.logits.empty()) {
    return Error::success();
  }
  auto steps = static_cast<int64_t>(generation->tokens.size());
  return writeNpy(options.logits, {steps, generation->vocabulary}, generation->logits);
}

static Error runPerplexity(Interpreter &interpreter, const Options &options) {
  auto sequences = readSequences(options.perplexityTokens);
  if (!sequences) {
    return sequences.takeError();
  }
  auto result = perplexity(interpreter, *sequences, options.perplexity);
  if (!result) {
    return result.takeError();
  }
  if (options.json) {
    outs() << json::Value(json::Object{{"targets", result->targets},
                                       {"nll_nats", result->negativeLogLikelihood},
                                       {"nll_per_token", result->perToken()},
                                       {"perplexity", result->perplexity()}})
           << "\n";
  } else {
    outs() << formatv("{0} tokens, {1:F6} nats per token, perplexity {2:F6}\n", result->targets,
                      result->perToken(), result->perplexity());
  }
  return Error::success();
}

static Error run(const Options &options) {
  mlir::DialectRegistry registry;
  registry.insert<qnt::QntDialect, lm::LmDialect, mlir::func::FuncDialect>();
  mlir::MLIRContext context(registry);
  auto module = loadModule(options, context);
  if (!module) {
    return module.takeError();
  }
  InterpreterOptions how;
  how.activations = elementTypeNamed(options.activations);
  how.function = options.function;
  how.decodedWeightBytes = options.decodedMegabytes << 20;
  WeightFiles files(weightsFolder(options));
  auto interpreter = Interpreter::create(**module, files, how);
  if (!interpreter) {
    return interpreter.takeError();
  }
  return options.perplexityTokens.empty() ? runGeneration(**interpreter, options)
                                          : runPerplexity(**interpreter, options);
}

//===-- Command line -------------------------------------------------------------------------===//

static void addOptions(CLI::App &app, Options &options) {
  app.add_option("model", options.model, "model.onnx, or an .mlir file in the lm and qnt dialects")
      ->required();
  auto *tokens = app.add_option("--tokens", options.tokens, "ids of the prompt")->delimiter(',');
  app.add_option("--max-tokens", options.generate.maxTokens,
                 "tokens to generate (default: as many as are forced, else 64)");
  app.add_option("--force-tokens", options.generate.forced,
                 "ids to feed in place of the chosen ones; the choices are printed all the same")
      ->delimiter(',');
  app.add_flag("--ignore-eos", options.generate.ignoreEndOfSequence,
               "go on after an end-of-sequence token");
  app.add_option("--logits", options.logits,
                 ".npy file for the logits, float32 [steps, vocabulary]; row i chose token i");
  app.add_option("--perplexity-tokens", options.perplexityTokens,
                 "score the ids in this file, one sequence a line, instead of generating")
      ->excludes(tokens);
  app.add_option("--window", options.perplexity.window, "inputs of a perplexity window")
      ->capture_default_str();
  app.add_option("--stride", options.perplexity.stride, "distance between perplexity windows")
      ->capture_default_str();
  app.add_option("--activations", options.activations, "element type of activations and caches")
      ->check(CLI::IsMember({"f32", "f16", "bf16"}));
  app.add_option("--kv-cache", options.keyValueCache, "element type of the KV cache of an ONNX model")
      ->check(CLI::IsMember({"f32", "f16", "bf16", "int8", "fp8"}));
  app.add_option("--function", options.function, "which function of an .mlir file to run")
      ->capture_default_str();
  app.add_option("--weights-folder", options.weightsFolder,
                 "where the weights' files are (default: beside the model)");
  app.add_option("--decoded-weights", options.decodedMegabytes,
                 "megabytes of memory for decoded weights")
      ->capture_default_str();
  app.add_flag("--json", options.json, "print one JSON object");
}

int main(int argc, char **argv) {
  Options options;
  CLI::App app("Runs a decoder with the reference interpreter", "qcc-interpret");
  addOptions(app, options);
  CLI11_PARSE(app, argc, argv);
  if (options.generate.maxTokens == 0) {
    auto forced = static_cast<int64_t>(options.generate.forced.size());
    options.generate.maxTokens = forced > 0 ? forced : 64;
  }
  if (Error error = run(options)) {
    errs() << "qcc-interpret: " << toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
