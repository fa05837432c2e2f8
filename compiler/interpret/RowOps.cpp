// Ops that bring rows in and take rows out: the embedding, the rows whose logits are wanted, and
// the tokens picked from these.
#include "compiler/interpret/Ops.h"
#include "dialects/lm/Lm.h"

using namespace qcc;
using namespace qcc::interpret;
using llvm::Error;
using llvm::Twine;

static Error embed(lm::EmbedOp op, Frame &frame) {
  const Weight &table = frame.weight(op.getTable());
  const Batch &batch = frame.batch(op.getBatch());
  Tensor result = frame.resultOf(op.getResult(), batch.rows.size());
  std::vector<float> scratch(table.columns());
  for (int64_t t = 0; t < result.rows; ++t) {
    int32_t token = batch.rows[t].token;
    if (token < 0 || token >= table.rows()) {
      return llvm::createStringError("token " + Twine(token) + " is not one of the " +
                                     Twine(table.rows()) + " of the vocabulary");
    }
    for (auto [f, value] : llvm::enumerate(table.row(token, scratch))) {
      result.set(t, f, value);
    }
  }
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

/// `data` of `extent` elements a row: those of the rows `wanted`.
template <typename T>
static std::vector<T> pick(const std::vector<T> &data, int64_t extent,
                           llvm::ArrayRef<int32_t> wanted) {
  std::vector<T> picked;
  for (int32_t row : wanted) {
    picked.insert(picked.end(), data.begin() + row * extent, data.begin() + (row + 1) * extent);
  }
  return picked;
}

static void selectQuantizedRows(lm::SelectRowsOp op, Frame &frame) {
  const QuantizedTensor &input = frame.quantized(op.getInput());
  llvm::ArrayRef<int32_t> wanted = frame.batch(op.getBatch()).wanted;
  QuantizedTensor result = input;
  result.rows = wanted.size();
  result.data = pick(input.data, input.features, wanted);
  result.scales = pick(input.scales, input.blocksPerRow(), wanted);
  if (!input.squares.empty()) {
    result.squares = pick(input.squares, input.blocksPerRow(), wanted);
  }
  frame.set(op.getResult(), std::move(result));
}

static Error selectRows(lm::SelectRowsOp op, Frame &frame) {
  if (isa<qnt::ActivationType>(op.getInput().getType())) {
    selectQuantizedRows(op, frame);
    return Error::success();
  }
  const Tensor &input = frame.tensor(op.getInput());
  const Batch &batch = frame.batch(op.getBatch());
  Tensor result = frame.resultOf(op.getResult(), batch.wanted.size());
  result.data = pick(input.data, input.features, batch.wanted);
  frame.set(op.getResult(), std::move(result));
  return Error::success();
}

static Error sample(lm::SampleOp op, Frame &frame) {
  const Tensor &logits = frame.tensor(op.getLogits());
  const Batch &batch = frame.batch(op.getBatch());
  std::shared_ptr<Samplers> samplers = frame.samplers(op.getSampler());
  if (logits.rows != static_cast<int64_t>(batch.wanted.size())) {
    return llvm::createStringError("there are logits of " + Twine(logits.rows) + " rows, but " +
                                   Twine(batch.wanted.size()) + " are wanted");
  }
  Batch next;
  for (int64_t i = 0; i < logits.rows; ++i) {
    const Row &row = batch.rows[batch.wanted[i]];
    Result<uint32_t> token = samplers->sample(row.slot, logits.row(i));
    if (!token.ok()) {
      return llvm::createStringError(token.status().message);
    }
    next.rows.push_back({static_cast<int32_t>(*token), row.slot, row.position + 1});
    next.wanted.push_back(static_cast<int32_t>(i));
  }
  frame.set(op.getNext(), std::move(next));
  frame.copy(op.getNewSampler(), op.getSampler());
  return Error::success();
}

void qcc::interpret::addRowOps(OpTable &table) {
  addOp(table, embed);
  addOp(table, selectRows);
  addOp(table, sample);
}
