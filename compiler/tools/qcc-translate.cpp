// qcc-translate: lane-level tile kernels to the LLVM dialect, LLVM IR, assembler text or a code
// object of one chip, for lit tests and for people.
#include "compiler/codegen/CodeObject.h"
#include "dialects/program/Program.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "passes/translate/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace qcc;

namespace {

enum class Emit { mlir, llvm, isa, hsaco, resources };

struct Options {
  std::string input, output, target;
  Emit emit;
};

} // namespace

/// One line a kernel.
static std::string describe(const codegen::KernelResources &kernel) {
  return llvm::formatv("{0}: {1} VGPRs, {2} SGPRs, {3} spills, {4} B scratch, {5} B LDS, {6} B "
                       "arguments, {7} work-items, {8} B code\n",
                       kernel.name, kernel.vgprs, kernel.sgprs,
                       kernel.vgprSpills + kernel.sgprSpills, kernel.scratchBytes, kernel.ldsBytes,
                       kernel.kernargBytes, kernel.workgroup, kernel.codeBytes);
}

/// What `emit` asks for, of the translated module.
static llvm::Expected<std::string> produce(ModuleOp module, const Chip &chip, Emit emit) {
  switch (emit) {
  case Emit::mlir: {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    return text;
  }
  case Emit::llvm:
    return codegen::emitLlvmIr(module, chip);
  case Emit::isa:
    return codegen::emitIsa(module, chip);
  case Emit::hsaco:
  case Emit::resources:
    break;
  }
  auto object = codegen::emitCodeObject(module, chip);
  if (!object) {
    return object.takeError();
  }
  if (emit == Emit::hsaco) {
    return std::string(object->bytes.begin(), object->bytes.end());
  }
  std::string lines;
  for (const codegen::KernelResources &kernel : object->kernels) {
    lines += describe(kernel);
  }
  return lines;
}

static LogicalResult run(const Options &options) {
  const Chip *chip = findChip(options.target);
  if (!chip) {
    llvm::errs() << "qcc-translate: no chip is called " << options.target << "\n";
    return failure();
  }
  DialectRegistry registry;
  registry.insert<tile::TileDialect, program::ProgramDialect, qnt::QntDialect, lm::LmDialect,
                  arith::ArithDialect, math::MathDialect, scf::SCFDialect, vector::VectorDialect,
                  index::IndexDialect, cf::ControlFlowDialect, LLVM::LLVMDialect,
                  ROCDL::ROCDLDialect>();
  codegen::registerTranslations(registry);
  MLIRContext context(registry);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  OwningOpRef<ModuleOp> program = parseSourceFile<ModuleOp>(options.input, sources, &context);
  if (!program) {
    return failure();
  }
  OwningOpRef<ModuleOp> module = translate::extractKernels(*program);
  PassManager manager(&context);
  translate::buildTranslateStage(manager, *chip);
  if (failed(manager.run(*module))) {
    return failure();
  }
  auto result = produce(*module, *chip, options.emit);
  if (!result) {
    llvm::errs() << "qcc-translate: " << toString(result.takeError()) << "\n";
    return failure();
  }
  std::string message;
  std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(options.output, &message);
  if (!file) {
    llvm::errs() << "qcc-translate: " << message << "\n";
    return failure();
  }
  file->os() << *result;
  file->keep();
  return success();
}

/// Reads the command line into plain values: lld resets every llvm::cl option when it runs.
static Options parseOptions(int argc, char **argv) {
  using namespace llvm;
  static cl::opt<std::string> input(cl::Positional, cl::desc("INPUT"), cl::init("-"));
  static cl::opt<std::string> output("o", cl::desc("output file"), cl::init("-"));
  static cl::opt<std::string> target("target", cl::desc("chip, for example gfx942"),
                                     cl::init("gfx942"));
  static cl::opt<Emit> emit(
      "emit", cl::desc("what to write"), cl::init(Emit::hsaco),
      cl::values(clEnumValN(Emit::mlir, "mlir", "the LLVM dialect"),
                 clEnumValN(Emit::llvm, "llvm", "optimized LLVM IR"),
                 clEnumValN(Emit::isa, "isa", "assembler text"),
                 clEnumValN(Emit::hsaco, "hsaco", "a code object"),
                 clEnumValN(Emit::resources, "resources", "a line a kernel: registers, LDS")));
  cl::ParseCommandLineOptions(argc, argv, "lane-level tile kernels to code\n");
  return {input, output, target, emit};
}

int main(int argc, char **argv) {
  return failed(run(parseOptions(argc, argv)));
}
