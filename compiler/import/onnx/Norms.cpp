#include "compiler/import/onnx/Operators.h"
#include "compiler/import/onnx/Weights.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// The epsilon of a norm; positive and finite.
static llvm::Expected<llvm::APFloat> readEpsilon(Node &node, double otherwise) {
  double epsilon = node.real("epsilon", otherwise);
  if (!(epsilon >= 0) || epsilon > 1) {
    return node.refuse("has an epsilon that is not between 0 and 1: export it again");
  }
  return llvm::APFloat(epsilon);
}

// SimplifiedLayerNormalization of ONNX Runtime and RMSNormalization of ONNX 23. The result has the
// weight's type, which may differ from the input's.
llvm::Error qcc::onnx_import::importRmsNorm(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  llvm::Expected<WeightValue> weight = importFloatWeight(node, 1);
  if (!weight) {
    return weight.takeError();
  }
  int64_t axis = node.integer("axis", -1);
  if (axis != -1 && axis != 2) {
    return node.refuse("normalizes axis " + llvm::Twine(axis) +
                       ": only the last axis is supported");
  }
  llvm::Expected<llvm::APFloat> epsilon = readEpsilon(node, 1e-5);
  if (!epsilon) {
    return epsilon.takeError();
  }
  Type element = node.importer.activationType(weight->getType().getEncoding());
  Type result = activationOf(featuresOf(*input), element);
  node.define(0, lm::RmsNormOp::create(node.builder, node.loc, result, *input, *weight, *epsilon,
                                       IntegerAttr()));
  return llvm::Error::success();
}

// Inputs input, skip, gamma, bias; outputs 0 the norm and 3 the sum: onnxruntime,
// docs/ContribOperators.md, SkipSimplifiedLayerNormalization.
llvm::Error qcc::onnx_import::importSkipRmsNorm(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  llvm::Expected<Value> skip = node.activation(1);
  if (!skip) {
    return skip.takeError();
  }
  if (input->getType() != skip->getType()) {
    return node.refuse("adds activations of different shape or type: export it again");
  }
  llvm::Expected<WeightValue> weight = importFloatWeight(node, 2);
  if (!weight) {
    return weight.takeError();
  }
  if (weight->getType().getShape() != ArrayRef<int64_t>{featuresOf(*input)}) {
    return node.refuse("has a weight that does not match its " + llvm::Twine(featuresOf(*input)) +
                       " features: export it again");
  }
  if (!node.input(3).empty()) {
    return node.refuse("has a bias, which is not supported: add it to the matmul before");
  }
  llvm::Expected<llvm::APFloat> epsilon = readEpsilon(node, 1e-12);
  if (!epsilon) {
    return epsilon.takeError();
  }
  auto norm = lm::SkipRmsNormOp::create(node.builder, node.loc, input->getType(), input->getType(),
                                        *input, *skip, *weight, *epsilon);
  node.define(0, norm.getResult());
  node.define(3, norm.getSum());
  return llvm::Error::success();
}
