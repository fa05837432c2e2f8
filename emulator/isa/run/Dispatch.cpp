// Runs a launch: checks it, lays out what its workgroups need, and shares them out over threads.
#include "emulator/isa/Dispatch.h"

#include "emulator/isa/Chip.h"
#include "emulator/isa/Program.h"
#include "emulator/isa/run/FloatMode.h"
#include "emulator/isa/run/ThreadPool.h"
#include "emulator/isa/run/Workgroup.h"

#include <algorithm>
#include <condition_variable>
#include <deque>

namespace qcc::emulator {

namespace isa {

namespace {

/// Source: HSA runtime specification, hsa_kernel_dispatch_packet_t.
struct DispatchPacket {
  uint16_t header = 0, setup = 3;
  uint16_t workgroupSize[3] = {};
  uint16_t reserved0 = 0;
  uint32_t gridSize[3] = {}; // work-items
  uint32_t privateSegmentSize = 0, groupSegmentSize = 0;
  uint64_t kernelObject = 0, kernargAddress = 0, reserved2 = 0, completionSignal = 0;
};
static_assert(sizeof(DispatchPacket) == 64);

/// Device-visible memory of one launch that no allocation holds.
struct LaunchMemory {
  std::vector<uint64_t> kernarg;
  DispatchPacket packet;
  uint32_t queue[64] = {}; // amd_queue_t as far as kernels read it: the apertures
};

DispatchResult invalid(const Dispatch &d, const std::string &why) {
  const std::string name = d.kernel != nullptr ? d.kernel->name : std::string();
  return {DispatchResult::Status::InvalidLaunch, "kernel `" + name + "` cannot start: " + why};
}

uint32_t registerCount(const KernelDescriptor &d, const ChipRow &chip, uint32_t lanes) {
  const uint32_t granule = lanes == 32 ? chip.vgprGranule32 : chip.vgprGranule64;
  return ((d.computePgmRsrc1 & 0x3f) + 1) * granule;
}

GroupShape shapeOf(const Dispatch &d, const ChipRow &chip) {
  const KernelDescriptor &k = d.kernel->descriptor;
  GroupShape shape;
  constexpr uint16_t wave32 = 1 << 10, dynamicStack = 1 << 11;
  shape.lanes = chip.vgprGranule32 != 0 && (k.kernelCodeProperties & wave32) != 0 ? 32 : 64;
  shape.workItems = d.workgroupSize[0] * d.workgroupSize[1] * d.workgroupSize[2];
  shape.waves = (shape.workItems + shape.lanes - 1) / shape.lanes;
  shape.ldsBytes = k.groupSegmentFixedSize + d.dynamicLdsBytes;
  constexpr uint32_t stackForCalls = 16 * 1024;
  shape.scratchBytes = (k.privateSegmentFixedSize + 15) / 16 * 16 +
                       ((k.kernelCodeProperties & dynamicStack) != 0 ? stackForCalls : 0);
  const uint32_t registers = registerCount(k, chip, shape.lanes);
  shape.vectorRegisters = std::min(registers, 256u);
  if (chip.matrixCores) {
    const uint32_t accumulationOffset = ((k.computePgmRsrc3 & 0x3f) + 1) * 4;
    shape.vectorRegisters = std::min({registers, accumulationOffset, 256u});
    shape.accumulationRegisters = std::min(registers - shape.vectorRegisters, 256u);
  }
  return shape;
}

/// A kernel whose arguments are preloaded starts 256 bytes behind its entry. Source: LLVM
/// AMDGPUUsage, "Preloaded Kernel Arguments".
DispatchResult checkPreload(const Dispatch &d, const ChipRow &chip) {
  const uint64_t count = d.kernel->descriptor.kernargPreload & 0x7f;
  const uint64_t offset = d.kernel->descriptor.kernargPreload >> 7;
  if (!chip.kernargPreload || count == 0) {
    return {};
  }
  if ((offset + count) * 4 > d.kernel->descriptor.kernargSize) {
    return invalid(d, "it preloads arguments that it does not have");
  }
  constexpr size_t preloadEntry = 256;
  if (d.kernel->codeBytes - d.kernel->entryOffset <= preloadEntry) {
    return invalid(d, "its entry behind the preloading of arguments lies outside its code");
  }
  return {};
}

DispatchResult check(const Dispatch &d, const ChipRow *chip) {
  if (d.kernel == nullptr || d.kernel->code == nullptr) {
    return invalid(d, "it has no code");
  }
  if (chip == nullptr) {
    return invalid(d, "the emulated device has no chip named `" + d.kernel->chip + "`");
  }
  if (d.kernel->entryOffset % 4 != 0 || d.kernel->entryOffset >= d.kernel->codeBytes) {
    return invalid(d, "its entry lies outside its code");
  }
  uint64_t items = 1;
  for (uint32_t n : d.workgroupSize) {
    items *= n;
    if (n == 0 || n > 1024 || items > 1024) {
      return invalid(d, "a workgroup has 1 to 1024 work-items");
    }
  }
  const uint64_t lds = uint64_t(d.kernel->descriptor.groupSegmentFixedSize) + d.dynamicLdsBytes;
  if (lds > chip->ldsBytes) {
    return invalid(d, "it asks for " + std::to_string(lds) + " bytes of LDS and the chip has " +
                          std::to_string(chip->ldsBytes));
  }
  constexpr uint32_t mostScratch = 4u << 20;
  if (d.kernel->descriptor.privateSegmentFixedSize > mostScratch) {
    return invalid(d, "it asks for more scratch than a work-item can have");
  }
  return checkPreload(d, *chip);
}

void fillMemory(const Dispatch &d, LaunchMemory &m, Launch &launch) {
  const uint32_t bytes = d.kernel->descriptor.kernargSize;
  constexpr uint32_t margin = 64; // loads may be wider than the arguments are
  constexpr uint32_t line = 128;  // a whole one, so that chance does not decide how many are read
  m.kernarg.assign((bytes + 7) / 8 + margin / 8 + line / 8, 0);
  uint8_t *arguments = reinterpret_cast<uint8_t *>(
      (reinterpret_cast<uintptr_t>(m.kernarg.data()) + line - 1) & ~uintptr_t(line - 1));
  if (bytes != 0 && d.kernarg != nullptr) {
    std::memcpy(arguments, d.kernarg, bytes);
  }
  for (unsigned n = 0; n < 3; ++n) {
    m.packet.workgroupSize[n] = static_cast<uint16_t>(d.workgroupSize[n]);
    m.packet.gridSize[n] = d.gridWorkgroups[n] * d.workgroupSize[n];
  }
  m.packet.privateSegmentSize = d.kernel->descriptor.privateSegmentFixedSize;
  m.packet.groupSegmentSize = d.kernel->descriptor.groupSegmentFixedSize + d.dynamicLdsBytes;
  launch.kernarg = reinterpret_cast<uint64_t>(arguments);
  m.packet.kernargAddress = launch.kernarg;
  // Source: ROCr amd_hsa_queue.h, group_segment_aperture_base_hi and private_..., bytes 64 and 68.
  m.queue[16] = static_cast<uint32_t>(sharedAperture >> 32);
  m.queue[17] = static_cast<uint32_t>(privateAperture >> 32);
  launch.packet = reinterpret_cast<uint64_t>(&m.packet);
  launch.queue = reinterpret_cast<uint64_t>(m.queue);
  launch.own[0] = {launch.kernarg, launch.kernarg + bytes + margin};
  launch.own[1] = {launch.packet, launch.packet + sizeof m.packet};
  launch.own[2] = {launch.queue, launch.queue + sizeof m.queue};
}

/// Hands out workgroups to threads. A workgroup whose time is up goes to the back of the line,
/// behind those not started yet, so that workgroups that wait for each other all move.
class Scheduler {
public:
  Scheduler(const Launch &launch, const GroupShape &shape) : launch(launch), shape(shape) {
    const Dispatch &d = *launch.dispatch;
    const uint64_t all = uint64_t(d.gridWorkgroups[0]) * d.gridWorkgroups[1] * d.gridWorkgroups[2];
    next = std::min(d.firstWorkgroup, all);
    total = next + std::min(d.mostWorkgroups, all - next);
    mostSuspended = mostSuspendedOf(shape);
  }

