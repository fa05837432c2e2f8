#include "test/import/onnx/TinyDecoder.h"

#include "compiler/import/onnx/OnnxImport.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace qcc::test;

namespace {

/// The element of a repeated field called `name`.
template <typename Field> auto &named(Field &field, const std::string &name) {
  for (auto &element : field) {
    if (element.name() == name) {
      return element;
    }
  }
  ADD_FAILURE() << "the tiny decoder has no '" << name << "'";
  std::abort();
}

onnx::AttributeProto &attribute(onnx::NodeProto &node, const std::string &name) {
  for (onnx::AttributeProto &existing : *node.mutable_attribute()) {
    if (existing.name() == name) {
      return existing;
    }
  }
  onnx::AttributeProto &added = *node.add_attribute();
  added.set_name(name);
  return added;
}

/// Sets the type of an input or output; extents of -1 are symbolic.
void setType(onnx::ValueInfoProto &info, const std::string &name, int type,
             std::initializer_list<int64_t> shape) {
  info.set_name(name);
  onnx::TypeProto::Tensor &tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (int64_t extent : shape) {
    onnx::TensorShapeProto::Dimension &dimension = *tensor.mutable_shape()->add_dim();
    extent < 0 ? dimension.set_dim_param("any") : dimension.set_dim_value(extent);
  }
}

} // namespace

TinyDecoder::TinyDecoder() {
  model.set_ir_version(10);
  onnx::OperatorSetIdProto &opset = *model.add_opset_import();
  opset.set_version(21);
  addInputsAndOutputs();
  addMaskSubgraph();
  addTensor("embed", 1, 32, {32, 16});
  addNode("Gather", "x", {"embed", "input_ids"});
  addLayer();
  addNode("Transpose", "head", {"embed"});
  addNode("MatMul", "logits", {"final", "head"});
}

void TinyDecoder::addInputsAndOutputs() {
  onnx::GraphProto &graph = *model.mutable_graph();
  setType(*graph.add_input(), "input_ids", 7, {-1, -1});
  setType(*graph.add_input(), "attention_mask", 7, {-1, -1});
  setType(*graph.add_input(), "position_ids", 7, {-1, -1});
  setType(*graph.add_input(), "past.key", 1, {-1, 1, -1, 8});
  setType(*graph.add_input(), "past.value", 1, {-1, 1, -1, 8});
  setType(*graph.add_output(), "logits", 1, {-1, -1, 32});
  setType(*graph.add_output(), "present.key", 1, {-1, 1, -1, 8});
  setType(*graph.add_output(), "present.value", 1, {-1, 1, -1, 8});
}

void TinyDecoder::addMaskSubgraph() {
  addIntegers("one", {1});
  addNode("ReduceSum", "mask.sum", {"attention_mask", "one"});
  addNode("Sub", "mask.sub", {"mask.sum", "one"});
  setInteger(addNode("Cast", "seqlens", {"mask.sub"}), "to", 6);
  addNode("Shape", "mask.shape", {"attention_mask"});
  addNode("Gather", "mask.gather", {"mask.shape", "one"});
  setInteger(addNode("Cast", "total", {"mask.gather"}), "to", 6);
}

void TinyDecoder::addLayer() {
  addTensor("cos", 1, 32, {64, 4});
  addTensor("sin", 1, 32, {64, 4});
  addTensor("norm.weight", 1, 32, {16});
  addTensor("o.weight", 1, 32, {16, 16});
  addNode("SimplifiedLayerNormalization", "n1", {"x", "norm.weight"});
  addMatMulNBits("q", "n1", 16, 16, 4, 16);
  addMatMulNBits("k", "n1", 8, 16, 4, 16);
  addMatMulNBits("v", "n1", 8, 16, 4, 16);
  onnx::NodeProto &attention =
      addNode("GroupQueryAttention", "attention",
              {"q", "k", "v", "past.key", "past.value", "seqlens", "total", "cos", "sin"});
  attention.add_output("present.key");
  attention.add_output("present.value");
  attention.set_domain("com.microsoft");
  setInteger(attention, "num_heads", 2);
  setInteger(attention, "kv_num_heads", 1);
  setInteger(attention, "do_rotary", 1);
  addNode("MatMul", "o", {"attention", "o.weight"});
  onnx::NodeProto &skip =
      addNode("SkipSimplifiedLayerNormalization", "n2", {"x", "o", "norm.weight"});
  skip.add_output("");
  skip.add_output("");
  skip.add_output("sum");
  addMatMulNBits("gate", "n2", 32, 16, 8, 16);
  addMatMulNBits("up", "n2", 32, 16, 8, 16);
  addNode("Sigmoid", "sigmoid", {"gate"});
  addNode("Mul", "silu", {"gate", "sigmoid"});
  addNode("Mul", "product", {"silu", "up"});
  addMatMulNBits("down", "product", 16, 32, 4, 32);
  addNode("SkipSimplifiedLayerNormalization", "final", {"sum", "down", "norm.weight"});
}

