#include "compiler/import/onnx/Operators.h"
#include "compiler/import/onnx/Weights.h"

#include <cmath>

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// The activation of a two-operand node and the constant beside it; `constant` is null for two
/// activations.
namespace {
struct Operands {
  Value lhs, rhs;
  const Constant *constant = nullptr;
  int constantIndex = 0;
};
} // namespace

static llvm::Expected<Operands> readOperands(Node &node) {
  Operands operands;
  int first = node.constant(0) ? 1 : 0;
  llvm::Expected<Value> lhs = node.activation(first);
  if (!lhs) {
    return lhs.takeError();
  }
  operands.lhs = *lhs;
  operands.constantIndex = 1 - first;
  operands.constant = node.constant(1 - first);
  if (operands.constant) {
    return operands;
  }
  llvm::Expected<Value> rhs = node.activation(1 - first);
  if (!rhs) {
    return rhs.takeError();
  }
  operands.rhs = *rhs;
  if (operands.lhs.getType() != operands.rhs.getType()) {
    return node.refuse("combines activations of different shape or type: export it again");
  }
  return operands;
}

/// An Add of a vector to a matmul's result becomes the matmul's bias.
static llvm::Error importBias(Node &node, const Operands &operands) {
  auto matmul = operands.lhs.getDefiningOp<qnt::MatmulOp>();
  if (!matmul || matmul.getBias()) {
    return node.refuse("adds a constant to something other than a matmul: only biases of matmuls "
                       "are supported");
  }
  llvm::Expected<WeightValue> bias = importFloatWeight(node, operands.constantIndex);
  if (!bias) {
    return bias.takeError();
  }
  node.define(0, qnt::MatmulOp::create(node.builder, node.loc, matmul.getType(), matmul.getLhs(),
                                       matmul.getWeight(), *bias));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importAdd(Node &node) {
  llvm::Expected<Operands> operands = readOperands(node);
  if (!operands) {
    return operands.takeError();
  }
  if (operands->constant) {
    return importBias(node, *operands);
  }
  node.define(0, lm::AddOp::create(node.builder, node.loc, operands->lhs, operands->rhs));
  return llvm::Error::success();
}

/// lm.scale of `input` by `factor`, named as the node's output.
static llvm::Error makeScale(Node &node, Value input, double factor) {
  if (!std::isfinite(factor)) {
    return node.refuse("scales by a factor that is not finite: export it again");
  }
  node.define(0, lm::ScaleOp::create(node.builder, node.loc, input, llvm::APFloat(factor)));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importMul(Node &node) {
  llvm::Expected<Operands> operands = readOperands(node);
  if (!operands) {
    return operands.takeError();
  }
  if (!operands->constant) {
    node.define(0, lm::MulOp::create(node.builder, node.loc, operands->lhs, operands->rhs));
    return llvm::Error::success();
  }
  llvm::Expected<double> factor =
      node.importer.constants.scalar(*operands->constant, node.builder.getContext());
  return factor ? makeScale(node, operands->lhs, *factor) : factor.takeError();
}

llvm::Error qcc::onnx_import::importDiv(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  const Constant *constant = node.constant(1);
  if (!constant) {
    return node.refuse("divides by something other than a constant, which is not supported");
  }
  llvm::Expected<double> divisor =
      node.importer.constants.scalar(*constant, node.builder.getContext());
  return divisor ? makeScale(node, *input, 1.0 / *divisor) : divisor.takeError();
}

llvm::Error qcc::onnx_import::importSigmoid(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  node.define(0, lm::SigmoidOp::create(node.builder, node.loc, *input));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importSwish(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  // QuickGelu is named after 1.702, its default (onnxruntime, docs/ContribOperators.md).
  double alpha = node.real("alpha", node.proto.op_type() == "QuickGelu" ? 1.702 : 1.0);
  if (!std::isfinite(alpha)) {
    return node.refuse("has an alpha that is not finite: export it again");
  }
  if (alpha == 1.0) {
    node.define(0, lm::SiluOp::create(node.builder, node.loc, *input));
    return llvm::Error::success();
  }
  Value scaled = lm::ScaleOp::create(node.builder, node.loc, *input, llvm::APFloat(alpha));
  Value gate = lm::SigmoidOp::create(node.builder, node.loc, scaled);
  node.define(0, lm::MulOp::create(node.builder, node.loc, *input, gate));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importFastGelu(Node &node) {
  if (!node.input(1).empty()) {
    return node.refuse("has a bias, which is not supported: add it to the matmul before");
  }
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  node.define(0, lm::GeluOp::create(node.builder, node.loc, *input));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importCast(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  Type element = node.importer.activationType(static_cast<int32_t>(node.integer("to", 0)));
  if (!element) {
    return node.refuse("casts to a type other than f32, f16 and bf16, which is not supported");
  }
  Value result = *input;
  if (element != elementOf(result)) {
    Type type = activationOf(featuresOf(result), element);
    result = lm::CastOp::create(node.builder, node.loc, type, result);
  }
  node.define(0, result);
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importIdentity(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  node.define(0, *input);
  return llvm::Error::success();
}