  /// What one thread does until nothing is left.
  void work() {
    FloatModeGuard guard;
    std::unique_ptr<Workgroup> group;
    while (take(group)) {
      if (!group->run()) {
        suspend(std::move(group));
      } else if (group->faulted() != nullptr) {
        report(*group->faulted());
      }
    }
  }

  DispatchResult result;

private:
  void suspend(std::unique_ptr<Workgroup> group) {
    const bool stuck = group->stuck();
    std::lock_guard lock(mutex);
    --running;
    suspended.push_back(std::move(group));
    stuckTurns = stuck ? stuckTurns + 1 : 0;
    draining |= stuckTurns > suspended.size() + running && !mayStart();
  }

  /// When every workgroup seems stuck, threads stop here until all of them are suspended and can be
  /// asked again together.
  void settle(std::unique_lock<std::mutex> &lock) {
    if (!draining) {
      return;
    }
    if (running != 0) {
      settled.wait(lock, [&] { return !draining; });
      return;
    }
    auto stuck = [](const std::unique_ptr<Workgroup> &g) { return g->stuck(); };
    if (!suspended.empty() && std::all_of(suspended.begin(), suspended.end(), stuck)) {
      suspended.front()->declareDeadlock();
      stop(*suspended.front()->faulted());
    }
    draining = false;
    stuckTurns = 0;
    settled.notify_all();
  }

