#include "bench/generate_model/Decoder.h"

#include "bench/generate_model/Linears.h"

#include <cmath>

namespace qcc::bench {

namespace {

constexpr const char *sequenceLengths =
    "/model/attn_mask_reformat/attn_mask_subgraph/Sub/Cast/output_0";
constexpr const char *totalLength =
    "/model/attn_mask_reformat/attn_mask_subgraph/Gather/Cast/output_0";
/// Rotary base of Llama.
constexpr double rotaryBase = 10000;
constexpr float epsilon = 1e-5f;

int dataTypeNamed(const std::string &name) {
  return name == "f32"   ? onnx::TensorProto::FLOAT
         : name == "f16" ? onnx::TensorProto::FLOAT16
                         : onnx::TensorProto::BFLOAT16;
}

/// Builds one decoder, from its inputs to its logits.
class Decoder {
public:
  Decoder(const ModelShape &shape, const std::string &folder)
      : shape(shape), writer(folder, shape.seed), type(dataTypeNamed(shape.activations)),
        linears(shape, writer, type) {}

  Status write() {
    addInputsAndOutputs();
    addMaskSubgraph();
    addRotaryTables();
    addEmbedding();
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      addLayer(layer);
    }
    addHead();
    addConfiguration();
    return writer.finish();
  }

private:
  void addInputsAndOutputs();
  void addMaskSubgraph();
  void addRotaryTables();
  void addEmbedding();
  void addLayer(int64_t layer);
  void addNorm(const std::string &path, bool first);
  std::string addAttention(int64_t layer);
  std::string addRotaryNode(const std::string &path, const std::string &input, int64_t heads);
  std::string addFeedForward(const std::string &path);
  void addHead();
  void addConfiguration();

  void setTensorType(onnx::ValueInfoProto &info, const std::string &name, int elementType,
                     std::initializer_list<int64_t> extents);

