// Writes an ONNX model whose tensors are in a file beside it, one tensor at a time, so that a model
// of any size is written with little memory.
#pragma once

#include "runtime/Status.h"

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <onnx/onnx_pb.h>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qcc::bench {

/// Element type INT4 by its number: older releases of onnx.proto do not name it.
inline constexpr int int4 = 22;

/// The bytes of `value` as an element of `dataType`: FLOAT, FLOAT16 or BFLOAT16 of ONNX.
std::string encode(float value, int dataType);
/// Bits of an element of an ONNX type that the generator writes.
int64_t bitsOf(int dataType);

/// Writes `folder`/model.onnx and `folder`/model.onnx.data. Errors are told by finish().
class OnnxWriter {
public:
  OnnxWriter(const std::string &folder, uint64_t seed);

  onnx::GraphProto &graph() { return *model.mutable_graph(); }

  /// Adds a node called `name` with one output, `output`.
  onnx::NodeProto &addNode(const std::string &op, const std::string &name,
                           std::initializer_list<std::string> inputs, const std::string &output);
  static void setInteger(onnx::NodeProto &node, const char *name, int64_t value);
  static void setFloat(onnx::NodeProto &node, const char *name, float value);

  /// An int64 tensor inside model.onnx: a scalar, or a vector of one element.
  void addInteger(const std::string &name, int64_t value, bool scalar);
  /// Tensors in the data file: the given values; random bits; elements drawn from `palette`, a
  /// power of two of encoded elements.
  void addValues(const std::string &name, int dataType, const std::vector<int64_t> &shape,
                 std::span<const float> values);
  void addRandomBits(const std::string &name, int dataType, const std::vector<int64_t> &shape);
  void addRandomChoices(const std::string &name, int dataType, const std::vector<int64_t> &shape,
                        std::span<const std::string> palette);

  /// Writes a text file into the folder.
  void addFile(const std::string &name, std::string_view text);
  /// Writes what is left. Fails, naming the folder, if anything could not be written.
  Status finish();

private:
  /// Adds a tensor whose bytes are the next of the data file; returns how many they are.
  int64_t addExternal(const std::string &name, int dataType, const std::vector<int64_t> &shape);

  std::string folder;
  onnx::ModelProto model;
  std::ofstream data;
  int64_t offset = 0;
  std::mt19937_64 random;
  bool failed = false;
};

} // namespace qcc::bench
