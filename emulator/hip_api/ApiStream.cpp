// The HIP calls about streams, events and captures.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Graph.h"
#include "emulator/hip_api/Stream.h"

using namespace qcc::emulator;

namespace {

constexpr unsigned eventDisableTiming = 2; // hipEventDisableTiming

hipError_t createStream(hipStream_t *handle, unsigned flags, int priority) {
  if (!handle || flags > 1) {
    return hipErrorInvalidValue;
  }
  if (Platform::get().deviceCount() == 0) {
    return hipErrorNoDevice;
  }
  auto stream = std::make_shared<ihipStream_t>();
  stream->flags = flags;
  stream->priority = priority;
  stream->device = currentDevice();
  *handle = liveStreams().add(std::move(stream));
  return hipSuccess;
}

hipError_t createEvent(hipEvent_t *handle, unsigned flags) {
  if (!handle) {
    return hipErrorInvalidValue;
  }
  auto event = std::make_shared<ihipEvent_t>();
  event->flags = flags;
  event->device = currentDevice();
  *handle = liveEvents().add(std::move(event));
  return hipSuccess;
}

hipError_t synchronizeStream(hipStream_t handle) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  return stream ? synchronize(*stream) : hipErrorInvalidHandle;
}

hipError_t synchronizeEvent(hipEvent_t handle) {
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(handle);
  if (!event) {
    return hipErrorInvalidHandle;
  }
  if (event->capture) {
    return hipErrorCapturedEvent;
  }
  return Platform::get().takeFailure(currentDevice());
}

/// What a stream callback needs; freed when it ran, unless a graph keeps it.
struct StreamCallback {
  hipStream_t stream;
  hipStreamCallback_t function;
  void *data;
};

void runStreamCallback(void *data) {
  std::unique_ptr<StreamCallback> callback(static_cast<StreamCallback *>(data));
  callback->function(callback->stream, hipSuccess, callback->data);
}

} // namespace

QCC_HIP_API hipError_t hipStreamCreate(hipStream_t *stream) {
  return record(createStream(stream, 0, 0));
}

QCC_HIP_API hipError_t hipStreamCreateWithFlags(hipStream_t *stream, unsigned flags) {
  return record(createStream(stream, flags, 0));
}

QCC_HIP_API hipError_t hipStreamCreateWithPriority(hipStream_t *stream, unsigned flags,
                                                   int priority) {
  return record(createStream(stream, flags, priority));
}

QCC_HIP_API hipError_t hipStreamDestroy(hipStream_t stream) {
  return record(liveStreams().remove(stream) ? hipSuccess : hipErrorInvalidHandle);
}

QCC_HIP_API hipError_t hipStreamSynchronize(hipStream_t stream) {
  return record(synchronizeStream(stream));
}

QCC_HIP_API hipError_t hipStreamSynchronize_spt(hipStream_t stream) {
  return hipStreamSynchronize(stream ? stream : hipStreamPerThreadHandle);
}

QCC_HIP_API hipError_t hipStreamQuery(hipStream_t stream) {
  return record(synchronizeStream(stream));
}