  const ModelShape &shape;
  OnnxWriter writer;
  int type; // of activations, scales, norms and tables
  Linears linears;
  std::string residual; // the value that layers add to
  std::string added;    // what the next norm adds to it; empty before the first
  std::string normed;   // the last norm's result
};

//===-- Inputs, outputs, positions ------------------------------------------------------------===//

/// Names and types an input or output; extents of -1 are symbolic.
void Decoder::setTensorType(onnx::ValueInfoProto &info, const std::string &name, int elementType,
                            std::initializer_list<int64_t> extents) {
  info.set_name(name);
  onnx::TypeProto::Tensor &tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(elementType);
  for (int64_t extent : extents) {
    onnx::TensorShapeProto::Dimension &dimension = *tensor.mutable_shape()->add_dim();
    extent < 0 ? dimension.set_dim_param("any") : dimension.set_dim_value(extent);
  }
}

void Decoder::addInputsAndOutputs() {
  onnx::GraphProto &graph = writer.graph();
  graph.set_name("main_graph");
  setTensorType(*graph.add_input(), "input_ids", onnx::TensorProto::INT64, {-1, -1});
  setTensorType(*graph.add_input(), "attention_mask", onnx::TensorProto::INT64, {-1, -1});
  if (shape.rotary == Rotary::node) {
    setTensorType(*graph.add_input(), "position_ids", onnx::TensorProto::INT64, {-1, -1});
  }
  setTensorType(*graph.add_output(), "logits", type, {-1, -1, shape.vocabulary});
  for (int64_t layer = 0; layer < shape.layers; ++layer) {
    for (const char *part : {".key", ".value"}) {
      std::string name = std::to_string(layer) + part;
      std::initializer_list<int64_t> extents = {-1, shape.keyValueHeads, -1, shape.sizeOfHead()};
      setTensorType(*graph.add_input(), "past_key_values." + name, type, extents);
      setTensorType(*graph.add_output(), "present." + name, type, extents);
    }
  }
}

void Decoder::addMaskSubgraph() {
  const std::string path = "/model/attn_mask_reformat/attn_mask_subgraph/";
  const std::string vectorOne = "/model/constants/INT64/[1]",
                    scalarOne = "/model/constants/INT64/1";
  writer.addInteger(vectorOne, 1, /*scalar=*/false);
  writer.addInteger(scalarOne, 1, /*scalar=*/true);
  auto add = [&](const std::string &op, std::initializer_list<std::string> inputs) {
    return writer.addNode(op, path + op, inputs, path + op + "/output_0").output(0);
  };
  auto cast = [&](const std::string &input, const char *output) {
    onnx::NodeProto &node = writer.addNode("Cast", output, {input}, output);
    OnnxWriter::setInteger(node, "to", onnx::TensorProto::INT32);
  };
  cast(add("Sub", {add("ReduceSum", {"attention_mask", vectorOne}), vectorOne}), sequenceLengths);
  cast(add("Gather", {add("Shape", {"attention_mask"}), scalarOne}), totalLength);
}

void Decoder::addRotaryTables() {
  int64_t pairs = shape.sizeOfRotary() / 2;
  std::vector<float> cosines, sines;
  for (int64_t position = 0; position < shape.context; ++position) {
    for (int64_t pair = 0; pair < pairs; ++pair) {
      double angle = position * std::pow(rotaryBase, -static_cast<double>(pair) / pairs);
      cosines.push_back(static_cast<float>(std::cos(angle)));
      sines.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  writer.addValues("cos_cache", type, {shape.context, pairs}, cosines);
  writer.addValues("sin_cache", type, {shape.context, pairs}, sines);
}

//===-- From ids to logits --------------------------------------------------------------------===//

void Decoder::addEmbedding() {
  residual = "/model/embed_tokens/Gather/output_0";
  if (shape.head == Head::tiedQuantized) {
    linears.addBlockWeight("lm_head", shape.vocabulary, shape.hidden);
    linears.addBlockGather("lm_head", "input_ids", residual);
    return;
  }
  // A tied table is also the head: its rows then have unit length.
  bool tied = shape.head == Head::tiedFloat;
  float bound = tied ? unitBound / std::sqrt(static_cast<float>(shape.hidden)) : unitBound;
  writer.addRandomChoices("model.embed_tokens.weight", type, {shape.vocabulary, shape.hidden},
                          evenly(-bound, bound, type));
  writer.addNode("Gather", "/model/embed_tokens/Gather", {"model.embed_tokens.weight", "input_ids"},
                 residual);
}

/// The norm before a part of a layer: it adds what the part before made, except the very first.
void Decoder::addNorm(const std::string &path, bool first) {
  std::string weight = "model." + path + ".weight", node = "/model/" + path + "/";
  writer.addRandomChoices(weight, type, {shape.hidden}, evenly(0.8f, 1.2f, type));
  normed = outputName(path);
  if (first) {
    onnx::NodeProto &norm = writer.addNode("SimplifiedLayerNormalization", node + "LayerNorm",
                                           {residual, weight}, normed);
    OnnxWriter::setInteger(norm, "axis", -1);
    OnnxWriter::setFloat(norm, "epsilon", epsilon);
    OnnxWriter::setInteger(norm, "stash_type", 1);
    return;
  }
  onnx::NodeProto &norm = writer.addNode("SkipSimplifiedLayerNormalization", node + "SkipLayerNorm",
                                         {residual, added, weight}, normed);
  norm.set_domain(contrib);
  OnnxWriter::setFloat(norm, "epsilon", epsilon);
  residual = "/model/" + path + "/output_3";
  for (const std::string &output : {std::string(), std::string(), residual}) {
    norm.add_output(output);
  }
}

std::string Decoder::addRotaryNode(const std::string &path, const std::string &input,
                                   int64_t heads) {
  if (shape.rotary == Rotary::fused) {
    return input;
  }
  onnx::NodeProto &node = writer.addNode("RotaryEmbedding", "/model/" + path + "/RotaryEmbedding",
                                         {input, "position_ids", "cos_cache", "sin_cache"},
                                         outputName(path + "/RotaryEmbedding"));
  node.set_domain(contrib);
  OnnxWriter::setInteger(node, "interleaved", shape.rotaryInterleaved);
  OnnxWriter::setInteger(node, "num_heads", heads);
  OnnxWriter::setInteger(node, "rotary_embedding_dim", shape.sizeOfRotary());
  return node.output(0);
}

std::string Decoder::addAttention(int64_t layer) {
  std::string path = "layers." + std::to_string(layer) + ".attn";
  int64_t query = shape.heads * shape.sizeOfHead(), key = shape.keyValueHeads * shape.sizeOfHead();
  auto project = [&](const char *name, int64_t n) {
    std::string part = path + "." + name;
    return linears.addBias(part, linears.add(part, normed, n, shape.hidden), n);
  };
  std::string operands[3];
  if (shape.packedQkv) {
    operands[0] = project("qkv_proj", query + 2 * key);
  } else {
    operands[0] = addRotaryNode(path + ".q_rotary", project("q_proj", query), shape.heads);
    operands[1] = addRotaryNode(path + ".k_rotary", project("k_proj", key), shape.keyValueHeads);
    operands[2] = project("v_proj", key);
  }
  std::string index = std::to_string(layer);
  onnx::NodeProto &node =
      writer.addNode("GroupQueryAttention", "/model/" + path + "/GroupQueryAttention",
                     {operands[0], operands[1], operands[2], "past_key_values." + index + ".key",
                      "past_key_values." + index + ".value", sequenceLengths, totalLength},
                     outputName(path + "/GroupQueryAttention"));
  node.add_output("present." + index + ".key");
  node.add_output("present." + index + ".value");
  node.set_domain(contrib);
  bool fused = shape.rotary == Rotary::fused;
  if (fused) {
    node.add_input("cos_cache");
    node.add_input("sin_cache");
  }
  OnnxWriter::setInteger(node, "num_heads", shape.heads);
  OnnxWriter::setInteger(node, "kv_num_heads", shape.keyValueHeads);
  OnnxWriter::setInteger(node, "do_rotary", fused);
  OnnxWriter::setInteger(node, "rotary_interleaved", fused && shape.rotaryInterleaved);
  OnnxWriter::setInteger(node, "local_window_size", shape.window == 0 ? -1 : shape.window);
  OnnxWriter::setFloat(node, "softcap", static_cast<float>(shape.softcap));
  return linears.add(path + ".o_proj", node.output(0), shape.hidden, query);
}

std::string Decoder::addFeedForward(const std::string &path) {
  std::string gate = linears.add(path + ".gate_proj", normed, shape.intermediate, shape.hidden);
  std::string up = linears.add(path + ".up_proj", normed, shape.intermediate, shape.hidden);
  auto add = [&](const char *op, const std::string &name,
                 std::initializer_list<std::string> inputs) {
    return writer.addNode(op, "/model/" + path + "/" + name, inputs, outputName(path + "/" + name))
        .output(0);
  };
  std::string sigmoid = add("Sigmoid", "act_fn/Sigmoid", {gate});
  std::string silu = add("Mul", "act_fn/Mul", {gate, sigmoid});
  std::string product = add("Mul", "Mul", {silu, up});
  return linears.add(path + ".down_proj", product, shape.hidden, shape.intermediate);
}

void Decoder::addLayer(int64_t layer) {
  std::string path = "layers." + std::to_string(layer);
  addNorm(path + ".input_layernorm", layer == 0);
  added = addAttention(layer);
  addNorm(path + ".post_attention_layernorm", false);
  added = addFeedForward(path + ".mlp");
}

void Decoder::addHead() {
  addNorm("layers." + std::to_string(shape.layers) + ".final_norm_layernorm", false);
  switch (shape.head) {
  case Head::separate:
    linears.add("lm_head", normed, shape.vocabulary, shape.hidden);
    break;
  case Head::tiedFloat:
    writer.addNode("Transpose", "/lm_head/Transpose", {"model.embed_tokens.weight"}, "lm_head");
    writer.addNode("MatMul", "/lm_head/MatMul", {normed, "lm_head"}, "logits");
    break;
  case Head::tiedQuantized:
    linears.addBlockMatmul("lm_head", normed, shape.vocabulary, shape.hidden);
    break;
  }
  // The last node, whatever it is, makes the logits.
  writer.graph().mutable_node()->rbegin()->set_output(0, "logits");
}

void Decoder::addConfiguration() {
  writer.addFile("genai_config.json", "{\"model\": {\"type\": \"llama\", \"context_length\": " +
                                          std::to_string(shape.context) + ", \"vocab_size\": " +
                                          std::to_string(shape.vocabulary) + "}}\n");
}

} // namespace

Status writeModel(const ModelShape &shape, const std::string &folder) {
  QCC_TRY(checkShape(shape));
  return Decoder(shape, folder).write();
}

} // namespace qcc::bench
