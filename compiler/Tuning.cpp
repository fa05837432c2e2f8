#include "compiler/Tuning.h"

#include "compiler/Pipeline.h"
#include "compiler/tune/DeviceSearch.h"

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

namespace {

/// Finds the schedules of kernels one by one, and keeps each where it will be found.
class ScheduleSearch {
public:
  ScheduleSearch(const Chip &chip, const Options &options, tune::TuningTable &table,
                 Progress &progress)
      : chip(chip), options(options), table(table), progress(progress), search(chip) {}

  Error run(mlir::ModuleOp planned);

private:
  using Kernels = std::map<tune::TuningKey, tile::KernelOp>;
  using Found = Expected<std::optional<tune::TuningEntry>>;

  bool isKnown(const tune::TuningKey &key) const;
  Error project(const Kernels &kernels);
  Error measure(const Kernels &kernels);
  Error findEach(const Kernels &kernels,
                 llvm::function_ref<Found(const tune::TuningKey &, tile::KernelOp)> find);
  Error keep(const tune::TuningKey &key, const tune::TuningEntry &entry);

  const Chip &chip;
  const Options &options;
  tune::TuningTable &table;
  tune::TuningTable own; // the user's
  Progress &progress;
  tune::Search search;
};

} // namespace

/// A projection does not stand in for a measurement.
bool ScheduleSearch::isKnown(const tune::TuningKey &key) const {
  if (options.autotune == Autotune::model) {
    return table.find(key) != nullptr;
  }
  const tune::TuningEntry *entry = own.find(key);
  return entry && entry->measuredMicroseconds;
}

Error ScheduleSearch::run(mlir::ModuleOp planned) {
  if (!options.tuningTable.empty()) {
    if (Error error = own.readFile(options.tuningTable)) {
      return error;
    }
  }
  Kernels missing = tune::tunableKernels(planned, chip, options.maxBatch);
  std::erase_if(missing, [&](const auto &kernel) { return isKnown(kernel.first); });
  if (missing.empty()) {
    return Error::success(); // and no device is needed
  }
  return options.autotune == Autotune::model ? project(missing) : measure(missing);
}

Error ScheduleSearch::project(const Kernels &kernels) {
  progress.begin("searching schedules", kernels.size(), "kernels");
  return findEach(kernels, [&](const tune::TuningKey &key, tile::KernelOp kernel) -> Found {
    std::optional<tune::Ranked> best = search.best(kernel, key);
    return best ? std::optional(tune::TuningEntry{best->tuning, best->projection.microseconds})
                : std::nullopt;
  });
}

Error ScheduleSearch::measure(const Kernels &kernels) {
  auto timer = tune::DeviceTimer::open(chip);
  if (!timer) {
    return timer.takeError();
  }
  progress.begin("measuring schedules on " + (*timer)->description(), kernels.size(), "kernels");
  return findEach(kernels, [&](const tune::TuningKey &key, tile::KernelOp kernel) {
    const tune::TuningEntry *known = table.find(key);
    return tune::fastestOf(kernel, key, known ? std::optional(known->tuning) : std::nullopt, chip,
                           search, **timer);
  });
}

Error ScheduleSearch::findEach(
    const Kernels &kernels,
    llvm::function_ref<Found(const tune::TuningKey &, tile::KernelOp)> find) {
  for (const auto &[key, kernel] : kernels) {
    Found entry = find(key, kernel);
    if (!entry) {
      return entry.takeError();
    }
    if (Error error = *entry ? keep(key, **entry) : Error::success()) {
      return error;
    }
    progress.advance(1);
  }
  progress.end();
  return Error::success();
}

Error ScheduleSearch::keep(const tune::TuningKey &key, const tune::TuningEntry &entry) {
  table.set(key, entry);
  own.set(key, entry);
  return options.tuningTable.empty() ? Error::success() : own.writeFile(options.tuningTable);
}

Error qcc::searchSchedules(mlir::ModuleOp fused, const Chip &chip, const Options &options,
                           tune::TuningTable &table, Progress &progress) {
  auto planned = planCopy(fused, chip, options);
  return planned ? ScheduleSearch(chip, options, table, progress).run(**planned)
                 : planned.takeError();
}
