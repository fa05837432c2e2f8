// The HIP calls that look into a capture in progress and steer it.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Graph.h"
#include "emulator/hip_api/Stream.h"

using namespace qcc::emulator;

namespace {

/// hipStreamUpdateCaptureDependenciesFlags.
constexpr unsigned addDependencies = 0, setDependencies = 1;

hipError_t describeCapture(hipStream_t handle, hipStreamCaptureStatus *status,
                           unsigned long long *id, hipGraph_t *graph,
                           const hipGraphNode_t **dependencies, size_t *count) {
  if (hipError_t error = captureInfo(handle, status, id)) {
    return error;
  }
  const std::vector<hipGraphNode *> *after = nullptr;
  std::shared_ptr<ihipGraph> captured = capturedGraph(*findStream(handle), after);
  if (dependencies) {
    *dependencies = captured ? after->data() : nullptr;
  }
  if (count) {
    *count = captured ? after->size() : 0;
  }
  if (graph) {
    *graph = captured ? liveGraphs().add(std::move(captured)) : nullptr;
  }
  return hipSuccess;
}

hipError_t updateDependencies(hipStream_t handle, hipGraphNode_t *nodes, size_t count,
                              unsigned flags) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream || flags > setDependencies || (count > 0 && !nodes)) {
    return stream ? hipErrorInvalidValue : hipErrorInvalidHandle;
  }
  return changeCaptureDependencies(*stream, {nodes, nodes + count}, flags != addDependencies);
}

hipError_t captureToGraph(hipStream_t handle, hipGraph_t graphHandle, const hipGraphNode_t *after,
                          size_t count, hipStreamCaptureMode mode) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(graphHandle);
  if (!stream || !graph || (count > 0 && !after)) {
    return stream ? hipErrorInvalidValue : hipErrorInvalidHandle;
  }
  for (size_t i = 0; i < count; ++i) {
    if (!graph->contains(after[i])) {
      return hipErrorInvalidValue;
    }
  }
  return beginCapture(*stream, mode, std::move(graph), {after, after + count});
}

} // namespace

/// The graph's handle is the one that hipStreamEndCapture gives as well.
QCC_HIP_API hipError_t hipStreamGetCaptureInfo_v2(hipStream_t stream,
                                                  hipStreamCaptureStatus *status,
                                                  unsigned long long *id, hipGraph_t *graph,
                                                  const hipGraphNode_t **dependencies,
                                                  size_t *count) {
  return record(describeCapture(stream, status, id, graph, dependencies, count));
}

QCC_HIP_API hipError_t hipStreamGetCaptureInfo_v2_spt(hipStream_t stream,
                                                      hipStreamCaptureStatus *status,
                                                      unsigned long long *id, hipGraph_t *graph,
                                                      const hipGraphNode_t **dependencies,
                                                      size_t *count) {
  return record(describeCapture(stream ? stream : hipStreamPerThreadHandle, status, id, graph,
                                dependencies, count));
}

QCC_HIP_API hipError_t hipStreamUpdateCaptureDependencies(hipStream_t stream, hipGraphNode_t *nodes,
                                                          size_t count, unsigned flags) {
  return record(updateDependencies(stream, nodes, count, flags));
}

/// Edges carry no data here.
QCC_HIP_API hipError_t hipStreamBeginCaptureToGraph(hipStream_t stream, hipGraph_t graph,
                                                    const hipGraphNode_t *after, const void *,
                                                    size_t count, hipStreamCaptureMode mode) {
  return record(captureToGraph(stream, graph, after, count, mode));
}
