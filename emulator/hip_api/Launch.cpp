#include "emulator/hip_api/Launch.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/HostCalls.h"
#include "emulator/hip_api/LaunchLimits.h"
#include "emulator/hip_api/Observation.h"
#include "emulator/hip_api/PrintfBuffer.h"

#include <cstring>
#include <optional>

namespace qcc::emulator {
namespace {

/// The argument segment is aligned to a cache line, so a wide scalar load may read up to its end.
constexpr size_t kernargAlignment = 64;

uint64_t product(dim3 size) {
  return uint64_t(size.x) * size.y * size.z;
}

uint64_t hiddenValue(ArgumentKind kind, const KernelLaunch &launch) {
  switch (kind) {
  case ArgumentKind::BlockCountX:
    return launch.grid.x;
  case ArgumentKind::BlockCountY:
    return launch.grid.y;
  case ArgumentKind::BlockCountZ:
    return launch.grid.z;
  case ArgumentKind::GroupSizeX:
    return launch.block.x;
  case ArgumentKind::GroupSizeY:
    return launch.block.y;
  case ArgumentKind::GroupSizeZ:
    return launch.block.z;
  case ArgumentKind::GridDims:
    return launch.grid.z * launch.block.z > 1 ? 3 : launch.grid.y * launch.block.y > 1 ? 2 : 1;
  case ArgumentKind::DynamicLdsSize:
    return launch.dynamicLds;
  // HIP grids are whole workgroups from origin 0; other services are null pointers.
  default:
    return 0;
  }
}

/// The buffer of the `extra` list: pairs of a key and a value up to the end key.
hipError_t copyExtra(const ihipModuleSymbol_t &function, void **extra, KernelLaunch &launch) {
  const void *buffer = nullptr;
  size_t bytes = 0;
  for (; *extra != hipLaunchParamEnd; extra += 2) {
    if (*extra == hipLaunchParamBufferPointer) {
      buffer = extra[1];
    } else if (*extra == hipLaunchParamBufferSize) {
      bytes = extra[1] ? *static_cast<size_t *>(extra[1]) : 0;
    } else {
      return explain(hipErrorInvalidValue, "the extra list of a launch of kernel " +
                                               function.info.name + " has an unknown key");
    }
  }
  if (bytes > launch.kernarg.size() || (bytes > 0 && !buffer)) {
    return explain(hipErrorInvalidValue,
                   "a launch of kernel " + function.info.name + " passes " + std::to_string(bytes) +
                       " bytes of arguments; it takes " + std::to_string(launch.kernarg.size()));
  }
  if (bytes > 0) {
    std::memcpy(launch.kernarg.data(), buffer, bytes);
  }
  return hipSuccess;
}

hipError_t copyParams(const ihipModuleSymbol_t &function, void **params, KernelLaunch &launch) {
  if (!function.info.hasMetadata && function.kernargBytes > 0) {
    return explain(hipErrorInvalidValue,
                   "kernel " + function.info.name +
                       " has no argument metadata; pass its arguments by the extra list");
  }
  size_t next = 0;
  for (const KernelArgument &argument : function.info.arguments) {
    if (argument.kind != ArgumentKind::Explicit) {
      continue;
    }
    if (!params || !params[next]) {
      return explain(hipErrorInvalidValue, "a launch of kernel " + function.info.name +
                                               " lacks argument " + std::to_string(next));
    }
    std::memcpy(launch.kernarg.data() + argument.offset, params[next], argument.size);
    ++next;
  }
  return hipSuccess;
}

hipError_t fillArguments(ArgumentSource arguments, KernelLaunch &launch) {
  const ihipModuleSymbol_t &function = *launch.function;
  launch.kernarg.assign(function.kernargBytes, 0);
  hipError_t error = arguments.extra ? copyExtra(function, arguments.extra, launch)
                                     : copyParams(function, arguments.params, launch);
  if (error) {
    return error;
  }
  for (const KernelArgument &argument : function.info.arguments) {
    if (argument.kind != ArgumentKind::Explicit) {
      uint64_t value = hiddenValue(argument.kind, launch);
      std::memset(launch.kernarg.data() + argument.offset, 0, argument.size);
      std::memcpy(launch.kernarg.data() + argument.offset, &value,
                  std::min<size_t>(argument.size, sizeof(value)));
    }
  }
  return hipSuccess;
}

/// What a running launch prints through, where its kernel asks for that.
class PrintServices {
public:
  /// Writes the addresses of the services into the arguments.
  PrintServices(const KernelLaunch &launch, std::vector<uint8_t> &kernarg) {
    const ihipModuleSymbol_t &function = *launch.function;
    uint64_t wavesOfGroup = (product(launch.block) + function.waveSize - 1) / function.waveSize;
    for (const KernelArgument &argument : function.info.arguments) {
      uint64_t address = 0;
      if (argument.kind == ArgumentKind::HostCallBuffer) {
        hostCalls.emplace(function.info.name, product(launch.grid) * wavesOfGroup, function.device);
        address = hostCalls->address();
      } else if (argument.kind == ArgumentKind::PrintfBuffer) {
        printfBuffer.emplace(function.info.name, *function.printfFormats, function.device);
        address = printfBuffer->address();
      } else {
        continue;
      }
      std::memcpy(kernarg.data() + argument.offset, &address,
                  std::min<size_t>(argument.size, sizeof(address)));
    }
  }

