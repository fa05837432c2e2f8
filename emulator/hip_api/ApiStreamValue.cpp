// The HIP calls that write a value to memory in a stream's order, or wait for one.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Stream.h"

#include <atomic>

using namespace qcc::emulator;

namespace {

enum Comparison : unsigned { GreaterOrEqual = 0, Equal = 1, And = 2, Nor = 3 };

FillCommand oneValue(void *dst, uint64_t value, unsigned bytes) {
  return {dst, bytes, bytes, value, bytes, {1, 1, 1}};
}

hipError_t write(hipStream_t handle, void *dst, uint64_t value, unsigned bytes) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  return stream ? submit(*stream, oneValue(dst, value, bytes)) : hipErrorInvalidHandle;
}

/// Whether memory holds what is waited for. The difference is cyclic: a counter may wrap around.
template <typename Word> bool holds(Word now, Word value, unsigned comparison) {
  switch (comparison) {
  case GreaterOrEqual:
    return static_cast<std::make_signed_t<Word>>(now - value) >= 0;
  case Equal:
    return now == value;
  case And:
    return (now & value) != 0;
  default:
    return static_cast<Word>(~(now | value)) != 0;
  }
}

/// All earlier work has ended when this is called, and no later work starts by itself: a value that
/// is not there yet can come from another thread only, and is refused rather than waited for.
template <typename Word>
hipError_t wait(hipStream_t handle, void *address, Word value, unsigned comparison, Word mask) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream) {
    return hipErrorInvalidHandle;
  }
  if (stream->capture) {
    return explain(hipErrorStreamCaptureUnsupported, "waiting for a value cannot be captured");
  }
  if (comparison > Nor) {
    return hipErrorInvalidValue;
  }
  if (hipError_t error = checkFill(oneValue(address, 0, sizeof(Word)))) {
    return error;
  }
  Word now = std::atomic_ref(*static_cast<Word *>(address)).load() & mask;
  if (holds<Word>(now, value & mask, comparison)) {
    return hipSuccess;
  }
  return explain(hipErrorNotSupported,
                 "a stream was made to wait for a value that is not in memory yet; on the emulated "
                 "device a stream's work ends before the call returns, so write the value first");
}

} // namespace

QCC_HIP_API hipError_t hipStreamWriteValue32(hipStream_t stream, void *dst, uint32_t value,
                                             unsigned) {
  return record(write(stream, dst, value, sizeof(value)));
}

QCC_HIP_API hipError_t hipStreamWriteValue64(hipStream_t stream, void *dst, uint64_t value,
                                             unsigned) {
  return record(write(stream, dst, value, sizeof(value)));
}

QCC_HIP_API hipError_t hipStreamWaitValue32(hipStream_t stream, void *address, uint32_t value,
                                            unsigned comparison, uint32_t mask) {
  return record(wait(stream, address, value, comparison, mask));
}

QCC_HIP_API hipError_t hipStreamWaitValue64(hipStream_t stream, void *address, uint64_t value,
                                            unsigned comparison, uint64_t mask) {
  return record(wait(stream, address, value, comparison, mask));
}
