#include "compiler/interpret/Attention.h"

#include "llvm/Support/Parallel.h"

#include <cmath>

using namespace llvm;
using namespace qcc::interpret;

/// The features of a step's tensor must come with the step's rows.
static Error checkRows(const Tensor &tensor, const Batch &batch) {
  if (tensor.rows == static_cast<int64_t>(batch.rows.size())) {
    return Error::success();
  }
  return createStringError("the operand has " + Twine(tensor.rows) + " rows, but the step has " +
                           Twine(batch.rows.size()));
}

//===-- Rotary embedding ---------------------------------------------------------------------===//

namespace {
/// Where within a head the pair `i` of partners is.
struct Partners {
  int64_t first, second;
};
} // namespace

static Partners halves(int64_t i, int64_t half) {
  return {i, i + half};
}

static Partners neighbours(int64_t i) {
  return {2 * i, 2 * i + 1};
}

Expected<Tensor> qcc::interpret::rotate(const Tensor &input, const Batch &batch, const Weight &cos,
                                        const Weight &sin, Rotation rotation) {
  if (Error error = checkRows(input, batch)) {
    return error;
  }
  Tensor result = input;
  int64_t half = cos.columns();
  for (int64_t t = 0; t < input.rows; ++t) {
    int64_t position = batch.rows[t].position;
    if (position < 0 || position >= cos.rows()) {
      return createStringError("position " + Twine(position) + " is past the " + Twine(cos.rows()) +
                               " rows of the rotary table");
    }
    for (int64_t head = 0; head < input.features; head += rotation.headSize) {
      for (int64_t i = 0; i < half; ++i) {
        bool together = rotation.interleaved || rotation.paired;
        Partners from = together ? neighbours(i) : halves(i, half);
        Partners to = rotation.interleaved ? neighbours(i) : halves(i, half);
        double a = input.at(t, head + from.first), b = input.at(t, head + from.second);
        double c = cos.at(position, i), s = sin.at(position, i);
        result.set(t, head + to.first, a * c - b * s);
        result.set(t, head + to.second, b * c + a * s);
      }
    }
  }
  return result;
}

//===-- Cache and attention ------------------------------------------------------------------===//

Error qcc::interpret::append(KeyValueCache &cache, const Tensor &key, const Tensor &value,
                             const Batch &batch) {
  if (Error error = checkRows(key, batch)) {
    return error;
  }
  for (int64_t t = 0; t < key.rows; ++t) {
    const Row &row = batch.rows[t];
    if (Error error = cache.write(row.slot, row.position, key.row(t), value.row(t))) {
      return error;
    }
  }
  return Error::success();
}

/// exp(score - largest) of every score, divided by their sum.
static void softmax(MutableArrayRef<double> scores) {
  double largest = *llvm::max_element(scores), sum = 0;
  for (double &score : scores) {
    score = std::exp(score - largest);
    sum += score;
  }
  for (double &score : scores) {
    score /= sum;
  }
}

/// One head of one row: `result` [headSize] = softmax(scores of the positions seen) . values.
static void attendHead(ArrayRef<float> query, const KeyValueCache &cache, const Row &row,
                       int64_t cacheHead, const AttentionShape &shape,
                       MutableArrayRef<double> result) {
  int64_t last = row.position;
  int64_t first = shape.window > 0 ? std::max<int64_t>(0, last - shape.window + 1) : 0;
  std::vector<double> scores;
  for (int64_t p = first; p <= last; ++p) {
    ArrayRef<float> key = cache.key(row.slot, p, cacheHead);
    double product = 0;
    for (size_t i = 0; i < query.size(); ++i) {
      product += double{query[i]} * key[i];
    }
    double score = shape.scale * product;
    scores.push_back(shape.softcap > 0 ? shape.softcap * std::tanh(score / shape.softcap) : score);
  }
  softmax(scores);
  for (int64_t p = first; p <= last; ++p) {
    ArrayRef<float> value = cache.value(row.slot, p, cacheHead);
    for (size_t i = 0; i < result.size(); ++i) {
      result[i] += scores[p - first] * value[i];
    }
  }
}

Expected<Tensor> qcc::interpret::attend(const Tensor &query, const KeyValueCache &cache,
                                        const Batch &batch, AttentionShape shape) {
  if (Error error = checkRows(query, batch)) {
    return error;
  }
  for (const Row &row : batch.rows) {
    if (row.position < 0 || row.position >= cache.length(row.slot)) {
      return createStringError("position " + Twine(row.position) + " of slot " + Twine(row.slot) +
                               " is not in its cache");
    }
  }
  Tensor result(query.type, query.rows, query.features);
  parallelFor(0, query.rows * shape.heads, [&](size_t task) {
    int64_t t = task / shape.heads, head = task % shape.heads;
    int64_t begin = head * cache.headSize;
    std::vector<double> sums(cache.headSize);
    attendHead(query.row(t).slice(begin, cache.headSize), cache, batch.rows[t],
               head * cache.heads / shape.heads, shape, sums);
    for (int64_t i = 0; i < cache.headSize; ++i) {
      result.set(t, begin + i, sums[i]);
    }
  });
  return result;
}
