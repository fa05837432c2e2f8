#include "compiler/import/onnx/Operators.h"
#include "compiler/import/onnx/Weights.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// Notes that input `index` holds token ids: an integer input of the graph, the same for all
/// embeddings.
static llvm::Error checkTokens(Node &node, int index) {
  const Graph &graph = node.importer.graph;
  llvm::StringRef name = node.input(index);
  const onnx::NodeProto *producer = graph.producer(name);
  if (producer && producer->op_type() == "Cast" && producer->input_size() == 1) {
    name = producer->input(0);
  }
  std::string &tokens = node.importer.tokens;
  if (!graph.input(name) || (!tokens.empty() && tokens != name)) {
    return node.refuse("looks up '" + name +
                       "', which is not the graph's one input of token ids: export a decoder that "
                       "reads input_ids");
  }
  tokens = name.str();
  return llvm::Error::success();
}

/// lm.embed of `table`, named as the node's output.
static void makeEmbed(Node &node, WeightValue table, Type element) {
  Type result = activationOf(table.getType().getColumns(), element);
  node.define(0, lm::EmbedOp::create(node.builder, node.loc, result, node.importer.batch, table));
}

llvm::Error qcc::onnx_import::importGather(Node &node) {
  const Constant *table = node.constant(0);
  if (!table) {
    return importLastPosition(node);
  }
  if (table->shape.size() != 2 || node.integer("axis", 0) != 0) {
    return node.refuse("is supported on the rows of an embedding table only");
  }
  if (llvm::Error error = checkTokens(node, 1)) {
    return error;
  }
  llvm::Expected<WeightValue> weight = importFloatWeight(node, 0);
  if (!weight) {
    return weight.takeError();
  }
  makeEmbed(node, *weight, node.importer.activationType(weight->getType().getEncoding()));
  return llvm::Error::success();
}

/// Element encoding and columns of a GatherBlockQuantized table: int4 and uint4 tensors hold
/// elements, uint8 tensors hold `bits`-wide elements packed along the last axis.
static std::pair<qnt::Encoding, int64_t> tableElements(const Constant &table, int64_t bits) {
  int64_t columns = table.shape[1];
  if (table.dataType == Uint8) {
    return {bits == 4 ? qnt::Encoding::u4 : qnt::Encoding::u8, columns * 8 / bits};
  }
  bool nibbles = table.dataType == Uint4 || table.dataType == Int4;
  return {nibbles ? onnx_import::encodingOf(table.dataType) : qnt::Encoding::none, columns};
}

// Inputs and attributes: onnxruntime, docs/ContribOperators.md, GatherBlockQuantized.
llvm::Error qcc::onnx_import::importGatherBlockQuantized(Node &node) {
  const Constant *table = constantThroughReshape(node, 0);
  int64_t bits = node.integer("bits", 4), block = node.integer("block_size", 128);
  int64_t axis = node.integer("quantize_axis", 1);
  bool supported = table && table->shape.size() == 2 && (bits == 4 || bits == 8) &&
                   node.integer("gather_axis", 0) == 0 && (axis == 1 || axis == -1) &&
                   block >= 16 && block <= 256 && llvm::isPowerOf2_64(block);
  if (!supported || table->shape[0] >= maxExtent || table->shape[1] >= maxExtent / 8) {
    return node.refuse("is supported on a constant matrix of 4 or 8 bits in blocks of 16 to 256 "
                       "along its rows");
  }
  if (llvm::Error error = checkTokens(node, 1)) {
    return error;
  }
  auto [encoding, columns] = tableElements(*table, bits);
  if (encoding == qnt::Encoding::none || columns * qnt::bitsOf(encoding) % 8 != 0 || columns < 1 ||
      table->shape[0] < 1) {
    return node.refuse("has a table that is neither uint8 nor int4 nor uint4 of even width");
  }
  BlockScheme scheme{block, constantThroughReshape(node, 2), constantThroughReshape(node, 3),
                     nullptr};
  if (table->dataType == Uint4 && !scheme.zeros) {
    return node.refuse("has unsigned values without zero points: state the zero points");
  }
  // Whole blocks make both storages the same bytes; `blocks` is what a tied MatMulNBits has too.
  qnt::Storage storage = columns % block == 0 ? qnt::Storage::blocks : qnt::Storage::rows;
  llvm::Expected<WeightValue> weight =
      importBlockWeight(node, *table, table->shape[0], columns, encoding, storage, scheme);
  if (!weight) {
    return weight.takeError();
  }
  makeEmbed(node, *weight, node.importer.activationType(weight->getType().getScale()));
  return llvm::Error::success();
}
