// What the calls that add nodes to graphs and change them have in common.
#pragma once

#include "emulator/hip_api/Graph.h"
#include "emulator/hip_api/Stream.h"

namespace qcc::emulator {

/// Adds a node with the command after checking the handles; dependencies must be nodes of the
/// graph.
hipError_t addNode(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *dependencies,
                   size_t count, Command command);

/// Replaces the command of a graph's node, or of the step that it became in an instantiated graph,
/// by one of the same type; hipErrorInvalidValue for another type or a handle that is not live.
hipError_t setNode(hipGraphNode_t node, Command command);
hipError_t setExecNode(hipGraphExec_t exec, hipGraphNode_t node, Command command);

/// The node's command if it is of the type, else null.
template <typename Type> std::shared_ptr<const Type> commandOf(hipGraphNode_t handle) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  const Type *command = node ? std::get_if<Type>(&node->command) : nullptr;
  return command ? std::shared_ptr<const Type>(node, command) : nullptr;
}

/// The commands that parameter structs describe; refusals are explained.
hipError_t kernelOf(const hipKernelNodeParams *parameters, Command &command);
hipError_t fillOf(const hipMemsetParams *parameters, Command &command);

} // namespace qcc::emulator
