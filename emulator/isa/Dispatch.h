// What the HIP layer and the instruction set agree on: a kernel as loaded, a launch of it, and the
// function that runs the launch to its end.
#pragma once

#include "emulator/memory/Memory.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace qcc::emulator {

namespace isa {
class LaunchObserver;
}

/// The fields of an AMDHSA kernel descriptor (LLVM AMDGPUUsage, "Kernel Descriptor"), as stored.
struct KernelDescriptor {
  uint32_t groupSegmentFixedSize = 0;   // LDS bytes a workgroup needs
  uint32_t privateSegmentFixedSize = 0; // scratch bytes a work-item needs
  uint32_t kernargSize = 0;             // bytes
  int64_t kernelCodeEntryByteOffset = 0;
  uint32_t computePgmRsrc3 = 0;
  uint32_t computePgmRsrc1 = 0;
  uint32_t computePgmRsrc2 = 0;
  uint16_t kernelCodeProperties = 0;
  uint16_t kernargPreload = 0;
};

/// The descriptor in the 64 bytes at `from`.
KernelDescriptor readKernelDescriptor(const uint8_t *from);

/// Where instructions come from in the program's source.
class SourceLines {
public:
  virtual ~SourceLines() = default;
  /// "file:line" of the instruction at `codeOffset` bytes from the kernel's `code`, or ""; an
  /// inlined function's line is followed by " in " and where it was called.
  virtual std::string at(uint64_t codeOffset) const = 0;
};

/// A kernel of a loaded code object. Device memory is host memory: addresses are host addresses.
struct Kernel {
  std::string name;
  std::string chip;              // processor name as LLVM spells it, "gfx942"
  const uint8_t *code = nullptr; // the loaded executable segment that holds the entry
  size_t codeBytes = 0;
  size_t entryOffset = 0; // of the first instruction, from `code`
  KernelDescriptor descriptor;
  std::shared_ptr<const SourceLines> lines; // null: not known
};

struct Dispatch {
  const Kernel *kernel = nullptr;
  std::array<uint32_t, 3> gridWorkgroups{1, 1, 1};
  std::array<uint32_t, 3> workgroupSize{1, 1, 1}; // work-items
  uint32_t dynamicLdsBytes = 0;
  const void *kernarg = nullptr; // kernargSize bytes, hidden arguments filled in by the HIP layer
  /// Instructions that one wave may execute before the launch ends with `Limit`; 0: no limit.
  uint64_t instructionLimit = 0;
  /// Memory that the host writes to while the launch runs, and that waves wait for.
  AddressRange hostMemory;
  /// Workgroups that the chip holds at once: no more are under way together. 0: as many as memory
  /// allows.
  uint64_t residentWorkgroups = 0;
  /// Which workgroups run, numbered with x fastest: from `firstWorkgroup`, at most `mostWorkgroups`
  /// of them. Kernels see the whole grid.
  uint64_t firstWorkgroup = 0, mostWorkgroups = UINT64_MAX;
  /// Who watches the launch (isa/Observer.h); without any it runs at full speed.
  std::vector<isa::LaunchObserver *> observers;
};

/// How a launch ended. `message` is empty on success, else one sentence that names the kernel and
/// the offset of the instruction.
struct DispatchResult {
  enum class Status {
    Ok,
    UnknownInstruction,
    MemoryFault,
    InvalidLaunch,
    Trap,
    Limit,   // a wave reached the instruction limit
    Deadlock // no wave can ever go on
  } status = Status::Ok;
  std::string message;
  bool ok() const { return status == Status::Ok; }
};

/// Runs every workgroup of the launch on all host cores and returns when the last has ended.
DispatchResult runDispatch(const Dispatch &dispatch);

/// Drops what was decoded from code in [code, code + bytes): call it before that memory is freed or
/// rewritten. Launches still running keep what they use.
void forgetCode(const uint8_t *code, size_t bytes);

} // namespace qcc::emulator
