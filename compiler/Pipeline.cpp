// The whole compiler on one page. Before these stages compiler/import makes a module of lm and qnt; after
// them compiler/codegen makes the code object and compiler/package the artifact.
#include "compiler/Pipeline.h"

#include "compiler/codegen/CodeObject.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "passes/clean/Passes.h"
#include "passes/fuse/Passes.h"
#include "passes/plan/Passes.h"
#include "passes/quantize/Passes.h"
#include "passes/tile/Passes.h"
#include "passes/translate/Passes.h"

using namespace qcc;

/// A matrix instruction in the order of `#tile.matrix_shape`.
static llvm::SmallVector<int64_t> matrixSizes(const MatrixShape &shape) {
  return llvm::to_vector(shape.sizes());
}

/// Rows that the matrix instruction multiplies in the time in which its weights are unpacked: 13 vector
/// instructions for 8 elements of 4 bits (a shift for each 8, and for each pair the bits and an exponent,
/// the difference, the product), and about as many for other widths.
static int64_t rowsOfUnpacking(const Chip &chip) {
  const MatrixShape &shape = chip.has.matrixOfHalves;
  return shape.depth / shape.depthLanes * 13 * chip.vectorCycles * shape.rows / (8 * shape.cycles);
}

/// Products that the matrix units of a compute unit add up in a latency of the memory.
static int64_t productsOfLatency(const Chip &chip) {
  const MatrixShape &shape = chip.has.matrixOfHalves;
  double ofCycle = double(shape.rows) * shape.columns * shape.depth / shape.cycles * chip.simdsPerUnit;
  return static_cast<int64_t>(ofCycle * chip.memoryNanoseconds * chip.clockMhz / 1000);
}

static constexpr Stage pipeline[] = {
    // What importers write -> one canonical form of lm and qnt.
    {"clean", [](mlir::OpPassManager &manager, const Chip &, const Options &) { clean::buildCleanStage(manager); }},

    // Rows of matmuls as 8-bit integers, where that is asked for.
    {"quantize",
     [](mlir::OpPassManager &manager, const Chip &, const Options &options) {
       quantize::buildQuantizeStage(manager, options.quantizeActivations);
     }},

    // lm and qnt -> a sequence of lm.fused: what shares a kernel.
    {"fuse", [](mlir::OpPassManager &manager, const Chip &, const Options &) { fuse::buildFuseStage(manager); }},

    // lm.fused -> program: layouts, entry points, schedules, launches and memories.
    {"plan",
     [](mlir::OpPassManager &manager, const Chip &chip, const Options &options) {
       plan::buildPlanStage(manager, {chip.waveSize, chip.computeUnits, chip.ldsBytes,
                                      static_cast<int64_t>(bytesInFlight(chip)), options.maxBatch,
                                      options.maxContext, options.prefillRows, matrixSizes(chip.has.matrixOfHalves),
                                      matrixSizes(chip.has.matrixOfBytes), matrixSizes(chip.has.matrixOfFewRows),
                                      rowsOfUnpacking(chip), productsOfLatency(chip)});
     }},

    // Tensor-level tile kernels -> the code of one work-item.
    {"tile",
     [](mlir::OpPassManager &manager, const Chip &chip, const Options &options) {
       tile::buildTileStage(manager, chip.waveSize, options.persistent ? options.maxBatch : 0);
     }},

    // Lane-level tile kernels -> the LLVM and ROCDL dialects. The only stage that knows AMD's instructions.
    {"translate",
     [](mlir::OpPassManager &manager, const Chip &chip, const Options &) {
       translate::buildTranslateStage(manager, chip);
     }},
};

llvm::ArrayRef<Stage> qcc::stages() { return pipeline; }

/// Writes `module` as DIR/N-stage.mlir.
static llvm::Error dumpStage(const Stage &stage, mlir::ModuleOp module, const std::string &folder) {
  if (std::error_code error = llvm::sys::fs::create_directories(folder)) {
    return llvm::createStringError(error, folder + ": the folder for stages cannot be made: " + error.message());
  }
  llvm::SmallString<128> path(folder);
  size_t number = &stage - pipeline + 1;
  llvm::sys::path::append(path, llvm::Twine(number) + "-" + stage.name + ".mlir");
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error) {
    return llvm::createStringError(error, path.str() + ": cannot be written: " + error.message());
  }
  module.print(stream, mlir::OpPrintingFlags().useLocalScope());
  return llvm::Error::success();
}

llvm::Error qcc::runStage(const Stage &stage, mlir::ModuleOp module, const Chip &chip, const Options &options) {
  mlir::PassManager manager(module.getContext());
  stage.build(manager, chip, options);
  if (failed(manager.run(module))) {
    return llvm::createStringError("the " + stage.name + " stage failed");
  }
  return options.dumpStages.empty() ? llvm::Error::success() : dumpStage(stage, module, options.dumpStages);
}

void qcc::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<qnt::QntDialect, lm::LmDialect, tile::TileDialect, program::ProgramDialect,
                  mlir::func::FuncDialect, mlir::arith::ArithDialect, mlir::math::MathDialect,
                  mlir::scf::SCFDialect, mlir::vector::VectorDialect, mlir::index::IndexDialect,
                  mlir::cf::ControlFlowDialect, mlir::LLVM::LLVMDialect, mlir::ROCDL::ROCDLDialect>();
  codegen::registerTranslations(registry);
}
