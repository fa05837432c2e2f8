#include "emulator/hip_api/GraphCall.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/FatBinary.h"

#include <algorithm>

namespace qcc::emulator {

hipError_t addNode(hipGraphNode_t *node, hipGraph_t graphHandle, const hipGraphNode_t *dependencies,
                   size_t count, Command command) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(graphHandle);
  if (!node || !graph || (count > 0 && !dependencies)) {
    return hipErrorInvalidValue;
  }
  std::vector<hipGraphNode *> after(dependencies, dependencies + count);
  bool known = std::all_of(after.begin(), after.end(),
                           [&](const hipGraphNode *other) { return graph->contains(other); });
  if (!known) {
    return hipErrorInvalidValue;
  }
  *node = graph->add(std::move(command), std::move(after));
  return hipSuccess;
}

hipError_t setNode(hipGraphNode_t handle, Command command) {
  std::shared_ptr<hipGraphNode> node = liveNodes().find(handle);
  if (!node || node->command.index() != command.index()) {
    return hipErrorInvalidValue;
  }
  node->command = std::move(command);
  return hipSuccess;
}

hipError_t setExecNode(hipGraphExec_t execHandle, hipGraphNode_t node, Command command) {
  std::shared_ptr<hipGraphExec> exec = liveExecs().find(execHandle);
  GraphPlan::Step *step = exec ? exec->plan.find(node) : nullptr;
  if (!step || step->command.index() != command.index()) {
    return hipErrorInvalidValue;
  }
  step->command = std::move(command);
  return hipSuccess;
}

/// `func` is a module's function or, as <<<>>> programs have it, the host function of a kernel.
hipError_t kernelOf(const hipKernelNodeParams *parameters, Command &command) {
  if (!parameters) {
    return hipErrorInvalidValue;
  }
  std::shared_ptr<ihipModuleSymbol_t> function =
      liveFunctions().find(static_cast<hipFunction_t>(parameters->func));
  if (!function) {
    hipError_t error = FatBinaryRegistry::get().findFunction(parameters->func, function);
    if (error) {
      return error;
    }
  }
  KernelLaunch launch;
  hipError_t error = prepareLaunch(std::move(function), parameters->gridDim, parameters->blockDim,
                                   parameters->sharedMemBytes,
                                   {parameters->kernelParams, parameters->extra}, false, launch);
  command = std::move(launch);
  return error;
}

hipError_t fillOf(const hipMemsetParams *parameters, Command &command) {
  if (!parameters) {
    return hipErrorInvalidValue;
  }
  FillCommand fill{
      parameters->dst,   parameters->pitch,       parameters->pitch * parameters->height,
      parameters->value, parameters->elementSize, {parameters->width, parameters->height, 1}};
  command = fill;
  return checkFill(fill);
}

} // namespace qcc::emulator
