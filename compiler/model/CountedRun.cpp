#include "compiler/model/CountedRun.h"

#include "emulator/checks/Checks.h"
#include "emulator/code_object/CodeObject.h"
#include "emulator/code_object/Occupancy.h"
#include "emulator/counters/Counting.h"
#include "emulator/isa/Dispatch.h"
#include "emulator/memory/Heap.h"

#include <cstring>

using namespace qcc;
using namespace qcc::model;

namespace {

/// Device memory for one run.
class Memory {
public:
  /// Zeros; the emulated heap ends the program when the host has no room.
  uint8_t *allocate(int64_t bytes) {
    return static_cast<uint8_t *>(
        heap.allocate(std::max<int64_t>(bytes, 4), emulator::MemoryKind::Device, 0, 0));
  }

private:
  emulator::Heap heap{{uint64_t(1) << 40}};
};

llvm::Expected<emulator::Kernel> load(llvm::ArrayRef<uint8_t> code, const Chip &chip,
                                      const std::string &name, Memory &memory) {
  auto object = emulator::readCodeObject(emulator::Bytes(std::span(code.data(), code.size())));
  if (!object) {
    return object.takeError();
  }
  uint8_t *base = memory.allocate(object->addressEnd);
  for (const emulator::Segment &segment : object->segments) {
    std::memcpy(base + segment.address, code.data() + segment.fileOffset, segment.fileBytes);
  }
  const emulator::KernelInfo &info = object->kernels.find(name)->second;
  emulator::Kernel kernel;
  kernel.name = name;
  kernel.chip = chip.name.str();
  kernel.code = base;
  kernel.codeBytes = object->addressEnd;
  kernel.descriptor = emulator::readKernelDescriptor(base + info.descriptorAddress);
  kernel.entryOffset = info.descriptorAddress + kernel.descriptor.kernelCodeEntryByteOffset;
  return kernel;
}

bool isRowRead(const emulator::InstructionRecord &record) {
  return record.counts.lds.requests > 0 && record.counts.bytesPerLane == 16 &&
         record.counts.ldsKind == emulator::isa::AccessKind::Load;
}

bool isActivationLoad(const emulator::InstructionRecord &record) {
  return record.counts.global.requests > 0 && record.counts.bytesPerLane == 16 &&
         record.counts.kind == emulator::isa::AccessKind::Load && !record.nonTemporal;
}

bool isBarrier(const emulator::InstructionRecord &record) {
  return record.unit == emulator::isa::InstructionClass::Barrier;
}

/// Whether rows are read before another barrier comes.
bool leadsToRows(llvm::ArrayRef<emulator::InstructionRecord> after) {
  for (const emulator::InstructionRecord &record : after) {
    if (isRowRead(record) || isBarrier(record)) {
      return isRowRead(record);
    }
  }
  return false;
}

} // namespace

StepRow model::rowOf(const CountedStep &step, int64_t row) {
  const int64_t tokens = llvm::divideCeil(step.rows, step.sequences);
  return {row, row / tokens, step.position + row % tokens};
}

void model::writeState(const CountedStep &step, llvm::MutableArrayRef<uint8_t> state) {
  const uint32_t rows = static_cast<uint32_t>(step.rows);
  const size_t rowCapacity = (state.size() - 16) / 20;
  std::memcpy(state.data(), &rows, 4);
  std::memcpy(state.data() + 4, &rows, 4);
  auto store = [&](size_t array, uint32_t row, int64_t value) {
    const uint32_t word = static_cast<uint32_t>(value);
    std::memcpy(state.data() + 16 + 4 * (array * rowCapacity + row), &word, 4);
  };
  for (uint32_t row = 0; row < rows; ++row) {
    const StepRow place = rowOf(step, row);
    store(0, row, place.token);
    store(1, row, place.slot);
    store(2, row, place.position);
    store(3, row, row);
  }
}

LoopCounts model::countLoop(const emulator::LaunchCounters &counters) {
  LoopCounts result;
  bool inLoop = false;
  llvm::ArrayRef<emulator::InstructionRecord> records = counters.instructions;
  for (auto [index, record] : llvm::enumerate(records)) {
    if (isBarrier(record) && leadsToRows(records.drop_front(index + 1))) {
      inLoop = true;
    } else if (isActivationLoad(record)) {
      inLoop = false;
    }
    if (record.nonTemporal) {
      result.wideLoads &= record.counts.bytesPerLane == 16;
    }
    if (emulator::isa::isVectorArithmetic(record.unit)) {
      double operations = double(record.counts.executions) * record.operations * counters.waveSize;
      (inLoop ? result.loop : result.prologue) += operations;
    }
  }
  return result;
}

