#include "compiler/package/ArtifactReport.h"

#include "compiler/package/ProgramBuilder.h"
#include "dialects/qnt/PackedWeight.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"

#include <algorithm>

using namespace qcc;
using namespace qcc::package;

/// What a launch reads of a weight for one token.
static uint64_t bytesRead(qnt::WeightType type) {
  bool table = !type.getLayout() && type.getShape().size() == 2;
  return static_cast<uint64_t>(
      qnt::PackedWeight(table ? type.withShape({1, type.getColumns()}) : type).bytes());
}

/// The weights that `launch` reads, each once.
static llvm::SmallSetVector<program::WeightOp, 4> weightsOf(program::LaunchOp launch,
                                                            const mlir::SymbolTable &symbols) {
  llvm::SmallSetVector<program::WeightOp, 4> weights;
  for (mlir::Value argument : launch.getArguments()) {
    if (auto reference = argument.getDefiningOp<program::WeightRefOp>()) {
      weights.insert(symbols.lookup<program::WeightOp>(reference.getWeight()));
    }
  }
  return weights;
}

void qcc::package::countWork(mlir::ModuleOp planned, ArtifactReport &report) {
  auto kernels = planned.getOps<tile::KernelOp>();
  report.kernels = static_cast<uint64_t>(std::distance(kernels.begin(), kernels.end()));
  report.parameters = countParameters(planned);
  auto entries = llvm::to_vector(planned.getOps<program::EntryPointOp>());
  if (entries.empty()) {
    return;
  }
  program::EntryPointOp decode =
      *llvm::min_element(entries, [](auto a, auto b) { return a.getRows() < b.getRows(); });
  mlir::SymbolTable symbols(planned);
  for (auto launch : decode.getBody().getOps<program::LaunchOp>()) {
    ++report.launches;
    for (program::WeightOp weight : weightsOf(launch, symbols)) {
      report.bytesPerToken += bytesRead(weight.getWeightType());
    }
  }
}
