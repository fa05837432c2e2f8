// qnt.matmul: products of floats are exact in double, and so is nearly every sum of them; the
// result is rounded once. No order of summation that a kernel may choose is preferred.
#include "compiler/interpret/Ops.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;
using namespace qcc;
using namespace qcc::interpret;

/// Sum of lhs[k] * rhs[k], in eight interleaved sums for the processor's vectors.
static double dot(ArrayRef<double> lhs, ArrayRef<float> rhs) {
  constexpr size_t lanes = 8;
  double sums[lanes] = {};
  size_t whole = lhs.size() / lanes * lanes;
  for (size_t k = 0; k < whole; k += lanes) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      sums[lane] += lhs[k + lane] * rhs[k + lane];
    }
  }
  double sum = 0;
  for (double part : sums) {
    sum += part;
  }
  for (size_t k = whole; k < lhs.size(); ++k) {
    sum += lhs[k] * rhs[k];
  }
  return sum;
}

/// Computes the output features [begin, end) of every row.
static void matmulFeatures(ArrayRef<double> lhs, const Weight &weight, const Weight *bias,
                           int64_t begin, int64_t end, Tensor &result) {
  size_t depth = weight.columns();
  std::vector<float> scratch(depth);
  for (int64_t n = begin; n < end; ++n) {
    ArrayRef<float> row = weight.row(n, scratch);
    double offset = bias ? bias->at(n) : 0.0;
    for (int64_t t = 0; t < result.rows; ++t) {
      result.set(t, n, dot(lhs.slice(t * depth, depth), row) + offset);
    }
  }
}

/// The rows that a matmul multiplies, as numbers, and how many there are.
static std::pair<std::vector<double>, int64_t> rowsOf(mlir::Value value, Frame &frame) {
  if (!isa<qnt::ActivationType>(value.getType())) {
    const Tensor &lhs = frame.tensor(value);
    return {std::vector<double>(lhs.data.begin(), lhs.data.end()), lhs.rows};
  }
  const QuantizedTensor &lhs = frame.quantized(value);
  std::vector<double> wide(lhs.data.size());
  for (int64_t row = 0; row < lhs.rows; ++row) {
    for (int64_t k = 0; k < lhs.features; ++k) {
      wide[row * lhs.features + k] = lhs.at(row, k);
    }
  }
  return {std::move(wide), lhs.rows};
}

static Error matmul(qnt::MatmulOp op, Frame &frame) {
  Weight &weight = frame.weight(op.getWeight());
  const Weight *bias = op.getBias() ? &frame.weight(op.getBias()) : nullptr;
  frame.weights.keepDecoded(weight);

  auto [wide, rows] = rowsOf(op.getLhs(), frame);
  Tensor result = frame.resultOf(op.getResult(), rows);
  ArrayRef<double> lhs = wide;
  constexpr int64_t featuresPerTask = 64;
  static_assert(FeatureSample::block % featuresPerTask == 0);
  parallelFor(0, divideCeil(weight.rows(), featuresPerTask), [&](size_t task) {
    int64_t begin = task * featuresPerTask;
    if (!frame.sample.has(begin)) {
      return;
    }
    int64_t end = std::min(begin + featuresPerTask, weight.rows());
    matmulFeatures(lhs, weight, bias, begin, end, result);
  });
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

void qcc::interpret::addMatmulOps(OpTable &table) {
  addOp(table, matmul);
}
