#include "bench/generate_model/Linears.h"

#include <cmath>

namespace qcc::bench {

const float unitBound = std::sqrt(3.0f);

static std::string weightName(const std::string &path) {
  return "model." + path + ".MatMul.weight";
}

std::string outputName(const std::string &path) {
  return "/model/" + path + "/output_0";
}

std::vector<std::string> evenly(float low, float high, int dataType) {
  std::vector<std::string> palette;
  for (int i = 0; i < 256; ++i) {
    palette.push_back(encode(low + (high - low) * (i + 0.5f) / 256, dataType));
  }
  return palette;
}

/// Scales with which uniform integers keep the variance of `k` inputs.
std::vector<std::string> Linears::scales(int64_t k) const {
  float deviation = std::exp2f(shape.bits) / std::sqrt(12.0f);
  float scale = 1 / (deviation * std::sqrt(static_cast<float>(k)));
  return evenly(0.5f * scale, 1.5f * scale, type);
}

void Linears::addBlockWeight(const std::string &path, int64_t n, int64_t k) {
  std::string name = weightName(path);
  int64_t blocks = (k + shape.blockSize - 1) / shape.blockSize;
  writer.addRandomBits(name + "_quant", onnx::TensorProto::UINT8,
                       {n, blocks, shape.blockSize * shape.bits / 8});
  writer.addRandomChoices(name + "_scales", type, {n, blocks}, scales(k));
  if (!shape.zeroPoints) {
    return;
  }
  std::vector<std::string> zeros; // near the middle; in 4 bits two to a byte
  for (int i = 0; i < 16; ++i) {
    int low = 6 + (i & 3), high = 6 + (i >> 2);
    zeros.emplace_back(1, static_cast<char>(shape.bits == 4 ? low | high << 4 : 120 + i));
  }
  writer.addRandomChoices(name + "_zp", onnx::TensorProto::UINT8,
                          {n, (blocks * shape.bits + 7) / 8}, zeros);
}

/// What both block operators share: zero points, domain, bits and block size.
onnx::NodeProto &Linears::finishBlockNode(onnx::NodeProto &node, const std::string &path) {
  if (shape.zeroPoints) {
    node.add_input(weightName(path) + "_zp");
  }
  node.set_domain(contrib);
  OnnxWriter::setInteger(node, "bits", shape.bits);
  OnnxWriter::setInteger(node, "block_size", shape.blockSize);
  return node;
}

std::string Linears::addBlockMatmul(const std::string &path, const std::string &input, int64_t n,
                                    int64_t k) {
  std::string weight = weightName(path);
  onnx::NodeProto &node = finishBlockNode(
      writer.addNode("MatMulNBits", "/model/" + path + "/MatMul_Quant",
                     {input, weight + "_quant", weight + "_scales"}, outputName(path + "/MatMul")),
      path);
  OnnxWriter::setInteger(node, "K", k);
  OnnxWriter::setInteger(node, "N", n);
  return node.output(0);
}

void Linears::addBlockGather(const std::string &path, const std::string &ids,
                             const std::string &output) {
  std::string weight = weightName(path);
  finishBlockNode(writer.addNode("GatherBlockQuantized", "/model/" + path + "/Gather_Quant",
                                 {weight + "_quant", ids, weight + "_scales"}, output),
                  path);
}

/// One scale a row: DequantizeLinear along the rows, a Transpose and a MatMul.
std::string Linears::addRowMatmul(const std::string &path, const std::string &input, int64_t n,
                                  int64_t k) {
  std::string weight = weightName(path), node = "/model/" + path;
  writer.addRandomBits(weight + "_quant", shape.bits == 4 ? int4 : onnx::TensorProto::INT8, {n, k});
  writer.addRandomChoices(weight + "_scales", type, {n}, scales(k));
  onnx::NodeProto &dequantize = writer.addNode("DequantizeLinear", node + "/DequantizeLinear",
                                               {weight + "_quant", weight + "_scales"},
                                               outputName(path + "/DequantizeLinear"));
  OnnxWriter::setInteger(dequantize, "axis", 0);
  std::string rows = dequantize.output(0), columns = outputName(path + "/Transpose");
  writer.addNode("Transpose", node + "/Transpose", {rows}, columns);
  return writer.addNode("MatMul", node + "/MatMul", {input, columns}, outputName(path + "/MatMul"))
      .output(0);
}

std::string Linears::add(const std::string &path, const std::string &input, int64_t n, int64_t k) {
  if (shape.blockSize == 0) {
    return addRowMatmul(path, input, n, k);
  }
  addBlockWeight(path, n, k);
  return addBlockMatmul(path, input, n, k);
}

std::string Linears::addBias(const std::string &path, const std::string &input, int64_t n) {
  if (!shape.bias) {
    return input;
  }
  std::string name = "model." + path + ".Add.bias";
  writer.addRandomChoices(name, type, {n}, evenly(-unitBound / 2, unitBound / 2, type));
  return writer.addNode("Add", "/model/" + path + "/Add", {input, name}, outputName(path + "/Add"))
      .output(0);
}

} // namespace qcc::bench
