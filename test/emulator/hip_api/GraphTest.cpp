// Streams, events, captures and graphs.
#include "test/emulator/hip_api/HipCalls.h"

#include <fstream>
#include <iterator>

using namespace qcc::emulator::test;

namespace {

class GraphTest : public ::testing::Test {
protected:
  void SetUp() override {
    HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip("gfx942")));
    HIP_OK(hipStreamCreateWithFlags(&stream, 1));
  }
  void TearDown() override { HIP_OK(hipStreamDestroy(stream)); }

  /// Captures a fill of `first` and a copy of it to `second`.
  hipGraph_t captureFillAndCopy(DeviceArray<uint32_t> &first, DeviceArray<uint32_t> &second,
                                int value) {
    hipGraph_t graph = nullptr;
    EXPECT_EQ(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal), hipSuccess);
    EXPECT_EQ(hipMemsetD32Async(first.data, value, first.count, stream), hipSuccess);
    EXPECT_EQ(
        hipMemcpyAsync(second.data, first.data, first.count * 4, hipMemcpyDeviceToDevice, stream),
        hipSuccess);
    EXPECT_EQ(hipStreamEndCapture(stream, &graph), hipSuccess);
    return graph;
  }

  hipStream_t stream = nullptr;
};

TEST_F(GraphTest, CapturedWorkRunsAtLaunch) {
  DeviceArray<uint32_t> first(4), second(4);
  hipGraph_t graph = captureFillAndCopy(first, second, 9);
  EXPECT_EQ(second.read()[3], 0u);
  size_t count = 0;
  HIP_OK(hipGraphGetNodes(graph, nullptr, &count));
  EXPECT_EQ(count, 2u);
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  HIP_OK(hipGraphDestroy(graph));
  qcc_emulated_counters before{}, after{};
  qccEmulatedCounters(&before);
  HIP_OK(hipGraphLaunch(exec, stream));
  HIP_OK(hipStreamSynchronize(stream));
  qccEmulatedCounters(&after);
  EXPECT_EQ(after.graph_launches, before.graph_launches + 1);
  EXPECT_EQ(second.read(), std::vector<uint32_t>(4, 9));
  HIP_OK(hipGraphExecDestroy(exec));
}

TEST_F(GraphTest, UpdateReplacesParameters) {
  DeviceArray<uint32_t> first(4), second(4);
  hipGraph_t graph = captureFillAndCopy(first, second, 1);
  hipGraph_t changed = captureFillAndCopy(first, second, 2);
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  hipGraphNode_t culprit = nullptr;
  hipGraphExecUpdateResult result{};
  HIP_OK(hipGraphExecUpdate(exec, changed, &culprit, &result));
  EXPECT_EQ(result, hipGraphExecUpdateSuccess);
  HIP_OK(hipGraphLaunch(exec, stream));
  EXPECT_EQ(second.read()[0], 2u);
  hipGraph_t empty = nullptr;
  HIP_OK(hipGraphCreate(&empty, 0));
  EXPECT_EQ(hipGraphExecUpdate(exec, empty, &culprit, &result), hipErrorGraphExecUpdateFailure);
  EXPECT_EQ(result, hipGraphExecUpdateErrorTopologyChanged);
  HIP_OK(hipGraphDestroy(empty));
  HIP_OK(hipGraphDestroy(graph));
  HIP_OK(hipGraphDestroy(changed));
  HIP_OK(hipGraphExecDestroy(exec));
}

TEST_F(GraphTest, KernelNodeWithNewParameters) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  DeviceArray<uint32_t> out(2);
  void *params[] = {&out.data};
  hipKernelNodeParams parameters{{32, 1, 1}, nullptr, kernels.function("sizes"),
                                 {3, 1, 1},  params,  0};
  hipGraph_t graph = nullptr;
  hipGraphNode_t node = nullptr;
  HIP_OK(hipGraphCreate(&graph, 0));
  HIP_OK(hipGraphAddKernelNode(&node, graph, nullptr, 0, &parameters));
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  HIP_OK(hipGraphLaunch(exec, stream));
  EXPECT_EQ(out.read(), (std::vector<uint32_t>{3, 32}));
  parameters.gridDim.x = 5;
  HIP_OK(hipGraphExecKernelNodeSetParams(exec, node, &parameters));
  HIP_OK(hipGraphLaunch(exec, stream));
  EXPECT_EQ(out.read(), (std::vector<uint32_t>{5, 32}));
  HIP_OK(hipGraphDestroy(graph));
  HIP_OK(hipGraphExecDestroy(exec));
}

