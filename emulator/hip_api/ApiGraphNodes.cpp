// The HIP calls about the nodes of graphs, by what a node does.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/GraphCall.h"

using namespace qcc::emulator;

namespace {

/// hipGraphNodeType of each alternative of Command, in its order.
constexpr hipGraphNodeType nodeTypes[] = {
    hipGraphNodeTypeEmpty,     hipGraphNodeTypeKernel, hipGraphNodeTypeMemcpy,
    hipGraphNodeTypeMemset,    hipGraphNodeTypeHost,   hipGraphNodeTypeEventRecord,
    hipGraphNodeTypeWaitEvent, hipGraphNodeTypeGraph,  hipGraphNodeTypeGraph,
};
static_assert(std::size(nodeTypes) == std::variant_size_v<Command>);

hipError_t copyNodeOf(const hipMemcpy3DParms *parameters, Command &command) {
  if (!parameters) {
    return hipErrorInvalidValue;
  }
  CopyCommand copy;
  if (hipError_t error = copyOf(*parameters, copy)) {
    return error;
  }
  command = copy;
  return checkCopy(copy);
}

hipError_t linearCopyNode(void *dst, const void *src, size_t bytes, hipMemcpyKind kind,
                          Command &command) {
  CopyCommand copy = linearCopy(dst, src, bytes, kind);
  command = copy;
  return checkCopy(copy);
}

hipError_t hostNodeOf(const hipHostNodeParams *parameters, Command &command) {
  if (!parameters || !parameters->fn) {
    return hipErrorInvalidValue;
  }
  command = HostCommand{parameters->fn, parameters->userData};
  return hipSuccess;
}

template <typename EventCommand> hipError_t eventNodeOf(hipEvent_t handle, Command &command) {
  std::shared_ptr<ihipEvent_t> event = liveEvents().find(handle);
  command = EventCommand{event};
  return event ? hipSuccess : hipErrorInvalidHandle;
}

hipError_t childNodeOf(hipGraph_t handle, Command &command) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  if (!graph) {
    return hipErrorInvalidValue;
  }
  command = ChildGraphCommand{graph->clone()};
  return hipSuccess;
}

} // namespace

QCC_HIP_API hipError_t hipGraphNodeGetType(hipGraphNode_t handle, int *type) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  if (!node || !type) {
    return record(hipErrorInvalidValue);
  }
  // The numbers counted from 1 before ROCm 6.
  *type = nodeTypes[node->command.index()] + (abiMajor() < 6 ? 1 : 0);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphAddEmptyNode(hipGraphNode_t *node, hipGraph_t graph,
                                            const hipGraphNode_t *after, size_t count) {
  return record(addNode(node, graph, after, count, EmptyCommand{}));
}