double model::residentWavesPerSimd(llvm::ArrayRef<uint8_t> code, const Chip &chip,
                                   const codegen::KernelResources &kernel) {
  Memory memory;
  llvm::Expected<emulator::Kernel> loaded = load(code, chip, kernel.name, memory);
  if (!loaded) {
    llvm::report_fatal_error(loaded.takeError()); // qcc has just written it
  }
  return emulator::occupancyOf(
             {loaded->descriptor.computePgmRsrc1, chip.waveSize, kernel.workgroup, kernel.ldsBytes},
             *emulator::findChip(chip.name.str()))
      .residentWavesPerSimd;
}

/// Runs `dispatch` with `observer` watching.
static llvm::Error runObserved(emulator::Dispatch dispatch,
                               emulator::isa::LaunchObserver &observer) {
  dispatch.observers = {&observer};
  emulator::DispatchResult ended = emulator::runDispatch(dispatch);
  return ended.ok() ? llvm::Error::success() : llvm::createStringError(ended.message);
}

/// What all checks find in the first `workgroups`.
static llvm::Expected<std::vector<std::string>> check(emulator::Dispatch dispatch,
                                                      uint64_t workgroups) {
  namespace checks = emulator::checks;
  std::vector<std::string> findings;
  if (workgroups == 0) {
    return findings;
  }
  checks::Checks checking(checks::Selection::all(),
                          [&](const checks::Report &report) { findings.push_back(report.text()); });
  dispatch.mostWorkgroups = workgroups;
  std::unique_ptr<emulator::isa::LaunchObserver> observer = checking.observeLaunch();
  if (llvm::Error error = runObserved(dispatch, *observer)) {
    return error;
  }
  return findings;
}

/// Memory for every pointer of the kernel, with what a run for `step` finds there.
static llvm::Expected<std::vector<llvm::MutableArrayRef<uint8_t>>>
allocateArguments(const PlannedKernel &kernel, const CountedStep &step, KernelData *data,
                  Memory &memory) {
  std::vector<llvm::MutableArrayRef<uint8_t>> buffers;
  for (auto [index, bytes] : llvm::enumerate(kernel.argumentBytes)) {
    buffers.emplace_back(memory.allocate(bytes), bytes);
    if (static_cast<int64_t>(index) == kernel.stateArgument) {
      writeState(step, buffers.back());
    }
    if (llvm::Error error = data ? data->fill(index, buffers.back()) : llvm::Error::success()) {
      return error;
    }
  }
  return buffers;
}

/// Counts all of `dispatch`, shows `data` what that left in `buffers`, and checks its start.
static llvm::Expected<CountedRun>
countAndCheck(const emulator::Dispatch &dispatch,
              llvm::ArrayRef<llvm::MutableArrayRef<uint8_t>> buffers, KernelData *data,
              uint64_t checkedWorkgroups) {
  emulator::CountingObserver counting;
  if (llvm::Error error = runObserved(dispatch, counting)) {
    return error;
  }
  for (auto [index, buffer] : llvm::enumerate(buffers)) {
    if (llvm::Error error = data ? data->inspect(index, buffer) : llvm::Error::success()) {
      return error;
    }
  }
  auto findings = check(dispatch, checkedWorkgroups);
  if (!findings) {
    return findings.takeError();
  }
  return CountedRun{counting.counters(), std::move(*findings)};
}

llvm::Expected<CountedRun> model::runCounted(llvm::ArrayRef<uint8_t> code, const Chip &chip,
                                             const PlannedKernel &planned, const CountedStep &step,
                                             KernelData *data) {
  Memory memory;
  llvm::Expected<emulator::Kernel> kernel = load(code, chip, planned.name, memory);
  if (!kernel) {
    return kernel.takeError();
  }
  auto buffers = allocateArguments(planned, step, data, memory);
  if (!buffers) {
    return buffers.takeError();
  }
  std::vector<uint64_t> arguments(
      std::max<size_t>(buffers->size(), kernel->descriptor.kernargSize / 8 + 1));
  llvm::transform(*buffers, arguments.begin(), [](llvm::MutableArrayRef<uint8_t> buffer) {
    return reinterpret_cast<uint64_t>(buffer.data());
  });
  emulator::Dispatch dispatch;
  dispatch.kernel = &*kernel;
  dispatch.gridWorkgroups = planned.grid;
  dispatch.workgroupSize = {planned.workgroup, 1, 1};
  dispatch.kernarg = arguments.data();
  dispatch.mostWorkgroups = step.mostWorkgroups;
  auto run = countAndCheck(dispatch, *buffers, data, step.checkedWorkgroups);
  emulator::forgetCode(kernel->code, kernel->codeBytes);
  return run;
}