TEST_F(GraphTest, EdgesOrderNodesAndCyclesAreRefused) {
  DeviceArray<uint32_t> array(1);
  hipGraph_t graph = nullptr;
  HIP_OK(hipGraphCreate(&graph, 0));
  hipMemsetParams five{array.data, 4, 1, 4, 5, 1}, six{array.data, 4, 1, 4, 6, 1};
  hipGraphNode_t last = nullptr, first = nullptr;
  HIP_OK(hipGraphAddMemsetNode(&last, graph, nullptr, 0, &six));
  HIP_OK(hipGraphAddMemsetNode(&first, graph, nullptr, 0, &five));
  HIP_OK(hipGraphAddDependencies(graph, &first, &last, 1));
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  HIP_OK(hipGraphLaunch(exec, nullptr));
  EXPECT_EQ(array.read()[0], 6u);
  HIP_OK(hipGraphExecDestroy(exec));
  HIP_OK(hipGraphAddDependencies(graph, &last, &first, 1));
  EXPECT_EQ(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0), hipErrorInvalidValue);
  HIP_OK(hipGraphDestroy(graph));
}

TEST_F(GraphTest, NodesTellWhatTheyDo) {
  LoadedKernels kernels("gfx942.hsaco");
  HIP_OK(kernels.error);
  DeviceArray<uint32_t> out(2), copy(2);
  void *params[] = {&out.data};
  hipKernelNodeParams parameters{{32, 1, 1}, nullptr, kernels.function("sizes"),
                                 {3, 1, 1},  params,  0};
  hipGraph_t graph = nullptr, child = nullptr, found = nullptr;
  hipGraphNode_t kernel = nullptr, copied = nullptr, nested = nullptr;
  HIP_OK(hipGraphCreate(&graph, 0));
  HIP_OK(hipGraphCreate(&child, 0));
  HIP_OK(hipGraphAddKernelNode(&kernel, graph, nullptr, 0, &parameters));
  HIP_OK(hipGraphAddMemcpyNode1D(&copied, graph, &kernel, 1, copy.data, out.data, 8,
                                 hipMemcpyDeviceToDevice));
  HIP_OK(hipGraphAddChildGraphNode(&nested, graph, &copied, 1, child));
  HIP_OK(hipGraphDestroy(child));

  hipKernelNodeParams told{};
  HIP_OK(hipGraphKernelNodeGetParams(kernel, &told));
  EXPECT_EQ(told.func, parameters.func);
  EXPECT_EQ(told.gridDim.x, 3u);
  EXPECT_EQ(told.blockDim.x, 32u);
  EXPECT_EQ(*static_cast<uint32_t **>(told.kernelParams[0]), out.data);
  EXPECT_EQ(hipGraphKernelNodeGetParams(copied, &told), hipErrorInvalidValue);
  hipMemcpy3DParms box{};
  HIP_OK(hipGraphMemcpyNodeGetParams(copied, &box));
  EXPECT_EQ(box.dstPtr.ptr, copy.data);
  EXPECT_EQ(box.extent.width, 8u);

  hipGraphNode_t from[3] = {}, to[3] = {};
  size_t edges = 3;
  HIP_OK(hipGraphGetEdges(graph, from, to, &edges));
  EXPECT_EQ(edges, 2u);
  EXPECT_TRUE(from[0] == kernel && to[0] == copied && from[1] == copied && to[1] == nested);
  EXPECT_EQ(from[2], nullptr);

  HIP_OK(hipGraphChildGraphNodeGetGraph(nested, &found));
  HIP_OK(hipGraphAddEmptyNode(&copied, found, nullptr, 0));
  HIP_OK(hipGraphDestroy(graph));
  EXPECT_EQ(hipGraphAddEmptyNode(&copied, found, nullptr, 0), hipErrorInvalidValue);
}

