#include "emulator/isa/run/Workgroup.h"

#include "emulator/isa/Program.h"
#include "emulator/isa/run/FloatMode.h"

#include <algorithm>
#include <cstdio>

namespace qcc::emulator::isa {

namespace {

constexpr size_t registerRows = 512 + 32; // a wide operand at the end stays inside

} // namespace

void Wave::fault(DispatchResult::Status status, const std::string &what) {
  stop = Stop::Fault;
  faultStatus = status;
  const Kernel &kernel = *launch->dispatch->kernel;
  const std::string source = kernel.lines ? kernel.lines->at(uint64_t(at) * 4) : std::string();
  char place[128];
  std::snprintf(place, sizeof place, "offset 0x%llx",
                static_cast<unsigned long long>(uint64_t(at) * 4 - kernel.entryOffset));
  faultMessage = "kernel `" + kernel.name + "`, " + (source.empty() ? "" : source + " (") + place +
                 (source.empty() ? "" : ")") + ", `" + launch->program->at(at)->text + "`, ";
  std::snprintf(place, sizeof place, "workgroup (%u,%u,%u), wave %u: ", group[0], group[1],
                group[2], indexInGroup);
  faultMessage += place + what;
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

void interpretObserved(Wave &w, uint64_t budget,
                       std::span<const std::unique_ptr<GroupObserver>> observers) {
  Program &program = *w.launch->program;
  const uint64_t end = w.executed + budget;
  AccessList accesses;
  while (w.executed != end) {
    ++w.executed;
    w.at = w.pc;
    const Instruction *i = program.decoded(w.at);
    w.pc = i->next;
    accesses.clear();
    if (i->describe != nullptr) {
      i->describe(w, *i, accesses);
    }
    for (const auto &observer : observers) {
      observer->before(w, *i, accesses.all());
    }
    if (w.stop == Stop::None) {
      i->execute(w, *i);
    }
    if (w.stop == Stop::Fault) {
      return;
    }
    for (const auto &observer : observers) {
      observer->after(w, *i, accesses.all());
    }
    if (w.stop != Stop::None) {
      return;
    }
  }
  w.stop = Stop::Yield;
}

size_t Workgroup::storageBytes(const GroupShape &shape) {
  const size_t wave = registerRows * laneStride * 4 + size_t(shape.scratchBytes) * laneStride;
  return shape.waves * (wave + sizeof(Wave)) + shape.ldsBytes;
}

Workgroup::Workgroup(const GroupShape &shape, const std::vector<LaunchObserver *> &launchObservers)
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
  for (LaunchObserver *observer : launchObservers) {
    observers.push_back(observer->observeGroups());
  }
}

void Workgroup::start(const Launch &launch, const std::array<uint32_t, 3> &id) {
  fault = nullptr;
  std::memset(lds.data(), 0, shape.ldsBytes);
  for (auto &w : waves) {
    initializeWave(*w, launch, shape, id);
  }
  for (const auto &observer : observers) {
    observer->start(waves, id);
  }
}

void Workgroup::runWave(Wave &w) {
  w.stop = Stop::None;
  applyFloatMode(w.mode);
  const uint64_t limit = w.launch->dispatch->instructionLimit;
  const uint64_t budget = limit == 0 ? waveSlice : std::min(waveSlice, limit - w.executed);
  if (observers.empty()) {
    interpret(w, budget);
  } else {
    interpretObserved(w, budget, observers);
  }
  if (w.stop == Stop::Yield && limit != 0 && w.executed >= limit) {
    w.fault(DispatchResult::Status::Limit,
            "the wave has executed " + std::to_string(limit) + " instructions, the limit");
  }
  if (w.stop == Stop::Fault) {
    fault = &w;
  }
}

void Workgroup::passBarrier() {
  for (const auto &observer : observers) {
    observer->barrier(waves);
  }
  for (auto &w : waves) {
    w->stop = w->stop == Stop::Barrier ? Stop::None : w->stop;
  }
}

void Workgroup::end() {
  for (const auto &observer : observers) {
    observer->end(waves);
  }
}

bool Workgroup::run() {
  const bool ended = runTurn();
  if (!ended) {
    for (const auto &observer : observers) {
      observer->pause();
    }
  }
  return ended;
}

bool Workgroup::stuck() const {
  for (const auto &observer : observers) {
    if (observer->stuck(waves)) {
      return true;
    }
  }
  return false;
}

void Workgroup::declareDeadlock() {
  for (const auto &w : waves) {
    if (w->stop != Stop::Barrier && w->stop != Stop::Ended) {
      w->fault(
          DispatchResult::Status::Deadlock,
          "the wave repeats the same state for ever, and so does every other one that is under "
          "way: they wait for what none of them will do");
      fault = w.get();
      return;
    }
  }
}

bool Workgroup::runTurn() {
  for (unsigned round = 0; round < roundsInTurn; ++round) {
    size_t waiting = 0, ended = 0, asleep = 0;
    for (auto &w : waves) {
      if (w->stop != Stop::Barrier && w->stop != Stop::Ended) {
        runWave(*w);
      }
      if (fault != nullptr) {
        end();
        return true;
      }
      waiting += w->stop == Stop::Barrier;
      ended += w->stop == Stop::Ended;
      asleep += w->stop == Stop::Sleep;
    }
    if (ended == waves.size()) {
      end();
      return true;
    }
    if (waiting + ended == waves.size()) {
      passBarrier();
      round = 0; // a barrier passed is progress
    } else if (asleep + waiting + ended == waves.size() || stuck()) {
      return false; // all wait for something that another workgroup may have to do
    }
  }
  return false;
}

} // namespace qcc::emulator::isa
