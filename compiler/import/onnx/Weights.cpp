#include "compiler/import/onnx/Weights.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

namespace {

/// The sources of one parameter; absent ones are null.
struct Sources {
  qnt::SourceAttr values, scales, zeros, groupIndex;
};

/// A qnt.parameter, shared by everything that reads the same bytes in the same way.
WeightValue makeParameter(Node &node, llvm::StringRef name, qnt::WeightType type,
                          qnt::Storage storage, const Sources &sources) {
  OpBuilder &builder = node.builder;
  MLIRContext *context = builder.getContext();
  auto orUnit = [&](Attribute attribute) { return attribute ? attribute : UnitAttr::get(context); };
  Attribute key = builder.getArrayAttr(
      {builder.getStringAttr(name), TypeAttr::get(type), qnt::StorageAttr::get(context, storage),
       sources.values, orUnit(sources.scales), orUnit(sources.zeros), orUnit(sources.groupIndex)});
  Value &parameter = node.importer.parameters[key];
  if (!parameter) {
    Location loc = NameLoc::get(builder.getStringAttr(name));
    parameter = qnt::ParameterOp::create(builder, loc, type, name, sources.values, storage,
                                         sources.scales, sources.zeros, sources.groupIndex);
  }
  return cast<WeightValue>(parameter);
}

/// Sets `source` to where `constant` is; does nothing when there is none.
llvm::Error locate(Node &node, const Constant *constant, qnt::SourceAttr &source) {
  if (!constant) {
    return llvm::Error::success();
  }
  llvm::Expected<qnt::SourceAttr> found =
      node.importer.constants.source(*constant, node.builder.getContext());
  if (!found) {
    return found.takeError();
  }
  source = *found;
  return llvm::Error::success();
}

llvm::Expected<WeightValue> makeFloatWeight(Node &node, const Constant &constant,
                                            ArrayRef<int64_t> shape, qnt::Storage storage) {
  qnt::Encoding encoding = onnx_import::encodingOf(constant.dataType);
  bool extents = llvm::all_of(shape, [](int64_t n) { return n > 0 && n < maxExtent; });
  if (!qnt::isFloat(encoding) || !extents) {
    return node.refuse("needs '" + constant.name +
                       "' as a non-empty f32, f16 or bf16 tensor: quantized weights belong in "
                       "MatMulNBits or DequantizeLinear");
  }
  Sources sources;
  if (llvm::Error error = locate(node, &constant, sources.values)) {
    return std::move(error);
  }
  auto type = qnt::WeightType::get(node.builder.getContext(), shape, encoding, 0,
                                   qnt::Encoding::none, qnt::Encoding::none, {});
  return makeParameter(node, constant.name, type, storage, sources);
}

} // namespace

llvm::Expected<WeightValue> qcc::onnx_import::importFloatWeight(Node &node, int index) {
  const Constant *constant = node.constant(index);
  if (!constant || constant->shape.empty() || constant->shape.size() > 2) {
    return node.refuse("needs a constant of one or two extents as input " + llvm::Twine(index) +
                       ": export the model with constants folded");
  }
  return makeFloatWeight(node, *constant, constant->shape, qnt::Storage::rows);
}

/// Checks the numbers of scales and zero points of a weight of `rows` rows with `blocks` blocks
/// each.
static llvm::Error checkScheme(Node &node, int64_t rows, int64_t blocks, qnt::Encoding encoding,
                               const BlockScheme &scheme) {
  const Constant *scales = scheme.scales, *zeros = scheme.zeros;
  if (!scales || !qnt::isFloat(onnx_import::encodingOf(scales->dataType)) ||
      scales->elements != rows * blocks) {
    return node.refuse("needs " + llvm::Twine(rows * blocks) +
                       " constant scales of f32, f16 or bf16 by its shape: export it again");
  }
  if (!zeros) {
    return llvm::Error::success();
  }
  qnt::Encoding stored = onnx_import::encodingOf(zeros->dataType);
  int64_t packed = rows * llvm::divideCeil(blocks * qnt::bitsOf(encoding), 8);
  // Packed into bytes row by row, or one element a block: the same bytes unless a row ends
  // mid-byte.
  bool bytes = stored == qnt::Encoding::u8 && zeros->elements == packed;
  bool elements = stored == encoding && zeros->elements == rows * blocks &&
                  blocks * qnt::bitsOf(encoding) % 8 == 0;
  if (!bytes && !elements && !(qnt::isFloat(stored) && zeros->elements == rows * blocks)) {
    return node.refuse("has zero points that are neither one float a block nor packed integers "
                       "with rows of whole bytes: export it again");
  }
  return llvm::Error::success();
}

