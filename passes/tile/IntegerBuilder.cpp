#include "passes/tile/IntegerBuilder.h"

#include "runtime/text/Philox.h"

using namespace mlir;
using namespace qcc::tile;

Value IntegerBuilder::i64(uint64_t value) {
  return arith::ConstantOp::create(b, b.getI64IntegerAttr(static_cast<int64_t>(value)));
}

Value IntegerBuilder::widen(Value value) {
  return b.createOrFold<arith::ExtUIOp>(b.getI64Type(), value);
}

Value IntegerBuilder::low(Value value) {
  return b.createOrFold<arith::TruncIOp>(b.getI32Type(), value);
}

Value IntegerBuilder::high(Value value) {
  return low(shiftRight(value, i64(32)));
}

Value IntegerBuilder::join(Value low, Value high) {
  return either(widen(low), shiftLeft(widen(high), i64(32)));
}

Value IntegerBuilder::bitsOf(Value value) {
  return b.createOrFold<arith::BitcastOp>(b.getI32Type(), value);
}

Value IntegerBuilder::floatOf(Value bits) {
  return b.createOrFold<arith::BitcastOp>(b.getF32Type(), bits);
}

Value IntegerBuilder::both(Value a, Value c) {
  return b.createOrFold<arith::AndIOp>(a, c);
}
Value IntegerBuilder::either(Value a, Value c) {
  return b.createOrFold<arith::OrIOp>(a, c);
}
Value IntegerBuilder::exclusive(Value a, Value c) {
  return b.createOrFold<arith::XOrIOp>(a, c);
}

Value IntegerBuilder::complement(Value a) {
  return exclusive(a, a.getType().isInteger(64) ? i64(~uint64_t(0)) : b.i32(-1));
}

Value IntegerBuilder::shiftLeft(Value a, Value bits) {
  return b.createOrFold<arith::ShLIOp>(a, bits);
}
Value IntegerBuilder::shiftRight(Value a, Value bits) {
  return b.createOrFold<arith::ShRUIOp>(a, bits);
}
Value IntegerBuilder::maximum(Value a, Value c) {
  return b.createOrFold<arith::MaxUIOp>(a, c);
}

Value IntegerBuilder::atMost(Value a, Value c) {
  return b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ule, a, c);
}

Value IntegerBuilder::differs(Value a, Value c) {
  return b.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ne, a, c);
}

Value IntegerBuilder::partOf(Value whole, Value fraction) {
  return arith::MulUIExtendedOp::create(b, whole, fraction).getHigh();
}

Value IntegerBuilder::random(Value seed, Value draw) {
  Value counter[] = {low(draw), high(draw), b.i32(0), b.i32(0)};
  Value key[] = {low(seed), high(seed)};
  for (int round = 0; round < text::philoxRounds; ++round) {
    auto first = arith::MulUIExtendedOp::create(b, b.i32(text::philoxMultipliers[0]), counter[0]);
    auto second = arith::MulUIExtendedOp::create(b, b.i32(text::philoxMultipliers[1]), counter[2]);
    Value next[] = {exclusive(exclusive(second.getHigh(), counter[1]), key[0]), second.getLow(),
                    exclusive(exclusive(first.getHigh(), counter[3]), key[1]), first.getLow()};
    llvm::copy(next, counter);
    for (int word : {0, 1}) {
      key[word] = b.add(key[word], b.i32(text::philoxWeyl[word]));
    }
  }
  return join(counter[0], counter[1]);
}

Value IntegerBuilder::shuffleXor(Value value, int64_t mask) {
  auto exchange = [&](Value word) { return bitsOf(ShuffleXorOp::create(b, floatOf(word), mask)); };
  return value.getType().isInteger(64) ? join(exchange(low(value)), exchange(high(value)))
                                       : exchange(value);
}
