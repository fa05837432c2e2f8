#include "compiler/tune/TunableKernel.h"

#include "dialects/qnt/PackedWeight.h"
#include "passes/plan/MatmulRows.h"
#include "passes/plan/MatrixForm.h"
#include "passes/plan/ProgramBuilder.h"
#include "passes/plan/ScheduleTable.h"

#include "llvm/Support/FormatVariadic.h"

using namespace qcc;
using namespace qcc::tune;

static llvm::SmallVector<qnt::MatmulOp> matmulsOf(mlir::Block &body) {
  return llvm::to_vector(body.getOps<qnt::MatmulOp>());
}

/// The element type of rows; and how many share a scale, where they are quantized.
static std::string textOfRows(mlir::Type rows) {
  if (auto quantized = llvm::dyn_cast<qnt::ActivationType>(rows)) {
    return llvm::formatv("i8 {0}", quantized.getBlock());
  }
  std::string text;
  llvm::raw_string_ostream(text) << getElementTypeOrSelf(rows);
  return text;
}

static std::string textOf(qnt::WeightType type) {
  std::string text = qnt::stringifyEncoding(type.getEncoding()).str();
  if (type.isQuantized()) {
    text += llvm::formatv(" {0} {1}", type.getBlock(), qnt::stringifyEncoding(type.getScale()));
  }
  if (type.getZero() != qnt::Encoding::none) {
    text += " " + qnt::stringifyEncoding(type.getZero()).str();
  }
  return text;
}

/// Whether columns of several matmuls become one of the result: they share lanes.
static bool combines(llvm::StringRef kind, mlir::Block &body) {
  return plan::roleOf(kind, body) == "matmul_gate_up";
}

std::optional<TuningKey> tune::keyOf(llvm::StringRef kind, mlir::Block &body, const Chip &chip,
                                     int64_t batch, llvm::StringRef compiler) {
  TuningKey key;
  for (qnt::MatmulOp matmul : matmulsOf(body)) {
    qnt::WeightType type = matmul.getWeight().getType();
    if (!key.n.empty() && key.weights != textOf(type)) {
      return std::nullopt;
    }
    key.k = type.getColumns();
    key.n.push_back(type.getRows());
    key.weights = textOf(type);
    key.rows = textOfRows(plan::rowsInMemory(matmul));
  }
  if (kind != "matmul" || key.n.empty()) {
    return std::nullopt;
  }
  // What else is in front of or behind the matmuls is a few instructions, and no reason for another
  // schedule.
  key.op = combines(kind, body) ? "matmul_gate_up" : "matmul";
  key.chip = chip.name.str();
  key.batch = batch;
  key.compiler = compiler.str();
  return key;
}

tile::TuningAttr tune::attributeOf(const MatmulTuning &tuning, int64_t batch,
                                   mlir::MLIRContext *context) {
  return tile::TuningAttr::get(context, batch, tuning.lanesK, tuning.loads, tuning.columnsPerLane,
                               tuning.rows, tuning.splitK, tuning.stage, tuning.prefetch);
}

MatmulProblem tune::problemOf(llvm::StringRef kind, mlir::Block &body, const Chip &chip,
                              int64_t batch) {
  MatmulProblem problem;
  problem.chip = &chip;
  problem.batch = batch;
  problem.stagedBytes = 0;
  for (qnt::MatmulOp matmul : matmulsOf(body)) {
    qnt::WeightType type = matmul.getWeight().getType();
    problem.depth = type.getColumns();
    problem.columns.push_back(type.getRows());
    problem.bits = qnt::bitsOf(type.getEncoding());
    problem.block = type.getBlock();
    if (auto quantized = llvm::dyn_cast<qnt::ActivationType>(matmul.getLhs().getType())) {
      problem.block = std::min(problem.block, quantized.getBlock());
    }
    problem.stagedBytes = std::max(problem.stagedBytes, plan::stagedBytes(matmul));
  }
  if (combines(kind, body)) {
    problem.combined = problem.columns.size();
  }
  problem.hasMatrixForm = plan::streamingFormOf({matmulsOf(body), batch, chip.waveSize},
                                                chip.has.matrixOfFewRows.sizes()) != nullptr;
  return problem;
}

/// Changes the layouts of the weights that the kernel's matmuls read, and its schedule.
static void reschedule(tile::KernelOp kernel, const MatmulTuning &tuning, const Chip &chip) {
  mlir::MLIRContext *context = kernel.getContext();
  mlir::Block &body = kernel.getBody().front();
  for (qnt::MatmulOp matmul : matmulsOf(body)) {
    qnt::WeightType type = matmul.getWeight().getType();
    auto known = llvm::cast<qnt::TiledAttr>(type.getLayout());
    auto layout = qnt::TiledAttr::get(context, chip.waveSize / tuning.lanesK, tuning.lanesK,
                                      tuning.columnsPerLane, known.getOrder(), tuning.loads);
    matmul.getWeight().setType(type.withLayout(layout));
  }
  kernel.setFunctionType(mlir::FunctionType::get(context, body.getArgumentTypes(),
                                                 kernel.getFunctionType().getResults()));
  auto matmuls = matmulsOf(body);
  int64_t rows = llvm::cast<mlir::RankedTensorType>(matmuls.front().getType()).getDimSize(0);
  tile::MatrixShapeAttr matrix =
      plan::packedStreamingFormOf({matmuls, rows, chip.waveSize}, chip.has.matrixOfFewRows.sizes());
  kernel.setScheduleAttr(tile::ScheduleAttr::get(context, plan::workgroupWaves, tuning.rows,
                                                 tuning.splitK, tuning.stage, tuning.prefetch, 1, 0,
                                                 matrix));
}

mlir::OwningOpRef<mlir::ModuleOp> tune::copyOf(tile::KernelOp kernel, const MatmulTuning &tuning,
                                               const Chip &chip) {
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(kernel.getLoc());
  tile::KernelOp copy = kernel.clone();
  module->push_back(copy);
  reschedule(copy, tuning, chip);
  return module;
}
