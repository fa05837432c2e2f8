#include "passes/tile/ByteSums.h"

using namespace mlir;
using namespace qcc::tile;

Value qcc::tile::sumOfBytes(LaneBuilder &b, Value words, ArrayRef<int64_t> indices, int64_t factor,
                            int64_t lanes) {
  Value factors = b.i32((factor & 0xFF) * 0x01010101), sum = b.i32(0);
  for (int64_t index : indices) {
    sum = DotBytesOp::create(b, b.extract(words, index), factors, sum);
  }
  Value total = b.toF32(sum);
  return lanes == 1 ? total : ReduceWaveOp::create(b, total, Reduction::add, lanes).getResult();
}
