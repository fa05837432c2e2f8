// What a stream or a graph node can do, as data: run now, or kept and run as often as wanted.
#pragma once

#include "emulator/hip_api/Launch.h"

#include <variant>

namespace qcc::emulator {

/// A box of bytes: `width` bytes a row, `height` rows a slice, `depth` slices.
struct CopyCommand {
  void *dst = nullptr;
  const void *src = nullptr;
  size_t dstPitch = 0, srcPitch = 0; // bytes from row to row
  size_t dstSlice = 0, srcSlice = 0; // bytes from slice to slice
  hipExtent extent{0, 1, 1};
  hipMemcpyKind kind = hipMemcpyDefault;
};

/// A box of equal elements; `width` counts elements.
struct FillCommand {
  void *dst = nullptr;
  size_t pitch = 0, slice = 0; // bytes
  uint64_t value = 0;
  unsigned elementBytes = 1; // 1, 2, 4 or 8
  hipExtent extent{0, 1, 1};
};

struct HostCommand {
  hipHostFn_t function = nullptr;
  void *data = nullptr;
};

struct EventRecordCommand {
  std::shared_ptr<ihipEvent_t> event;
};

/// Work that was submitted before the event was recorded has ended by now: nothing is left to wait
/// for.
struct EventWaitCommand {
  std::shared_ptr<ihipEvent_t> event;
};

struct EmptyCommand {};

/// A graph inside a graph.
struct ChildGraphCommand {
  std::shared_ptr<ihipGraph> graph;
};

class GraphPlan;

/// The launch of an instantiated graph.
struct PlanCommand {
  std::shared_ptr<const GraphPlan> plan;
};

using Command = std::variant<EmptyCommand, KernelLaunch, CopyCommand, FillCommand, HostCommand,
                             EventRecordCommand, EventWaitCommand, ChildGraphCommand, PlanCommand>;

/// Checks a copy or a fill against the live allocations, without running it.
hipError_t checkCopy(const CopyCommand &copy);
hipError_t checkFill(const FillCommand &fill);

/// Runs the command to its end on the calling thread.
hipError_t execute(const Command &command);

/// A copy of `bytes` contiguous bytes.
CopyCommand linearCopy(void *dst, const void *src, size_t bytes, hipMemcpyKind kind);

/// The copy that a hipMemcpy3DParms describes; arrays (images) are refused, explained.
hipError_t copyOf(const hipMemcpy3DParms &parameters, CopyCommand &copy);

} // namespace qcc::emulator
