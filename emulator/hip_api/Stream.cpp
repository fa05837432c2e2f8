#include "emulator/hip_api/Stream.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Graph.h"

#include <algorithm>
#include <shared_mutex>

namespace qcc::emulator {
namespace {

constexpr unsigned streamNonBlocking = 1; // hipStreamNonBlocking

/// Guards what streams and events know of captures; never held while a command runs.
std::mutex captureMutex;
std::vector<std::shared_ptr<Capture>> activeCaptures;
uint64_t nextCaptureId = 1;

/// The legacy default stream waits for all blocking streams, and they for it.
std::shared_mutex legacyOrder;

std::shared_ptr<ihipStream_t> makeDefaultStream(bool isLegacy) {
  auto stream = std::make_shared<ihipStream_t>();
  stream->isLegacyDefault = isLegacy;
  return stream;
}

/// Work in the legacy stream would have to wait for a blocking stream that captures.
hipError_t refuseImplicitDependency(const ihipStream_t &stream) {
  if (!stream.isLegacyDefault) {
    return hipSuccess;
  }
  for (const auto &capture : activeCaptures) {
    if (capture->mode != hipStreamCaptureModeRelaxed &&
        (capture->origin->flags & streamNonBlocking) == 0) {
      capture->invalidated = true;
      return explain(hipErrorStreamCaptureImplicit,
                     "work in the default stream while a blocking stream is capturing");
    }
  }
  return hipSuccess;
}

/// Appends to the capture; true when the stream was capturing and `result` says how that went.
bool captureCommand(ihipStream_t &stream, const Command &command, hipError_t &result) {
  std::lock_guard lock(captureMutex);
  if (!stream.capture) {
    result = refuseImplicitDependency(stream);
    return result != hipSuccess;
  }
  if (stream.capture->invalidated) {
    result = hipErrorStreamCaptureInvalidated;
    return true;
  }
  stream.capturedAfter = {stream.capture->graph->add(command, stream.capturedAfter)};
  result = hipSuccess;
  return true;
}

hipError_t executeInOrder(ihipStream_t &stream, const Command &command) {
  if (stream.isLegacyDefault) {
    std::unique_lock lock(legacyOrder);
    return execute(command);
  }
  std::shared_lock<std::shared_mutex> blocking(legacyOrder, std::defer_lock);
  if ((stream.flags & streamNonBlocking) == 0) {
    blocking.lock();
  }
  std::lock_guard lock(stream.order);
  return execute(command);
}

/// Every captured node that no other follows must be one that the origin stream has waited for.
bool allJoined(const Capture &capture, const std::vector<hipGraphNode *> &last) {
  const auto &nodes = capture.graph->nodes;
  auto captured =
      nodes.begin() + static_cast<std::ptrdiff_t>(std::min(capture.nodesBefore, nodes.size()));
  return std::all_of(captured, nodes.end(), [&](const auto &node) {
    bool followed = std::any_of(nodes.begin(), nodes.end(), [&](const auto &other) {
      return std::count(other->dependencies.begin(), other->dependencies.end(), node.get()) != 0;
    });
    return followed || std::count(last.begin(), last.end(), node.get()) != 0;
  });
}

} // namespace

std::shared_ptr<ihipStream_t> findStream(hipStream_t handle) {
  static auto *legacy = new std::shared_ptr<ihipStream_t>(makeDefaultStream(true));
  static thread_local std::shared_ptr<ihipStream_t> ofThread = makeDefaultStream(false);
  if (!handle || handle == hipStreamLegacyHandle) {
    return *legacy;
  }
  return handle == hipStreamPerThreadHandle ? ofThread : liveStreams().find(handle);
}

hipError_t submit(ihipStream_t &stream, Command command) {
  hipError_t result = hipSuccess;
  if (captureCommand(stream, command, result)) {
    return result;
  }
  // A host function may call back into this library, so it runs with nothing held.
  result = std::holds_alternative<HostCommand>(command) ? execute(command)
                                                        : executeInOrder(stream, command);
  bool kernelFailed = result == hipErrorLaunchFailure || result == hipErrorIllegalAddress ||
                      result == hipErrorLaunchTimeOut;
  if (kernelFailed) {
    Platform::get().setFailure(currentDevice(), result);
  }
  return result;
}

hipError_t synchronize(ihipStream_t &stream) {
  std::lock_guard lock(captureMutex);
  if (stream.capture) {
    stream.capture->invalidated = true;
    return explain(hipErrorStreamCaptureUnsupported, "a stream that captures was waited for");
  }
  if (hipError_t error = refuseImplicitDependency(stream)) {
    return error;
  }
  return Platform::get().takeFailure(currentDevice());
}

hipError_t refuseDuringCapture() {
  std::lock_guard lock(captureMutex);
  for (const auto &capture : activeCaptures) {
    bool ours = capture->thread == std::this_thread::get_id();
    if (capture->mode == hipStreamCaptureModeGlobal ||
        (capture->mode == hipStreamCaptureModeThreadLocal && ours)) {
      capture->invalidated = true;
      return explain(hipErrorStreamCaptureUnsupported,
                     "a call that a stream capture in progress does not allow");
    }
  }
  return hipSuccess;
}

hipError_t beginCapture(ihipStream_t &stream, hipStreamCaptureMode mode) {
  return beginCapture(stream, mode, std::make_shared<ihipGraph>(), {});
}

hipError_t beginCapture(ihipStream_t &stream, hipStreamCaptureMode mode,
                        std::shared_ptr<ihipGraph> graph, std::vector<hipGraphNode *> after) {
  std::lock_guard lock(captureMutex);
  if (stream.isLegacyDefault) {
    return explain(hipErrorStreamCaptureUnsupported, "the default stream cannot capture");
  }
  if (stream.capture || mode < hipStreamCaptureModeGlobal || mode > hipStreamCaptureModeRelaxed) {
    return hipErrorIllegalState;
  }
  stream.capture = std::make_shared<Capture>();
  stream.capture->id = nextCaptureId++;
  stream.capture->graph = std::move(graph);
  stream.capture->nodesBefore = stream.capture->graph->nodes.size();
  stream.capture->mode = mode;
  stream.capture->origin = &stream;
  stream.capture->thread = std::this_thread::get_id();
  stream.capturedAfter = std::move(after);
  activeCaptures.push_back(stream.capture);
  return hipSuccess;
}

hipError_t endCapture(ihipStream_t &stream, std::shared_ptr<ihipGraph> &graph) {
  std::lock_guard lock(captureMutex);
  std::shared_ptr<Capture> capture = stream.capture;
  if (!capture) {
    return hipErrorIllegalState;
  }
  if (capture->origin != &stream) {
    return hipErrorStreamCaptureUnmatched;
  }
  if (capture->mode != hipStreamCaptureModeRelaxed &&
      capture->thread != std::this_thread::get_id()) {
    return hipErrorStreamCaptureWrongThread;
  }
  bool joined = allJoined(*capture, stream.capturedAfter);
  std::erase(activeCaptures, capture);
  liveStreams().forEach([&](ihipStream_t &other) {
    if (other.capture == capture) {
      other.capture = nullptr;
      other.capturedAfter.clear();
    }
  });
  stream.capture = nullptr;
  stream.capturedAfter.clear();
  if (capture->invalidated) {
    return hipErrorStreamCaptureInvalidated;
  }
  if (!joined) {
    return explain(hipErrorStreamCaptureUnjoined,
                   "a capture ended while another stream's captured work was not waited for");
  }
  graph = capture->graph;
  return hipSuccess;
}

hipError_t captureInfo(hipStream_t handle, hipStreamCaptureStatus *status, unsigned long long *id) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || !status) {
    return stream ? hipErrorInvalidValue : hipErrorInvalidHandle;
  }
  std::lock_guard lock(captureMutex);
  *status = !stream->capture               ? hipStreamCaptureStatusNone
            : stream->capture->invalidated ? hipStreamCaptureStatusInvalidated
                                           : hipStreamCaptureStatusActive;
  if (id && stream->capture) {
    *id = stream->capture->id;
  }
  return hipSuccess;
}

