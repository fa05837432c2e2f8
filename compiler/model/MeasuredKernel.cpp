#include "compiler/model/MeasuredKernel.h"

#include "emulator/counters/CycleModel.h"

using namespace qcc;
using namespace qcc::model;

/// Bytes that the kernel's waves keep under way together, with `wavesPerSimd` of them resident: no
/// more than there are.
static double bytesAhead(const PlannedKernel &kernel, const emulator::LaunchCounters &counters,
                         const Chip &chip, double wavesPerSimd, double hbmBytes) {
  double resident = wavesPerSimd * chip.simdsPerUnit * chip.computeUnits;
  return std::min(std::min(resident, double(counters.waves)) * kernel.bytesInFlight, hbmBytes);
}

/// What the workgroups of a persistent launch touch of the kernel's weights before it begins: those
/// that have no first workgroup of it to do touch nothing.
static double touchedBytes(const PlannedKernel &kernel, const Chip &chip, double wavesPerSimd) {
  const double workgroups = double(kernel.grid[0]) * kernel.grid[1] * kernel.grid[2];
  const double waves = wavesPerSimd * chip.simdsPerUnit * chip.computeUnits;
  const double resident = waves * chip.waveSize / kernel.workgroup;
  return kernel.touchedBytes * std::min(1.0, resident / workgroups);
}

llvm::Expected<KernelRow> model::measureKernel(const PlannedModel &model,
                                               const PlannedKernel &kernel, const Chip &chip,
                                               const CountedStep &step, KernelData *data) {
  auto run = runCounted(model.code, chip, kernel, step, data);
  if (!run) {
    return run.takeError();
  }
  const emulator::LaunchCounters &counters = run->counters;
  KernelRow row;
  row.target = chip.name.str();
  row.batch = step.rows;
  row.kernel = kernel;
  row.counts = countLoop(counters);
  row.findings = std::move(run->findings);
  row.hbmBytes = 128.0 * (counters.loadedLines128 + counters.storedLines128);
  emulator::CycleEstimate cycles = emulator::estimateCycles(counters);
  auto inFlight = [&](double waves) {
    return bytesAhead(kernel, counters, chip, waves, row.hbmBytes);
  };
  row.work = {row.hbmBytes,          inFlight(counters.occupancy.residentWavesPerSimd),
              cycles.busiest.vector, cycles.busiest.matrix,
              cycles.busiest.lds,    cycles.busiest.memory};
  row.persistentBytesInFlight = inFlight(model.persistentWavesPerSimd);
  row.prefetchedBytes = touchedBytes(kernel, chip, model.persistentWavesPerSimd);
  row.projection = project(row.work, chip);
  row.shareOfRoof = qcc::model::shareOfRoof(kernel.leastBytes, row.projection.microseconds, chip);
  return row;
}
