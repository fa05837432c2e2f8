// The HIP calls that programs compiled with -fgpu-default-stream=per-thread make: a null stream is
// the calling thread's own.
#include "emulator/hip_api/HipAbi.h"

#define QCC_DECLARE extern "C" hipError_t

QCC_DECLARE hipMemcpyWithStream(void *, const void *, size_t, hipMemcpyKind, hipStream_t);
QCC_DECLARE hipMemcpyAsync(void *, const void *, size_t, hipMemcpyKind, hipStream_t);
QCC_DECLARE hipMemcpy2DAsync(void *, size_t, const void *, size_t, size_t, size_t, hipMemcpyKind,
                             hipStream_t);
QCC_DECLARE hipMemcpy3DAsync(const hipMemcpy3DParms *, hipStream_t);
QCC_DECLARE hipMemcpyToSymbolAsync(const void *, const void *, size_t, size_t, hipMemcpyKind,
                                   hipStream_t);
QCC_DECLARE hipMemcpyFromSymbolAsync(void *, const void *, size_t, size_t, hipMemcpyKind,
                                     hipStream_t);
QCC_DECLARE hipMemsetAsync(void *, int, size_t, hipStream_t);
QCC_DECLARE hipMemset2DAsync(void *, size_t, int, size_t, size_t, hipStream_t);
QCC_DECLARE hipMemset3DAsync(hipPitchedPtr, int, hipExtent, hipStream_t);
QCC_DECLARE hipStreamSynchronize(hipStream_t);
QCC_DECLARE hipStreamQuery(hipStream_t);
QCC_DECLARE hipStreamGetFlags(hipStream_t, unsigned *);
QCC_DECLARE hipStreamGetPriority(hipStream_t, int *);
QCC_DECLARE hipStreamWaitEvent(hipStream_t, hipEvent_t, unsigned);
QCC_DECLARE hipStreamAddCallback(hipStream_t, hipStreamCallback_t, void *, unsigned);
QCC_DECLARE hipStreamBeginCapture(hipStream_t, hipStreamCaptureMode);
QCC_DECLARE hipStreamEndCapture(hipStream_t, hipGraph_t *);
QCC_DECLARE hipStreamIsCapturing(hipStream_t, hipStreamCaptureStatus *);
QCC_DECLARE hipStreamGetCaptureInfo(hipStream_t, hipStreamCaptureStatus *, unsigned long long *);
QCC_DECLARE hipEventRecord(hipEvent_t, hipStream_t);
QCC_DECLARE hipLaunchHostFunc(hipStream_t, hipHostFn_t, void *);
QCC_DECLARE hipLaunchCooperativeKernel(const void *, dim3, dim3, void **, unsigned, hipStream_t);
QCC_DECLARE hipGraphLaunch(hipGraphExec_t, hipStream_t);

namespace {

hipStream_t orOwn(hipStream_t stream) {
  return stream ? stream : hipStreamPerThreadHandle;
}

/// A call without a stream ends when its work has.
hipError_t andWait(hipError_t submitted) {
  return submitted ? submitted : hipStreamSynchronize(hipStreamPerThreadHandle);
}

} // namespace

QCC_HIP_API hipError_t hipMemcpy_spt(void *dst, const void *src, size_t bytes, hipMemcpyKind kind) {
  return hipMemcpyWithStream(dst, src, bytes, kind, hipStreamPerThreadHandle);
}

