// The HIP calls that tell what is in a graph, a node or an instance of a graph.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/GraphCall.h"

using namespace qcc::emulator;

namespace {

/// Pointers to the arguments inside the launch's own segment, in the order of a `kernelParams`
/// list; the node keeps the list, as the caller gets only its address.
void **argumentsOf(hipGraphNode &node, const KernelLaunch &launch) {
  node.argumentList.clear();
  for (const KernelArgument &argument : launch.function->info.arguments) {
    if (argument.kind == ArgumentKind::Explicit) {
      const uint8_t *value = launch.kernarg.data() + argument.offset;
      node.argumentList.push_back(const_cast<uint8_t *>(value));
    }
  }
  return node.argumentList.data();
}

/// Every edge of the graph, as the node before and the node after it.
std::vector<std::pair<hipGraphNode_t, hipGraphNode_t>> edgesOf(const ihipGraph &graph) {
  std::vector<std::pair<hipGraphNode_t, hipGraphNode_t>> edges;
  for (const auto &node : graph.nodes) {
    for (hipGraphNode *before : node->dependencies) {
      edges.emplace_back(before, node.get());
    }
  }
  return edges;
}

bool canBeDisabled(const Command &command) {
  return std::holds_alternative<KernelLaunch>(command) ||
         std::holds_alternative<CopyCommand>(command) ||
         std::holds_alternative<FillCommand>(command);
}

template <typename EventCommand> hipError_t eventOf(hipGraphNode_t node, hipEvent_t *event) {
  std::shared_ptr<const EventCommand> command = commandOf<EventCommand>(node);
  if (!command || !event) {
    return hipErrorInvalidValue;
  }
  *event = command->event.get();
  return hipSuccess;
}

template <typename EventCommand> hipError_t setEvent(hipGraphNode_t node, hipEvent_t handle) {
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(handle);
  return event ? setNode(node, EventCommand{event}) : hipErrorInvalidHandle;
}

} // namespace

QCC_HIP_API hipError_t hipGraphGetEdges(hipGraph_t handle, hipGraphNode_t *from, hipGraphNode_t *to,
                                        size_t *count) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  if (!graph || !count || !from != !to) {
    return record(hipErrorInvalidValue);
  }
  auto edges = edgesOf(*graph);
  if (!from) {
    *count = edges.size();
    return hipSuccess;
  }
  size_t room = *count;
  *count = std::min(room, edges.size());
  for (size_t i = 0; i < room; ++i) {
    from[i] = i < edges.size() ? edges[i].first : nullptr;
    to[i] = i < edges.size() ? edges[i].second : nullptr;
  }
  return hipSuccess;
}

/// The argument pointers stay valid until the node changes or is destroyed.
QCC_HIP_API hipError_t hipGraphKernelNodeGetParams(hipGraphNode_t handle,
                                                   hipKernelNodeParams *parameters) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  const KernelLaunch *launch = node ? std::get_if<KernelLaunch>(&node->command) : nullptr;
  if (!launch || !parameters) {
    return record(hipErrorInvalidValue);
  }
  const void *host = launch->function->hostFunction;
  void *function = host ? const_cast<void *>(host) : launch->function.get();
  *parameters = {launch->block,     nullptr, function, launch->grid, argumentsOf(*node, *launch),
                 launch->dynamicLds};
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphMemcpyNodeGetParams(hipGraphNode_t node,
                                                   hipMemcpy3DParms *parameters) {
  std::shared_ptr<const CopyCommand> copy = commandOf<CopyCommand>(node);
  if (!copy || !parameters) {
    return record(hipErrorInvalidValue);
  }
  auto pitched = [&](const void *pointer, size_t pitch, size_t slice) {
    return hipPitchedPtr{const_cast<void *>(pointer), pitch, copy->extent.width,
                         pitch ? slice / pitch : 0};
  };
  *parameters = {};
  parameters->srcPtr = pitched(copy->src, copy->srcPitch, copy->srcSlice);
  parameters->dstPtr = pitched(copy->dst, copy->dstPitch, copy->dstSlice);
  parameters->extent = copy->extent;
  parameters->kind = copy->kind;
  return hipSuccess;
}

/// The child itself, not a copy: changes to it are changes to the node.
QCC_HIP_API hipError_t hipGraphChildGraphNodeGetGraph(hipGraphNode_t node, hipGraph_t *graph) {
  std::shared_ptr<const ChildGraphCommand> child = commandOf<ChildGraphCommand>(node);
  if (!child || !graph) {
    return record(hipErrorInvalidValue);
  }
  *graph = liveGraphs().add(child->graph);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphEventRecordNodeGetEvent(hipGraphNode_t node, hipEvent_t *event) {
  return record(eventOf<EventRecordCommand>(node, event));
}

QCC_HIP_API hipError_t hipGraphEventWaitNodeGetEvent(hipGraphNode_t node, hipEvent_t *event) {
  return record(eventOf<EventWaitCommand>(node, event));
}

QCC_HIP_API hipError_t hipGraphEventRecordNodeSetEvent(hipGraphNode_t node, hipEvent_t event) {
  return record(setEvent<EventRecordCommand>(node, event));
}

QCC_HIP_API hipError_t hipGraphEventWaitNodeSetEvent(hipGraphNode_t node, hipEvent_t event) {
  return record(setEvent<EventWaitCommand>(node, event));
}

QCC_HIP_API hipError_t hipGraphExecEventWaitNodeSetEvent(hipGraphExec_t exec, hipGraphNode_t node,
                                                         hipEvent_t handle) {
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(handle);
  return record(event ? setExecNode(exec, node, EventWaitCommand{event}) : hipErrorInvalidHandle);
}

/// A disabled node is as if it were empty; kernels, copies and fills can be disabled.
QCC_HIP_API hipError_t hipGraphNodeSetEnabled(hipGraphExec_t handle, hipGraphNode_t node,
                                              unsigned enabled) {
  std::shared_ptr<hipGraphExec> exec = liveExecs().find(handle);
  GraphPlan::Step *step = exec ? exec->plan.find(node) : nullptr;
  if (!step || !canBeDisabled(step->command)) {
    return record(hipErrorInvalidValue);
  }
  step->enabled = enabled != 0;
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphNodeGetEnabled(hipGraphExec_t handle, hipGraphNode_t node,
                                              unsigned *enabled) {
  std::shared_ptr<hipGraphExec> exec = liveExecs().find(handle);
  GraphPlan::Step *step = exec ? exec->plan.find(node) : nullptr;
  if (!step || !enabled || !canBeDisabled(step->command)) {
    return record(hipErrorInvalidValue);
  }
  *enabled = step->enabled;
  return hipSuccess;
}

/// Instances are made without flags, or with flags that change nothing here.
QCC_HIP_API hipError_t hipGraphExecGetFlags(hipGraphExec_t exec, unsigned long long *flags) {
  if (!liveExecs().find(exec) || !flags) {
    return record(hipErrorInvalidValue);
  }
  *flags = 0;
  return hipSuccess;
}