  /// What the host writes to while the launch runs.
  AddressRange hostMemory() const { return hostCalls ? hostCalls->range() : AddressRange{}; }

private:
  std::optional<HostCalls> hostCalls;
  std::optional<PrintfBuffer> printfBuffer;
};

/// The argument segment of a running launch: a copy that kernels may read, and nothing beyond it.
class KernargSegment {
public:
  KernargSegment(const std::vector<uint8_t> &contents, int device) {
    size_t bytes = (contents.size() + kernargAlignment - 1) / kernargAlignment * kernargAlignment;
    if (bytes == 0) {
      return;
    }
    storage.resize(bytes + kernargAlignment);
    void *aligned = storage.data();
    size_t space = storage.size();
    begin = static_cast<uint8_t *>(std::align(kernargAlignment, bytes, aligned, space));
    std::memcpy(begin, contents.data(), contents.size());
    auto address = reinterpret_cast<uint64_t>(begin);
    AllocationTable::get().insert(
        {{address, address + bytes}, MemoryKind::KernelArguments, device, 0});
  }
  ~KernargSegment() {
    if (begin) {
      AllocationTable::get().erase(reinterpret_cast<uint64_t>(begin));
    }
  }
  KernargSegment(const KernargSegment &) = delete;
  KernargSegment &operator=(const KernargSegment &) = delete;
  const void *data() const { return begin; }

private:
  std::vector<uint8_t> storage;
  uint8_t *begin = nullptr;
};

hipError_t codeOf(DispatchResult::Status status) {
  switch (status) {
  case DispatchResult::Status::Ok:
    return hipSuccess;
  case DispatchResult::Status::MemoryFault:
    return hipErrorIllegalAddress;
  case DispatchResult::Status::InvalidLaunch:
    return hipErrorInvalidConfiguration;
  case DispatchResult::Status::Limit:
    return hipErrorLaunchTimeOut;
  default:
    return hipErrorLaunchFailure;
  }
}

} // namespace

hipError_t prepareLaunch(std::shared_ptr<ihipModuleSymbol_t> function, dim3 grid, dim3 block,
                         uint64_t dynamicLds, ArgumentSource arguments, bool cooperative,
                         KernelLaunch &launch) {
  const Chip &chip = Platform::get().chip();
  if (hipError_t error = checkLimits(*function, chip, grid, block, dynamicLds, cooperative)) {
    return error;
  }
  launch = {std::move(function), grid, block, static_cast<uint32_t>(dynamicLds), {}};
  return fillArguments(arguments, launch);
}

hipError_t runLaunch(const KernelLaunch &launch) {
  if (!liveFunctions().find(launch.function.get())) {
    return explain(hipErrorInvalidHandle, "kernel " + launch.function->info.name +
                                              " was launched after its module was unloaded");
  }
  Observation &observation = Observation::get();
  if (!observation.problem().empty()) {
    return explain(hipErrorInvalidConfiguration, observation.problem());
  }
  std::vector<uint8_t> arguments = launch.kernarg;
  PrintServices services(launch, arguments);
  KernargSegment kernarg(arguments, launch.function->device);
  Dispatch dispatch;
  dispatch.kernel = &launch.function->kernel;
  dispatch.gridWorkgroups = {launch.grid.x, launch.grid.y, launch.grid.z};
  dispatch.workgroupSize = {launch.block.x, launch.block.y, launch.block.z};
  dispatch.dynamicLdsBytes = launch.dynamicLds;
  dispatch.kernarg = kernarg.data();
  dispatch.instructionLimit = observation.instructionLimit();
  dispatch.hostMemory = services.hostMemory();
  const checks::Checks *checker = observation.checks();
  if (checker != nullptr) {
    dispatch.residentWorkgroups = residentWorkgroups(*launch.function, Platform::get().chip(),
                                                     launch.block, launch.dynamicLds);
  }
  const size_t reportsBefore = checker != nullptr ? checker->reporter().count() : 0;
  const LaunchObservers observers = observation.observe(launch);
  for (const auto &observer : observers) {
    dispatch.observers.push_back(observer.get());
  }
  ++Platform::get().counters().kernelLaunches;
  DispatchResult result = runDispatch(dispatch);
  if (result.ok() && observation.reportsAreFatal() &&
      checker->reporter().count() != reportsBefore) {
    return explain(hipErrorLaunchFailure,
                   "the checks have reports of kernel " + launch.function->info.name);
  }
  return result.ok() ? hipSuccess : explain(codeOf(result.status), result.message);
}

} // namespace qcc::emulator
