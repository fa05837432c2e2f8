// Ops that compute every element on its own, and those that only move features.
#include "compiler/interpret/Ops.h"
#include "dialects/lm/Lm.h"

#include <cmath>
#include <numbers>

using namespace qcc;
using namespace qcc::interpret;
using llvm::Error;

static double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

static double silu(double x) {
  return x * sigmoid(x);
}

static double gelu(double x) {
  double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1 + std::tanh(inner));
}

/// Sets `result` to `function` of the elements of `input`, each rounded once.
template <typename Function>
static void mapElements(mlir::Value input, mlir::Value result, Frame &frame, Function function) {
  const Tensor &source = frame.tensor(input);
  Tensor mapped = frame.resultOf(result, source.rows);
  for (size_t i = 0; i < source.data.size(); ++i) {
    mapped.data[i] = roundTo(mapped.type, function(source.data[i]));
  }
  frame.set(result, std::move(mapped));
}

template <typename Op, double (*function)(double)> static Error unary(Op op, Frame &frame) {
  mapElements(op.getInput(), op.getResult(), frame, function);
  return Error::success();
}

/// Sets `result` to `function` of the elements of `lhs` and `rhs` in pairs, each rounded once.
template <typename Op, typename Function>
static Error binary(Op op, Frame &frame, Function function) {
  const Tensor &lhs = frame.tensor(op.getLhs());
  const Tensor &rhs = frame.tensor(op.getRhs());
  if (lhs.rows != rhs.rows) {
    return llvm::createStringError("operands have " + llvm::Twine(lhs.rows) + " and " +
                                   llvm::Twine(rhs.rows) + " rows");
  }
  Tensor result = frame.resultOf(op.getResult(), lhs.rows);
  for (size_t i = 0; i < lhs.data.size(); ++i) {
    result.data[i] = roundTo(result.type, function(lhs.data[i], rhs.data[i]));
  }
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

static Error add(lm::AddOp op, Frame &frame) {
  return binary(op, frame, std::plus<double>());
}

static Error mul(lm::MulOp op, Frame &frame) {
  return binary(op, frame, std::multiplies<double>());
}

static Error scale(lm::ScaleOp op, Frame &frame) {
  double factor = op.getFactor().convertToDouble();
  mapElements(op.getInput(), op.getResult(), frame, [=](double x) { return x * factor; });
  return Error::success();
}

static Error cast(lm::CastOp op, Frame &frame) {
  mapElements(op.getInput(), op.getResult(), frame, [](double x) { return x; });
  return Error::success();
}

static Error slice(lm::SliceOp op, Frame &frame) {
  const Tensor &input = frame.tensor(op.getInput());
  Tensor result = frame.resultOf(op.getResult(), input.rows);
  int64_t offset = op.getOffset();
  for (int64_t t = 0; t < result.rows; ++t) {
    for (int64_t f = 0; f < result.features; ++f) {
      result.set(t, f, input.at(t, offset + f));
    }
  }
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

void qcc::interpret::addElementwiseOps(OpTable &table) {
  addOp(table, unary<lm::SigmoidOp, sigmoid>);
  addOp(table, unary<lm::SiluOp, silu>);
  addOp(table, unary<lm::GeluOp, gelu>);
  addOp(table, add);
  addOp(table, mul);
  addOp(table, scale);
  addOp(table, cast);
  addOp(table, slice);
}
