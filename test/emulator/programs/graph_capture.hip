// Work captured from two streams as a graph, replayed as it is, with changed kernel parameters, and
// updated from a second capture.
#include "Check.h"

__global__ void multiplyAdd(float *data, int count, float factor, float offset) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] = data[i] * factor + offset;
  }
}

constexpr int count = 1500, groupSize = 128, groups = (count + groupSize - 1) / groupSize;

/// data = data * factor + 1 in a second stream that forks from the first and joins it again.
hipGraph_t capture(hipStream_t stream, hipStream_t side, float *data, float factor) {
  hipEvent_t fork, join;
  CHECK_HIP(hipEventCreate(&fork));
  CHECK_HIP(hipEventCreate(&join));
  CHECK_HIP(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  CHECK_HIP(hipEventRecord(fork, stream));
  CHECK_HIP(hipStreamWaitEvent(side, fork, 0));
  multiplyAdd<<<groups, groupSize, 0, side>>>(data, count, factor, 1.0f);
  checkLaunch();
  CHECK_HIP(hipEventRecord(join, side));
  CHECK_HIP(hipStreamWaitEvent(stream, join, 0));
  hipGraph_t graph;
  CHECK_HIP(hipStreamEndCapture(stream, &graph));
  CHECK_HIP(hipEventDestroy(fork));
  CHECK_HIP(hipEventDestroy(join));
  return graph;
}

/// The graph's only kernel node.
hipGraphNode_t kernelNode(hipGraph_t graph) {
  size_t nodes = 0;
  CHECK_HIP(hipGraphGetNodes(graph, nullptr, &nodes));
  std::vector<hipGraphNode_t> list(nodes);
  CHECK_HIP(hipGraphGetNodes(graph, list.data(), &nodes));
  for (hipGraphNode_t node : list) {
    hipGraphNodeType type;
    CHECK_HIP(hipGraphNodeGetType(node, &type));
    if (type == hipGraphNodeTypeKernel) {
      return node;
    }
  }
  require(false, "the captured graph has no kernel");
  return nullptr;
}

int main() {
  hipStream_t stream, side;
  CHECK_HIP(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
  CHECK_HIP(hipStreamCreateWithFlags(&side, hipStreamNonBlocking));
  std::vector<float> want = noiseVector(count);
  DeviceBuffer<float> data(want);
  auto apply = [&](float factor, float offset) {
    for (float &value : want) {
      value = value * factor + offset;
    }
  };

  hipGraph_t graph = capture(stream, side, data.data(), 0.5f);
  requireEqual("data before the graph was launched", data.read(), want);
  hipGraphExec_t exec;
  CHECK_HIP(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  for (int launch = 0; launch < 3; ++launch) {
    CHECK_HIP(hipGraphLaunch(exec, stream));
    apply(0.5f, 1);
  }
  requireEqual("three launches", data.read(), want);

  // Other values for the same kernel: the node is found in the graph, the change is made in the
  // instance.
  hipGraphNode_t node = kernelNode(graph);
  hipKernelNodeParams parameters{};
  CHECK_HIP(hipGraphKernelNodeGetParams(node, &parameters));
  require(parameters.gridDim.x == groups && parameters.blockDim.x == groupSize, "a node's grid");
  float *pointer = data.data();
  int size = count;
  float factor = 4, offset = -3;
  void *arguments[] = {&pointer, &size, &factor, &offset};
  parameters.kernelParams = arguments;
  parameters.extra = nullptr;
  CHECK_HIP(hipGraphExecKernelNodeSetParams(exec, node, &parameters));
  CHECK_HIP(hipGraphLaunch(exec, stream));
  apply(4, -3);
  requireEqual("a launch with changed parameters", data.read(), want);

  hipGraph_t second = capture(stream, side, data.data(), -2);
  hipGraphNode_t culprit;
  hipGraphExecUpdateResult result;
  CHECK_HIP(hipGraphExecUpdate(exec, second, &culprit, &result));
  require(result == hipGraphExecUpdateSuccess, "the update was refused");
  CHECK_HIP(hipGraphLaunch(exec, stream));
  apply(-2, 1);
  requireEqual("a launch after an update", data.read(), want);
  CHECK_HIP(hipGraphExecDestroy(exec));
  CHECK_HIP(hipGraphDestroy(graph));
  CHECK_HIP(hipGraphDestroy(second));
  CHECK_HIP(hipStreamDestroy(side));
  CHECK_HIP(hipStreamDestroy(stream));
}