QCC_HIP_API hipError_t hipGraphAddKernelNode(hipGraphNode_t *node, hipGraph_t graph,
                                             const hipGraphNode_t *after, size_t count,
                                             const hipKernelNodeParams *parameters) {
  Command command;
  hipError_t error = kernelOf(parameters, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphKernelNodeSetParams(hipGraphNode_t node,
                                                   const hipKernelNodeParams *parameters) {
  Command command;
  hipError_t error = kernelOf(parameters, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecKernelNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                                       const hipKernelNodeParams *parameters) {
  Command command;
  hipError_t error = kernelOf(parameters, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddMemcpyNode(hipGraphNode_t *node, hipGraph_t graph,
                                             const hipGraphNode_t *after, size_t count,
                                             const hipMemcpy3DParms *parameters) {
  Command command;
  hipError_t error = copyNodeOf(parameters, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphMemcpyNodeSetParams(hipGraphNode_t node,
                                                   const hipMemcpy3DParms *parameters) {
  Command command;
  hipError_t error = copyNodeOf(parameters, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecMemcpyNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                                       hipMemcpy3DParms *parameters) {
  Command command;
  hipError_t error = copyNodeOf(parameters, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddMemcpyNode1D(hipGraphNode_t *node, hipGraph_t graph,
                                               const hipGraphNode_t *after, size_t count, void *dst,
                                               const void *src, size_t bytes, hipMemcpyKind kind) {
  Command command;
  hipError_t error = linearCopyNode(dst, src, bytes, kind, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphMemcpyNodeSetParams1D(hipGraphNode_t node, void *dst,
                                                     const void *src, size_t bytes,
                                                     hipMemcpyKind kind) {
  Command command;
  hipError_t error = linearCopyNode(dst, src, bytes, kind, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecMemcpyNodeSetParams1D(hipGraphExec_t exec, hipGraphNode_t node,
                                                         void *dst, const void *src, size_t bytes,
                                                         hipMemcpyKind kind) {
  Command command;
  hipError_t error = linearCopyNode(dst, src, bytes, kind, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddMemsetNode(hipGraphNode_t *node, hipGraph_t graph,
                                             const hipGraphNode_t *after, size_t count,
                                             const hipMemsetParams *parameters) {
  Command command;
  hipError_t error = fillOf(parameters, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphMemsetNodeGetParams(hipGraphNode_t node,
                                                   hipMemsetParams *parameters) {
  std::shared_ptr<const FillCommand> fill = commandOf<FillCommand>(node);
  if (!fill || !parameters) {
    return record(hipErrorInvalidValue);
  }
  *parameters = {fill->dst,
                 fill->elementBytes,
                 fill->extent.height,
                 fill->pitch,
                 static_cast<unsigned>(fill->value),
                 fill->extent.width};
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphMemsetNodeSetParams(hipGraphNode_t node,
                                                   const hipMemsetParams *parameters) {
  Command command;
  hipError_t error = fillOf(parameters, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecMemsetNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                                       const hipMemsetParams *parameters) {
  Command command;
  hipError_t error = fillOf(parameters, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddHostNode(hipGraphNode_t *node, hipGraph_t graph,
                                           const hipGraphNode_t *after, size_t count,
                                           const hipHostNodeParams *parameters) {
  Command command;
  hipError_t error = hostNodeOf(parameters, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphHostNodeGetParams(hipGraphNode_t node,
                                                 hipHostNodeParams *parameters) {
  std::shared_ptr<const HostCommand> host = commandOf<HostCommand>(node);
  if (!host || !parameters) {
    return record(hipErrorInvalidValue);
  }
  *parameters = {host->function, host->data};
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphHostNodeSetParams(hipGraphNode_t node,
                                                 const hipHostNodeParams *parameters) {
  Command command;
  hipError_t error = hostNodeOf(parameters, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecHostNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                                     const hipHostNodeParams *parameters) {
  Command command;
  hipError_t error = hostNodeOf(parameters, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddChildGraphNode(hipGraphNode_t *node, hipGraph_t graph,
                                                 const hipGraphNode_t *after, size_t count,
                                                 hipGraph_t child) {
  Command command;
  hipError_t error = childNodeOf(child, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecChildGraphNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                                           hipGraph_t child) {
  Command command;
  hipError_t error = childNodeOf(child, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddEventRecordNode(hipGraphNode_t *node, hipGraph_t graph,
                                                  const hipGraphNode_t *after, size_t count,
                                                  hipEvent_t event) {
  Command command;
  hipError_t error = eventNodeOf<EventRecordCommand>(event, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecEventRecordNodeSetEvent(hipGraphExec_t exec, hipGraphNode_t node,
                                                           hipEvent_t event) {
  Command command;
  hipError_t error = eventNodeOf<EventRecordCommand>(event, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddEventWaitNode(hipGraphNode_t *node, hipGraph_t graph,
                                                const hipGraphNode_t *after, size_t count,
                                                hipEvent_t event) {
  Command command;
  hipError_t error = eventNodeOf<EventWaitCommand>(event, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}
