// The state of one wave and of the workgroup that it belongs to.
#pragma once

#include "emulator/isa/Dispatch.h"
#include "emulator/isa/Instruction.h"
#include "emulator/memory/Memory.h"

#include <cstdint>
#include <cstring>
#include <string>

namespace qcc::emulator::isa {

struct ChipRow;
class Program;

/// Lanes a vector register has in storage, wave32 or not.
constexpr unsigned laneStride = 64;

/// Why a wave left the interpreter loop.
enum class Stop : uint8_t { None, Ended, Barrier, Yield, Sleep, Fault };

/// What all waves of a launch share.
struct Launch {
  const Dispatch *dispatch = nullptr;
  const ChipRow *chip = nullptr;
  Program *program = nullptr;
  AddressRange own[3]; // kernel arguments, dispatch packet, queue: device-visible, not allocated
  uint64_t kernarg = 0;
  uint64_t packet = 0;
  uint64_t queue = 0;
};

struct Lds {
  uint8_t *data = nullptr;
  uint32_t bytes = 0;
};

/// Addresses that flat instructions take for LDS and scratch: 4 GiB each, non-canonical on the
/// host.
constexpr uint64_t sharedAperture = 0x0001000000000000ull;
constexpr uint64_t privateAperture = 0x0002000000000000ull;

/// MODE.FP16_OVFL: finite values too large for a narrow float become its largest.
constexpr uint32_t modeSaturates = 1u << 23;

struct alignas(64) Wave {
  // Scratch arrays for operands that are not plain registers: four sources of up to four dwords.
  alignas(64) uint32_t sourceTemp[4][4 * laneStride];
  alignas(64) uint32_t resultTemp[4 * laneStride];
  alignas(64) uint32_t laneMask[laneStride]; // EXEC as a word of ones or zeros a lane
  uint64_t laneMaskOf = 0;                   // the EXEC that laneMask was made from

  alignas(16) uint32_t s[SlotCount];
  uint32_t *v = nullptr; // [512][laneStride]
  bool scc = false;
  Stop stop = Stop::None;
  uint32_t at = 0; // dword index of the instruction in execution
  uint32_t pc = 0; // dword index of the next one
  uint32_t lanes = 64;
  uint64_t allLanes = ~0ull;
  uint32_t mode = 0;     // MODE register; bits 0..7 are FLOAT_MODE, 23 is FP16_OVFL
  uint64_t executed = 0; // instructions

  const Launch *launch = nullptr;
  Lds lds;
  uint8_t *scratch = nullptr; // this wave's, lanes interleaved by dword
  uint32_t scratchBytes = 0;  // a lane
  uint32_t indexInGroup = 0;
  std::array<uint32_t, 3> group{}; // coordinates of the workgroup
  AddressRange recent[4];          // allocations that this wave used last
  uint32_t recentNext = 0;

  DispatchResult::Status faultStatus = DispatchResult::Status::Ok;
  std::string faultMessage;

  uint64_t pair(unsigned slot) const {
    return s[slot] | (static_cast<uint64_t>(s[slot + 1]) << 32);
  }
  void setPair(unsigned slot, uint64_t value) {
    s[slot] = static_cast<uint32_t>(value);
    s[slot + 1] = static_cast<uint32_t>(value >> 32);
  }
  uint64_t exec() const { return pair(SlotExec) & allLanes; }
  uint64_t vcc() const { return pair(SlotVcc) & allLanes; }
  uint32_t *vector(unsigned index) { return v + static_cast<size_t>(index) * laneStride; }

  /// Ends the wave with a fault; `what` is completed with kernel name and instruction offset.
  void fault(DispatchResult::Status status, const std::string &what);
};

/// The value of a scalar operand, 32 bits.
inline uint32_t read32(const Wave &w, const Operand &o) {
  switch (o.place) {
  case Place::Scalar:
    return w.s[o.index];
  case Place::Constant:
    return static_cast<uint32_t>(o.value);
  case Place::Scc:
    return w.scc;
  case Place::Vccz:
    return w.vcc() == 0;
  case Place::Execz:
    return w.exec() == 0;
  default:
    return 0;
  }
}

/// The value of a scalar operand, 64 bits.
inline uint64_t read64(const Wave &w, const Operand &o) {
  if (o.place == Place::Scalar) {
    return w.pair(o.index);
  }
  return o.place == Place::Constant ? o.value : read32(w, o);
}

/// A mask of lanes from one (wave32) or two scalar registers, or a constant.
inline uint64_t readMask(const Wave &w, const Operand &o) {
  uint64_t bits = o.place == Place::Scalar && o.dwords == 1 ? w.s[o.index] : read64(w, o);
  return bits & w.allLanes;
}

inline void writeMask(Wave &w, const Operand &o, uint64_t mask) {
  w.s[o.index] = static_cast<uint32_t>(mask);
  if (o.dwords > 1) {
    w.s[o.index + 1] = static_cast<uint32_t>(mask >> 32);
  }
}

} // namespace qcc::emulator::isa
