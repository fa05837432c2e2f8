// The HIP calls that copy and fill memory.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Stream.h"

using namespace qcc::emulator;

namespace {

/// In the stream's order; the caller may go on at once.
hipError_t enqueue(hipStream_t handle, Command command) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream) {
    return hipErrorInvalidHandle;
  }
  return submit(*stream, std::move(command));
}

/// In the stream's order; the caller waits, so a capture cannot hold it.
hipError_t enqueueAndWait(hipStream_t handle, Command command) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream) {
    return hipErrorInvalidHandle;
  }
  if (hipError_t error = synchronize(*stream)) {
    return error;
  }
  return submit(*stream, std::move(command));
}

CopyCommand boxCopy(void *dst, size_t dstPitch, const void *src, size_t srcPitch, size_t width,
                    size_t height, hipMemcpyKind kind) {
  return {dst, src, dstPitch, srcPitch, dstPitch * height, srcPitch * height, {width, height, 1},
          kind};
}

FillCommand lineFill(void *dst, uint64_t value, unsigned elementBytes, size_t elements) {
  return {dst,          elements * elementBytes, elements * elementBytes, value,
          elementBytes, {elements, 1, 1}};
}

FillCommand boxFill(void *dst, size_t pitch, int value, size_t width, size_t height) {
  return {dst, pitch, pitch * height, static_cast<uint8_t>(value), 1, {width, height, 1}};
}

FillCommand volumeFill(const hipPitchedPtr &dst, int value, const hipExtent &extent) {
  return {dst.ptr, dst.pitch, dst.pitch * dst.ysize, static_cast<uint8_t>(value), 1, extent};
}

hipError_t volumeCopy(const hipMemcpy3DParms *parameters, CopyCommand &copy) {
  if (!parameters) {
    return hipErrorInvalidValue;
  }
  return copyOf(*parameters, copy);
}

} // namespace

QCC_HIP_API hipError_t hipMemcpy(void *dst, const void *src, size_t bytes, hipMemcpyKind kind) {
  return record(enqueueAndWait(nullptr, linearCopy(dst, src, bytes, kind)));
}

QCC_HIP_API hipError_t hipMemcpyWithStream(void *dst, const void *src, size_t bytes,
                                           hipMemcpyKind kind, hipStream_t stream) {
  return record(enqueueAndWait(stream, linearCopy(dst, src, bytes, kind)));
}

QCC_HIP_API hipError_t hipMemcpyAsync(void *dst, const void *src, size_t bytes, hipMemcpyKind kind,
                                      hipStream_t stream) {
  return record(enqueue(stream, linearCopy(dst, src, bytes, kind)));
}

QCC_HIP_API hipError_t hipMemcpyHtoD(hipDeviceptr_t dst, const void *src, size_t bytes) {
  return hipMemcpy(dst, src, bytes, hipMemcpyHostToDevice);
}

QCC_HIP_API hipError_t hipMemcpyDtoH(void *dst, hipDeviceptr_t src, size_t bytes) {
  return hipMemcpy(dst, src, bytes, hipMemcpyDeviceToHost);
}

QCC_HIP_API hipError_t hipMemcpyDtoD(hipDeviceptr_t dst, hipDeviceptr_t src, size_t bytes) {
  return hipMemcpy(dst, src, bytes, hipMemcpyDeviceToDevice);
}

QCC_HIP_API hipError_t hipMemcpyHtoDAsync(hipDeviceptr_t dst, const void *src, size_t bytes,
                                          hipStream_t stream) {
  return hipMemcpyAsync(dst, src, bytes, hipMemcpyHostToDevice, stream);
}

QCC_HIP_API hipError_t hipMemcpyDtoHAsync(void *dst, hipDeviceptr_t src, size_t bytes,
                                          hipStream_t stream) {
  return hipMemcpyAsync(dst, src, bytes, hipMemcpyDeviceToHost, stream);
}

QCC_HIP_API hipError_t hipMemcpyDtoDAsync(hipDeviceptr_t dst, hipDeviceptr_t src, size_t bytes,
                                          hipStream_t stream) {
  return hipMemcpyAsync(dst, src, bytes, hipMemcpyDeviceToDevice, stream);
}

QCC_HIP_API hipError_t hipMemcpyPeer(void *dst, int, const void *src, int, size_t bytes) {
  return hipMemcpy(dst, src, bytes, hipMemcpyDeviceToDevice);
}