std::shared_ptr<ihipGraph> capturedGraph(ihipStream_t &stream,
                                         const std::vector<hipGraphNode *> *&after) {
  std::lock_guard lock(captureMutex);
  after = &stream.capturedAfter;
  return stream.capture ? stream.capture->graph : nullptr;
}

hipError_t changeCaptureDependencies(ihipStream_t &stream, std::vector<hipGraphNode *> nodes,
                                     bool replace) {
  std::lock_guard lock(captureMutex);
  if (!stream.capture) {
    return hipErrorIllegalState;
  }
  for (hipGraphNode *node : nodes) {
    if (!stream.capture->graph->contains(node)) {
      return hipErrorInvalidValue;
    }
  }
  if (replace) {
    stream.capturedAfter.clear();
  }
  for (hipGraphNode *node : nodes) {
    if (std::count(stream.capturedAfter.begin(), stream.capturedAfter.end(), node) == 0) {
      stream.capturedAfter.push_back(node);
    }
  }
  return hipSuccess;
}

hipError_t recordEvent(ihipStream_t &stream, const std::shared_ptr<ihipEvent_t> &event) {
  {
    std::lock_guard lock(captureMutex);
    event->capture = stream.capture;
    event->capturedAfter = stream.capturedAfter;
    if (stream.capture) {
      return stream.capture->invalidated ? hipErrorStreamCaptureInvalidated : hipSuccess;
    }
  }
  return submit(stream, EventRecordCommand{event});
}

hipError_t waitEvent(ihipStream_t &stream, ihipEvent_t &event) {
  std::lock_guard lock(captureMutex);
  bool stillCaptured =
      event.capture && std::count(activeCaptures.begin(), activeCaptures.end(), event.capture) != 0;
  if (!stillCaptured) {
    if (stream.capture && event.recordedAt()) {
      stream.capture->invalidated = true;
      return explain(hipErrorStreamCaptureIsolation,
                     "a capturing stream was made to wait for an event outside its capture");
    }
    return hipSuccess;
  }
  if (stream.capture && stream.capture != event.capture) {
    return explain(hipErrorStreamCaptureMerge, "a stream cannot take part in two captures");
  }
  stream.capture = event.capture;
  for (hipGraphNode *node : event.capturedAfter) {
    if (std::count(stream.capturedAfter.begin(), stream.capturedAfter.end(), node) == 0) {
      stream.capturedAfter.push_back(node);
    }
  }
  return hipSuccess;
}

LiveHandles<ihipStream_t> &liveStreams() {
  static auto *handles = new LiveHandles<ihipStream_t>;
  return *handles;
}

LiveHandles<ihipEvent_t> &liveEvents() {
  static auto *handles = new LiveHandles<ihipEvent_t>;
  return *handles;
}

} // namespace qcc::emulator

void ihipEvent_t::recordNow() {
  std::lock_guard lock(mutex);
  time = std::chrono::steady_clock::now();
}

std::optional<std::chrono::steady_clock::time_point> ihipEvent_t::recordedAt() const {
  std::lock_guard lock(mutex);
  return time;
}
