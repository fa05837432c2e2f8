// qcc-bench roofline: compiles a decoder of a known shape, runs every kernel of a token on the
// emulated device, counts what it does, and projects its time with the machine model. With
// --prefill: how busy the matmuls of a prefill step keep the matrix units.
#include "bench/generate_model/Decoder.h"
#include "bench/roofline/CompiledModel.h"
#include "bench/roofline/Prefill.h"
#include "bench/roofline/Report.h"
#include "compiler/oracle/KernelOracle.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

using namespace qcc;
using namespace qcc::bench;
using namespace qcc::model;
namespace fs = std::filesystem;

namespace {

struct Arguments {
  std::vector<std::string> targets{"gfx942", "gfx1100"}, schemes{"w4a16", "w8a16"};
  std::string model = "llama3-8b", scratch = fs::temp_directory_path().string(), keyValueCache;
  std::vector<int64_t> batches{1};
  int64_t group = 128, context = 1024, prefill = 0;
  bool zeroPoints = false, json = false;
};

/// One layer of the model's shape: all layers run the same kernels. The table of embeddings is the
/// head's, which keeps the file small and changes neither matmul.
ModelShape oneLayer(const Preset &preset, const Arguments &arguments, const std::string &scheme) {
  ModelShape shape = preset.shape;
  shape.layers = 1;
  shape.head = Head::tiedQuantized;
  shape.bits = scheme.starts_with("w8") ? 8 : 4;
  shape.blockSize = arguments.group;
  shape.zeroPoints = arguments.zeroPoints;
  return shape;
}

/// What the model of a scheme is compiled for.
CompileRequest requestOf(const Arguments &arguments, const std::string &scheme) {
  return {.context = arguments.context,
          .prefillRows = arguments.prefill,
          .keyValueCache = arguments.keyValueCache,
          .quantizeActivations = scheme.ends_with("a8")};
}

std::vector<TokenForm> formsOf(const PlannedModel &model) {
  return model.persistent ? std::vector{TokenForm::launches, TokenForm::persistent}
                          : std::vector{TokenForm::launches};
}

/// The kernels of a token, each run on random data and compared with what it must compute.
llvm::Error addKernels(const CompiledModel &model, const Chip &chip, const CountedStep &step,
                       WeightFiles &files, std::vector<KernelRow> &rows) {
  for (const PlannedKernel &kernel : model.planned.kernels) {
    auto oracle =
        oracle::KernelOracle::create(*model.module, model.entry, kernel.name, step, files);
    if (!oracle) {
      return oracle.takeError();
    }
    auto row = measureKernel(model.planned, kernel, chip, step, oracle->get());
    if (!row) {
      return row.takeError();
    }
    row->relativeError = (*oracle)->relativeError();
    rows.push_back(std::move(*row));
  }
  return llvm::Error::success();
}

/// The model of `folder` on one chip, for a batch of `batch` sequences.
llvm::Error addModel(const std::string &folder, const std::string &scheme, const Preset &preset,
                     const Chip &chip, int64_t batch, const Arguments &arguments,
                     RooflineReport &report) {
  CompileRequest request = requestOf(arguments, scheme);
  request.batch = batch;
  auto model = compileModel(folder + "/model.onnx", chip, request);
  if (!model) {
    return model.takeError();
  }
  WeightFiles files(folder);
  std::vector<KernelRow> rows;
  CountedStep step{.rows = batch, .position = arguments.context - 1, .sequences = batch};
  if (llvm::Error error = addKernels(*model, chip, step, files, rows)) {
    return error;
  }
  for (KernelRow &row : rows) {
    row.scheme = scheme;
  }
  for (TokenForm form : formsOf(model->planned)) {
    report.tokens.push_back(projectToken(rows, preset.shape.layers, chip, form));
    report.tokens.back().context = arguments.context;
    if (form == TokenForm::persistent) {
      report.tokens.back().persistent = model->planned.persistent;
    }
  }
  llvm::move(rows, std::back_inserter(report.kernels));
  return llvm::Error::success();
}

llvm::Error addModels(const std::string &folder, const std::string &scheme, const Preset &preset,
                      const Arguments &arguments, RooflineReport &report) {
  for (const std::string &target : arguments.targets) {
    for (int64_t batch : arguments.batches) {
      if (llvm::Error error =
              addModel(folder, scheme, preset, *findChip(target), batch, arguments, report)) {
        return error;
      }
    }
  }
  return llvm::Error::success();
}

/// What a prefill step of all targets does.
llvm::Error addPrefill(const std::string &folder, const std::string &scheme,
                       const Arguments &arguments, std::vector<PrefillRow> &rows) {
  for (const std::string &target : arguments.targets) {
    const Chip &chip = *findChip(target);
    auto model = compileModel(folder + "/model.onnx", chip, requestOf(arguments, scheme));
    if (!model) {
      return model.takeError();
    }
    for (const PlannedKernel &kernel : model->planned.kernels) {
      if (kernel.weights == 0 && kernel.cached == 0) {
        continue;
      }
      auto row =
          measurePrefill(model->planned, kernel, chip,
                         {arguments.prefill, std::max(arguments.context, arguments.prefill)});
      if (!row) {
        return row.takeError();
      }
      row->scheme = scheme;
      rows.push_back(std::move(*row));
    }
  }
  return llvm::Error::success();
}

int roofline(const Arguments &arguments) {
  RooflineReport report;
  std::vector<PrefillRow> prefill;
  const Preset &preset =
      *llvm::find_if(presets(), [&](const Preset &p) { return p.name == arguments.model; });
  for (const std::string &scheme : arguments.schemes) {
    std::string folder = arguments.scratch + "/qcc-bench-" + std::to_string(getpid());
    Status written = writeModel(oneLayer(preset, arguments, scheme), folder);
    llvm::Error error = !written.ok()       ? llvm::createStringError(written.message)
                        : arguments.prefill ? addPrefill(folder, scheme, arguments, prefill)
                                            : addModels(folder, scheme, preset, arguments, report);
    fs::remove_all(folder);
    if (error) {
      std::cerr << "qcc-bench: " << toString(std::move(error)) << "\n";
      return 1;
    }
  }
  if (arguments.prefill) {
    arguments.json ? printJson(prefill, std::cout) : printTable(prefill, std::cout);
  } else {
    arguments.json ? printJson(report, std::cout) : printTable(report, std::cout);
  }
  return 0;
}

void addOptions(CLI::App &command, Arguments &arguments) {
  std::vector<std::string> targets, models;
  for (const Chip &chip : allChips()) {
    targets.push_back(chip.name.str());
  }
  for (const Preset &preset : presets()) {
    models.push_back(preset.name);
  }
  command.add_option("--target", arguments.targets, "chips, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(targets));
  command.add_option("--model", arguments.model, "shape of the decoder")
      ->check(CLI::IsMember(models));
  command
      .add_option("--scheme", arguments.schemes, "w4a16, w4a8, w8a16, w8a8, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember({"w4a16", "w4a8", "w8a16", "w8a8"}));
  command.add_option("--group", arguments.group, "weights that share a scale");
  command.add_flag("--zero-points", arguments.zeroPoints, "a zero point for each group");
  command.add_option("--context", arguments.context, "positions that the token attends to");
  command
      .add_option("--batch", arguments.batches, "sequences decoded together, separated by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 64));
  command.add_option(
      "--prefill", arguments.prefill,
      "tokens of a prefill step, whose matmuls and attention are counted in place of a token's");
  command.add_option("--kv-cache", arguments.keyValueCache, "element type of the KV cache")
      ->check(CLI::IsMember({"f32", "f16", "bf16", "int8", "fp8"}));
  command.add_option("--scratch", arguments.scratch, "folder for the models");
  command.add_flag("--json", arguments.json, "print JSON");
}

} // namespace

int main(int argc, char **argv) {
  Arguments arguments;
  CLI::App app("What qcc's kernels do, counted on the emulated device.", "qcc-bench");
  app.require_subcommand(1);
  CLI::App *command = app.add_subcommand("roofline", "counts and projections of a decoded token");
  addOptions(*command, arguments);
  CLI11_PARSE(app, argc, argv);
  return roofline(arguments);
}
