// Registers at kernel entry. Source: LLVM AMDGPUUsage, "Initial Kernel Execution State" and "Kernel
// Descriptor".
#include "emulator/isa/Chip.h"
#include "emulator/isa/run/Workgroup.h"

namespace qcc::emulator::isa {

namespace {

/// Bits of kernel_code_properties that ask for user SGPRs, in the order they are laid out.
enum Property : uint16_t {
  PrivateSegmentBuffer = 1 << 0,
  DispatchPtr = 1 << 1,
  QueuePtr = 1 << 2,
  KernargPtr = 1 << 3,
  DispatchId = 1 << 4,
  FlatScratchInit = 1 << 5,
  PrivateSegmentSize = 1 << 6,
};

/// Bits of COMPUTE_PGM_RSRC2.
enum Resource2 : uint32_t {
  PrivateSegment = 1 << 0,
  WorkgroupIdX = 1 << 7,
  WorkgroupIdY = 1 << 8,
  WorkgroupIdZ = 1 << 9,
  WorkgroupInfo = 1 << 10,
};

/// A buffer descriptor over the wave's scratch: swizzled, lanes added, elements of 4 bytes.
void writeScratchDescriptor(uint32_t *s, uint64_t base, uint32_t waveBytes) {
  s[0] = static_cast<uint32_t>(base);
  s[1] = static_cast<uint32_t>(base >> 32 & 0xffff) | 1u << 31;
  s[2] = waveBytes;
  s[3] = 1u << 23 | 3u << 21 | 1u << 19; // add lane, 64 lanes, 4 bytes
}

unsigned writeUserRegisters(Wave &w, const Launch &launch, const GroupShape &shape) {
  const KernelDescriptor &d = launch.dispatch->kernel->descriptor;
  const uint64_t scratch = reinterpret_cast<uint64_t>(w.scratch);
  const uint32_t waveBytes = shape.scratchBytes * laneStride;
  unsigned at = 0;
  if (d.kernelCodeProperties & PrivateSegmentBuffer) {
    writeScratchDescriptor(&w.s[at], scratch, waveBytes);
    at += 4;
  }
  auto pair = [&](uint16_t bit, uint64_t value) {
    if (d.kernelCodeProperties & bit) {
      w.setPair(at, value);
      at += 2;
    }
  };
  pair(DispatchPtr, launch.packet);
  pair(QueuePtr, launch.queue);
  pair(KernargPtr, launch.kernarg);
  pair(DispatchId, 0);
  pair(FlatScratchInit, scratch);
  if (d.kernelCodeProperties & PrivateSegmentSize) {
    w.s[at++] = shape.scratchBytes;
  }
  if (launch.chip->kernargPreload) {
    const uint32_t count = d.kernargPreload & 0x7f, offset = d.kernargPreload >> 7;
    const uint8_t *arguments = reinterpret_cast<const uint8_t *>(launch.kernarg);
    for (uint32_t n = 0; n < count && at + n < 16; ++n) {
      std::memcpy(&w.s[at + n], arguments + (offset + n) * 4, 4);
    }
  }
  return (d.computePgmRsrc2 >> 1) & 0x1f; // the field counts preloaded arguments as well
}

void writeSystemRegisters(Wave &w, const Launch &launch, unsigned at,
                          const std::array<uint32_t, 3> &id) {
  const KernelDescriptor &d = launch.dispatch->kernel->descriptor;
  if (launch.chip->workgroupIdInTtmp) {
    w.s[SlotTtmp + 9] = id[0];
    w.s[SlotTtmp + 7] = id[1] | id[2] << 16;
    return;
  }
  constexpr uint32_t bits[] = {WorkgroupIdX, WorkgroupIdY, WorkgroupIdZ};
  for (unsigned n = 0; n < 3; ++n) {
    if (d.computePgmRsrc2 & bits[n]) {
      w.s[at++] = id[n];
    }
  }
  if (d.computePgmRsrc2 & WorkgroupInfo) {
    w.s[at++] = 0;
  }
  if ((d.computePgmRsrc2 & PrivateSegment) != 0 && !launch.chip->architectedFlatScratch) {
    w.s[at++] = 0; // the descriptor and FLAT_SCRATCH above are this wave's own already
  }
}

/// v0: the work-item's coordinates, 10 bits each.
void writeWorkItemIds(Wave &w, const Launch &launch, const GroupShape &shape) {
  const auto &size = launch.dispatch->workgroupSize;
  uint64_t exec = 0;
  for (uint32_t lane = 0; lane < w.lanes; ++lane) {
    const uint32_t flat = w.indexInGroup * w.lanes + lane;
    if (flat >= shape.workItems) {
      break;
    }
    const uint32_t x = flat % size[0], y = flat / size[0] % size[1], z = flat / (size[0] * size[1]);
    w.v[lane] = x | y << 10 | z << 20;
    exec |= uint64_t(1) << lane;
  }
  w.setPair(SlotExec, exec);
}

} // namespace

void initializeWave(Wave &w, const Launch &launch, const GroupShape &shape,
                    const std::array<uint32_t, 3> &groupId) {
  const Kernel &kernel = *launch.dispatch->kernel;
  w.launch = &launch;
  w.group = groupId;
  w.lanes = shape.lanes;
  w.allLanes = shape.lanes == 64 ? ~0ull : 0xffffffffull;
  std::memset(w.s, 0, sizeof w.s);
  std::memset(w.v, 0, size_t(shape.vectorRegisters) * laneStride * 4);
  std::memset(w.vector(accumulationBase), 0, size_t(shape.accumulationRegisters) * laneStride * 4);
  w.laneMaskOf = ~0ull;
  std::memset(w.laneMask, 0xff, sizeof w.laneMask);
  w.scc = false;
  w.stop = Stop::None;
  w.executed = 0;
  const uint32_t rsrc1 = kernel.descriptor.computePgmRsrc1;
  w.mode = ((rsrc1 >> 12) & 0xff) | ((rsrc1 >> 26 & 1) != 0 ? modeSaturates : 0);
  std::memset(w.recent, 0, sizeof w.recent);
  const bool preloads = launch.chip->kernargPreload && (kernel.descriptor.kernargPreload & 0x7f);
  w.pc = static_cast<uint32_t>((kernel.entryOffset + (preloads ? 256 : 0)) / 4);
  const unsigned at = writeUserRegisters(w, launch, shape);
  writeSystemRegisters(w, launch, at, groupId);
  writeWorkItemIds(w, launch, shape);
  if (launch.chip->architectedFlatScratch) {
    w.setPair(SlotFlatScratch, reinterpret_cast<uint64_t>(w.scratch));
  }
}

} // namespace qcc::emulator::isa
