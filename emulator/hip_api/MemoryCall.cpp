#include "emulator/hip_api/MemoryCall.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/MemoryPool.h"

namespace qcc::emulator {

hipError_t allocateMemory(void **pointer, size_t bytes, MemoryKind kind, int device,
                          unsigned flags) {
  if (!pointer) {
    return hipErrorInvalidValue;
  }
  *pointer = nullptr;
  if (Platform::get().deviceCount() == 0) {
    return hipErrorNoDevice;
  }
  if (hipError_t error = refuseDuringCapture()) {
    return error;
  }
  if (bytes == 0) {
    return hipSuccess;
  }
  Heap &heap = Platform::get().heap();
  *pointer = heap.allocate(bytes, kind, device, flags);
  if (!*pointer) {
    uint64_t used = heap.used(device), budget = heap.budget(device);
    return explain(hipErrorOutOfMemory, "an allocation of " + std::to_string(bytes) +
                                            " bytes does not fit: the device has " +
                                            std::to_string(budget) + " bytes, " +
                                            std::to_string(used) + " are in use");
  }
  return hipSuccess;
}

hipError_t releaseMemory(void *pointer) {
  if (!pointer) {
    return hipSuccess;
  }
  if (hipError_t error = refuseDuringCapture()) {
    return error;
  }
  MemoryPools::get().noteFreed(pointer);
  if (!Platform::get().heap().release(pointer)) {
    return explain(hipErrorInvalidValue,
                   "a pointer was freed that is not allocated, or not the begin of an allocation");
  }
  return hipSuccess;
}

} // namespace qcc::emulator
