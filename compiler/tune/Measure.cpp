#include "compiler/tune/Measure.h"

#include "compiler/model/CountedRun.h"
#include "compiler/tune/CompiledKernel.h"
#include "emulator/counters/CycleModel.h"

using namespace qcc;
using namespace qcc::tune;

Measured tune::measure(tile::KernelOp kernel, const MatmulTuning &tuning, const Chip &chip,
                       int64_t batch) {
  constexpr uint64_t fewWorkgroups = 2;
  Measured result;
  result.tuning = tuning;
  auto compiled = compileAlone(kernel, tuning, chip);
  if (!compiled) {
    llvm::consumeError(compiled.takeError());
    return result;
  }
  result.resources = compiled->code.kernels.front();
  const codegen::KernelResources &taken = result.resources;
  if (taken.vgprSpills + taken.sgprSpills + taken.scratchBytes != 0 ||
      taken.ldsBytes > chip.ldsBytes) {
    return result;
  }
  auto run = model::runCounted(
      compiled->code.bytes, chip, compiled->kernel,
      {.rows = batch, .mostWorkgroups = fewWorkgroups, .sequences = batch, .checkedWorkgroups = 0});
  if (!run) {
    llvm::consumeError(run.takeError());
    return result;
  }
  const emulator::CycleEstimate::Units wave = emulator::estimateCycles(run->counters).wave;
  result.counts = {wave.vector, wave.matrix, wave.lds, wave.memory,
                   run->counters.occupancy.residentWavesPerSimd};
  result.compiles = true;
  return result;
}
