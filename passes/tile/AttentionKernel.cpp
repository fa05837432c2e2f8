#include "passes/tile/AttentionKernel.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

static constexpr double log2e = 1.4426950408889634;

AttentionKernel::Half AttentionKernel::cacheHalf(Value head, bool ofValues) {
  // A cache of many long sequences passes 4 GB.
  Value buffer = bufferOf(op.getCache()), wide = b.wide(head);
  int64_t headBytes = cache.getPositions() * cache.getHeadSize() * bytesOf(cache.getElementType());
  int64_t start = ofValues ? cache.getHalfBytes() : 0;
  Half half{b.advance(buffer, b.add(b.mul(wide, b.i64(headBytes)), b.i64(start))), {}};
  if (cache.isQuantized()) {
    Value offset = b.mul(wide, b.i64(4 * cache.getPositions()));
    half.scales = b.advance(buffer, b.add(offset, b.i64(cache.getScalesOffset(ofValues))));
  }
  return half;
}

Value AttentionKernel::firstVisible(Value position) {
  int64_t window = op.getWindow();
  return window > 0 ? b.sub(position, b.minimum(position, b.i32(window - 1))) : b.i32(0);
}

double AttentionKernel::scoreFactor() {
  return op.getScale().convertToDouble() * log2e;
}

Value AttentionKernel::scaled(Value product) {
  if (!hasSoftcap()) {
    return b.mulf(product, b.f32(scoreFactor()));
  }
  double softcap = op.getSoftcap().convertToDouble();
  // tanh(u) = 1 - 2 / (exp(2u) + 1), right at both ends of the range.
  Value power = b.exp2(b.mulf(product, b.f32(2 / softcap * scoreFactor())));
  Value tanh = b.subf(b.f32(1), b.divf(b.f32(2), b.addf(power, b.f32(1))));
  return b.mulf(tanh, b.f32(softcap * log2e));
}