onnx::NodeProto &TinyDecoder::node(const std::string &name) {
  return named(*model.mutable_graph()->mutable_node(), name);
}
onnx::TensorProto &TinyDecoder::tensor(const std::string &name) {
  return named(*model.mutable_graph()->mutable_initializer(), name);
}
onnx::ValueInfoProto &TinyDecoder::input(const std::string &name) {
  return named(*model.mutable_graph()->mutable_input(), name);
}
onnx::ValueInfoProto &TinyDecoder::output(const std::string &name) {
  return named(*model.mutable_graph()->mutable_output(), name);
}

onnx::NodeProto &TinyDecoder::addNode(const std::string &op, const std::string &name,
                                      std::initializer_list<std::string> inputs,
                                      const std::string &before) {
  auto &nodes = *model.mutable_graph()->mutable_node();
  onnx::NodeProto &added = *nodes.Add();
  added.set_op_type(op);
  added.set_name(name);
  added.add_output(name);
  for (const std::string &input : inputs) {
    added.add_input(input);
  }
  int place = nodes.size() - 1;
  while (!before.empty() && place > 0 && nodes.Get(place).name() != before) {
    nodes.SwapElements(place, place - 1);
    --place;
    if (nodes.Get(place + 1).name() == before) {
      break;
    }
  }
  return nodes[place];
}

onnx::TensorProto &TinyDecoder::addTensor(const std::string &name, int type, int bits,
                                          std::initializer_list<int64_t> shape) {
  onnx::TensorProto &tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  int64_t elements = 1;
  for (int64_t extent : shape) {
    tensor.add_dims(extent);
    elements *= extent;
  }
  tensor.set_raw_data(std::string((elements * bits + 7) / 8, '\0'));
  return tensor;
}

onnx::TensorProto &TinyDecoder::addIntegers(const std::string &name,
                                            std::initializer_list<int64_t> values) {
  onnx::TensorProto &tensor = addTensor(name, 7, 64, {static_cast<int64_t>(values.size())});
  tensor.set_raw_data(
      std::string(reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(int64_t)));
  return tensor;
}

onnx::TensorProto &TinyDecoder::addFloat(const std::string &name, float value) {
  onnx::TensorProto &tensor = addTensor(name, 1, 32, {});
  tensor.set_raw_data(std::string(reinterpret_cast<const char *>(&value), sizeof(value)));
  return tensor;
}

onnx::NodeProto &TinyDecoder::addMatMulNBits(const std::string &name, const std::string &input,
                                             int64_t n, int64_t k, int64_t bits, int64_t block,
                                             const std::string &before) {
  int64_t blocks = (k + block - 1) / block;
  addTensor(name + ".weight", 2, 8, {n, blocks, block * bits / 8});
  addTensor(name + ".scales", 1, 32, {n, blocks});
  onnx::NodeProto &node =
      addNode("MatMulNBits", name, {input, name + ".weight", name + ".scales"}, before);
  node.set_domain("com.microsoft");
  setInteger(node, "N", n);
  setInteger(node, "K", k);
  setInteger(node, "bits", bits);
  setInteger(node, "block_size", block);
  return node;
}

void TinyDecoder::replaceInput(onnx::NodeProto &node, const std::string &from,
                               const std::string &to) {
  for (std::string &input : *node.mutable_input()) {
    input = input == from ? to : input;
  }
}

void TinyDecoder::setInteger(onnx::NodeProto &node, const std::string &name, int64_t value) {
  onnx::AttributeProto &found = attribute(node, name);
  found.set_type(onnx::AttributeProto::INT);
  found.set_i(value);
}

void TinyDecoder::setFloat(onnx::NodeProto &node, const std::string &name, float value) {
  onnx::AttributeProto &found = attribute(node, name);
  found.set_type(onnx::AttributeProto::FLOAT);
  found.set_f(value);
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "qcc-import-XXXXXX").string();
  path = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::filesystem::remove_all(path);
}

std::string TemporaryFolder::write(const std::string &name, const std::string &bytes) const {
  std::string file = path + "/" + name;
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

std::string qcc::test::importFile(const std::string &path, const std::string &activations,
                                  bool locations, const std::string &keyValueCache) {
  // One for all imports: making one takes longer than importing.
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importOnnx(path, context, {activations, 0, keyValueCache});
  if (!module) {
    return "error: " + llvm::toString(module.takeError());
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(locations).useLocalScope();
  (*module)->print(stream, flags);
  return text;
}

std::string qcc::test::importToText(const TinyDecoder &decoder, const std::string &activations,
                                    bool locations, const std::string &keyValueCache) {
  TemporaryFolder folder;
  return importFile(folder.write("model.onnx", decoder.model.SerializeAsString()), activations,
                    locations, keyValueCache);
}
