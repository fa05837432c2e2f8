// qcc: the command line of the compiler.
#include "compiler/Compile.h"
#include "compiler/Pipeline.h"

#include <CLI/CLI.hpp>

using namespace qcc;

static constexpr const char *footer = R"(Examples:
  qcc model.onnx -o model.hsaco --target gfx942      compile for an MI300X
  qcc model/ -o model.hsaco --target gfx1100 --max-batch 4 --max-context 2048
  qcc model.onnx --emit=lm                           the imported decoder, cleaned, as MLIR on stdout
  qcc model.onnx --target gfx942 --emit=isa          the kernels as assembler
  qcc model.onnx -o m.hsaco --dump-stages stages/    the IR after every stage

Exit codes: 0 done; 1 the model, a weight or the tokenizer is missing, damaged or not supported; 2 the
command line is not understood; 3 a stage failed; 4 the output could not be written; 5 the GPU that
--autotune=device measures on is missing, of another chip, or failed.)";

static void addOptions(CLI::App &app, Options &options) {
  static const std::map<std::string, Emit> forms{{"lm", Emit::lm},     {"program", Emit::program},
                                                 {"tile", Emit::tile}, {"llvm", Emit::llvm},
                                                 {"isa", Emit::isa},   {"hsaco", Emit::hsaco}};
  static const std::map<std::string, Autotune> sources{{"off", Autotune::off},
                                                       {"table", Autotune::table},
                                                       {"model", Autotune::model},
                                                       {"device", Autotune::device}};
  std::vector<std::string> names;
  for (const Stage &stage : stages()) {
    names.push_back(stage.name.str());
  }
  app.add_option("MODEL", options.model, "model.onnx, or the folder that holds it")->required();
  app.add_option("-o,--output", options.output, "the artifact to write (other forms go to stdout without it)");
  app.add_option("--target", options.target, "the chip: gfx90a, gfx942, gfx950, gfx1100, gfx1201, ...")
      ->default_val("gfx942");
  app.add_option("--emit", options.emit, "what to make: lm, program, tile, llvm, isa or hsaco (the default)")
      ->transform(CLI::CheckedTransformer(forms).description(""))
      ->type_name("FORM");
  app.add_option("--activations", options.activations, "element type of activations instead of the model's own")
      ->check(CLI::IsMember({"f32", "f16", "bf16"}));
  app.add_option("--kv-cache", options.keyValueCache, "element type of the KV cache (default: the activations')")
      ->check(CLI::IsMember({"f32", "f16", "bf16", "int8", "fp8"}));
  app.add_flag("--quantize-activations", options.quantizeActivations,
               "multiply 4- and 8-bit weights by activations of 8 bits");
  app.add_option("--tokenizer", options.tokenizer, "tokenizer.json or tokenizer.model (default: beside the model)");
  app.add_option("--max-batch", options.maxBatch, "sequences that a session holds")->check(CLI::Range(1, 64));
  app.add_option("--max-context", options.maxContext, "positions of a sequence (default: the model's, at most 4096)")
      ->check(CLI::Range(1, 1 << 20));
  app.add_flag("!--no-persistent", options.persistent, "decode by a launch a kernel, never by one launch in all");
  app.add_option("--prefill-rows", options.prefillRows, "tokens of a prefill step")->check(CLI::Range(1, 4096));
  app.add_option("--autotune", options.autotune,
                 "schedules by formula (off), from tuning tables (table, the default), and for kernels that these do "
                 "not know by a search with the machine model (model), or by measurements on this machine's GPU, which "
                 "the user's table keeps (device)")
      ->transform(CLI::CheckedTransformer(sources).description(""))
      ->type_name("SOURCE");
  app.add_option("--tuning-table", options.tuningTable,
                 "a tuning table that is read before the compiler's own, and written by a search");
  app.add_option("--dump-stages", options.dumpStages, "write the IR after every stage into this folder");
  app.add_option("--stop-after", options.stopAfter, "stop after this stage and print the IR")
      ->check(CLI::IsMember(names));
  app.add_option("--threads", options.threads, "threads that pack weights (default: one a core)");
  app.add_option("--report", options.reports,
                 "write what the kernels are projected to do, FILE.html or FILE.json (may be given twice)")
      ->type_name("FILE")
      ->check([](const std::string &path) {
        llvm::StringRef name(path);
        return name.ends_with(".html") || name.ends_with(".json") ? "" : path + ": a report is .html or .json";
      });
  app.add_flag("--json", options.json, "print the summary as JSON");
  app.add_flag("-q,--quiet", options.quiet, "print no progress, and no summary unless --json asks for it");
}

int main(int argc, char **argv) {
  Options options;
  CLI::App app("Compiles a quantized decoder to one file for an AMD GPU.", "qcc");
  app.set_version_flag("--version", "qcc " QCC_VERSION);
  app.footer(footer);
  addOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? exitSuccess : exitCommandLine;
  }
  if (options.emit == Emit::hsaco && options.stopAfter.empty() && options.output.empty()) {
    llvm::errs() << "qcc: name the artifact to write with -o FILE\n";
    return exitCommandLine;
  }
  if (!options.reports.empty() && (options.emit != Emit::hsaco || !options.stopAfter.empty())) {
    llvm::errs() << "qcc: --report is of an artifact: leave --emit and --stop-after out\n";
    return exitCommandLine;
  }
  return compile(options, llvm::outs());
}
