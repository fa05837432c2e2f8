// The linear layers of a random decoder: quantized weights, and the nodes that multiply by them.
#pragma once

#include "bench/generate_model/ModelShape.h"
#include "bench/generate_model/OnnxWriter.h"

namespace qcc::bench {

/// The domain of ONNX Runtime's own operators.
inline constexpr const char *contrib = "com.microsoft";

/// The value that the node at `path` makes.
std::string outputName(const std::string &path);
/// 256 elements evenly spaced between `low` and `high`.
std::vector<std::string> evenly(float low, float high, int dataType);
/// Uniform values between -unitBound and unitBound have unit variance.
extern const float unitBound;

/// Adds layers to `writer`; a layer is named by its path, "layers.0.attn.q_proj".
class Linears {
public:
  /// `type` is the ONNX element type of activations, scales and biases.
  Linears(const ModelShape &shape, OnnxWriter &writer, int type)
      : shape(shape), writer(writer), type(type) {}

  /// A layer of `n` rows and `k` columns with its weight; returns its result.
  std::string add(const std::string &path, const std::string &input, int64_t n, int64_t k);
  /// `input` with a bias of `n` elements, if the shape has biases.
  std::string addBias(const std::string &path, const std::string &input, int64_t n);

  /// The tensors of a block-quantized weight: values (random too where they pad the last block of
  /// a row), scales and zero points; and the nodes that multiply by them or look up rows.
  void addBlockWeight(const std::string &path, int64_t n, int64_t k);
  std::string addBlockMatmul(const std::string &path, const std::string &input, int64_t n,
                             int64_t k);
  void addBlockGather(const std::string &path, const std::string &ids, const std::string &output);

private:
  std::string addRowMatmul(const std::string &path, const std::string &input, int64_t n, int64_t k);
  onnx::NodeProto &finishBlockNode(onnx::NodeProto &node, const std::string &path);
  std::vector<std::string> scales(int64_t k) const;

  const ModelShape &shape;
  OnnxWriter &writer;
  int type;
};

} // namespace qcc::bench
