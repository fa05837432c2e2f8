#include "compiler/import/onnx/Operators.h"

using namespace qcc::onnx_import;

namespace {

/// A walk from a value to where it comes from, one expected operator after the other.
class Walk {
public:
  Walk(const Graph &graph, llvm::StringRef value) : graph(graph), value(value) {}

  /// Steps over a node of type `op` if the value comes from one; `node` is then that node.
  bool step(llvm::StringRef op) {
    const onnx::NodeProto *producer = graph.producer(value);
    if (!producer || producer->op_type() != op || producer->input_size() == 0) {
      return false;
    }
    node = producer;
    value = producer->input(0);
    return true;
  }
  void skipCasts() {
    for (int steps = 0; steps < 4 && step("Cast"); ++steps) {
    }
  }
  bool isInput(llvm::StringRef name) const { return value == name && graph.input(value); }

  const Graph &graph;
  llvm::StringRef value;
  const onnx::NodeProto *node = nullptr;
};

/// True if input `index` of `node` is the integer constant `expected`.
bool isInteger(Node &importing, const onnx::NodeProto &node, int index, int64_t expected) {
  const Constant *constant =
      index < node.input_size() ? importing.importer.graph.constant(node.input(index)) : nullptr;
  if (!constant || constant->elements != 1) {
    return false;
  }
  auto values = importing.importer.constants.integers(*constant, importing.builder.getContext());
  if (!values) {
    llvm::consumeError(values.takeError());
    return false;
  }
  return values->front() == expected;
}

} // namespace

llvm::Error qcc::onnx_import::checkPositions(Node &node, llvm::StringRef value) {
  Walk walk(node.importer.graph, value);
  walk.skipCasts();
  if (!walk.isInput("position_ids")) {
    return node.refuse("takes positions from '" + value +
                       "': only the graph's input position_ids is supported");
  }
  return llvm::Error::success();
}

// GenAI's builder: Cast(Sub(ReduceSum(attention_mask, axis 1), 1)).
llvm::Error qcc::onnx_import::checkSequenceLengths(Node &node, llvm::StringRef value) {
  Walk walk(node.importer.graph, value);
  walk.skipCasts();
  bool matches = walk.step("Sub") && isInteger(node, *walk.node, 1, 1);
  if (matches) {
    walk.skipCasts();
    matches = walk.step("ReduceSum") && isInteger(node, *walk.node, 1, 1);
    walk.skipCasts();
  }
  if (!matches || !walk.isInput("attention_mask")) {
    return node.refuse("takes sequence lengths from '" + value +
                       "': only ReduceSum(attention_mask) - 1 is supported");
  }
  return llvm::Error::success();
}

// GenAI's builder: Cast(Gather(Shape(attention_mask), 1)).
llvm::Error qcc::onnx_import::checkTotalLength(Node &node, llvm::StringRef value) {
  Walk walk(node.importer.graph, value);
  walk.skipCasts();
  bool matches = walk.step("Gather") && isInteger(node, *walk.node, 1, 1) && walk.step("Shape");
  walk.skipCasts();
  if (!matches || !walk.isInput("attention_mask")) {
    return node.refuse("takes the total length from '" + value +
                       "': only the second extent of attention_mask is supported");
  }
  return llvm::Error::success();
}
