#include "bench/generate_model/OnnxWriter.h"

#include <algorithm>
#include <bit>
#include <filesystem>

namespace qcc::bench {

namespace {

constexpr const char *dataName = "model.onnx.data";
/// Where tensors begin in the data file: a cache line.
constexpr int64_t alignment = 64;
/// Bytes that are made before they are written.
constexpr size_t chunkBytes = 1 << 20;

template <typename T> std::string bytesOf(T value) {
  return std::string(reinterpret_cast<const char *>(&value), sizeof(value));
}

} // namespace

std::string encode(float value, int dataType) {
  switch (dataType) {
  case onnx::TensorProto::FLOAT16:
    return bytesOf(static_cast<_Float16>(value));
  case onnx::TensorProto::BFLOAT16: {
    // To nearest, ties to even; the generator writes finite values only.
    auto bits = std::bit_cast<uint32_t>(value);
    return bytesOf(static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16));
  }
  default:
    return bytesOf(value);
  }
}

int64_t bitsOf(int dataType) {
  switch (dataType) {
  case int4:
    return 4;
  case onnx::TensorProto::UINT8:
  case onnx::TensorProto::INT8:
    return 8;
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16:
    return 16;
  default:
    return 32;
  }
}

OnnxWriter::OnnxWriter(const std::string &folder, uint64_t seed) : folder(folder), random(seed) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  data.open(folder + "/" + dataName, std::ios::binary);
  model.set_ir_version(10);
  model.set_producer_name("qcc-generate-model");
  for (auto [domain, version] : {std::pair("", 21), std::pair("com.microsoft", 1)}) {
    onnx::OperatorSetIdProto &opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
  }
}

onnx::NodeProto &OnnxWriter::addNode(const std::string &op, const std::string &name,
                                     std::initializer_list<std::string> inputs,
                                     const std::string &output) {
  onnx::NodeProto &node = *graph().add_node();
  node.set_op_type(op);
  node.set_name(name);
  for (const std::string &input : inputs) {
    node.add_input(input);
  }
  node.add_output(output);
  return node;
}

void OnnxWriter::setInteger(onnx::NodeProto &node, const char *name, int64_t value) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void OnnxWriter::setFloat(onnx::NodeProto &node, const char *name, float value) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(value);
}

void OnnxWriter::addInteger(const std::string &name, int64_t value, bool scalar) {
  onnx::TensorProto &tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  if (!scalar) {
    tensor.add_dims(1);
  }
  tensor.set_raw_data(bytesOf(value));
}

int64_t OnnxWriter::addExternal(const std::string &name, int dataType,
                                const std::vector<int64_t> &shape) {
  int64_t elements = 1;
  onnx::TensorProto &tensor = *graph().add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(dataType);
  for (int64_t extent : shape) {
    tensor.add_dims(extent);
    elements *= extent;
  }
  int64_t bytes = (elements * bitsOf(dataType) + 7) / 8;
  std::string padding(-offset & (alignment - 1), '\0');
  data.write(padding.data(), padding.size());
  offset += padding.size();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (auto [key, value] :
       {std::pair("location", std::string(dataName)), std::pair("offset", std::to_string(offset)),
        std::pair("length", std::to_string(bytes))}) {
    onnx::StringStringEntryProto &entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
  offset += bytes;
  return bytes;
}

void OnnxWriter::addValues(const std::string &name, int dataType, const std::vector<int64_t> &shape,
                           std::span<const float> values) {
  addExternal(name, dataType, shape);
  for (float value : values) {
    std::string bytes = encode(value, dataType);
    data.write(bytes.data(), bytes.size());
  }
}

void OnnxWriter::addRandomBits(const std::string &name, int dataType,
                               const std::vector<int64_t> &shape) {
  std::vector<uint64_t> chunk(chunkBytes / sizeof(uint64_t));
  for (int64_t left = addExternal(name, dataType, shape); left > 0; left -= chunkBytes) {
    size_t bytes = std::min<int64_t>(left, chunkBytes);
    std::generate_n(chunk.begin(), (bytes + 7) / 8, std::ref(random));
    data.write(reinterpret_cast<const char *>(chunk.data()), bytes);
  }
}

void OnnxWriter::addRandomChoices(const std::string &name, int dataType,
                                  const std::vector<int64_t> &shape,
                                  std::span<const std::string> palette) {
  size_t size = palette.front().size();
  std::string chunk;
  chunk.reserve(chunkBytes);
  for (int64_t left = addExternal(name, dataType, shape); left > 0; left -= chunk.size()) {
    size_t bytes = std::min<int64_t>(left, chunkBytes);
    for (chunk.clear(); chunk.size() < bytes;) {
      chunk.append(palette[random() & (palette.size() - 1)], 0, size);
    }
    data.write(chunk.data(), chunk.size());
  }
}

void OnnxWriter::addFile(const std::string &name, std::string_view text) {
  std::ofstream stream(folder + "/" + name, std::ios::binary);
  stream << text;
  failed |= !stream.flush();
}

Status OnnxWriter::finish() {
  addFile("model.onnx", model.SerializeAsString());
  if (!data.flush() || failed) {
    return {StatusCode::IoError, folder + ": cannot write the model into this folder."};
  }
  return {};
}

} // namespace qcc::bench
