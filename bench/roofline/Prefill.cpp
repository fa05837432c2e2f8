#include "bench/roofline/Prefill.h"

#include "emulator/counters/CycleModel.h"

#include <algorithm>
#include <cmath>

using namespace qcc;
using namespace qcc::bench;
using namespace qcc::model;

double UnitCycles::bound() const {
  return std::max({vector, matrix, lds, memory});
}

const char *UnitCycles::limit() const {
  double most = bound();
  return most == matrix ? "matrix" : most == vector ? "vector" : most == lds ? "LDS" : "memory";
}

/// Adds what one instruction holds, of a workgroup where `workgroups` were counted.
static void add(const emulator::InstructionRecord &record, const emulator::CycleModel &model,
                const Chip &chip, double workgroups, UnitCycles &cycles) {
  using emulator::isa::InstructionClass;
  double executions = double(record.counts.executions) / workgroups;
  double ofSimd = executions / chip.simdsPerUnit;
  double matrix = record.matrixCycles * ofSimd;
  cycles.matrix += matrix;
  bool isVector =
      record.unit == InstructionClass::Vector || record.unit == InstructionClass::Transcendental;
  double slot = isVector ? record.issueCycles : model.slotCycles;
  cycles.inOrder += matrix > 0 ? matrix : slot * ofSimd;
  if (isVector) {
    cycles.vector += record.issueCycles * ofSimd;
  } else if (record.unit == InstructionClass::Matrix) {
    cycles.vector += model.matrixUnitApart ? model.slotCycles * ofSimd : matrix;
  }
  cycles.lds += double(record.counts.lds.cycles) / workgroups;
  cycles.memory += double(record.counts.memoryCycles) / workgroups;
}

/// The loop over K, or positions, is what is executed as often as its matrix instructions; 0: there
/// are none.
static uint64_t executionsOfLoop(const emulator::LaunchCounters &counters) {
  uint64_t most = 0;
  for (const emulator::InstructionRecord &record : counters.instructions) {
    most = record.matrixCycles ? std::max(most, record.counts.executions) : most;
  }
  return most;
}

/// Operations that a SIMD's matrix unit does in a cycle.
static double operationsOfCycle(const emulator::LaunchCounters &counters, const Chip &chip,
                                bool ofBytes) {
  const MatrixShape &shape = ofBytes ? chip.has.matrixOfBytes : chip.has.matrixOfHalves;
  uint32_t cycles = 0;
  for (const emulator::InstructionRecord &record : counters.instructions) {
    cycles = std::max(cycles, record.matrixCycles);
  }
  return cycles ? 2.0 * shape.rows * shape.columns * shape.depth / cycles : 0;
}

/// Cycles until the sums of workgroups that share K have come together: until they are in memory,
/// the counter, and the sums again, a latency each, and as long as the memory is busy with them.
static double handoverCycles(const PlannedKernel &kernel, const Chip &chip) {
  if (kernel.splits == 1) {
    return 0;
  }
  double nanoseconds = 3 * chip.memoryNanoseconds + 2 * kernel.splitBytes / chip.bandwidth;
  return nanoseconds * chip.clockMhz / 1000;
}

/// A few workgroups of a matmul, and of tiles that several compute all, so that the adding up of
/// their sums is among what is counted.
static uint64_t workgroupsOfTiles(const PlannedKernel &kernel) {
  constexpr uint64_t few = 4;
  return kernel.splits == 1 ? few : std::max<uint64_t>(few, kernel.grid[0] * kernel.splits);
}

llvm::Expected<PrefillRow> bench::measurePrefill(const PlannedModel &model,
                                                 const PlannedKernel &kernel, const Chip &chip,
                                                 const PrefillStep &step) {
  const uint64_t mostWorkgroups = kernel.weights ? workgroupsOfTiles(kernel) : UINT64_MAX;
  auto run =
      runCounted(model.code, chip, kernel, {step.rows, step.firstPosition(), mostWorkgroups});
  if (!run) {
    return run.takeError();
  }
  const emulator::LaunchCounters &counters = run->counters;
  const emulator::isa::ChipRow *row = emulator::isa::findChip(counters.chip);
  PrefillRow result;
  result.target = chip.name.str();
  result.kernel = kernel;
  result.step = step;
  result.findings = std::move(run->findings);
  uint64_t loop = executionsOfLoop(counters);
  double counted = double(counters.workgroups);
  for (const emulator::InstructionRecord &record : counters.instructions) {
    const emulator::CycleModel &cycles = emulator::cycleModelOf(*row);
    add(record, cycles, chip, counted, result.whole);
    if (loop == 0 || record.counts.executions == loop) {
      add(record, cycles, chip, counted, result.loop);
    }
    result.conflictCycles += double(record.counts.lds.conflictCycles) / counted;
  }
  double groups = double(kernel.grid[0]) * kernel.grid[1] * kernel.grid[2];
  double turns = std::ceil(groups / chip.computeUnits);
  result.fill = groups / (turns * chip.computeUnits);
  double possible = operationsOfCycle(counters, chip, kernel.multipliesBytes) * chip.simdsPerUnit *
                    chip.computeUnits *
                    (turns * result.whole.bound() + handoverCycles(kernel, chip));
  result.chipShare = possible > 0 ? result.operations() / possible : 0;
  return result;
}

double bench::weightedShare(llvm::ArrayRef<PrefillRow> rows,
                            llvm::function_ref<double(const PrefillRow &)> share) {
  double weighted = 0, operations = 0;
  for (const PrefillRow &row : rows) {
    weighted += row.operations() * share(row);
    operations += row.operations();
  }
  return operations > 0 ? weighted / operations : 0;
}
