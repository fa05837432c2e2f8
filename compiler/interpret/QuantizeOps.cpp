// Activations as 8-bit integers, and the norm applied to their scales.
#include "compiler/interpret/Ops.h"

#include <cmath>

using namespace qcc;
using namespace qcc::interpret;
using llvm::Error;

/// Quantizes block `block` of row `row`; `values` are its features, in fp32.
static void quantizeBlock(llvm::ArrayRef<float> values, int64_t row, int64_t block,
                          QuantizedTensor &result) {
  float largest = 0;
  for (float value : values) {
    largest = std::max(largest, std::abs(value));
  }
  float scale = largest / 127.0f;
  result.scales[row * result.blocksPerRow() + block] = scale;
  int8_t *elements = result.data.data() + row * result.features + block * result.block;
  for (auto [i, value] : llvm::enumerate(values)) {
    // To nearest, ties to even: the default rounding.
    elements[i] = scale == 0 ? 0 : static_cast<int8_t>(std::nearbyint(value / scale));
  }
}

static Error quantize(qnt::QuantizeOp op, Frame &frame) {
  const Tensor &input = frame.tensor(op.getInput());
  const Weight *weight = op.getWeight() ? &frame.weight(op.getWeight()) : nullptr;
  int64_t blockSize = op.getResult().getType().getBlock();
  QuantizedTensor result(input.rows, input.features, blockSize, weight != nullptr);
  std::vector<float> values(result.block);
  for (int64_t row = 0; row < input.rows; ++row) {
    for (int64_t block = 0; block < result.blocksPerRow(); ++block) {
      double squares = 0;
      for (int64_t i = 0; i < result.block; ++i) {
        int64_t feature = block * result.block + i;
        float x = input.at(row, feature);
        squares += double{x} * x;
        values[i] = weight ? x * weight->at(feature) : x;
      }
      quantizeBlock(values, row, block, result);
      if (weight) {
        result.squares[row * result.blocksPerRow() + block] = static_cast<float>(squares);
      }
    }
  }
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

static Error scaleByNorm(qnt::ScaleByNormOp op, Frame &frame) {
  QuantizedTensor result = frame.quantized(op.getInput());
  int64_t blocks = result.blocksPerRow();
  for (int64_t row = 0; row < result.rows; ++row) {
    double squares = 0;
    for (int64_t block = 0; block < blocks; ++block) {
      squares += result.squares[row * blocks + block];
    }
    double mean = squares / static_cast<double>(result.features);
    double factor = 1 / std::sqrt(mean + op.getEpsilon().convertToDouble());
    for (int64_t block = 0; block < blocks; ++block) {
      float &scale = result.scales[row * blocks + block];
      scale = static_cast<float>(scale * factor);
    }
  }
  result.squares.clear();
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

void qcc::interpret::addQuantizeOps(OpTable &table) {
  addOp(table, quantize);
  addOp(table, scaleByNorm);
}
