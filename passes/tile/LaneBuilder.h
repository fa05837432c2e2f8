// Builds the code of one work-item: arithmetic with constants folded away, and typed loads and stores.
#pragma once

#include "dialects/tile/Tile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace qcc::tile {

class LaneBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using Type = mlir::Type;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  // Constants.
  Value i32(int64_t value);
  Value i64(int64_t value);
  Value f32(double value);
  Value zeros(Type type);

  // Unsigned i32 arithmetic. Division and remainder by a power of two become a shift and a mask.
  Value add(Value a, Value b);
  Value add(Value a, int64_t b);
  /// a + b that does not pass 2^32: a constant that the address of an access absorbs.
  Value offset(Value a, int64_t b);
  Value sub(Value a, Value b);
  Value mul(Value a, int64_t b);
  Value mul(Value a, Value b);
  Value div(Value a, int64_t b);
  Value rem(Value a, int64_t b);
  Value minimum(Value a, Value b);
  Value less(Value a, Value b);
  Value equal(Value a, Value b);
  Value both(Value a, Value b);
  Value select(Value condition, Value a, Value b);
  /// An unsigned i32 as i64.
  Value wide(Value a);

  // f32 arithmetic, on scalars and vectors alike.
  Value addf(Value a, Value b);
  Value subf(Value a, Value b);
  Value mulf(Value a, Value b);
  Value divf(Value a, Value b);
  Value negf(Value a);
  Value fma(Value a, Value b, Value c);
  Value maxf(Value a, Value b);
  Value exp(Value a);
  Value exp2(Value a);
  Value splat(Value scalar, int64_t size);
  /// A constant vector (a scalar for one element).
  Value vectorOf(Type element, llvm::ArrayRef<double> values);

  /// A floating-point or signed integer scalar or vector as f32, and f32 as a floating-point `element`.
  Value toF32(Value value);
  Value fromF32(Value value, Type element);

  /// A vector of `size` elements (a scalar for 1) of `element` from buffer + offset bytes.
  Value load(Value buffer, Value offset, Type element, int64_t size = 1, bool streaming = false,
             bool invariant = false);
  void store(Value value, Value buffer, Value offset);
  /// The buffer that starts `bytes` further on, the same for all lanes.
  Value advance(Value buffer, Value bytes);
  /// Elements [begin, begin + size) of a vector.
  Value slice(Value vector, int64_t begin, int64_t size);
  Value extract(Value vector, int64_t index);
  /// The vector of `values`, a scalar of one.
  Value gather(mlir::ValueRange values);

  /// `body` runs where `condition` holds; always without one.
  void when(Value condition, llvm::function_ref<void()> body);
  /// What `body` returns where `condition` holds, else `otherwise`.
  llvm::SmallVector<Value> choose(Value condition, mlir::ValueRange otherwise,
                                  llvm::function_ref<llvm::SmallVector<Value>()> body);
  /// What `body` returns where `condition` holds, else what `otherwise` returns.
  llvm::SmallVector<Value> either(Value condition, mlir::TypeRange types,
                                  llvm::function_ref<llvm::SmallVector<Value>()> body,
                                  llvm::function_ref<llvm::SmallVector<Value>()> otherwise);
  /// for (i = from; i < to; i += step) state = body(i, state); unsigned i32.
  llvm::SmallVector<Value> loop(Value from, Value to, int64_t step, mlir::ValueRange initial,
                                llvm::function_ref<llvm::SmallVector<Value>(Value, mlir::ValueRange)> body);
};

/// Bytes of one element of `type`.
inline int64_t bytesOf(mlir::Type type) { return type.getIntOrFloatBitWidth() / 8; }

/// The largest power of two that divides `size` and whose elements fit a 16-byte access.
int64_t vectorWidth(int64_t size, int64_t elementBytes);

} // namespace qcc::tile
