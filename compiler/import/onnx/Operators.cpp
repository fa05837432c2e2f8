#include "compiler/import/onnx/Operators.h"

using namespace qcc::onnx_import;

/// Every supported operator. Names are unique over the domains in which exporters write them.
static constexpr OperatorRow operators[] = {
    {"Add", importAdd, 0b11},
    {"Cast", importCast, 0b1},
    {"Div", importDiv, 0b1},
    {"FastGelu", importFastGelu, 0b1},
    {"Gather", importGather, 0b1},
    {"GatherBlockQuantized", importGatherBlockQuantized, 0b0},
    {"GroupQueryAttention", importGroupQueryAttention, 0b111},
    {"Identity", importIdentity, 0b1},
    {"MatMul", importMatMul, 0b1},
    {"MatMulNBits", importMatMulNBits, 0b1},
    {"Mul", importMul, 0b11},
    {"QuickGelu", importSwish, 0b1},
    {"RMSNormalization", importRmsNorm, 0b1},
    {"RotaryEmbedding", importRotaryEmbedding, 0b1},
    {"Sigmoid", importSigmoid, 0b1},
    {"Silu", importSwish, 0b1},
    {"SimplifiedLayerNormalization", importRmsNorm, 0b1},
    {"SkipSimplifiedLayerNormalization", importSkipRmsNorm, 0b11},
    {"Slice", importSlice, 0b1},
    {"Split", importSplit, 0b1},
    {"Swish", importSwish, 0b1},
};

const OperatorRow *qcc::onnx_import::findOperator(llvm::StringRef name) {
  const OperatorRow *found =
      llvm::find_if(operators, [&](const OperatorRow &row) { return name == row.name; });
  return found == std::end(operators) ? nullptr : found;
}

const Constant *qcc::onnx_import::constantThroughReshape(Node &node, int index) {
  const Graph &graph = node.importer.graph;
  const onnx::NodeProto *producer = graph.producer(node.input(index));
  bool reshaped = producer && producer->op_type() == "Reshape" && producer->input_size() > 0;
  return reshaped ? graph.constant(producer->input(0)) : node.constant(index);
}