  /// Whether a workgroup that has not begun has room beside those under way.
  bool mayStart() const {
    const uint64_t resident = launch.dispatch->residentWorkgroups;
    return next < total && suspended.size() < mostSuspended &&
           (resident == 0 || suspended.size() + running < resident);
  }

  /// Gives `group` (storage of an ended one, or null) the next work; false when there is none.
  bool take(std::unique_ptr<Workgroup> &group) {
    uint64_t index = 0;
    {
      std::unique_lock lock(mutex);
      if (group) { // the one whose storage it is has ended
        --running;
        stuckTurns = 0;
      }
      settle(lock);
      if (stopped) {
        return false;
      }
      if (!mayStart()) {
        if (suspended.empty()) {
          return false;
        }
        group = std::move(suspended.front());
        suspended.pop_front();
        ++running;
        return true;
      }
      index = next++;
      ++running;
    }
    if (!group) {
      group = std::make_unique<Workgroup>(shape, launch.dispatch->observers);
    }
    const auto &grid = launch.dispatch->gridWorkgroups;
    group->start(launch, {static_cast<uint32_t>(index % grid[0]),
                          static_cast<uint32_t>(index / grid[0] % grid[1]),
                          static_cast<uint32_t>(index / grid[0] / grid[1])});
    return true;
  }

  void report(const Wave &w) {
    std::lock_guard lock(mutex);
    stop(w);
  }

  void stop(const Wave &w) {
    if (!stopped) {
      result = {w.faultStatus, w.faultMessage};
      stopped = true;
    }
  }

  /// Workgroups that may be under way at once beside those on a thread: bounded by host memory.
  static size_t mostSuspendedOf(const GroupShape &shape) {
    constexpr size_t most = 4096, hostBytes = size_t(2) << 30;
    return std::min(most, hostBytes / Workgroup::storageBytes(shape));
  }

  const Launch &launch;
  const GroupShape &shape;
  std::mutex mutex;
  uint64_t next = 0, total = 0;
  size_t mostSuspended = 0;
  size_t running = 0;    // workgroups on threads
  size_t stuckTurns = 0; // turns in a row that ended without hope
  bool draining = false;
  std::condition_variable settled;
  bool stopped = false;
  std::deque<std::unique_ptr<Workgroup>> suspended;
};

} // namespace

} // namespace isa

DispatchResult runDispatch(const Dispatch &dispatch) {
  using namespace isa;
  const ChipRow *chip = dispatch.kernel != nullptr ? findChip(dispatch.kernel->chip) : nullptr;
  if (DispatchResult bad = check(dispatch, chip); !bad.ok()) {
    return bad;
  }
  const GroupShape shape = shapeOf(dispatch, *chip);
  const std::shared_ptr<Program> program =
      programFor(dispatch.kernel->code, dispatch.kernel->codeBytes, *chip, shape.lanes);
  LaunchMemory memory;
  Launch launch;
  launch.dispatch = &dispatch;
  launch.chip = chip;
  launch.program = program.get();
  fillMemory(dispatch, memory, launch);
  const auto &grid = dispatch.gridWorkgroups;
  const uint64_t groups = uint64_t(grid[0]) * grid[1] * grid[2];
  if (groups == 0) {
    return {};
  }
  for (LaunchObserver *observer : dispatch.observers) {
    observer->start(launch, shape);
  }
  Scheduler scheduler(launch, shape);
  ThreadPool &pool = ThreadPool::instance();
  const unsigned threads = static_cast<unsigned>(std::min<uint64_t>(groups, pool.size()));
  pool.run(threads, [&] { scheduler.work(); });
  for (LaunchObserver *observer : dispatch.observers) {
    observer->end(scheduler.result);
  }
  return scheduler.result;
}

} // namespace qcc::emulator
