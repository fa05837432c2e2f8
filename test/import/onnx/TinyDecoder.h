// A complete decoder of one layer, as GenAI's builder writes it, small enough to be made in a test
// and open to be changed before it is imported.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <onnx/onnx_pb.h>
#include <string>
#include <vector>

namespace qcc::test {

/// Vocabulary 32, hidden 16, 2 heads of 8 on 1 key/value head, feed-forward 32, tied embedding,
/// f32.
class TinyDecoder {
public:
  TinyDecoder();

  onnx::ModelProto model;

  /// The node, initializer, input or output of this name; the test fails when there is none.
  onnx::NodeProto &node(const std::string &name);
  onnx::TensorProto &tensor(const std::string &name);
  onnx::ValueInfoProto &input(const std::string &name);
  onnx::ValueInfoProto &output(const std::string &name);

  /// Adds a node before the one named `before`, or at the end; its first output is called `name`.
  onnx::NodeProto &addNode(const std::string &op, const std::string &name,
                           std::initializer_list<std::string> inputs,
                           const std::string &before = "");
  /// Adds an initializer with zeros in raw_data; `bits` is the width of an element.
  onnx::TensorProto &addTensor(const std::string &name, int type, int bits,
                               std::initializer_list<int64_t> shape);
  onnx::TensorProto &addIntegers(const std::string &name, std::initializer_list<int64_t> values);
  onnx::TensorProto &addFloat(const std::string &name, float value);
  /// A MatMulNBits of `input` with its weight `name`.weight and scales `name`.scales.
  onnx::NodeProto &addMatMulNBits(const std::string &name, const std::string &input, int64_t n,
                                  int64_t k, int64_t bits, int64_t block,
                                  const std::string &before = "");
  /// Lets `node` read `to` where it read `from`.
  static void replaceInput(onnx::NodeProto &node, const std::string &from, const std::string &to);
  static void setInteger(onnx::NodeProto &node, const std::string &name, int64_t value);
  static void setFloat(onnx::NodeProto &node, const std::string &name, float value);

private:
  void addInputsAndOutputs();
  void addMaskSubgraph();
  void addLayer();
};

/// A folder of its own for one test, removed afterwards.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;

  /// Writes `bytes` to file `name`, and returns its path.
  std::string write(const std::string &name, const std::string &bytes) const;
  std::string path;
};

/// Imports the model: its IR as text, or "error: " and the sentence of the refusal. `activations`,
/// `locations` and `keyValueCache` as in ImportOptions and in MLIR's printing flags.
std::string importToText(const TinyDecoder &decoder, const std::string &activations = "",
                         bool locations = false, const std::string &keyValueCache = "");
/// The same for a file.
std::string importFile(const std::string &path, const std::string &activations = "",
                       bool locations = false, const std::string &keyValueCache = "");

} // namespace qcc::test
