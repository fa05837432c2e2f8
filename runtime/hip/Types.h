// The few HIP types and constants that the runtime uses, declared here so that it builds without
// HIP's headers. Their values and layouts are the same in HIP 5, 6 and 7 (hip_runtime_api.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace qcc::runtime::hip {

/// hipError_t, and the values that the runtime tells apart.
using Error = int;
constexpr Error success = 0;
constexpr Error errorOutOfMemory = 2;
constexpr Error errorInsufficientDriver = 35;
constexpr Error errorNoDevice = 100;
constexpr Error errorInvalidDevice = 101;
constexpr Error errorNoBinaryForGpu = 209;

/// hipStream_t, hipEvent_t, hipModule_t, hipFunction_t, hipGraph_t, hipGraphExec_t: pointers to
/// what only the driver knows.
using Stream = struct StreamTag *;
using Event = struct EventTag *;
using Module = struct ModuleTag *;
using Function = struct FunctionTag *;
using Graph = struct GraphTag *;
using GraphExec = struct GraphExecTag *;

/// hipStreamNonBlocking: no implicit wait for the default stream.
constexpr unsigned streamNonBlocking = 1;

/// hipDeviceAttribute_t, of which these are used.
constexpr int attributeCooperativeLaunch = 10;
constexpr int attributeMultiprocessorCount = 63;

/// hipStreamCaptureModeThreadLocal: what other threads call meanwhile is their own affair.
constexpr int captureThreadLocal = 1;

/// hipDeviceProp_t is the one structure needed, and its layout changed with HIP 6. In every version
/// it starts with the device's name in 256 characters, is smaller than this, and holds the
/// architecture
/// ("gfx942:sramecc+:xnack-") as its only other text; see architectureOf in Device.cpp.
constexpr size_t devicePropertiesBytes = 8192;
constexpr size_t devicePropertiesNameBytes = 256;

} // namespace qcc::runtime::hip
