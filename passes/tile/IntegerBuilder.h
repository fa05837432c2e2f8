// Integer arithmetic beyond LaneBuilder's: 64 bits, bit patterns, and random numbers.
#pragma once

#include "passes/tile/LaneBuilder.h"

namespace qcc::tile {

/// Adds to the code of a LaneBuilder. All integers are unsigned.
class IntegerBuilder {
public:
  using Value = mlir::Value;
  explicit IntegerBuilder(LaneBuilder &b) : b(b) {}

  Value i64(uint64_t value);
  /// i32 as i64, and the halves of an i64.
  Value widen(Value value);
  Value low(Value value);
  Value high(Value value);
  Value join(Value low, Value high);

  /// The bits of an f32, and the f32 of these bits.
  Value bitsOf(Value value);
  Value floatOf(Value bits);

  // i32 and i64 alike.
  Value both(Value a, Value b);
  Value either(Value a, Value b);
  Value exclusive(Value a, Value b);
  Value complement(Value a);
  Value shiftLeft(Value a, Value bits);
  Value shiftRight(Value a, Value bits);
  Value maximum(Value a, Value b);
  Value atMost(Value a, Value b);
  Value differs(Value a, Value b);

  /// whole * fraction / 2^64, i64.
  Value partOf(Value whole, Value fraction);

  /// The `draw`th random number of a seed (runtime/text/Philox.h), i64 all.
  Value random(Value seed, Value draw);

  /// tile.shuffle_xor of an i32 or i64.
  Value shuffleXor(Value value, int64_t mask);

private:
  LaneBuilder &b;
};

} // namespace qcc::tile
