#include "emulator/hip_api/Commands.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Graph.h"
#include "emulator/hip_api/Stream.h"
#include "emulator/memory/MemoryListener.h"

#include <cstring>

namespace qcc::emulator {
namespace {

/// Whether a pointer of a copy must be, can be, or cannot be device memory.
struct Direction {
  bool dstOnDevice, srcOnDevice;
};

Direction directionOf(const CopyCommand &copy) {
  switch (copy.kind) {
  case hipMemcpyHostToDevice:
    return {true, false};
  case hipMemcpyDeviceToHost:
    return {false, true};
  case hipMemcpyDeviceToDevice:
  case hipMemcpyDeviceToDeviceNoCU:
    return {true, true};
  default:
    return {false, false};
  }
}

/// The bytes from the first to the last of a box.
uint64_t span(size_t rowBytes, size_t pitch, size_t slice, const hipExtent &extent) {
  return (extent.depth - 1) * slice + (extent.height - 1) * pitch + rowBytes;
}

/// A box that begins in an allocation must end in it; one that must be on the device must begin in
/// one.
hipError_t checkRange(const void *pointer, uint64_t bytes, bool mustBeDevice, const char *what) {
  auto begin = reinterpret_cast<uint64_t>(pointer);
  AddressRange range = findAllocation(begin);
  if (range.begin == range.end) {
    if (!pointer || mustBeDevice) {
      return explain(hipErrorInvalidValue,
                     std::string("the ") + what + " is not in allocated device memory");
    }
    return hipSuccess;
  }
  if (bytes > range.end - begin) {
    return explain(hipErrorInvalidValue,
                   std::string("the ") + what + " has " + std::to_string(range.end - begin) +
                       " bytes left, the operation needs " + std::to_string(bytes));
  }
  return hipSuccess;
}

void tellWritten(const void *begin, size_t bytes) {
  if (MemoryListener *listener = MemoryListener::get()) {
    listener->written(reinterpret_cast<uint64_t>(begin), bytes);
  }
}

bool isEmpty(const hipExtent &extent) {
  return extent.width == 0 || extent.height == 0 || extent.depth == 0;
}

void count(const CopyCommand &copy) {
  auto isDevice = [](const void *pointer) {
    std::optional<Allocation> found =
        AllocationTable::get().find(reinterpret_cast<uint64_t>(pointer));
    return found && (found->kind == MemoryKind::Device || found->kind == MemoryKind::CodeObject);
  };
  Counters &counters = Platform::get().counters();
  bool toDevice = copy.kind == hipMemcpyHostToDevice;
  bool toHost = copy.kind == hipMemcpyDeviceToHost;
  if (copy.kind == hipMemcpyDefault) {
    toDevice = isDevice(copy.dst) && !isDevice(copy.src);
    toHost = !isDevice(copy.dst) && isDevice(copy.src);
  }
  counters.hostToDeviceCopies += toDevice;
  counters.deviceToHostCopies += toHost;
}

/// Checked again when it runs: a graph can be launched after its memory was freed.
hipError_t run(const CopyCommand &copy) {
  if (hipError_t error = checkCopy(copy)) {
    return error;
  }
  count(copy);
  if (isEmpty(copy.extent)) {
    return hipSuccess;
  }
  for (size_t z = 0; z < copy.extent.depth; ++z) {
    for (size_t y = 0; y < copy.extent.height; ++y) {
      uint8_t *to = static_cast<uint8_t *>(copy.dst) + z * copy.dstSlice + y * copy.dstPitch;
      std::memmove(to,
                   static_cast<const uint8_t *>(copy.src) + z * copy.srcSlice + y * copy.srcPitch,
                   copy.extent.width);
      tellWritten(to, copy.extent.width);
    }
  }
  return hipSuccess;
}

hipError_t run(const FillCommand &fill) {
  if (hipError_t error = checkFill(fill)) {
    return error;
  }
  if (isEmpty(fill.extent)) {
    return hipSuccess;
  }
  for (size_t z = 0; z < fill.extent.depth; ++z) {
    for (size_t y = 0; y < fill.extent.height; ++y) {
      uint8_t *row = static_cast<uint8_t *>(fill.dst) + z * fill.slice + y * fill.pitch;
      if (fill.elementBytes == 1) {
        std::memset(row, static_cast<int>(fill.value & 0xff), fill.extent.width);
        tellWritten(row, fill.extent.width);
        continue;
      }
      for (size_t x = 0; x < fill.extent.width; ++x) {
        std::memcpy(row + x * fill.elementBytes, &fill.value, fill.elementBytes);
      }
      tellWritten(row, fill.extent.width * fill.elementBytes);
    }
  }
  return hipSuccess;
}

hipError_t run(const EmptyCommand &) {
  return hipSuccess;
}
hipError_t run(const KernelLaunch &launch) {
  return runLaunch(launch);
}
hipError_t run(const EventWaitCommand &) {
  return hipSuccess;
}

hipError_t run(const HostCommand &host) {
  host.function(host.data);
  return hipSuccess;
}

hipError_t run(const EventRecordCommand &command) {
  command.event->recordNow();
  return hipSuccess;
}

hipError_t run(const ChildGraphCommand &child) {
  return GraphPlan(*child.graph).run();
}

hipError_t run(const PlanCommand &launch) {
  return launch.plan->run();
}

} // namespace

hipError_t checkCopy(const CopyCommand &copy) {
  if (copy.kind < hipMemcpyHostToHost ||
      (copy.kind > hipMemcpyDefault && copy.kind != hipMemcpyDeviceToDeviceNoCU)) {
    return explain(hipErrorInvalidMemcpyDirection,
                   "a copy of unknown kind " + std::to_string(copy.kind));
  }
  if (isEmpty(copy.extent)) {
    return hipSuccess;
  }
  if (copy.extent.height > 1 &&
      (copy.dstPitch < copy.extent.width || copy.srcPitch < copy.extent.width)) {
    return explain(hipErrorInvalidPitchValue, "a copy's pitch is smaller than its row");
  }
  Direction direction = directionOf(copy);
  uint64_t dstBytes = span(copy.extent.width, copy.dstPitch, copy.dstSlice, copy.extent);
  uint64_t srcBytes = span(copy.extent.width, copy.srcPitch, copy.srcSlice, copy.extent);
  if (hipError_t error =
          checkRange(copy.dst, dstBytes, direction.dstOnDevice, "destination of a copy")) {
    return error;
  }
  return checkRange(copy.src, srcBytes, direction.srcOnDevice, "source of a copy");
}

hipError_t checkFill(const FillCommand &fill) {
  if (fill.elementBytes != 1 && fill.elementBytes != 2 && fill.elementBytes != 4 &&
      fill.elementBytes != 8) {
    return explain(hipErrorInvalidValue,
                   "a fill with elements of " + std::to_string(fill.elementBytes) + " bytes");
  }
  if (isEmpty(fill.extent)) {
    return hipSuccess;
  }
  size_t rowBytes = fill.extent.width * fill.elementBytes;
  if (fill.extent.height > 1 && fill.pitch < rowBytes) {
    return explain(hipErrorInvalidPitchValue, "a fill's pitch is smaller than its row");
  }
  return checkRange(fill.dst, span(rowBytes, fill.pitch, fill.slice, fill.extent), true,
                    "destination of a fill");
}

hipError_t execute(const Command &command) {
  return std::visit([](const auto &one) { return run(one); }, command);
}

CopyCommand linearCopy(void *dst, const void *src, size_t bytes, hipMemcpyKind kind) {
  return {dst, src, bytes, bytes, bytes, bytes, {bytes, 1, 1}, kind};
}

hipError_t copyOf(const hipMemcpy3DParms &parameters, CopyCommand &copy) {
  if (parameters.srcArray || parameters.dstArray) {
    return explain(hipErrorNotSupported, "a 3D copy to or from an array");
  }
  auto at = [](const hipPitchedPtr &base, const hipPos &position) {
    return static_cast<uint8_t *>(base.ptr) + position.z * base.pitch * base.ysize +
           position.y * base.pitch + position.x;
  };
  copy = {at(parameters.dstPtr, parameters.dstPos),
          at(parameters.srcPtr, parameters.srcPos),
          parameters.dstPtr.pitch,
          parameters.srcPtr.pitch,
          parameters.dstPtr.pitch * parameters.dstPtr.ysize,
          parameters.srcPtr.pitch * parameters.srcPtr.ysize,
          parameters.extent,
          parameters.kind};
  return hipSuccess;
}

} // namespace qcc::emulator
