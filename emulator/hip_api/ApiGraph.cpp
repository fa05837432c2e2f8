// The HIP calls about graphs as a whole: building, instantiating, launching, updating.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/GraphCall.h"

#include <algorithm>

using namespace qcc::emulator;

namespace {

hipError_t instantiate(hipGraphExec_t *handle, hipGraph_t graphHandle) {
  if (!handle) {
    return hipErrorInvalidValue;
  }
  *handle = nullptr;
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(graphHandle);
  if (!graph) {
    return hipErrorInvalidValue;
  }
  auto exec = std::make_shared<hipGraphExec>(*graph);
  if (!exec->plan.valid()) {
    return explain(hipErrorInvalidValue, "a graph with a cycle cannot be instantiated");
  }
  *handle = liveExecs().add(std::move(exec));
  return hipSuccess;
}

/// A launch is one command of its stream; a capture takes it in as a child graph.
hipError_t launchGraph(hipGraphExec_t handle, hipStream_t streamHandle) {
  std::shared_ptr<hipGraphExec> exec = liveExecs().find(handle);
  std::shared_ptr<ihipStream_t> stream = findStream(streamHandle);
  if (!exec || !stream) {
    return exec ? hipErrorInvalidHandle : hipErrorInvalidValue;
  }
  ++Platform::get().counters().graphLaunches;
  return submit(*stream, PlanCommand{std::make_shared<GraphPlan>(exec->plan)});
}

hipError_t changeEdges(hipGraph_t graphHandle, const hipGraphNode_t *from, const hipGraphNode_t *to,
                       size_t count, bool add) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(graphHandle);
  if (!graph || (count > 0 && (!from || !to))) {
    return hipErrorInvalidValue;
  }
  for (size_t i = 0; i < count; ++i) {
    if (!graph->contains(from[i]) || !graph->contains(to[i])) {
      return hipErrorInvalidValue;
    }
    std::erase(to[i]->dependencies, from[i]);
    if (add) {
      to[i]->dependencies.push_back(from[i]);
    }
  }
  return hipSuccess;
}

/// The convention of the listing calls: without an array, how many; with one, up to `*count` of
/// them.
hipError_t list(const std::vector<hipGraphNode *> &nodes, hipGraphNode_t *out, size_t *count) {
  if (!count) {
    return hipErrorInvalidValue;
  }
  if (out) {
    size_t room = *count;
    for (size_t i = 0; i < room; ++i) {
      out[i] = i < nodes.size() ? nodes[i] : nullptr;
    }
    *count = std::min(room, nodes.size());
  } else {
    *count = nodes.size();
  }
  return hipSuccess;
}

template <typename Predicate>
hipError_t listNodes(hipGraph_t handle, hipGraphNode_t *out, size_t *count, Predicate wanted) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  if (!graph) {
    return hipErrorInvalidValue;
  }
  std::vector<hipGraphNode *> nodes;
  for (const auto &node : graph->nodes) {
    if (wanted(*node)) {
      nodes.push_back(node.get());
    }
  }
  return list(nodes, out, count);
}

hipError_t update(hipGraphExec_t execHandle, hipGraph_t graphHandle, hipGraphNode_t *culprit,
                  hipGraphExecUpdateResult *result) {
  std::shared_ptr<hipGraphExec> exec = liveExecs().find(execHandle);
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(graphHandle);
  if (!exec || !graph) {
    return hipErrorInvalidValue;
  }
  const hipGraphNode *node = nullptr;
  hipGraphExecUpdateResult outcome = updateExec(*exec, *graph, node);
  if (culprit) {
    *culprit = const_cast<hipGraphNode *>(node);
  }
  if (result) {
    *result = outcome;
  }
  return outcome == hipGraphExecUpdateSuccess ? hipSuccess : hipErrorGraphExecUpdateFailure;
}

} // namespace

