// qcc-tune: makes the tables that ship with the compiler, and checks how good the search is.
#include "compiler/Pipeline.h"
#include "compiler/tune/Autotune.h"
#include "compiler/tune/DecoderShapes.h"

#include "llvm/Support/FormatVariadic.h"

#include <CLI/CLI.hpp>
#include <set>

using namespace qcc;
using namespace qcc::tune;

namespace {

struct Arguments {
  std::vector<std::string> chips{"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};
  std::vector<std::string> schemes{"w4a16", "w8a16", "w4a8", "w8a8"}, models;
  std::vector<int64_t> batches{1, 8};
  std::string folder;
  int64_t group = 128, depth = 0;
  size_t most = Search::usual;
};

/// One decoder of the list with one kind of weights, on one chip.
struct Case {
  const Chip *chip;
  const DecoderShape *shape;
  std::string scheme;
  int64_t batch;
};

/// Plans a case and calls `visit` with each of its tunable kernels.
llvm::Error forEachKernel(const Case &wanted, const Arguments &arguments,
                          mlir::MLIRContext &context,
                          llvm::function_ref<void(const TuningKey &, tile::KernelOp)> visit) {
  Options options;
  options.maxBatch = wanted.batch;
  options.maxContext = 4096;
  options.quantizeActivations = llvm::StringRef(wanted.scheme).ends_with("a8");
  WeightForm form{.bits = wanted.scheme[1] - '0', .block = arguments.group};
  mlir::OwningOpRef<mlir::ModuleOp> module = decoderModule(*wanted.shape, form, context);
  for (const Stage &stage : stages()) {
    if (stage.name == "tile") {
      break;
    }
    if (llvm::Error error = runStage(stage, *module, *wanted.chip, options)) {
      return error;
    }
  }
  for (const auto &[key, kernel] : tunableKernels(*module, *wanted.chip, wanted.batch)) {
    visit(key, kernel);
  }
  return llvm::Error::success();
}

std::vector<Case> casesOf(const Chip &chip, const Arguments &arguments) {
  std::vector<Case> cases;
  for (int64_t batch : arguments.batches) {
    for (const std::string &scheme : arguments.schemes) {
      for (const DecoderShape &shape : decoderShapes()) {
        if (arguments.models.empty() || llvm::is_contained(arguments.models, shape.name.str())) {
          cases.push_back({&chip, &shape, scheme, batch});
        }
      }
    }
  }
  return cases;
}

/// Adds what the chip's table lacks, and writes it after every decoder that had something new.
llvm::Error generate(const Chip &chip, const Arguments &arguments, mlir::MLIRContext &context) {
  const std::string path = arguments.folder + "/" + chip.name.str() + ".jsonl";
  TuningTable table;
  if (llvm::Error error = table.readFile(path)) {
    return error;
  }
  Search search(chip);
  for (const Case &wanted : casesOf(chip, arguments)) {
    size_t before = table.size();
    llvm::Error error =
        forEachKernel(wanted, arguments, context, [&](const TuningKey &key, tile::KernelOp kernel) {
          std::optional<Ranked> best;
          if (!table.find(key) && (best = search.best(kernel, key, arguments.most))) {
            table.set(key, {best->tuning, best->projection.microseconds});
          }
        });
    if (error) {
      return error;
    }
    if (table.size() == before) {
      continue;
    }
    if (llvm::Error failed = table.writeFile(path)) {
      return failed;
    }
    llvm::errs() << llvm::formatv("{0} {1} batch {2} {3}: {4} entries, {5} compilations\n",
                                  chip.name, wanted.scheme, wanted.batch, wanted.shape->name,
                                  table.size(), search.compilations());
  }
  return llvm::Error::success();
}

/// Compares what the search finds for one kernel with the best of all schedules.
void compare(const TuningKey &key, tile::KernelOp kernel, Search &everything, const Chip &chip,
             const Arguments &arguments) {
  Search few(chip);
  std::optional<Ranked> best = few.best(kernel, key, arguments.most);
  double least = std::numeric_limits<double>::max();
  for (const Ranked &ranked : everything.rankAll(kernel, key)) {
    least = std::min(least, ranked.projection.microseconds);
  }
  double found = best ? best->projection.microseconds : 0;
  std::string n = llvm::formatv("{0:$[+]}", llvm::make_range(key.n.begin(), key.n.end()));
  llvm::outs() << llvm::formatv(
      "{0} {1} {2} x {3} batch {4} {5}, {6}: {7} legal schedules, best {8:F2} us; {9} compiled, "
      "found {10:F2} us, {11:P1}\n",
      key.chip, key.op, key.k, n, key.batch, key.weights, key.rows,
      legalTunings(problemOf(kernel, chip, key.batch)).size(), least, few.compilations(), found,
      found / least);
  llvm::outs().flush();
}

/// Compares each kernel once, of those with `depth` input features unless that is 0.
llvm::Error verify(const Chip &chip, const Arguments &arguments, mlir::MLIRContext &context) {
  Search everything(chip);
  std::set<TuningKey> compared;
  for (const Case &wanted : casesOf(chip, arguments)) {
    llvm::Error error =
        forEachKernel(wanted, arguments, context, [&](const TuningKey &key, tile::KernelOp kernel) {
          bool isWanted = arguments.depth == 0 || key.k == arguments.depth;
          if (isWanted && compared.insert(key).second) {
            compare(key, kernel, everything, chip, arguments);
          }
        });
    if (error) {
      return error;
    }
  }
  return llvm::Error::success();
}

} // namespace

int main(int argc, char **argv) {
  Arguments arguments;
  CLI::App app("Makes the autotuner's tables (docs/autotuner.md).", "qcc-tune");
  app.require_subcommand(1);
  CLI::App *making = app.add_subcommand("generate", "adds what is missing to FOLDER/CHIP.jsonl");
  making->add_option("FOLDER", arguments.folder, "where the tables are")->required();
  CLI::App *checking =
      app.add_subcommand("verify", "compares what the search finds with the best of all schedules");
  checking->add_option("--depth", arguments.depth, "only kernels of so many input features");
  for (CLI::App *command : {making, checking}) {
    command->add_option("--chips", arguments.chips, "chips, separated by commas")->delimiter(',');
    command->add_option("--schemes", arguments.schemes, "w4a16, w8a16, w4a8, w8a8")
        ->delimiter(',')
        ->check(CLI::IsMember({"w4a16", "w8a16", "w4a8", "w8a8"}));
    command->add_option("--batches", arguments.batches, "rows of a decode step")->delimiter(',');
    command->add_option("--models", arguments.models, "names of decoders; all without it")
        ->delimiter(',');
    command->add_option("--group", arguments.group, "weights that share a scale");
    command->add_option("--most", arguments.most, "schedules that are compiled for a kernel");
  }
  CLI11_PARSE(app, argc, argv);

  mlir::DialectRegistry registry;
  registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  for (const std::string &name : arguments.chips) {
    const Chip *chip = findChip(name);
    llvm::Error error = !chip              ? llvm::createStringError(name + ": no such chip")
                        : making->parsed() ? generate(*chip, arguments, context)
                                           : verify(*chip, arguments, context);
    if (error) {
      llvm::errs() << "qcc-tune: " << toString(std::move(error)) << "\n";
      return 1;
    }
  }
  return 0;
}