TEST_F(GraphTest, CaptureForksAndJoins) {
  DeviceArray<uint32_t> first(1), second(1);
  hipStream_t other = nullptr;
  hipEvent_t fork = nullptr, join = nullptr;
  HIP_OK(hipStreamCreate(&other));
  HIP_OK(hipEventCreate(&fork));
  HIP_OK(hipEventCreate(&join));
  HIP_OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  HIP_OK(hipMemsetD32Async(first.data, 1, 1, stream));
  HIP_OK(hipEventRecord(fork, stream));
  HIP_OK(hipStreamWaitEvent(other, fork, 0));
  HIP_OK(hipMemcpyAsync(second.data, first.data, 4, hipMemcpyDeviceToDevice, other));
  HIP_OK(hipEventRecord(join, other));
  HIP_OK(hipStreamWaitEvent(stream, join, 0));
  hipGraph_t graph = nullptr;
  HIP_OK(hipStreamEndCapture(stream, &graph));
  hipStreamCaptureStatus status{};
  HIP_OK(hipStreamIsCapturing(other, &status));
  EXPECT_EQ(status, hipStreamCaptureStatusNone);
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  HIP_OK(hipGraphLaunch(exec, stream));
  EXPECT_EQ(second.read()[0], 1u);
  HIP_OK(hipGraphExecDestroy(exec));
  HIP_OK(hipGraphDestroy(graph));
  HIP_OK(hipEventDestroy(fork));
  HIP_OK(hipEventDestroy(join));
  HIP_OK(hipStreamDestroy(other));
}

TEST_F(GraphTest, UserObjectsLiveAsLongAsTheirOwners) {
  int destroyed = 0;
  hipUserObject *object = nullptr;
  auto count = [](void *counter) { ++*static_cast<int *>(counter); };
  HIP_OK(hipUserObjectCreate(&object, &destroyed, count, 2, 1));
  hipGraph_t graph = nullptr;
  HIP_OK(hipGraphCreate(&graph, 0));
  constexpr unsigned moveOwners = 1;
  HIP_OK(hipGraphRetainUserObject(graph, object, 1, moveOwners));
  HIP_OK(hipUserObjectRelease(object, 1));
  EXPECT_EQ(hipUserObjectRelease(object, 1), hipErrorInvalidValue);
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  HIP_OK(hipGraphDestroy(graph));
  EXPECT_EQ(destroyed, 0);
  HIP_OK(hipGraphExecDestroy(exec));
  EXPECT_EQ(destroyed, 1);
}

TEST_F(GraphTest, ThePictureHasEveryNodeAndEdge) {
  DeviceArray<uint32_t> first(1), second(1);
  hipGraph_t graph = captureFillAndCopy(first, second, 1);
  std::string path = ::testing::TempDir() + "graph.dot";
  HIP_OK(hipGraphDebugDotPrint(graph, path.c_str(), 0));
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find("label=\"fill\""), std::string::npos) << text;
  EXPECT_NE(text.find("label=\"copy\""), std::string::npos) << text;
  EXPECT_NE(text.find(" -> "), std::string::npos) << text;
  EXPECT_EQ(hipGraphDebugDotPrint(graph, "/nowhere/graph.dot", 0), hipErrorOperatingSystem);
  HIP_OK(hipGraphDestroy(graph));
}

