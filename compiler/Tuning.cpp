#include "compiler/Tuning.h"

#include "compiler/Pipeline.h"

using namespace qcc;
using llvm::Error;
using llvm::Expected;

Expected<tune::TuningTable> qcc::readTables(const Options &options, const Chip &chip) {
  if (options.autotune == Autotune::off) {
    return tune::TuningTable();
  }
  Expected<tune::TuningTable> table = tune::shippedTable(chip);
  if (table && !options.tuningTable.empty()) {
    if (Error error = table->readFile(options.tuningTable)) {
      return error;
    }
  }
  return table;
}

/// Runs the plan stage, by formulas, on a copy of `fused`.
static Expected<mlir::OwningOpRef<mlir::ModuleOp>> planCopy(mlir::ModuleOp fused, const Chip &chip,
                                                            const Options &options) {
  mlir::OwningOpRef<mlir::ModuleOp> copy(fused.clone());
  Options silent = options;
  silent.dumpStages.clear();
  const Stage *plan = llvm::find_if(stages(), [](const Stage &s) { return s.name == "plan"; });
  if (Error error = runStage(*plan, *copy, chip, silent)) {
    return error;
  }
  return copy;
}

Error qcc::searchSchedules(mlir::ModuleOp fused, const Chip &chip, const Options &options,
                           tune::TuningTable &table, Progress &progress) {
  auto planned = planCopy(fused, chip, options);
  if (!planned) {
    return planned.takeError();
  }
  std::map<tune::TuningKey, tile::KernelOp> missing =
      tune::tunableKernels(**planned, chip, options.maxBatch);
  std::erase_if(missing, [&](const auto &kernel) { return table.find(kernel.first) != nullptr; });
  tune::TuningTable own;
  if (Error error =
          options.tuningTable.empty() ? Error::success() : own.readFile(options.tuningTable)) {
    return error;
  }
  tune::Search search(chip);
  progress.begin("searching schedules", missing.size());
  for (const auto &[key, kernel] : missing) {
    std::optional<tune::Ranked> best = search.best(kernel, key);
    if (best) {
      tune::TuningEntry entry{best->tuning, best->projection.microseconds};
      table.set(key, entry);
      own.set(key, entry);
      if (Error error =
              options.tuningTable.empty() ? Error::success() : own.writeFile(options.tuningTable)) {
        return error;
      }
    }
    progress.advance(1);
  }
  progress.end();
  return Error::success();
}
