// Streams and events. A command runs to its end, on the calling thread, when it is submitted: later
// work in any stream finds it done, which every ordering that HIP promises allows.
#pragma once

#include "emulator/hip_api/Commands.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace qcc::emulator {

/// A capture in progress: the graph that the streams taking part append to.
struct Capture {
  uint64_t id = 0;
  std::shared_ptr<ihipGraph> graph;
  size_t nodesBefore = 0; // of the graph when the capture began
  hipStreamCaptureMode mode = hipStreamCaptureModeGlobal;
  ihipStream_t *origin = nullptr;
  std::thread::id thread; // that began it
  bool invalidated = false;
};

} // namespace qcc::emulator

/// What hipEvent_t points to.
struct ihipEvent_t {
  unsigned flags = 0;
  int device = 0;

  void recordNow();
  /// Nothing when the event was never recorded.
  std::optional<std::chrono::steady_clock::time_point> recordedAt() const;

  // Set instead of the time when it was last recorded in a capturing stream.
  std::shared_ptr<qcc::emulator::Capture> capture;
  std::vector<hipGraphNode *> capturedAfter;

private:
  mutable std::mutex mutex;
  std::optional<std::chrono::steady_clock::time_point> time;
};

/// What hipStream_t points to.
struct ihipStream_t {
  unsigned flags = 0;
  int priority = 0;
  int device = 0;
  bool isLegacyDefault = false;
  std::mutex order; // held while a command of the stream runs

  std::shared_ptr<qcc::emulator::Capture> capture; // null when not capturing
  std::vector<hipGraphNode *> capturedAfter;       // what the next captured command depends on
};

namespace qcc::emulator {

/// The stream behind a handle: null is the legacy default stream, 2 the thread's own one. Null for
/// a handle that is not live.
std::shared_ptr<ihipStream_t> findStream(hipStream_t handle);

/// Runs the command in the stream's order, or appends it to the graph that the stream captures. A
/// failed command is also left for the next synchronizing call.
hipError_t submit(ihipStream_t &stream, Command command);

/// For calls that wait for a stream or the device: refused while it captures, else the pending
/// failure of the device.
hipError_t synchronize(ihipStream_t &stream);

/// For calls that a capture forbids on its thread, as allocation is:
/// hipErrorStreamCaptureUnsupported unless no capture, or only relaxed ones, are in progress.
hipError_t refuseDuringCapture();

/// Streams' side of capturing; see hipStreamBeginCapture and hipStreamEndCapture.
hipError_t beginCapture(ihipStream_t &stream, hipStreamCaptureMode mode);
/// Captures into a graph that the program has, behind nodes of it.
hipError_t beginCapture(ihipStream_t &stream, hipStreamCaptureMode mode,
                        std::shared_ptr<ihipGraph> graph, std::vector<hipGraphNode *> after);
hipError_t endCapture(ihipStream_t &stream, std::shared_ptr<ihipGraph> &graph);

/// Whether and in which capture the stream takes part; `id` may be null.
hipError_t captureInfo(hipStream_t handle, hipStreamCaptureStatus *status, unsigned long long *id);

/// The graph that a stream captures into and what its next node depends on; null and nothing when
/// it does not capture. `after` stays valid until the stream's next call.
std::shared_ptr<ihipGraph> capturedGraph(ihipStream_t &stream,
                                         const std::vector<hipGraphNode *> *&after);

/// Adds to, or replaces, what the next captured node depends on; nodes must be of the graph.
hipError_t changeCaptureDependencies(ihipStream_t &stream, std::vector<hipGraphNode *> nodes,
                                     bool replace);

/// Records the event in the stream, or in its capture.
hipError_t recordEvent(ihipStream_t &stream, const std::shared_ptr<ihipEvent_t> &event);

/// Makes the stream wait for the event; joins the capture in which it was recorded.
hipError_t waitEvent(ihipStream_t &stream, ihipEvent_t &event);

LiveHandles<ihipStream_t> &liveStreams();
LiveHandles<ihipEvent_t> &liveEvents();

} // namespace qcc::emulator
