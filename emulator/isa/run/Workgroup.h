// One workgroup in execution: its waves, LDS and scratch, run in turns on one thread.
#pragma once

#include "emulator/isa/Observer.h"
#include "emulator/isa/run/Storage.h"

#include <array>
#include <memory>
#include <vector>

namespace qcc::emulator::isa {

/// What a launch needs of each workgroup, worked out once.
struct GroupShape {
  uint32_t lanes = 64; // of a wave
  uint32_t waves = 1;
  uint32_t workItems = 1;
  uint32_t ldsBytes = 0;
  uint32_t scratchBytes = 0;    // a work-item
  uint32_t vectorRegisters = 0; // cleared at the start of a wave
  uint32_t accumulationRegisters = 0;
};

/// The storage of a workgroup; used again for the next workgroup that a thread takes.
class Workgroup {
public:
  /// `observers` watch what runs in it; each gives one observer of its own.
  Workgroup(const GroupShape &shape, const std::vector<LaunchObserver *> &observers);

  /// Puts all waves at the kernel's entry for the workgroup `id`.
  void start(const Launch &launch, const std::array<uint32_t, 3> &id);

  /// Runs until the workgroup ends or faults (true), or until its time is up (false: call again).
  bool run();

  /// Whether observers have proven that it cannot go on unless another workgroup changes memory.
  bool stuck() const;

  /// Faults a wave that waits for what never comes.
  void declareDeadlock();

  /// Whether a wave faulted; the status and the message are that wave's.
  const Wave *faulted() const { return fault; }

  /// Bytes that a workgroup of this shape keeps while it is under way.
  static size_t storageBytes(const GroupShape &shape);

private:
  bool runTurn();
  void runWave(Wave &w);
  void passBarrier();
  void end();

  const GroupShape shape;
  std::vector<std::unique_ptr<Wave>> waves;
  Storage registers, lds, scratch;
  std::vector<std::unique_ptr<GroupObserver>> observers;
  const Wave *fault = nullptr;
};

/// Sets a wave's registers as the AMDHSA ABI has them at kernel entry.
void initializeWave(Wave &w, const Launch &launch, const GroupShape &shape,
                    const std::array<uint32_t, 3> &groupId);

/// Instructions that a wave may execute before the others of its workgroup get their turn.
constexpr uint64_t waveSlice = 1 << 14;
/// Turns of all waves, without a barrier passed, before another workgroup gets the thread.
constexpr unsigned roundsInTurn = 16;

/// Executes up to `budget` instructions of a wave.
void interpret(Wave &w, uint64_t budget);
/// The same with observers.
void interpretObserved(Wave &w, uint64_t budget,
                       std::span<const std::unique_ptr<GroupObserver>> observers);

} // namespace qcc::emulator::isa
