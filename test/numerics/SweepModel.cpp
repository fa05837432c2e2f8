#include "test/numerics/SweepModel.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <fstream>
#include <random>

using llvm::formatv;

namespace qcc::test {

namespace {

constexpr const char *fileName = "weights";

class Writer {
public:
  explicit Writer(const SweepModel &model) : model(model), shape(model.shape) {}

  std::string write(const std::string &folder) {
    text = formatv("module attributes {{lm.model = {{max_positions = {0} : i64}} {{\n"
                   "func.func @decoder(%batch: !lm.batch, %cache: {1}) -> ({2}, {1}) {{\n",
                   sweepPositions, "!lm.cache" + cacheType(), rows(shape.vocabulary));
    embed();
    attention();
    feedForward();
    line("%last = lm.select_rows %r1, %batch : " + rows(shape.hidden));
    norm("n2", "last", shape.hidden);
    matmul("head", "n2", shape.hidden, shape.vocabulary, /*hasBias=*/false);
    line(formatv("return %head, %new : {0}, !lm.cache{1}\n}\n}", rows(shape.vocabulary),
                 cacheType()));
    std::ofstream file(folder + "/" + fileName, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return text;
  }

private:
  void line(const std::string &operation) { text += operation + "\n"; }
  std::string rows(int64_t features) const {
    return formatv("tensor<?x{0}x{1}>", features, model.activations);
  }
  std::string cacheType() const {
    return formatv("<{0} x {1} x {2}>", shape.keyValueHeads, shape.headSize, model.cache);
  }
  std::string floats(llvm::ArrayRef<int64_t> extents) const {
    return formatv("<[{0:$[, ]}], {1}>", llvm::make_range(extents.begin(), extents.end()),
                   model.activations);
  }

  //===-- Bytes
  //----------------------------------------------------------------------------------===//

  float uniform(float low, float high) {
    return low + (high - low) * static_cast<float>(generator() >> 8) * 0x1p-24f;
  }

  void addFloat(float value, const std::string &type) {
    llvm::APFloat number(value);
    bool loses;
    if (type != "f32") {
      number.convert(type == "f16" ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat(),
                     llvm::APFloat::rmNearestTiesToEven, &loses);
    }
    const uint64_t bits = number.bitcastToAPInt().getZExtValue();
    bytes.append(reinterpret_cast<const char *>(&bits), type == "f32" ? 4 : 2);
  }

  /// Where what `add` adds lies: "<"weights", 0, 64>".
  template <typename Add> std::string source(const Add &add) {
    const size_t begin = bytes.size();
    add();
    return formatv("<\"{0}\", {1}, {2}>", fileName, begin, bytes.size() - begin);
  }

  std::string uniformFloats(int64_t count, const std::string &type, float low, float high) {
    return source([&] {
      for (int64_t i = 0; i < count; ++i) {
        addFloat(uniform(low, high), type);
      }
    });
  }

  int bits() const { return model.encoding[1] - '0'; }

  /// `count` rows of integers from `low` to `high`, two's complement and each row in whole bytes.
  std::string uniformIntegers(int64_t count, int64_t width, int low, int high) {
    return source([&] {
      for (int64_t row = 0; row < count; ++row) {
        const size_t begin = bytes.size();
        bytes.append((width * bits() + 7) / 8, 0);
        for (int64_t i = 0; i < width; ++i) {
          const int value = low + static_cast<int>(generator() % (high - low + 1));
          const int field = value & ((1 << bits()) - 1);
          bytes[begin + i * bits() / 8] |= static_cast<char>(field << i * bits() % 8);
        }
      }
    });
  }

  //===-- Weights
  //--------------------------------------------------------------------------------===//

  void parameter(llvm::StringRef name, llvm::ArrayRef<int64_t> extents, float low, float high) {
    std::string values = uniformFloats(llvm::product_of(extents), model.activations, low, high);
    line(formatv("%{0} = qnt.parameter \"{0}\" values {1} storage rows : {2}", name, values,
                 floats(extents)));
  }

  std::string weightType(int64_t n, int64_t k) const {
    if (!model.isQuantized()) {
      return formatv("<[{0}, {1}], {2}>", n, k, model.encoding);
    }
    return formatv("<[{0}, {1}], {2}, block = {3}, scale = {4}{5}>", n, k, model.encoding,
                   model.group ? model.group : k, model.scale,
                   model.zero == "none" ? "" : ", zero = " + model.zero);
  }

  /// Zero points about the middle of the integers, where their mean would be.
  std::string zeros(int64_t n, int64_t blocks) {
    const int middle = model.encoding[0] == 'u' ? 1 << (bits() - 1) : 0;
    if (model.zero == model.encoding) {
      return uniformIntegers(n, blocks, middle - (bits() == 2 ? 1 : 2), middle + 1);
    }
    // Such as the scales' type holds beside the midpoint of 8 bits: bf16 has 8 bits of a fraction.
    const float unit = bits() == 8 ? 1 : 0.125f;
    return source([&] {
      for (int64_t i = 0; i < n * blocks; ++i) {
        addFloat(static_cast<float>(middle) + unit * std::round(uniform(-1, 1) / unit), model.zero);
      }
    });
  }

  /// %NAMEw, which keeps the variance of its inputs.
  void weight(llvm::StringRef name, int64_t n, int64_t k, float gain) {
    std::string parts;
    if (model.isQuantized()) {
      const int64_t blocks = model.group ? llvm::divideCeil(k, model.group) : 1;
      const int count = 1 << bits(), low = model.encoding[0] == 'u' ? 0 : -count / 2;
      const float scale =
          gain * std::sqrt(12.0f / static_cast<float>(k)) / static_cast<float>(count);
      parts = uniformIntegers(n, k, low, low + count - 1) + " storage rows scales " +
              uniformFloats(n * blocks, model.scale, 0.5f * scale, 1.5f * scale);
      parts += model.zero == "none" ? "" : " zeros " + zeros(n, blocks);
    } else {
      const float bound = gain * std::sqrt(3.0f / static_cast<float>(k));
      parts = uniformFloats(n * k, model.encoding, -bound, bound) + " storage rows";
    }
    line(formatv("%{0}w = qnt.parameter \"{0}\" values {1} : {2}", name, parts, weightType(n, k)));
  }

  //===-- Operations
  //-----------------------------------------------------------------------------===//

  void matmul(llvm::StringRef name, llvm::StringRef input, int64_t k, int64_t n, bool hasBias) {
    weight(name, n, k, 1);
    std::string bias;
    if (hasBias) {
      parameter((name + "b").str(), {n}, -1, 1);
      bias = formatv(" bias(%{0}b : !qnt.weight{1})", name, floats({n}));
    }
    line(formatv("%{0} = qnt.matmul %{1}, %{0}w{2} : {3}, {4} -> {5}", name, input, bias, rows(k),
                 weightType(n, k), rows(n)));
  }

  void norm(llvm::StringRef name, llvm::StringRef input, int64_t features, int64_t group = 0) {
    const int64_t extent = group ? group : features;
    parameter((name + "w").str(), {extent}, 0.8f, 1.2f);
    line(formatv("%{0} = lm.rms_norm %{1}, %{0}w epsilon 1.0e-05{2} : {3}, {4} -> {3}", name, input,
                 group ? formatv(" group {0}", group).str() : "", rows(features),
                 floats({extent})));
  }

  void embed() {
    weight("table", shape.vocabulary, shape.hidden, std::sqrt(static_cast<float>(shape.hidden)));
    const bool scaled = model.variant == Variant::geluScaled;
    line(formatv("%{0} = lm.embed %batch, %tablew : {1} -> {2}", scaled ? "e" : "x",
                 weightType(shape.vocabulary, shape.hidden), rows(shape.hidden)));
    if (scaled) {
      line("%x = lm.scale %e by 1.5 : " + rows(shape.hidden));
    }
  }

  /// %NAMEr: a projection with its heads normalized, if they are, and rotated.
  void project(llvm::StringRef name, int64_t width) {
    matmul(name, "n0", shape.hidden, width, model.variant == Variant::bias);
    std::string normed = name.str();
    if (model.variant == Variant::headNorm) {
      norm(normed += "n", name, width, shape.headSize);
    }
    const bool partial = model.variant == Variant::partialInterleaved;
    line(formatv("%{0}r = lm.rope %{1}, %batch, %cos, %sin head_size {2}{3} : {4}, {5}", name,
                 normed, shape.headSize, partial ? " interleaved" : "", rows(width),
                 floats({sweepPositions, rotaryPairs()})));
  }

  /// Half of the elements of a head that are rotated: whole pairs.
  int64_t rotaryPairs() const {
    return shape.headSize / (model.variant == Variant::partialInterleaved ? 4 : 2);
  }

  void attention() {
    const int64_t queries = shape.heads * shape.headSize,
                  keys = shape.keyValueHeads * shape.headSize;
    norm("n0", "x", shape.hidden);
    // Not of one angle: the oracle and the kernels read the same tables.
    parameter("cos", {sweepPositions, rotaryPairs()}, -1, 1);
    parameter("sin", {sweepPositions, rotaryPairs()}, -1, 1);
    project("q", queries);
    project("k", keys);
    matmul("v", "n0", shape.hidden, keys, model.variant == Variant::bias);
    line("%new = lm.append %cache, %kr, %v, %batch : " + cacheType() + ", " + rows(keys));
    line(formatv(
        "%a = lm.attention %qr, %new, %batch heads {0} scale {1}{2} : {3}, {4}", shape.heads,
        1 / std::sqrt(static_cast<double>(shape.headSize)),
        model.variant == Variant::windowSoftcap ? " {window = 7 : i64, softcap = 2.0 : f64}" : "",
        rows(queries), cacheType()));
    matmul("o", "a", queries, shape.hidden, /*hasBias=*/false);
    line("%r0 = lm.add %x, %o : " + rows(shape.hidden));
  }

  void feedForward() {
    const char *activation = model.variant == Variant::geluScaled ? "gelu" : "silu";
    norm("n1", "r0", shape.hidden);
    matmul("gate", "n1", shape.hidden, shape.intermediate, /*hasBias=*/false);
    matmul("up", "n1", shape.hidden, shape.intermediate, /*hasBias=*/false);
    line(formatv("%act = lm.{0} %gate : {1}", activation, rows(shape.intermediate)));
    line("%m = lm.mul %act, %up : " + rows(shape.intermediate));
    matmul("down", "m", shape.intermediate, shape.hidden, /*hasBias=*/false);
    line("%r1 = lm.add %r0, %down : " + rows(shape.hidden));
  }

  const SweepModel &model;
  const tune::DecoderShape &shape;
  std::mt19937 generator{1}; // the same bytes in every run
  std::string text, bytes;
};

} // namespace

std::string writeSweepModel(const SweepModel &model, const std::string &folder) {
  return Writer(model).write(folder);
}

} // namespace qcc::test
