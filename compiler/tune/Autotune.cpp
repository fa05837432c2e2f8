#include "compiler/tune/Autotune.h"

#include "compiler/tune/ShippedTables.h"
#include "dialects/program/Program.h"

using namespace qcc;
using namespace qcc::tune;

llvm::StringRef tune::compilerVersion() {
  return QCC_VERSION;
}

llvm::Expected<TuningTable> tune::shippedTable(const Chip &chip) {
  TuningTable table;
  for (const ShippedTable &shipped : shippedTables()) {
    if (chip.name == shipped.chip) {
      if (llvm::Error error = table.read(shipped.text, (chip.name + ".jsonl").str())) {
        return error;
      }
    }
  }
  return table;
}

llvm::Error tune::applyTable(mlir::ModuleOp module, const TuningTable &table, const Chip &chip,
                             int64_t batch) {
  std::string wrong;
  module.walk([&](lm::FusedOp kernel) {
    mlir::Block &body = kernel.getBody().front();
    std::optional<TuningKey> key = keyOf(kernel.getKind(), body, chip, batch, compilerVersion());
    const TuningEntry *entry = key ? table.find(*key) : nullptr;
    if (entry && !isLegal(problemOf(kernel.getKind(), body, chip, batch), entry->tuning)) {
      wrong = lineOf(*key, *entry);
    } else if (entry) {
      kernel->setAttr("tile.tuning", attributeOf(entry->tuning, batch, module.getContext()));
    }
  });
  return wrong.empty()
             ? llvm::Error::success()
             : llvm::createStringError("the tuning table has an entry that is no schedule "
                                       "of its kernel; remove it: " +
                                       wrong);
}

std::map<TuningKey, tile::KernelOp> tune::tunableKernels(mlir::ModuleOp planned, const Chip &chip,
                                                         int64_t batch) {
  std::map<TuningKey, tile::KernelOp> kernels;
  auto decode = planned.lookupSymbol<program::EntryPointOp>("decode");
  for (auto launch : decode.getBody().front().getOps<program::LaunchOp>()) {
    auto kernel = planned.lookupSymbol<tile::KernelOp>(launch.getKernel());
    std::optional<TuningKey> key =
        keyOf(kernel.getKind(), kernel.getBody().front(), chip, batch, compilerVersion());
    // Kernels of many rows have schedules of their own.
    if (key && kernel.getSchedule().getColumns() == 0) {
      kernels.try_emplace(*key, kernel);
    }
  }
  return kernels;
}
