// Values that were never written and reach an address, a branch or a store to global memory.
#pragma once

#include "emulator/checks/MemoryShadow.h"
#include "emulator/checks/Reexecution.h"
#include "emulator/checks/Report.h"
#include "emulator/isa/Observer.h"

namespace qcc::emulator::checks {

/// Watches one workgroup. Copies are free: between registers, LDS and scratch always; from global
/// memory that nobody wrote to global memory as well, as a struct's padding is copied.
class Definedness {
public:
  /// What goes to `exempt` is not looked at: the device's library passes whole packets to the host.
  Definedness(MemoryShadow &memory, const AddressRange &exempt) : memory(memory), exempt(exempt) {}

  void start(std::span<const std::unique_ptr<isa::Wave>> waves);
  void before(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses,
              Reporter &reporter);
  void after(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses,
             Reporter &reporter);

private:
  struct State {
    RegisterShadow registers;
    std::vector<uint32_t> scratch; // bits written: dword by dword, lanes side by side
    bool scratchUsed = false;
    uint64_t exec = 0;       // before the instruction
    bool reexecutes = false; // something that it reads is unwritten
  };

  bool checkOperand(isa::Wave &w, State &s, const isa::Operand &operand, const char *what,
                    Reporter &reporter);
  void checkAddress(isa::Wave &w, State &s, const isa::Instruction &i, Reporter &reporter);
  void checkBranch(isa::Wave &w, State &s, const isa::Instruction &i, Reporter &reporter);
  void checkExec(isa::Wave &w, State &s, Reporter &reporter);
  void markMoved(isa::Wave &w, State &s, const isa::Instruction &i);
  void markCopies(isa::Wave &w, State &s, const isa::Instruction &i);
  void markLoaded(isa::Wave &w, State &s, const isa::Instruction &i,
                  std::span<isa::MemoryAccess> accesses, Reporter &reporter);

  void store(isa::Wave &w, State &s, const isa::MemoryAccess &access, Reporter &reporter);
  void load(isa::Wave &w, State &s, const isa::MemoryAccess &access);
  void loadLane(State &s, const isa::MemoryAccess &access, unsigned lane);
  void loadScalar(State &s, const isa::MemoryAccess &access);
  void markAtomic(State &s, const isa::MemoryAccess &access, bool replaces);

  /// Bits written of `bytes` (at most 4) at a lane's address.
  uint32_t readMarks(State &s, const isa::MemoryAccess &access, unsigned lane, uint64_t address,
                     unsigned bytes);
  void writeMarks(State &s, const isa::MemoryAccess &access, unsigned lane, uint64_t address,
                  unsigned bytes, uint32_t written);
  uint8_t *scratchMark(State &s, unsigned lane, uint64_t address);
  bool isExempt(uint64_t address) const { return address >= exempt.begin && address < exempt.end; }
  uint8_t *globalMarks(uint64_t address, unsigned bytes);
  uint8_t *rangeMarks(const isa::MemoryAccess &access, const AddressRange &range);
  bool storeDense(State &s, const isa::MemoryAccess &access);
  bool allWritten(State &s, const isa::MemoryAccess &access);

  MemoryShadow &memory;
  const AddressRange &exempt;
  Reexecution reexecution;
  std::vector<std::unique_ptr<State>> states;
  std::vector<uint8_t> lds; // bits written of each byte
  MemoryShadow::Block recent[4];
  unsigned recentNext = 0;
};

} // namespace qcc::emulator::checks
