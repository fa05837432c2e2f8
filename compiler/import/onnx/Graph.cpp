#include "compiler/import/onnx/Graph.h"

#include "llvm/Support/MathExtras.h"

using namespace qcc;
using namespace qcc::onnx_import;

qnt::Encoding qcc::onnx_import::encodingOf(int32_t dataType) {
  switch (dataType) {
  case Float:
    return qnt::Encoding::f32;
  case Float16:
    return qnt::Encoding::f16;
  case Bfloat16:
    return qnt::Encoding::bf16;
  case Uint8:
    return qnt::Encoding::u8;
  case Int8:
    return qnt::Encoding::i8;
  case Uint4:
    return qnt::Encoding::u4;
  case Int4:
    return qnt::Encoding::i4;
  default:
    return qnt::Encoding::none;
  }
}

/// Follows Identity nodes from `value` to where it comes from; bounded, since a damaged graph may
/// loop.
static llvm::StringRef throughIdentity(const Graph &graph, llvm::StringRef value) {
  for (int steps = 0; steps < 16; ++steps) {
    const onnx::NodeProto *node = graph.producer(value);
    if (!node || node->op_type() != "Identity" || node->input_size() != 1) {
      break;
    }
    value = node->input(0);
  }
  return value;
}

const Constant *Graph::constant(llvm::StringRef value) const {
  auto found = constants.find(throughIdentity(*this, value));
  return found == constants.end() ? nullptr : &found->second;
}

llvm::Error Graph::addConstant(llvm::StringRef name, const onnx::TensorProto &proto,
                               std::optional<ByteRange> raw) {
  Constant constant;
  constant.name = name.str();
  constant.dataType = proto.data_type();
  constant.proto = &proto;
  constant.raw = raw;
  constant.elements = 1;
  for (int64_t extent : proto.dims()) {
    // Far above any weight, and low enough that byte counts cannot overflow.
    constexpr int64_t limit = int64_t(1) << 48;
    if (extent < 0 || llvm::MulOverflow(constant.elements, extent, constant.elements) ||
        constant.elements > limit) {
      return llvm::createStringError("'" + file.path + "': tensor '" + name +
                                     "' has an impossible shape: export the model again");
    }
    constant.shape.push_back(extent);
  }
  if (!constants.try_emplace(name, std::move(constant)).second) {
    return llvm::createStringError("'" + file.path + "': two constants are named '" + name +
                                   "': export the model again");
  }
  return llvm::Error::success();
}

llvm::Error Graph::addNodes() {
  for (auto [index, node] : llvm::enumerate(proto().node())) {
    for (const std::string &output : node.output()) {
      if (!output.empty() && !producers.try_emplace(output, &node).second) {
        return llvm::createStringError("'" + file.path + "': two nodes produce '" + output +
                                       "': export the model again");
      }
    }
    bool isConstant = node.op_type() == "Constant" && node.output_size() == 1 &&
                      node.attribute_size() == 1 && node.attribute(0).has_t();
    if (!isConstant) {
      continue;
    }
    if (llvm::Error error =
            addConstant(node.output(0), node.attribute(0).t(), file.constants[index])) {
      return error;
    }
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Graph>> Graph::build(const OnnxFile &file) {
  std::unique_ptr<Graph> graph(new Graph(file));
  for (auto [index, tensor] : llvm::enumerate(graph->proto().initializer())) {
    if (llvm::Error error = graph->addConstant(tensor.name(), tensor, file.initializers[index])) {
      return std::move(error);
    }
  }
  if (llvm::Error error = graph->addNodes()) {
    return std::move(error);
  }
  for (const onnx::ValueInfoProto &info : graph->proto().input()) {
    if (!graph->constants.contains(info.name())) {
      graph->inputs[info.name()] = &info;
    }
  }
  for (const onnx::ValueInfoProto &info : graph->proto().output()) {
    graph->outputs[info.name()] = &info;
  }
  return graph;
}