llvm::Expected<WeightValue> qcc::onnx_import::importBlockWeight(Node &node, const Constant &values,
                                                                int64_t rows, int64_t columns,
                                                                qnt::Encoding encoding,
                                                                qnt::Storage storage,
                                                                const BlockScheme &scheme) {
  int64_t blocks = llvm::divideCeil(columns, scheme.block);
  if (llvm::Error error = checkScheme(node, rows, blocks, encoding, scheme)) {
    return std::move(error);
  }
  Sources sources;
  for (auto [constant, source] :
       {std::pair(&values, &sources.values), std::pair(scheme.scales, &sources.scales),
        std::pair(scheme.zeros, &sources.zeros),
        std::pair(scheme.groupIndex, &sources.groupIndex)}) {
    if (llvm::Error error = locate(node, constant, *source)) {
      return std::move(error);
    }
  }
  qnt::Encoding zero = qnt::Encoding::none;
  if (scheme.zeros) {
    qnt::Encoding stored = onnx_import::encodingOf(scheme.zeros->dataType);
    zero = qnt::isFloat(stored) ? stored : encoding;
  }
  auto type =
      qnt::WeightType::get(node.builder.getContext(), {rows, columns}, encoding, scheme.block,
                           onnx_import::encodingOf(scheme.scales->dataType), zero, {});
  return makeParameter(node, values.name, type, storage, sources);
}

//===-- Right-hand sides of MatMul ------------------------------------------------------------===//

/// A weight dequantized by `dequantize`, an ONNX DequantizeLinear over [N, K] with blocks along K
/// or one scale a row (onnx, docs/Operators.md: DequantizeLinear).
static llvm::Expected<WeightValue> importDequantized(Node &matmul,
                                                     const onnx::NodeProto &dequantize) {
  Node node(matmul.importer, dequantize);
  const Constant *values = node.constant(0);
  qnt::Encoding encoding = values ? onnx_import::encodingOf(values->dataType) : qnt::Encoding::none;
  bool integer = encoding != qnt::Encoding::none && !qnt::isFloat(encoding);
  if (!integer || values->shape.size() != 2) {
    return node.refuse("needs a constant 8 or 4 bit matrix as its input");
  }
  int64_t rows = values->shape[0], columns = values->shape[1];
  int64_t axis = node.integer("axis", 1), block = node.integer("block_size", 0);
  bool blocked = block > 0 && block < maxExtent && (axis == 1 || axis == -1);
  bool perRow = block == 0 && (axis == 0 || axis == -2);
  if (!blocked && !perRow) {
    return node.refuse("is supported with blocks along the last axis or one scale a row: export it "
                       "as MatMulNBits");
  }
  if (columns * qnt::bitsOf(encoding) % 8 != 0) {
    return node.refuse("has rows that do not end on a byte: pad the weight to an even width");
  }
  BlockScheme scheme{perRow ? std::max<int64_t>(columns, 1) : block, node.constant(1),
                     node.constant(2), nullptr};
  if (qnt::isUnsigned(encoding) && !scheme.zeros) {
    return node.refuse("has unsigned values without zero points: state the zero points");
  }
  return importBlockWeight(node, *values, rows, columns, encoding, qnt::Storage::rows, scheme);
}

/// True for a Transpose that swaps the two axes of a matrix.
static bool swapsAxes(const onnx::NodeProto &node) {
  if (node.op_type() != "Transpose") {
    return false;
  }
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.name() == "perm") {
      return attribute.ints_size() == 2 && attribute.ints(0) == 1 && attribute.ints(1) == 0;
    }
  }
  return true;
}

llvm::Expected<WeightValue> qcc::onnx_import::importMatmulWeight(Node &node, int index) {
  const Graph &graph = node.importer.graph;
  llvm::StringRef name = node.input(index);
  bool transposed = false;
  // A damaged graph may loop.
  for (int steps = 0; steps < 16; ++steps) {
    if (const Constant *constant = graph.constant(name)) {
      if (constant->shape.size() != 2) {
        return node.refuse("multiplies by '" + name + "', which is no matrix");
      }
      int64_t first = constant->shape[0], second = constant->shape[1];
      return transposed ? makeFloatWeight(node, *constant, {first, second}, qnt::Storage::rows)
                        : makeFloatWeight(node, *constant, {second, first}, qnt::Storage::columns);
    }
    const onnx::NodeProto *producer = graph.producer(name);
    if (!producer || producer->input_size() == 0) {
      break;
    }
    if (producer->op_type() == "DequantizeLinear" && transposed) {
      return importDequantized(node, *producer);
    }
    // A cast of a weight changes nothing: products are accumulated in fp32 anyway.
    bool passes = producer->op_type() == "Cast" || producer->op_type() == "Identity";
    if (!passes && !swapsAxes(*producer)) {
      break;
    }
    transposed ^= !passes;
    name = producer->input(0);
  }
  return node.refuse("multiplies by '" + node.input(index) +
                     "', which is no constant weight: only weights, transposed or dequantized "
                     "weights are supported");
}
