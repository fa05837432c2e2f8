// The HIP calls about graph nodes that copy to and from the program's device variables.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/GraphCall.h"
#include "emulator/hip_api/SymbolCall.h"

using namespace qcc::emulator;

namespace {

hipError_t copyTo(const void *symbol, const void *src, size_t bytes, size_t offset,
                  hipMemcpyKind kind, Command &command) {
  void *address = nullptr;
  if (hipError_t error = addressInVariable(symbol, offset, bytes, address)) {
    return error;
  }
  CopyCommand copy = linearCopy(address, src, bytes, kind);
  command = copy;
  return checkCopy(copy);
}

hipError_t copyFrom(void *dst, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind,
                    Command &command) {
  void *address = nullptr;
  if (hipError_t error = addressInVariable(symbol, offset, bytes, address)) {
    return error;
  }
  CopyCommand copy = linearCopy(dst, address, bytes, kind);
  command = copy;
  return checkCopy(copy);
}

} // namespace

QCC_HIP_API hipError_t hipGraphAddMemcpyNodeToSymbol(hipGraphNode_t *node, hipGraph_t graph,
                                                     const hipGraphNode_t *after, size_t count,
                                                     const void *symbol, const void *src,
                                                     size_t bytes, size_t offset,
                                                     hipMemcpyKind kind) {
  Command command;
  hipError_t error = copyTo(symbol, src, bytes, offset, kind, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphMemcpyNodeSetParamsToSymbol(hipGraphNode_t node, const void *symbol,
                                                           const void *src, size_t bytes,
                                                           size_t offset, hipMemcpyKind kind) {
  Command command;
  hipError_t error = copyTo(symbol, src, bytes, offset, kind, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecMemcpyNodeSetParamsToSymbol(hipGraphExec_t exec,
                                                               hipGraphNode_t node,
                                                               const void *symbol, const void *src,
                                                               size_t bytes, size_t offset,
                                                               hipMemcpyKind kind) {
  Command command;
  hipError_t error = copyTo(symbol, src, bytes, offset, kind, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphAddMemcpyNodeFromSymbol(hipGraphNode_t *node, hipGraph_t graph,
                                                       const hipGraphNode_t *after, size_t count,
                                                       void *dst, const void *symbol, size_t bytes,
                                                       size_t offset, hipMemcpyKind kind) {
  Command command;
  hipError_t error = copyFrom(dst, symbol, bytes, offset, kind, command);
  return record(error ? error : addNode(node, graph, after, count, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphMemcpyNodeSetParamsFromSymbol(hipGraphNode_t node, void *dst,
                                                             const void *symbol, size_t bytes,
                                                             size_t offset, hipMemcpyKind kind) {
  Command command;
  hipError_t error = copyFrom(dst, symbol, bytes, offset, kind, command);
  return record(error ? error : setNode(node, std::move(command)));
}

QCC_HIP_API hipError_t hipGraphExecMemcpyNodeSetParamsFromSymbol(hipGraphExec_t exec,
                                                                 hipGraphNode_t node, void *dst,
                                                                 const void *symbol, size_t bytes,
                                                                 size_t offset,
                                                                 hipMemcpyKind kind) {
  Command command;
  hipError_t error = copyFrom(dst, symbol, bytes, offset, kind, command);
  return record(error ? error : setExecNode(exec, node, std::move(command)));
}
