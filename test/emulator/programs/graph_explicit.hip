// A graph built node by node: fill, copy, kernels with two predecessors, a host function and a
// child graph.
#include "Check.h"

__device__ int bonus, seen;

__global__ void addBonus(int *target, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    target[i] += bonus;
  }
  seen = bonus + 1;
}

__global__ void addInto(int *target, const int *source, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    target[i] += source[i];
  }
}

constexpr int count = 700;

hipGraphNode_t addKernel(hipGraph_t graph, std::vector<hipGraphNode_t> after, int *target,
                         const int *source) {
  int size = count;
  void *arguments[] = {&target, &source, &size};
  hipKernelNodeParams parameters{};
  parameters.func = reinterpret_cast<void *>(addInto);
  parameters.gridDim = dim3((count + 63) / 64);
  parameters.blockDim = dim3(64);
  parameters.kernelParams = arguments;
  hipGraphNode_t node;
  CHECK_HIP(hipGraphAddKernelNode(&node, graph, after.data(), after.size(), &parameters));
  return node;
}

/// A variable written, used by a kernel, and another one read back, by nodes of a graph.
void variables() {
  int value = 30, result = 0;
  DeviceBuffer<int> target(count);
  int *data = target.data(), size = count;
  hipGraph_t graph;
  hipGraphNode_t to, kernel, from;
  CHECK_HIP(hipGraphCreate(&graph, 0));
  CHECK_HIP(hipGraphAddMemcpyNodeToSymbol(&to, graph, nullptr, 0, &bonus, &value, sizeof(value), 0,
                                          hipMemcpyHostToDevice));
  void *arguments[] = {&data, &size};
  hipKernelNodeParams parameters{};
  parameters.func = reinterpret_cast<void *>(addBonus);
  parameters.gridDim = dim3((count + 63) / 64);
  parameters.blockDim = dim3(64);
  parameters.kernelParams = arguments;
  CHECK_HIP(hipGraphAddKernelNode(&kernel, graph, &to, 1, &parameters));
  CHECK_HIP(hipGraphAddMemcpyNodeFromSymbol(&from, graph, &kernel, 1, &result, &seen,
                                            sizeof(result), 0, hipMemcpyDeviceToHost));
  hipGraphExec_t exec;
  CHECK_HIP(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  CHECK_HIP(hipGraphLaunch(exec, nullptr));
  CHECK_HIP(hipDeviceSynchronize());
  require(result == 31, "the variable that the graph read back");
  int other = 12;
  CHECK_HIP(hipGraphExecMemcpyNodeSetParamsToSymbol(exec, to, &bonus, &other, sizeof(other), 0,
                                                    hipMemcpyHostToDevice));
  CHECK_HIP(hipGraphLaunch(exec, nullptr));
  requireEqual("what two launches added", target.read(), std::vector<int>(count, 42));
  CHECK_HIP(hipGraphExecDestroy(exec));
  CHECK_HIP(hipGraphDestroy(graph));
}

int main() {
  variables();
  std::vector<int> in(count), want(count), got(count);
  for (int i = 0; i < count; ++i) {
    in[i] = int(noise(i) % 1000);
    want[i] = 3 * in[i] + 0x01010101;
  }
  DeviceBuffer<int> a(count), b(count);
  hipGraph_t graph, child;
  CHECK_HIP(hipGraphCreate(&graph, 0));
  CHECK_HIP(hipGraphCreate(&child, 0));

  hipMemsetParams fill{};
  fill.dst = a.data();
  fill.elementSize = 1;
  fill.value = 1;
  fill.width = count * sizeof(int);
  fill.height = 1;
  hipGraphNode_t filled, copied, twice, once, counted, back;
  CHECK_HIP(hipGraphAddMemsetNode(&filled, graph, nullptr, 0, &fill));
  CHECK_HIP(hipGraphAddMemcpyNode1D(&copied, graph, nullptr, 0, b.data(), in.data(),
                                    count * sizeof(int), hipMemcpyHostToDevice));
  // The child adds b twice, one after the other.
  hipGraphNode_t childFirst = addKernel(child, {}, a.data(), b.data());
  addKernel(child, {childFirst}, a.data(), b.data());
  std::vector<hipGraphNode_t> both{filled, copied};
  CHECK_HIP(hipGraphAddChildGraphNode(&twice, graph, both.data(), both.size(), child));
  once = addKernel(graph, {}, a.data(), b.data());
  CHECK_HIP(hipGraphAddDependencies(graph, &twice, &once, 1));
  int calls = 0;
  hipHostNodeParams host{[](void *counter) { ++*static_cast<int *>(counter); }, &calls};
  CHECK_HIP(hipGraphAddHostNode(&counted, graph, &once, 1, &host));
  CHECK_HIP(hipGraphAddMemcpyNode1D(&back, graph, &counted, 1, got.data(), a.data(),
                                    count * sizeof(int), hipMemcpyDeviceToHost));

  size_t edges = 0, roots = 0;
  CHECK_HIP(hipGraphGetEdges(graph, nullptr, nullptr, &edges));
  CHECK_HIP(hipGraphGetRootNodes(graph, nullptr, &roots));
  require(edges == 5 && roots == 2, "the graph's edges and roots");

  hipGraphExec_t exec;
  CHECK_HIP(hipGraphInstantiate(&exec, graph, nullptr, nullptr, 0));
  CHECK_HIP(hipGraphDestroy(child));
  CHECK_HIP(hipGraphDestroy(graph));
  for (int launch = 0; launch < 2; ++launch) {
    CHECK_HIP(hipGraphLaunch(exec, nullptr));
  }
  CHECK_HIP(hipDeviceSynchronize());
  requireEqual("what the graph computed", got, want);
  require(calls == 2, "the host node did not run once a launch");
  CHECK_HIP(hipGraphExecDestroy(exec));
}
