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

namespace {
/// A block-quantized embedding table.
struct QuantizedTable {
  const Constant *values = nullptr;
  int64_t rows = 0, columns = 0, block = 0;
  qnt::Encoding encoding = qnt::Encoding::none;
};
} // namespace

/// Encoding and width of a table: int4 and uint4 tensors hold elements, uint8 tensors hold elements
/// of `bits` packed along the row. A table that is tied to a head has the blocks of MatMulNBits as
/// its second axis, which a Reshape removes.
static QuantizedTable readTable(const Constant &values, int64_t bits, int64_t block) {
  QuantizedTable table{&values, values.shape[0], 0, block, qnt::Encoding::none};
  int64_t width = values.elements / std::max<int64_t>(table.rows, 1);
  if (values.dataType == Uint8) {
    table.encoding = bits == 4 ? qnt::Encoding::u4 : qnt::Encoding::u8;
    table.columns = width * 8 / bits;
  } else if (values.dataType == Uint4 || values.dataType == Int4) {
    table.encoding = onnx_import::encodingOf(values.dataType);
    table.columns = width;
  }
  return table;
}

// Inputs and attributes: onnxruntime, docs/ContribOperators.md, GatherBlockQuantized.
static llvm::Expected<QuantizedTable> readTable(Node &node) {
  const Constant *values = constantThroughReshape(node, 0);
  int64_t bits = node.integer("bits", 4), block = node.integer("block_size", 128);
  int64_t axis = node.integer("quantize_axis", 1);
  bool matrix = values && (values->shape.size() == 2 || values->shape.size() == 3);
  bool supported = matrix && (bits == 4 || bits == 8) && node.integer("gather_axis", 0) == 0 &&
                   (axis == 1 || axis == -1) && block >= 16 && block <= 256 &&
                   llvm::isPowerOf2_64(block);
  if (!supported) {
    return node.refuse("is supported on a constant matrix of 4 or 8 bits in blocks of 16 to 256 "
                       "along its rows");
  }
  QuantizedTable table = readTable(*values, bits, block);
  if (table.rows < 1 || table.rows >= maxExtent || table.columns < 1 ||
      table.columns >= maxExtent || table.columns * qnt::bitsOf(table.encoding) % 8 != 0) {
    return node.refuse("has a table that is neither uint8 nor int4 nor uint4 of even width");
  }
  return table;
}

llvm::Error qcc::onnx_import::importGatherBlockQuantized(Node &node) {
  llvm::Expected<QuantizedTable> table = readTable(node);
  if (!table) {
    return table.takeError();
  }
  if (llvm::Error error = checkTokens(node, 1)) {
    return error;
  }
  BlockScheme scheme{table->block, constantThroughReshape(node, 2), constantThroughReshape(node, 3),
                     nullptr};
  if (table->values->dataType == Uint4 && !scheme.zeros) {
    return node.refuse("has unsigned values without zero points: state the zero points");
  }
  // Whole blocks make both storages the same bytes; `blocks` is what a tied MatMulNBits has too.
  bool wholeBlocks = table->columns % table->block == 0;
  llvm::Expected<WeightValue> weight =
      importBlockWeight(node, *table->values, table->rows, table->columns, table->encoding,
                        wholeBlocks ? qnt::Storage::blocks : qnt::Storage::rows, scheme);
  if (!weight) {
    return weight.takeError();
  }
  makeEmbed(node, *weight, node.importer.activationType(weight->getType().getScale()));
  return llvm::Error::success();
}
