// Root mean square normalization, alone and after a residual.
#include "compiler/interpret/Ops.h"
#include "dialects/lm/Lm.h"

#include <cmath>

using namespace qcc;
using namespace qcc::interpret;
using llvm::Error;

/// Writes the norm of each `group` consecutive features of `input` to `result`.
static void rmsNorm(const Tensor &input, const Weight &weight, double epsilon, int64_t group,
                    Tensor &result) {
  for (int64_t t = 0; t < input.rows; ++t) {
    for (int64_t begin = 0; begin < input.features; begin += group) {
      double squares = 0;
      for (int64_t i = 0; i < group; ++i) {
        double x = input.at(t, begin + i);
        squares += x * x;
      }
      double root = std::sqrt(squares / static_cast<double>(group) + epsilon);
      for (int64_t i = 0; i < group; ++i) {
        result.set(t, begin + i, input.at(t, begin + i) / root * weight.at(i));
      }
    }
  }
}

static Error rmsNormOp(lm::RmsNormOp op, Frame &frame) {
  const Tensor &input = frame.tensor(op.getInput());
  Tensor result = frame.resultOf(op.getResult(), input.rows);
  int64_t group = op.getGroup().value_or(input.features);
  rmsNorm(input, frame.weight(op.getWeight()), op.getEpsilon().convertToDouble(), group, result);
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

/// The norm is that of the rounded sum, so that splitting the op in two changes nothing.
static Error skipRmsNorm(lm::SkipRmsNormOp op, Frame &frame) {
  const Tensor &input = frame.tensor(op.getInput());
  const Tensor &skip = frame.tensor(op.getSkip());
  Tensor sum = frame.resultOf(op.getSum(), input.rows);
  if (input.data.size() != skip.data.size() || input.data.size() != sum.data.size()) {
    return llvm::createStringError("input, skip and sum differ in shape");
  }
  for (size_t i = 0; i < sum.data.size(); ++i) {
    sum.data[i] = roundTo(sum.type, double{input.data[i]} + skip.data[i]);
  }
  const Weight &weight = frame.weight(op.getWeight());
  Tensor result = frame.resultOf(op.getResult(), input.rows);
  if (weight.rows() != sum.features || result.features != sum.features) {
    return llvm::createStringError("weight and result have not the features of the sum");
  }
  rmsNorm(sum, weight, op.getEpsilon().convertToDouble(), sum.features, result);
  frame.set(op.getSum(), std::move(sum));
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

void qcc::interpret::addNormOps(OpTable &table) {
  addOp(table, rmsNormOp);
  addOp(table, skipRmsNorm);
}
