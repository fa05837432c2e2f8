#include "compiler/Compile.h"

#include "compiler/Pipeline.h"
#include "compiler/Summary.h"
#include "compiler/Tuning.h"
#include "compiler/codegen/CodeObject.h"
#include "compiler/import/onnx/OnnxImport.h"
#include "compiler/import/tokenizer/ImportTokenizer.h"
#include "dialects/program/Program.h"
#include "passes/translate/Passes.h"
#include "compiler/package/ArtifactWriter.h"
#include "compiler/report/Measure.h"
#include "compiler/report/WriteReport.h"
#include "compiler/tune/DeviceTimer.h"
#include "compiler/weights/CheckScales.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/FormatVariadic.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"

#include <filesystem>

using namespace qcc;
using llvm::Error;
using llvm::Expected;

namespace {

/// An error and the exit code that it ends the program with.
struct Failure {
  int code;
  std::string message;
};

/// What compilation is done with: made once, used by every step.
class Compilation {
public:
  Compilation(const Options &options, llvm::raw_ostream &out);
  std::optional<Failure> run();

private:
  std::optional<Failure> import();
  std::optional<Failure> chooseLimits();
  std::optional<Failure> tune();
  std::optional<Failure> lower();
  std::optional<Failure> emit();
  std::optional<Failure> package(const codegen::CodeObject &code);
  void noteKernels(llvm::StringRef stage);
  std::optional<Failure> writeReports(const codegen::CodeObject &code, Progress &progress);
  std::optional<Failure> print(llvm::function_ref<void(llvm::raw_ostream &)> write);

  Options options;
  std::string activations; // element type of the activations
  llvm::raw_ostream &out;
  const Chip *chip;
  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;  // up to the tile stage: the program and its kernels
  mlir::OwningOpRef<mlir::ModuleOp> kernels; // from there on: the kernels alone
  std::vector<model::PlannedKernel> launched; // by a decoded token, where they are reported
  std::string persistentKernel;
};

/// Reports what MLIR has to say as one sentence with the place in the model.
mlir::LogicalResult report(mlir::Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error) {
    return mlir::failure();
  }
  llvm::errs() << "qcc: ";
  if (auto name = diagnostic.getLocation()->findInstanceOf<mlir::NameLoc>()) {
    llvm::errs() << name.getName().getValue() << ": ";
  }
  llvm::errs() << diagnostic << "\n";
  return mlir::success();
}

Failure failed(int code, Error error) { return {code, toString(std::move(error))}; }

/// `model` itself, or the model.onnx of a folder.
std::string modelFile(const std::string &model) {
  if (!llvm::sys::fs::is_directory(model)) {
    return model;
  }
  llvm::SmallString<128> path(model);
  llvm::sys::path::append(path, "model.onnx");
  return path.str().str();
}

} // namespace

Compilation::Compilation(const Options &options, llvm::raw_ostream &out)
    : options(options), out(out), chip(findChip(options.target)) {
  registerDialects(registry);
  context = std::make_unique<mlir::MLIRContext>(registry);
  context->loadAllAvailableDialects();
  context->getDiagEngine().registerHandler(report);
}

std::optional<Failure> Compilation::import() {
  options.model = modelFile(options.model);
  Expected<mlir::OwningOpRef<mlir::ModuleOp>> imported =
      importOnnx(options.model, *context, {options.activations, options.maxContext, options.keyValueCache});
  if (!imported) {
    return failed(exitInput, imported.takeError());
  }
  module = std::move(*imported);
  module->walk([&](lm::EmbedOp embed) {
    mlir::Type element = getElementTypeOrSelf(embed.getResult().getType());
    activations = qnt::stringifyEncoding(qnt::encodingOf(element)).str();
  });
  WeightFiles files(llvm::sys::path::parent_path(options.model).str());
  if (Error error = checkScales(*module, files)) {
    return failed(exitInput, std::move(error));
  }
  return chooseLimits();
}

/// The context that a session holds: what was asked for, within what the model knows.
std::optional<Failure> Compilation::chooseLimits() {
  constexpr int64_t usual = 4096;
  auto facts = (*module)->getAttrOfType<mlir::DictionaryAttr>("lm.model");
  int64_t known = facts.getAs<mlir::IntegerAttr>("max_positions").getInt();
  if (options.maxContext == 0) {
    options.maxContext = known ? std::min(known, usual) : usual;
  }
  if (known && options.maxContext > known) {
    return Failure{exitInput, llvm::formatv("{0}: --max-context {1} is more than the {2} positions that the model "
                                            "knows; ask for {2} or fewer",
                                            options.model, options.maxContext, known)};
  }
  return std::nullopt;
}

/// Gives the fused kernels the schedules that tuning tables know, or that are found now.
std::optional<Failure> Compilation::tune() {
  Expected<tune::TuningTable> table = readTables(options, *chip);
  if (!table) {
    return failed(exitInput, table.takeError());
  }
  if (options.autotune == Autotune::model || options.autotune == Autotune::device) {
    Progress progress = options.quiet ? Progress::silent() : Progress::onStandardError();
    if (Error error = searchSchedules(*module, *chip, options, *table, progress)) {
      int code = error.isA<tune::DeviceError>() ? exitDevice : exitCompile;
      return failed(code, std::move(error));
    }
  }
  Error error = tune::applyTable(*module, *table, *chip, options.maxBatch);
  return error ? std::optional(failed(exitInput, std::move(error))) : std::nullopt;
}

