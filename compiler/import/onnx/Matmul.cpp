#include "compiler/import/onnx/Operators.h"
#include "compiler/import/onnx/Weights.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// qnt.matmul of the node's first input, named as its first output.
static llvm::Error makeMatmul(Node &node, WeightValue weight, Value bias) {
  llvm::Expected<Value> lhs = node.activation(0);
  if (!lhs) {
    return lhs.takeError();
  }
  Type result = activationOf(weight.getType().getRows(), elementOf(*lhs));
  node.define(0, qnt::MatmulOp::create(node.builder, node.loc, result, *lhs, weight, bias));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importMatMul(Node &node) {
  llvm::Expected<WeightValue> weight = importMatmulWeight(node, 1);
  if (!weight) {
    return weight.takeError();
  }
  return makeMatmul(node, *weight, {});
}

namespace {
/// The inputs after the scales, by what they are rather than where: some exporters leave out an
/// absent zero point, so that g_idx sits in its place.
struct OptionalInputs {
  const Constant *zeros = nullptr;
  const Constant *groupIndex = nullptr;
};
} // namespace

static llvm::Expected<OptionalInputs> findOptionalInputs(Node &node) {
  OptionalInputs found;
  for (int index : {3, 4}) {
    if (node.input(index).empty()) {
      continue;
    }
    const Constant *constant = constantThroughReshape(node, index);
    if (!constant) {
      return node.refuse("has input " + llvm::Twine(index) +
                         " that is no constant: export the model with constants folded");
    }
    const Constant *&place = constant->dataType == Int32 ? found.groupIndex : found.zeros;
    if (place) {
      return node.refuse("has inputs 3 and 4 of one kind: zero points and an int32 g_idx are "
                         "expected");
    }
    place = constant;
  }
  return found;
}

/// Checks that `index` names one of `blocks` blocks for every input feature, and drops it when
/// blocks are consecutive anyway.
static llvm::Error checkGroupIndex(Node &node, int64_t columns, int64_t blocks, int64_t block,
                                   const Constant *&index) {
  llvm::Expected<llvm::SmallVector<int64_t>> groups =
      node.importer.constants.integers(*index, node.builder.getContext());
  if (!groups) {
    return groups.takeError();
  }
  if (static_cast<int64_t>(groups->size()) != columns ||
      llvm::any_of(*groups, [=](int64_t group) { return group < 0 || group >= blocks; })) {
    return node.refuse("has a g_idx that does not name one of " + llvm::Twine(blocks) +
                       " blocks for each of " + llvm::Twine(columns) +
                       " features: export it again");
  }
  auto isConsecutive = [&](auto pair) {
    return static_cast<int64_t>(pair.index()) / block == pair.value();
  };
  if (llvm::all_of(llvm::enumerate(*groups), isConsecutive)) {
    index = nullptr;
  }
  return llvm::Error::success();
}

// Attributes and inputs: onnxruntime, docs/ContribOperators.md, MatMulNBits.
llvm::Error qcc::onnx_import::importMatMulNBits(Node &node) {
  int64_t rows = node.integer("N", 0), columns = node.integer("K", 0);
  int64_t bits = node.integer("bits", 4), block = node.integer("block_size", 0);
  if (rows < 1 || columns < 1 || rows >= maxExtent || columns >= maxExtent) {
    return node.refuse("has impossible extents N and K: export it again");
  }
  if ((bits != 4 && bits != 8) || block < 16 || block > 256 || !llvm::isPowerOf2_64(block)) {
    return node.refuse("has " + llvm::Twine(bits) + " bits in blocks of " + llvm::Twine(block) +
                       ": quantize to 4 or 8 bits in blocks of 16 to 256");
  }
  const Constant *values = constantThroughReshape(node, 1);
  int64_t blocks = llvm::divideCeil(columns, block);
  if (!values || values->dataType != Uint8 ||
      values->elements != rows * blocks * block * bits / 8) {
    return node.refuse("needs a constant of " + llvm::Twine(rows * blocks * block * bits / 8) +
                       " bytes as its weight by N, K, bits and block_size: export it again");
  }
  llvm::Expected<OptionalInputs> optional = findOptionalInputs(node);
  if (!optional) {
    return optional.takeError();
  }
  BlockScheme scheme{block, constantThroughReshape(node, 2), optional->zeros, optional->groupIndex};
  if (scheme.groupIndex) {
    if (llvm::Error error = checkGroupIndex(node, columns, blocks, block, scheme.groupIndex)) {
      return error;
    }
  }
  if (node.integer("weight_prepacked", 0) != 0) {
    return node.refuse("has a weight prepacked for one device: export it without prepacking");
  }
  qnt::Encoding encoding = bits == 4 ? qnt::Encoding::u4 : qnt::Encoding::u8;
  llvm::Expected<WeightValue> weight =
      importBlockWeight(node, *values, rows, columns, encoding, qnt::Storage::blocks, scheme);
  if (!weight) {
    return weight.takeError();
  }
  Value bias;
  if (!node.input(5).empty()) {
    llvm::Expected<WeightValue> vector = importFloatWeight(node, 5);
    if (!vector) {
      return vector.takeError();
    }
    bias = *vector;
  }
  return makeMatmul(node, *weight, bias);
}