QCC_HIP_API hipError_t hipGraphCreate(hipGraph_t *graph, unsigned flags) {
  if (!graph || flags != 0) {
    return record(hipErrorInvalidValue);
  }
  *graph = liveGraphs().add(std::make_shared<ihipGraph>());
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphDestroy(hipGraph_t graph) {
  return record(liveGraphs().remove(graph) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGraphClone(hipGraph_t *copy, hipGraph_t handle) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  if (!copy || !graph) {
    return record(hipErrorInvalidValue);
  }
  *copy = liveGraphs().add(graph->clone());
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphNodeFindInClone(hipGraphNode_t *found, hipGraphNode_t original,
                                               hipGraph_t cloneHandle) {
  std::shared_ptr<ihipGraph> clone = liveGraphs().find(cloneHandle);
  if (!found || !clone) {
    return record(hipErrorInvalidValue);
  }
  auto it = std::find_if(clone->nodes.begin(), clone->nodes.end(),
                         [&](const auto &node) { return node->clonedFrom == original; });
  *found = it == clone->nodes.end() ? nullptr : it->get();
  return record(*found ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGraphInstantiate(hipGraphExec_t *exec, hipGraph_t graph, hipGraphNode_t *,
                                           char *, size_t) {
  return record(instantiate(exec, graph));
}

QCC_HIP_API hipError_t hipGraphInstantiateWithFlags(hipGraphExec_t *exec, hipGraph_t graph,
                                                    unsigned long long) {
  return record(instantiate(exec, graph));
}

/// hipGraphInstantiateParams.
struct InstantiateParameters {
  hipGraphNode_t culprit;
  unsigned long long flags;
  int result; // 0: done, 2: the graph cannot be instantiated
  hipStream_t uploadStream;
};

QCC_HIP_API hipError_t hipGraphInstantiateWithParams(hipGraphExec_t *exec, hipGraph_t graph,
                                                     InstantiateParameters *parameters) {
  if (!parameters) {
    return record(hipErrorInvalidValue);
  }
  hipError_t error = instantiate(exec, graph);
  parameters->culprit = nullptr;
  parameters->result = error ? 2 : 0;
  return record(error);
}

QCC_HIP_API hipError_t hipGraphUpload(hipGraphExec_t exec, hipStream_t stream) {
  return record(liveExecs().find(exec) && findStream(stream) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGraphLaunch(hipGraphExec_t exec, hipStream_t stream) {
  return record(launchGraph(exec, stream));
}

QCC_HIP_API hipError_t hipGraphExecDestroy(hipGraphExec_t exec) {
  return record(liveExecs().remove(exec) ? hipSuccess : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph,
                                          hipGraphNode_t *culprit,
                                          hipGraphExecUpdateResult *result) {
  return record(update(exec, graph, culprit, result));
}

QCC_HIP_API hipError_t hipGraphAddDependencies(hipGraph_t graph, const hipGraphNode_t *from,
                                               const hipGraphNode_t *to, size_t count) {
  return record(changeEdges(graph, from, to, count, true));
}

QCC_HIP_API hipError_t hipGraphRemoveDependencies(hipGraph_t graph, const hipGraphNode_t *from,
                                                  const hipGraphNode_t *to, size_t count) {
  return record(changeEdges(graph, from, to, count, false));
}

QCC_HIP_API hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *count) {
  return record(listNodes(graph, nodes, count, [](const hipGraphNode &) { return true; }));
}

QCC_HIP_API hipError_t hipGraphGetRootNodes(hipGraph_t graph, hipGraphNode_t *nodes,
                                            size_t *count) {
  return record(listNodes(graph, nodes, count,
                          [](const hipGraphNode &node) { return node.dependencies.empty(); }));
}

QCC_HIP_API hipError_t hipGraphNodeGetDependencies(hipGraphNode_t handle, hipGraphNode_t *nodes,
                                                   size_t *count) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  return record(node ? list(node->dependencies, nodes, count) : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGraphNodeGetDependentNodes(hipGraphNode_t handle, hipGraphNode_t *nodes,
                                                     size_t *count) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  if (!node) {
    return record(hipErrorInvalidValue);
  }
  std::vector<hipGraphNode *> followers;
  for (const auto &other : node->graph->nodes) {
    if (std::count(other->dependencies.begin(), other->dependencies.end(), handle)) {
      followers.push_back(other.get());
    }
  }
  return record(list(followers, nodes, count));
}

QCC_HIP_API hipError_t hipGraphDestroyNode(hipGraphNode_t handle) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  if (!node) {
    return record(hipErrorInvalidValue);
  }
  node->graph->remove(handle);
  return hipSuccess;
}
