#include "emulator/isa/run/Workgroup.h"

#include "emulator/isa/Program.h"
#include "emulator/isa/run/FloatMode.h"

#include <cstdio>

namespace qcc::emulator::isa {

namespace {

constexpr size_t registerRows = 512 + 32; // a wide operand at the end stays inside

} // namespace

void Wave::fault(DispatchResult::Status status, const std::string &what) {
  stop = Stop::Fault;
  faultStatus = status;
  const Kernel &kernel = *launch->dispatch->kernel;
  char place[64];
  std::snprintf(place, sizeof place, "0x%llx",
                static_cast<unsigned long long>(uint64_t(at) * 4 - kernel.entryOffset));
  const Instruction *i = launch->program->at(this->at);
  faultMessage = "kernel `" + kernel.name + "`, offset " + place + " (" + i->text + "): " + what;
}

void interpret(Wave &w, uint64_t budget) {
  const Program &program = *w.launch->program;
  const uint64_t end = w.executed + budget;
  while (w.executed != end) {
    ++w.executed;
    w.at = w.pc;
    const Instruction *i = program.at(w.at);
    w.pc = i->next;
    i->execute(w, *i);
    if (w.stop != Stop::None) [[unlikely]] {
      return;
    }
  }
  w.stop = Stop::Yield;
}

size_t Workgroup::storageBytes(const GroupShape &shape) {
  const size_t wave = registerRows * laneStride * 4 + size_t(shape.scratchBytes) * laneStride;
  return shape.waves * (wave + sizeof(Wave)) + shape.ldsBytes;
}

Workgroup::Workgroup(const GroupShape &shape)
    : shape(shape), registers(shape.waves * registerRows * laneStride * 4), lds(shape.ldsBytes),
      scratch(shape.waves * size_t(shape.scratchBytes) * laneStride) {
  for (uint32_t n = 0; n < shape.waves; ++n) {
    auto w = std::make_unique_for_overwrite<Wave>();
    w->v = reinterpret_cast<uint32_t *>(registers.data()) + n * registerRows * laneStride;
    w->lds = {lds.data(), shape.ldsBytes};
    w->scratch = scratch.data() + n * size_t(shape.scratchBytes) * laneStride;
    w->scratchBytes = shape.scratchBytes;
    w->indexInGroup = n;
    waves.push_back(std::move(w));
  }
}

void Workgroup::start(const Launch &launch, const std::array<uint32_t, 3> &id) {
  fault = nullptr;
  std::memset(lds.data(), 0, shape.ldsBytes);
  for (auto &w : waves) {
    initializeWave(*w, launch, shape, id);
  }
}

void Workgroup::runWave(Wave &w) {
  w.stop = Stop::None;
  applyFloatMode(w.mode);
  interpret(w, waveSlice);
  if (w.stop == Stop::Fault) {
    fault = &w;
  }
}

bool Workgroup::run() {
  for (unsigned round = 0; round < roundsInTurn; ++round) {
    size_t waiting = 0, ended = 0, asleep = 0;
    for (auto &w : waves) {
      if (w->stop != Stop::Barrier && w->stop != Stop::Ended) {
        runWave(*w);
      }
      if (fault != nullptr) {
        return true;
      }
      waiting += w->stop == Stop::Barrier;
      ended += w->stop == Stop::Ended;
      asleep += w->stop == Stop::Sleep;
    }
    if (ended == waves.size()) {
      return true;
    }
    if (waiting + ended == waves.size()) {
      for (auto &w : waves) {
        w->stop = w->stop == Stop::Barrier ? Stop::None : w->stop;
      }
      round = 0; // a barrier passed is progress
    } else if (asleep + waiting + ended == waves.size()) {
      return false; // all wait for something that another workgroup may have to do
    }
  }
  return false;
}

} // namespace qcc::emulator::isa
