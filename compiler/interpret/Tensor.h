// The values that the oracle computes with: the batch of a step, and activations.
#pragma once

#include "compiler/interpret/ElementType.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace qcc::interpret {

/// One row of a step: a token of the sequence in `slot`, at `position` (from 0).
struct Row {
  int32_t token = 0;
  int32_t slot = 0;
  int32_t position = 0;
};

/// What `!lm.batch` stands for: the rows of a step, and the indices of those whose logits are
/// wanted.
struct Batch {
  std::vector<Row> rows;
  std::vector<int32_t> wanted;
};

/// Rows by features, row major. Every element is a value of `type`, held as a float.
struct Tensor {
  ElementType type = ElementType::f32;
  int64_t rows = 0;
  int64_t features = 0;
  std::vector<float> data;

  Tensor() = default;
  Tensor(ElementType type, int64_t rows, int64_t features)
      : type(type), rows(rows), features(features), data(rows * features) {}

  float at(int64_t row, int64_t feature) const { return data[row * features + feature]; }
  /// Rounds `value` to the tensor's element type and stores it.
  void set(int64_t row, int64_t feature, double value) {
    data[row * features + feature] = roundTo(type, value);
  }
  llvm::ArrayRef<float> row(int64_t index) const {
    return llvm::ArrayRef<float>(data).slice(index * features, features);
  }
};

/// Rows by features, row major, as integers times a scale for each block of a row
/// (`!qnt.activation`).
struct QuantizedTensor {
  int64_t rows;
  int64_t features;
  int64_t block;
  std::vector<int8_t> data;
  std::vector<float> scales;  // [row][block]
  std::vector<float> squares; // likewise, sums of squares of what was quantized; or empty

  QuantizedTensor(int64_t rows, int64_t features, int64_t block, bool hasSquares)
      : rows(rows), features(features), block(block), data(rows * features),
        scales(rows * blocksPerRow()), squares(hasSquares ? scales.size() : 0) {}

  int64_t blocksPerRow() const { return features / block; }
  /// The value of an element: exact.
  double at(int64_t row, int64_t feature) const {
    return double{scales[row * blocksPerRow() + feature / block]} * data[row * features + feature];
  }
};

} // namespace qcc::interpret
