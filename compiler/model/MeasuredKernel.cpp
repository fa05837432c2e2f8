#include "compiler/model/MeasuredKernel.h"

#include "emulator/counters/CycleModel.h"

using namespace qcc;
using namespace qcc::model;

namespace {

/// What is known of a launch of the whole grid: counted, or made from some of its workgroups.
struct WholeLaunch {
  CountedRun run;
  double hbmBytes = 0, workgroups = 0;
  /// How many times as many workgroups there are as were counted.
  double factor() const { return workgroups / double(run.counters.workgroups); }
};

/// Bytes of lines that were read or written, each once.
double bytesOfLines(const emulator::LaunchCounters &counters) {
  return 128.0 * double(counters.loadedLines128 + counters.storedLines128);
}

/// What the workgroups of a persistent launch touch of the kernel's weights before it begins: those
/// that have no first workgroup of it to do touch nothing.
double touchedBytes(const PlannedKernel &kernel, const Chip &chip, double wavesPerSimd) {
  const double workgroups = double(kernel.grid[0]) * kernel.grid[1] * kernel.grid[2];
  const double waves = wavesPerSimd * chip.simdsPerUnit * chip.computeUnits;
  const double resident = waves * chip.waveSize / kernel.workgroup;
  return kernel.touchedBytes * std::min(1.0, resident / workgroups);
}

/// Whether workgroups lie by columns first and tiles of rows second, and are all alike.
bool isAlike(const PlannedKernel &kernel) {
  return kernel.weights && !kernel.onMatrixUnits;
}

/// Rows that a workgroup of a matmul computes.
int64_t rowsOfTile(const PlannedKernel &kernel) {
  return llvm::divideCeil(kernel.rows, kernel.grid[1]);
}

/// The workgroups of a matmul that have rows in `step`; they come first.
uint64_t busyWorkgroups(const PlannedKernel &kernel, const CountedStep &step) {
  return kernel.grid[0] * llvm::divideCeil(step.rows, rowsOfTile(kernel));
}

/// Counts every workgroup; of matmuls, those that have rows.
llvm::Expected<WholeLaunch> countAll(const PlannedModel &model, const PlannedKernel &kernel,
                                     const Chip &chip, CountedStep step, KernelData *data) {
  step.mostWorkgroups = isAlike(kernel) ? busyWorkgroups(kernel, step) : UINT64_MAX;
  auto run = runCounted(model.code, chip, kernel, step, data);
  if (!run) {
    return run.takeError();
  }
  const double bytes = bytesOfLines(run->counters), workgroups = double(run->counters.workgroups);
  return WholeLaunch{std::move(*run), bytes, workgroups};
}

/// Counts `step.mostWorkgroups` of the first tile of rows, and half of them.
llvm::Expected<WholeLaunch> countSome(const PlannedModel &model, const PlannedKernel &kernel,
                                      const Chip &chip, const CountedStep &step, KernelData *data) {
  CountedStep half = step;
  half.mostWorkgroups = step.mostWorkgroups / 2;
  auto first = runCounted(model.code, chip, kernel, half);
  if (!first) {
    return first.takeError();
  }
  auto run = runCounted(model.code, chip, kernel, step, data);
  if (!run) {
    return run.takeError();
  }
  const double counted = bytesOfLines(run->counters);
  const double each =
      (counted - bytesOfLines(first->counters)) / double(step.mostWorkgroups - half.mostWorkgroups);
  // Another tile of rows reads the same weights.
  const double otherRows = double(std::max<int64_t>(0, step.rows - rowsOfTile(kernel)));
  const double bytes =
      counted + each * double(kernel.grid[0] - step.mostWorkgroups) + kernel.rowBytes * otherRows;
  return WholeLaunch{std::move(*run), bytes, double(busyWorkgroups(kernel, step))};
}

llvm::Expected<WholeLaunch> countLaunch(const PlannedModel &model, const PlannedKernel &kernel,
                                        const Chip &chip, const CountedStep &step,
                                        KernelData *data) {
  const bool some = isAlike(kernel) && step.mostWorkgroups < kernel.grid[0];
  return some ? countSome(model, kernel, chip, step, data)
              : countAll(model, kernel, chip, step, data);
}

/// Bytes that the kernel's waves keep under way together, with `wavesPerSimd` of them resident: no
/// more than there are.
double bytesAhead(const PlannedKernel &kernel, const WholeLaunch &launch, const Chip &chip,
                  double wavesPerSimd) {
  double resident = wavesPerSimd * chip.simdsPerUnit * chip.computeUnits;
  double waves = double(launch.run.counters.waves) * launch.factor();
  return std::min(std::min(resident, waves) * double(kernel.bytesInFlight), launch.hbmBytes);
}

} // namespace

llvm::Expected<KernelRow> model::measureKernel(const PlannedModel &model,
                                               const PlannedKernel &kernel, const Chip &chip,
                                               const CountedStep &step, KernelData *data) {
  auto launch = countLaunch(model, kernel, chip, step, data);
  if (!launch) {
    return launch.takeError();
  }
  const emulator::LaunchCounters &counters = launch->run.counters;
  KernelRow row;
  row.target = chip.name.str();
  row.batch = step.rows;
  row.kernel = kernel;
  row.counts = countLoop(counters);
  row.counts.loop *= launch->factor();
  row.counts.prologue *= launch->factor();
  row.findings = std::move(launch->run.findings);
  row.hbmBytes = launch->hbmBytes;
  const int64_t seen = kernel.positions ? step.sequences * (step.position + 1) : 0;
  row.leastBytes = kernel.leastBytesOf(step.rows, seen);
  row.operations =
      kernel.rowOperations * double(step.rows) + kernel.positionOperations * double(seen);
  row.wavesPerSimd = counters.occupancy.residentWavesPerSimd;
  emulator::CycleEstimate cycles =
      emulator::estimateCycles(counters, static_cast<uint64_t>(launch->workgroups));
  row.work = {row.hbmBytes,          bytesAhead(kernel, *launch, chip, row.wavesPerSimd),
              cycles.busiest.vector, cycles.busiest.matrix,
              cycles.busiest.lds,    cycles.busiest.memory};
  row.persistentBytesInFlight = bytesAhead(kernel, *launch, chip, model.persistentWavesPerSimd);
  row.prefetchedBytes = touchedBytes(kernel, chip, model.persistentWavesPerSimd);
  row.projection = project(row.work, chip);
  row.shareOfRoof = qcc::model::shareOfRoof(row.leastBytes, row.projection.microseconds, chip);
  return row;
}
