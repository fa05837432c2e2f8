// hipDeviceGetAttribute: numbers of the public header, which ROCm 5, 6 and 7 share, as rows.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Platform.h"

#include <limits>

using namespace qcc::emulator;

namespace {

using Value = int (*)(const Chip &, int device);

struct AttributeRow {
  int attribute; // hipDeviceAttribute_t
  Value value;
};

int yes(const Chip &, int) {
  return 1;
}
int no(const Chip &, int) {
  return 0;
}
int maxWorkgroup(const Chip &, int) {
  return 1024;
}
int largeGrid(const Chip &, int) {
  return std::numeric_limits<int>::max();
}
int smallGrid(const Chip &, int) {
  return 65536;
}
int lds(const Chip &chip, int) {
  return static_cast<int>(chip.ldsPerWorkgroup);
}
int ldsOfMultiprocessor(const Chip &chip, int) {
  return static_cast<int>(chip.ldsPerMultiprocessor);
}
int waves(const Chip &chip, int) {
  return static_cast<int>(chip.maxWavesPerSimd * chip.simdsPerMultiprocessor);
}
int threads(const Chip &chip, int device) {
  return waves(chip, device) * static_cast<int>(chip.waveSize);
}
int registers(const Chip &chip, int) {
  return static_cast<int>(chip.vgprsPerSimd * chip.waveSize * chip.simdsPerMultiprocessor);
}
int memory(const Chip &, int device) {
  uint64_t bytes = Platform::get().heap().budget(device);
  return static_cast<int>(std::min<uint64_t>(bytes, std::numeric_limits<int>::max()));
}

constexpr AttributeRow rows[] = {
    {0, no},                                                 // EccEnabled
    {2, yes},                                                // AsyncEngineCount
    {3, yes},                                                // CanMapHostMemory
    {4, yes},                                                // CanUseHostPointerForRegisteredMem
    {5, [](const Chip &c, int) { return int(c.clockKhz); }}, // ClockRate
    {6, no},                                                 // ComputeMode
    {7, no},                                                 // ComputePreemptionSupported
    {8, yes},                                                // ConcurrentKernels
    {9, yes},                                                // ConcurrentManagedAccess
    {10, yes},                                               // CooperativeLaunch
    {11, no},                                                // CooperativeMultiDeviceLaunch
    {12, no},                                                // DeviceOverlap
    {13, yes},                                               // DirectManagedMemAccessFromHost
    {14, yes},                                               // GlobalL1CacheSupported
    {15, yes},                                               // HostNativeAtomicSupported
    {16, no},                                                // Integrated
    {17, no},                                                // IsMultiGpuBoard
    {18, no},                                                // KernelExecTimeout
    {19, [](const Chip &c, int) { return int(c.l2Bytes); }}, // L2CacheSize
    {20, yes},                                               // LocalL1CacheSupported
    {23, [](const Chip &c, int) { return int(c.major); }},   // ComputeCapabilityMajor
    {24, yes},                                               // ManagedMemory
    {25, waves},                                             // MaxBlocksPerMultiProcessor
    {26, maxWorkgroup},                                      // MaxBlockDimX
    {27, maxWorkgroup},                                      // MaxBlockDimY
    {28, maxWorkgroup},                                      // MaxBlockDimZ
    {29, largeGrid},                                         // MaxGridDimX
    {30, smallGrid},                                         // MaxGridDimY
    {31, smallGrid},                                         // MaxGridDimZ
    {56, maxWorkgroup},                                      // MaxThreadsPerBlock
    {57, threads},                                           // MaxThreadsPerMultiProcessor
    {58, largeGrid},                                         // MaxPitch
    {59, [](const Chip &c, int) { return int(c.memoryBusBits); }},   // MemoryBusWidth
    {60, [](const Chip &c, int) { return int(c.memoryClockKhz); }},  // MemoryClockRate
    {61, [](const Chip &c, int) { return int(c.minor); }},           // ComputeCapabilityMinor
    {63, [](const Chip &c, int) { return int(c.multiprocessors); }}, // MultiprocessorCount
    {65, no},                                                        // PageableMemoryAccess
    {66, no}, // PageableMemoryAccessUsesHostPageTables
    {67, [](const Chip &, int device) { return device + 1; }},   // PciBusId
    {68, no},                                                    // PciDeviceId
    {69, no},                                                    // PciDomainID
    {71, registers},                                             // MaxRegistersPerBlock
    {72, registers},                                             // MaxRegistersPerMultiprocessor
    {73, no},                                                    // ReservedSharedMemPerBlock
    {74, lds},                                                   // MaxSharedMemoryPerBlock
    {75, lds},                                                   // SharedMemPerBlockOptin
    {76, ldsOfMultiprocessor},                                   // SharedMemPerMultiprocessor
    {78, yes},                                                   // StreamPrioritiesSupported
    {80, no},                                                    // TccDriver
    {83, largeGrid},                                             // TotalConstantMemory
    {84, memory},                                                // TotalGlobalMem
    {85, yes},                                                   // UnifiedAddressing
    {87, [](const Chip &c, int) { return int(c.waveSize); }},    // WarpSize
    {88, yes},                                                   // MemoryPoolsSupported
    {89, yes},                                                   // VirtualMemoryManagementSupported
    {90, yes},                                                   // HostRegisterSupported
    {10000, [](const Chip &c, int) { return int(c.timerKhz); }}, // ClockInstructionRate
    {10002, ldsOfMultiprocessor},                                // MaxSharedMemoryPerMultiprocessor
    {10011, yes},                                                // IsLargeBar
    {10012, no},                                                 // AsicRevision
    {10013, no},                                                 // CanUseStreamWaitValue
    {10014, no},                                                 // ImageSupport
    {10015, [](const Chip &c, int) { return int(c.computeUnits); }}, // PhysicalMultiProcessorCount
    {10016, yes},                                                    // FineGrainSupport
    {10017, [](const Chip &c, int) { return int(c.timerKhz); }},     // WallClockRate
};

} // namespace

QCC_HIP_API hipError_t hipDeviceGetAttribute(int *value, int attribute, int device) {
  if (!value) {
    return record(hipErrorInvalidValue);
  }
  if (device < 0 || device >= Platform::get().deviceCount()) {
    return record(hipErrorInvalidDevice);
  }
  for (const AttributeRow &row : rows) {
    if (row.attribute == attribute) {
      *value = row.value(Platform::get().chip(), device);
      return hipSuccess;
    }
  }
  return record(explain(hipErrorInvalidValue, "device attribute " + std::to_string(attribute) +
                                                  " is not known to the emulated device"));
}