QCC_HIP_API hipError_t hipMemcpyAsync_spt(void *dst, const void *src, size_t bytes,
                                          hipMemcpyKind kind, hipStream_t stream) {
  return hipMemcpyAsync(dst, src, bytes, kind, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemcpy2D_spt(void *dst, size_t dstPitch, const void *src, size_t srcPitch,
                                       size_t width, size_t height, hipMemcpyKind kind) {
  return andWait(hipMemcpy2DAsync(dst, dstPitch, src, srcPitch, width, height, kind,
                                  hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemcpy2DAsync_spt(void *dst, size_t dstPitch, const void *src,
                                            size_t srcPitch, size_t width, size_t height,
                                            hipMemcpyKind kind, hipStream_t stream) {
  return hipMemcpy2DAsync(dst, dstPitch, src, srcPitch, width, height, kind, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemcpy3D_spt(const hipMemcpy3DParms *parameters) {
  return andWait(hipMemcpy3DAsync(parameters, hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemcpy3DAsync_spt(const hipMemcpy3DParms *parameters,
                                            hipStream_t stream) {
  return hipMemcpy3DAsync(parameters, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemcpyToSymbol_spt(const void *symbol, const void *src, size_t bytes,
                                             size_t offset, hipMemcpyKind kind) {
  return andWait(
      hipMemcpyToSymbolAsync(symbol, src, bytes, offset, kind, hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemcpyToSymbolAsync_spt(const void *symbol, const void *src, size_t bytes,
                                                  size_t offset, hipMemcpyKind kind,
                                                  hipStream_t stream) {
  return hipMemcpyToSymbolAsync(symbol, src, bytes, offset, kind, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemcpyFromSymbol_spt(void *dst, const void *symbol, size_t bytes,
                                               size_t offset, hipMemcpyKind kind) {
  return andWait(
      hipMemcpyFromSymbolAsync(dst, symbol, bytes, offset, kind, hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemcpyFromSymbolAsync_spt(void *dst, const void *symbol, size_t bytes,
                                                    size_t offset, hipMemcpyKind kind,
                                                    hipStream_t stream) {
  return hipMemcpyFromSymbolAsync(dst, symbol, bytes, offset, kind, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemset_spt(void *dst, int value, size_t bytes) {
  return andWait(hipMemsetAsync(dst, value, bytes, hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemsetAsync_spt(void *dst, int value, size_t bytes, hipStream_t stream) {
  return hipMemsetAsync(dst, value, bytes, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemset2D_spt(void *dst, size_t pitch, int value, size_t width,
                                       size_t height) {
  return andWait(hipMemset2DAsync(dst, pitch, value, width, height, hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemset2DAsync_spt(void *dst, size_t pitch, int value, size_t width,
                                            size_t height, hipStream_t stream) {
  return hipMemset2DAsync(dst, pitch, value, width, height, orOwn(stream));
}

QCC_HIP_API hipError_t hipMemset3D_spt(hipPitchedPtr dst, int value, hipExtent extent) {
  return andWait(hipMemset3DAsync(dst, value, extent, hipStreamPerThreadHandle));
}

QCC_HIP_API hipError_t hipMemset3DAsync_spt(hipPitchedPtr dst, int value, hipExtent extent,
                                            hipStream_t stream) {
  return hipMemset3DAsync(dst, value, extent, orOwn(stream));
}

QCC_HIP_API hipError_t hipStreamQuery_spt(hipStream_t stream) {
  return hipStreamQuery(orOwn(stream));
}

QCC_HIP_API hipError_t hipStreamGetFlags_spt(hipStream_t stream, unsigned *flags) {
  return hipStreamGetFlags(orOwn(stream), flags);
}

QCC_HIP_API hipError_t hipStreamGetPriority_spt(hipStream_t stream, int *priority) {
  return hipStreamGetPriority(orOwn(stream), priority);
}

QCC_HIP_API hipError_t hipStreamWaitEvent_spt(hipStream_t stream, hipEvent_t event,
                                              unsigned flags) {
  return hipStreamWaitEvent(orOwn(stream), event, flags);
}

QCC_HIP_API hipError_t hipStreamAddCallback_spt(hipStream_t stream, hipStreamCallback_t function,
                                                void *data, unsigned flags) {
  return hipStreamAddCallback(orOwn(stream), function, data, flags);
}

QCC_HIP_API hipError_t hipStreamBeginCapture_spt(hipStream_t stream, hipStreamCaptureMode mode) {
  return hipStreamBeginCapture(orOwn(stream), mode);
}

QCC_HIP_API hipError_t hipStreamEndCapture_spt(hipStream_t stream, hipGraph_t *graph) {
  return hipStreamEndCapture(orOwn(stream), graph);
}

QCC_HIP_API hipError_t hipStreamIsCapturing_spt(hipStream_t stream,
                                                hipStreamCaptureStatus *status) {
  return hipStreamIsCapturing(orOwn(stream), status);
}

QCC_HIP_API hipError_t hipStreamGetCaptureInfo_spt(hipStream_t stream,
                                                   hipStreamCaptureStatus *status,
                                                   unsigned long long *id) {
  return hipStreamGetCaptureInfo(orOwn(stream), status, id);
}

QCC_HIP_API hipError_t hipEventRecord_spt(hipEvent_t event, hipStream_t stream) {
  return hipEventRecord(event, orOwn(stream));
}

QCC_HIP_API hipError_t hipLaunchHostFunc_spt(hipStream_t stream, hipHostFn_t function, void *data) {
  return hipLaunchHostFunc(orOwn(stream), function, data);
}

QCC_HIP_API hipError_t hipLaunchCooperativeKernel_spt(const void *function, dim3 grid, dim3 block,
                                                      void **params, unsigned lds,
                                                      hipStream_t stream) {
  return hipLaunchCooperativeKernel(function, grid, block, params, lds, orOwn(stream));
}

QCC_HIP_API hipError_t hipGraphLaunch_spt(hipGraphExec_t exec, hipStream_t stream) {
  return hipGraphLaunch(exec, orOwn(stream));
}