TEST_F(GraphTest, CapturesAreLookedIntoAndSteered) {
  DeviceArray<uint32_t> array(1);
  hipStreamCaptureStatus status{};
  unsigned long long id = 0;
  hipGraph_t graph = nullptr, ended = nullptr;
  const hipGraphNode_t *after = nullptr;
  size_t count = 9;
  HIP_OK(hipStreamGetCaptureInfo_v2(stream, &status, &id, &graph, &after, &count));
  EXPECT_EQ(status, hipStreamCaptureStatusNone);
  EXPECT_TRUE(graph == nullptr && after == nullptr && count == 0);

  HIP_OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  HIP_OK(hipMemsetD32Async(array.data, 1, 1, stream));
  HIP_OK(hipStreamGetCaptureInfo_v2(stream, &status, &id, &graph, &after, &count));
  EXPECT_EQ(status, hipStreamCaptureStatusActive);
  ASSERT_EQ(count, 1u);
  // A node of the program's own, which the stream's next work comes after.
  hipGraphNode_t own = nullptr;
  HIP_OK(hipGraphAddEmptyNode(&own, graph, after, count));
  constexpr unsigned replace = 1;
  HIP_OK(hipStreamUpdateCaptureDependencies(stream, &own, 1, replace));
  HIP_OK(hipMemsetD32Async(array.data, 2, 1, stream));
  HIP_OK(hipStreamEndCapture(stream, &ended));
  EXPECT_EQ(ended, graph);

  // The graph goes on, behind the first node.
  hipGraphNode_t nodes[4] = {};
  count = 4;
  HIP_OK(hipGraphGetNodes(graph, nodes, &count));
  EXPECT_EQ(count, 3u);
  HIP_OK(hipStreamBeginCaptureToGraph(stream, graph, &nodes[2], nullptr, 1,
                                      hipStreamCaptureModeGlobal));
  HIP_OK(hipMemsetD32Async(array.data, 3, 1, stream));
  HIP_OK(hipStreamEndCapture(stream, &ended));
  hipGraphExec_t exec = nullptr;
  HIP_OK(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  HIP_OK(hipGraphLaunch(exec, stream));
  EXPECT_EQ(array.read()[0], 3u);
  count = 4;
  HIP_OK(hipGraphGetNodes(graph, nodes, &count));
  HIP_OK(hipGraphNodeSetEnabled(exec, nodes[3], 0));
  unsigned enabled = 1;
  HIP_OK(hipGraphNodeGetEnabled(exec, nodes[3], &enabled));
  EXPECT_EQ(enabled, 0u);
  HIP_OK(hipGraphLaunch(exec, stream));
  EXPECT_EQ(array.read()[0], 2u);
  EXPECT_EQ(hipGraphNodeSetEnabled(exec, own, 0), hipErrorInvalidValue);
  HIP_OK(hipGraphExecDestroy(exec));
  HIP_OK(hipGraphDestroy(graph));
}

TEST_F(GraphTest, CaptureRefusesWhatItCannotHold) {
  hipGraph_t graph = nullptr;
  EXPECT_EQ(hipStreamEndCapture(stream, &graph), hipErrorIllegalState);
  EXPECT_EQ(hipStreamBeginCapture(nullptr, hipStreamCaptureModeGlobal),
            hipErrorStreamCaptureUnsupported);
  HIP_OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  EXPECT_EQ(hipStreamSynchronize(stream), hipErrorStreamCaptureUnsupported);
  EXPECT_EQ(hipStreamEndCapture(stream, &graph), hipErrorStreamCaptureInvalidated);
  EXPECT_EQ(graph, nullptr);
  void *pointer = nullptr;
  HIP_OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
  HIP_OK(hipMalloc(&pointer, 16));
  HIP_OK(hipFree(pointer));
  HIP_OK(hipStreamEndCapture(stream, &graph));
  HIP_OK(hipGraphDestroy(graph));
}

TEST_F(GraphTest, HostFunctionsRunInOrder) {
  DeviceArray<uint32_t> array(1);
  struct Seen {
    uint32_t *data;
    uint32_t value;
  } seen{array.data, 0};
  HIP_OK(hipMemsetD32Async(array.data, 42, 1, stream));
  HIP_OK(hipLaunchHostFunc(
      stream,
      [](void *data) {
        auto *record = static_cast<Seen *>(data);
        hipMemcpyDtoH(&record->value, record->data, 4);
      },
      &seen));
  HIP_OK(hipStreamSynchronize(stream));
  EXPECT_EQ(seen.value, 42u);
}

TEST_F(GraphTest, EventsMeasureTime) {
  hipEvent_t start = nullptr, stop = nullptr;
  HIP_OK(hipEventCreate(&start));
  HIP_OK(hipEventCreate(&stop));
  float milliseconds = -1.0f;
  EXPECT_EQ(hipEventElapsedTime(&milliseconds, start, stop), hipErrorInvalidHandle);
  HIP_OK(hipEventRecord(start, stream));
  HIP_OK(hipEventRecord(stop, stream));
  HIP_OK(hipEventElapsedTime(&milliseconds, start, stop));
  EXPECT_GE(milliseconds, 0.0f);
  HIP_OK(hipEventDestroy(start));
  HIP_OK(hipEventDestroy(stop));
  EXPECT_EQ(hipEventDestroy(stop), hipErrorInvalidHandle);
}

} // namespace
