// Ops on weights. Their results are constants: computed once, before the first step.
#include "compiler/interpret/Ops.h"

using namespace qcc;
using namespace qcc::interpret;
using llvm::Error;

static Error parameter(qnt::ParameterOp op, Frame &frame) {
  auto weight = Weight::create(op, frame.weights.files);
  if (!weight) {
    return weight.takeError();
  }
  frame.weights.weights[op.getResult()] = std::move(*weight);
  return Error::success();
}

static Error sliceRows(qnt::SliceRowsOp op, Frame &frame) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < op.getResult().getType().getRows(); ++row) {
    rows.push_back(op.getOffset() + row);
  }
  auto slice = frame.weight(op.getSource()).withRows(rows);
  frame.weights.weights[op.getResult()] = std::move(slice);
  return Error::success();
}

static Error pairRows(qnt::PairRowsOp op, Frame &frame) {
  int64_t headSize = op.getHeadSize(), half = op.getRotary() / 2;
  std::vector<int64_t> rows;
  for (int64_t head = 0; head < op.getSource().getType().getRows(); head += headSize) {
    for (int64_t i = 0; i < half; ++i) {
      rows.push_back(head + i);
      rows.push_back(head + half + i);
    }
    for (int64_t i = 2 * half; i < headSize; ++i) {
      rows.push_back(head + i);
    }
  }
  auto paired = frame.weight(op.getSource()).withRows(rows);
  frame.weights.weights[op.getResult()] = std::move(paired);
  return Error::success();
}

/// Another layout of the same values.
static Error pack(qnt::PackOp op, Frame &frame) {
  frame.copy(op.getResult(), op.getSource());
  return Error::success();
}

static Error dequantize(qnt::DequantizeOp op, Frame &frame) {
  const Weight &weight = frame.weight(op.getSource());
  // A vector becomes one row.
  bool vector = op.getSource().getType().getShape().size() == 1;
  Tensor result = frame.resultOf(op.getResult(), vector ? 1 : weight.rows());
  for (int64_t row = 0; row < weight.rows(); ++row) {
    for (int64_t column = 0; column < weight.columns(); ++column) {
      result.set(vector ? 0 : row, vector ? row : column, weight.at(row, column));
    }
  }
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

void qcc::interpret::addWeightOps(OpTable &table) {
  addOp(table, parameter);
  addOp(table, sliceRows);
  addOp(table, pairRows);
  addOp(table, pack);
  addOp(table, dequantize);
}