QCC_HIP_API hipError_t hipMemcpyPeerAsync(void *dst, int, const void *src, int, size_t bytes,
                                          hipStream_t stream) {
  return hipMemcpyAsync(dst, src, bytes, hipMemcpyDeviceToDevice, stream);
}

QCC_HIP_API hipError_t hipMemcpy2D(void *dst, size_t dstPitch, const void *src, size_t srcPitch,
                                   size_t width, size_t height, hipMemcpyKind kind) {
  return record(
      enqueueAndWait(nullptr, boxCopy(dst, dstPitch, src, srcPitch, width, height, kind)));
}

QCC_HIP_API hipError_t hipMemcpy2DAsync(void *dst, size_t dstPitch, const void *src,
                                        size_t srcPitch, size_t width, size_t height,
                                        hipMemcpyKind kind, hipStream_t stream) {
  return record(enqueue(stream, boxCopy(dst, dstPitch, src, srcPitch, width, height, kind)));
}

QCC_HIP_API hipError_t hipMemcpy3D(const hipMemcpy3DParms *parameters) {
  CopyCommand copy;
  hipError_t error = volumeCopy(parameters, copy);
  return record(error ? error : enqueueAndWait(nullptr, copy));
}

QCC_HIP_API hipError_t hipMemcpy3DAsync(const hipMemcpy3DParms *parameters, hipStream_t stream) {
  CopyCommand copy;
  hipError_t error = volumeCopy(parameters, copy);
  return record(error ? error : enqueue(stream, copy));
}

QCC_HIP_API hipError_t hipMemset(void *dst, int value, size_t bytes) {
  return record(enqueueAndWait(nullptr, lineFill(dst, static_cast<uint8_t>(value), 1, bytes)));
}

QCC_HIP_API hipError_t hipMemsetAsync(void *dst, int value, size_t bytes, hipStream_t stream) {
  return record(enqueue(stream, lineFill(dst, static_cast<uint8_t>(value), 1, bytes)));
}

QCC_HIP_API hipError_t hipMemsetD8(hipDeviceptr_t dst, unsigned char value, size_t count) {
  return record(enqueueAndWait(nullptr, lineFill(dst, value, 1, count)));
}

QCC_HIP_API hipError_t hipMemsetD8Async(hipDeviceptr_t dst, unsigned char value, size_t count,
                                        hipStream_t stream) {
  return record(enqueue(stream, lineFill(dst, value, 1, count)));
}

QCC_HIP_API hipError_t hipMemsetD16(hipDeviceptr_t dst, unsigned short value, size_t count) {
  return record(enqueueAndWait(nullptr, lineFill(dst, value, 2, count)));
}

QCC_HIP_API hipError_t hipMemsetD16Async(hipDeviceptr_t dst, unsigned short value, size_t count,
                                         hipStream_t stream) {
  return record(enqueue(stream, lineFill(dst, value, 2, count)));
}

QCC_HIP_API hipError_t hipMemsetD32(hipDeviceptr_t dst, int value, size_t count) {
  return record(enqueueAndWait(nullptr, lineFill(dst, static_cast<uint32_t>(value), 4, count)));
}

QCC_HIP_API hipError_t hipMemsetD32Async(hipDeviceptr_t dst, int value, size_t count,
                                         hipStream_t stream) {
  return record(enqueue(stream, lineFill(dst, static_cast<uint32_t>(value), 4, count)));
}

QCC_HIP_API hipError_t hipMemset2D(void *dst, size_t pitch, int value, size_t width,
                                   size_t height) {
  return record(enqueueAndWait(nullptr, boxFill(dst, pitch, value, width, height)));
}

QCC_HIP_API hipError_t hipMemset2DAsync(void *dst, size_t pitch, int value, size_t width,
                                        size_t height, hipStream_t stream) {
  return record(enqueue(stream, boxFill(dst, pitch, value, width, height)));
}

QCC_HIP_API hipError_t hipMemset3D(hipPitchedPtr dst, int value, hipExtent extent) {
  return record(enqueueAndWait(nullptr, volumeFill(dst, value, extent)));
}

QCC_HIP_API hipError_t hipMemset3DAsync(hipPitchedPtr dst, int value, hipExtent extent,
                                        hipStream_t stream) {
  return record(enqueue(stream, volumeFill(dst, value, extent)));
}