QCC_HIP_API hipError_t hipStreamGetFlags(hipStream_t handle, unsigned *flags) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !flags) {
    return record(stream ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  *flags = stream->flags;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipStreamGetPriority(hipStream_t handle, int *priority) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !priority) {
    return record(stream ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  *priority = stream->priority;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipStreamGetDevice(hipStream_t handle, hipDevice_t *device) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !device) {
    return record(stream ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  *device = stream->device;
  return hipSuccess;
}

QCC_HIP_API int hipGetStreamDeviceId(hipStream_t handle) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  return stream ? stream->device : -1;
}

/// All memory can be reached from every stream.
QCC_HIP_API hipError_t hipStreamAttachMemAsync(hipStream_t stream, void *, size_t, unsigned) {
  return record(findStream(stream) ? hipSuccess : hipErrorInvalidHandle);
}

QCC_HIP_API hipError_t hipStreamWaitEvent(hipStream_t streamHandle, hipEvent_t eventHandle,
                                          unsigned flags) {
  std::shared_ptr<ihipStream_t> stream = findStream(streamHandle);
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(eventHandle);
  if (!stream || !event || flags != 0) {
    return record(stream && event ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  return record(waitEvent(*stream, *event));
}

QCC_HIP_API hipError_t hipLaunchHostFunc(hipStream_t handle, hipHostFn_t function, void *data) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !function) {
    return record(stream ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  return record(submit(*stream, HostCommand{function, data}));
}

QCC_HIP_API hipError_t hipStreamAddCallback(hipStream_t handle, hipStreamCallback_t function,
                                            void *data, unsigned flags) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !function || flags != 0) {
    return record(stream ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  if (stream->capture) {
    return record(hipErrorStreamCaptureUnsupported);
  }
  auto callback = std::make_unique<StreamCallback>(StreamCallback{handle, function, data});
  return record(submit(*stream, HostCommand{runStreamCallback, callback.release()}));
}

QCC_HIP_API hipError_t hipStreamBeginCapture(hipStream_t handle, hipStreamCaptureMode mode) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  return record(stream ? beginCapture(*stream, mode) : hipErrorInvalidHandle);
}

QCC_HIP_API hipError_t hipStreamEndCapture(hipStream_t handle, hipGraph_t *graph) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !graph) {
    return record(stream ? hipErrorInvalidValue : hipErrorInvalidHandle);
  }
  *graph = nullptr;
  std::shared_ptr<ihipGraph> captured;
  if (hipError_t error = endCapture(*stream, captured)) {
    return record(error);
  }
  *graph = liveGraphs().add(std::move(captured));
  return hipSuccess;
}

QCC_HIP_API hipError_t hipStreamIsCapturing(hipStream_t handle, hipStreamCaptureStatus *status) {
  return record(captureInfo(handle, status, nullptr));
}

QCC_HIP_API hipError_t hipStreamGetCaptureInfo(hipStream_t handle, hipStreamCaptureStatus *status,
                                               unsigned long long *id) {
  return record(captureInfo(handle, status, id));
}

/// Captures are checked by their own mode; the thread's is kept only to be given back.
QCC_HIP_API hipError_t hipThreadExchangeStreamCaptureMode(hipStreamCaptureMode *mode) {
  static thread_local hipStreamCaptureMode ofThread = hipStreamCaptureModeGlobal;
  if (!mode || *mode < hipStreamCaptureModeGlobal || *mode > hipStreamCaptureModeRelaxed) {
    return record(hipErrorInvalidValue);
  }
  std::swap(*mode, ofThread);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipEventCreate(hipEvent_t *event) {
  return record(createEvent(event, 0));
}

QCC_HIP_API hipError_t hipEventCreateWithFlags(hipEvent_t *event, unsigned flags) {
  return record(createEvent(event, flags));
}

QCC_HIP_API hipError_t hipEventDestroy(hipEvent_t event) {
  return record(liveEvents().remove(event) ? hipSuccess : hipErrorInvalidHandle);
}

QCC_HIP_API hipError_t hipEventRecord(hipEvent_t handle, hipStream_t streamHandle) {
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(handle);
  std::shared_ptr<ihipStream_t> stream = findStream(streamHandle);
  return record(event && stream ? recordEvent(*stream, event) : hipErrorInvalidHandle);
}

/// The flags choose how an event enters a capture; there is one way here.
QCC_HIP_API hipError_t hipEventRecordWithFlags(hipEvent_t event, hipStream_t stream, unsigned) {
  return hipEventRecord(event, stream);
}

QCC_HIP_API hipError_t hipEventSynchronize(hipEvent_t event) {
  return record(synchronizeEvent(event));
}

QCC_HIP_API hipError_t hipEventQuery(hipEvent_t event) {
  return record(synchronizeEvent(event));
}

QCC_HIP_API hipError_t hipEventElapsedTime(float *milliseconds, hipEvent_t startHandle,
                                           hipEvent_t stopHandle) {
  std::shared_ptr<ihipEvent_t> start = liveEvents().find(startHandle);
  std::shared_ptr<ihipEvent_t> stop = liveEvents().find(stopHandle);
  if (!milliseconds || !start || !stop) {
    return record(milliseconds ? hipErrorInvalidHandle : hipErrorInvalidValue);
  }
  auto begin = start->recordedAt(), end = stop->recordedAt();
  if (!begin || !end || ((start->flags | stop->flags) & eventDisableTiming)) {
    return record(hipErrorInvalidHandle);
  }
  *milliseconds = std::chrono::duration<float, std::milli>(*end - *begin).count();
  return hipSuccess;
}