/// Runs the stages; from translation on the kernels stand in a module of their own.
std::optional<Failure> Compilation::lower() {
  for (const Stage &stage : stages()) {
    bool translates = stage.name == "translate";
    if ((options.emit == Emit::lm && stage.name == "fuse") || (options.emit == Emit::program && stage.name == "tile") ||
        (options.emit == Emit::tile && translates)) {
      return std::nullopt;
    }
    if (translates) {
      kernels = translate::extractKernels(*module);
    }
    if (stage.name == "plan") {
      if (auto failure = tune()) {
        return failure;
      }
    }
    mlir::ModuleOp input = translates ? *kernels : *module;
    if (Error error = runStage(stage, input, *chip, options)) {
      return failed(exitCompile, std::move(error));
    }
    noteKernels(stage.name);
    if (options.stopAfter == stage.name) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

/// Keeps what reports say of kernels, which later stages lose.
void Compilation::noteKernels(llvm::StringRef stage) {
  if (options.reports.empty()) {
    return;
  }
  if (stage == "plan") {
    launched = model::describeKernels(*module, "decode", *chip);
  }
  if (stage == "tile") {
    model::describeGeometry(*module, launched);
    persistentKernel = model::persistentKernelOf(*module, "decode");
  }
}

std::optional<Failure> Compilation::writeReports(const codegen::CodeObject &code, Progress &progress) {
  if (options.reports.empty()) {
    return std::nullopt;
  }
  auto files = report::ReportFiles::create(options.reports);
  if (!files) {
    return failed(exitOutput, files.takeError());
  }
  auto facts = (*module)->getAttrOfType<mlir::DictionaryAttr>("lm.model");
  report::ModelReport report{.compiler = "qcc " QCC_VERSION,
                             .model = facts.getAs<mlir::StringAttr>("name").str(),
                             .activations =
                                 activations + (options.quantizeActivations ? " and, for matmuls, int8" : ""),
                             .keyValueCache = options.keyValueCache.empty() ? activations : options.keyValueCache,
                             .chip = chip,
                             .maxBatch = options.maxBatch,
                             .maxContext = options.maxContext};
  model::PlannedModel planned = model::joinCode(launched, persistentKernel, code, *chip);
  if (Error error = report::measureModel(planned, report, progress)) {
    return failed(exitCompile, std::move(error));
  }
  Error error = files->write(report);
  return error ? std::optional(failed(exitOutput, std::move(error))) : std::nullopt;
}

std::optional<Failure> Compilation::print(llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (options.output.empty()) {
    write(out);
    return std::nullopt;
  }
  Error error = llvm::writeToOutput(options.output, [&](llvm::raw_ostream &stream) {
    write(stream);
    return Error::success();
  });
  return error ? std::optional(failed(exitOutput, std::move(error))) : std::nullopt;
}

std::optional<Failure> Compilation::emit() {
  bool stopped = !options.stopAfter.empty();
  if (stopped || options.emit == Emit::lm || options.emit == Emit::program || options.emit == Emit::tile) {
    mlir::ModuleOp result = kernels ? *kernels : *module;
    return print([&](llvm::raw_ostream &stream) { result.print(stream, mlir::OpPrintingFlags().useLocalScope()); });
  }
  if (options.emit == Emit::llvm || options.emit == Emit::isa) {
    auto text = options.emit == Emit::llvm ? codegen::emitLlvmIr(*kernels, *chip) : codegen::emitIsa(*kernels, *chip);
    if (!text) {
      return failed(exitCompile, text.takeError());
    }
    return print([&](llvm::raw_ostream &stream) { stream << *text; });
  }
  Expected<codegen::CodeObject> code = codegen::emitCodeObject(*kernels, *chip);
  return code ? package(*code) : std::optional(failed(exitCompile, code.takeError()));
}

std::optional<Failure> Compilation::package(const codegen::CodeObject &code) {
  std::optional<std::filesystem::path> named;
  if (!options.tokenizer.empty()) {
    named = options.tokenizer;
  }
  auto tokenizer = importer::importTokenizer(options.model, named);
  if (!tokenizer) {
    return Failure{exitInput, tokenizer.status().message};
  }
  llvm::ArrayRef<uint8_t> tokenizerBytes;
  if (*tokenizer) {
    tokenizerBytes = {reinterpret_cast<const uint8_t *>((*tokenizer)->data()), (*tokenizer)->size()};
  }
  WeightFiles files(llvm::sys::path::parent_path(options.model).str());
  Progress progress = options.quiet ? Progress::silent() : Progress::onStandardError();
  auto report = qcc::package::writeArtifact(options.output, code.bytes, *module, tokenizerBytes, files,
                                            {"qcc " QCC_VERSION, options.target, activations, options.threads},
                                            progress);
  if (!report) {
    return failed(exitOutput, report.takeError());
  }
  if (!options.quiet || options.json) {
    printSummary({options, *chip, code, *report, !tokenizerBytes.empty()}, out);
  }
  return writeReports(code, progress);
}

std::optional<Failure> Compilation::run() {
  if (!chip) {
    std::string known;
    for (const Chip &row : allChips()) {
      known += (known.empty() ? "" : ", ") + row.name.str();
    }
    return Failure{exitCommandLine, "--target " + options.target + ": no such chip; known are " + known};
  }
  if (auto failure = import()) {
    return failure;
  }
  if (auto failure = lower()) {
    return failure;
  }
  return emit();
}

int qcc::compile(const Options &options, llvm::raw_ostream &out) {
  if (auto failure = Compilation(options, out).run()) {
    llvm::errs() << "qcc: " << failure->message << "\n";
    return failure->code;
  }
  return exitSuccess;
}
