// The conversion patterns of ConvertTileToRocdl, one group a file.
#pragma once

#include "compiler/chips/Chips.h"
#include "dialects/tile/Tile.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/Transforms/DialectConversion.h"

namespace qcc::translate {

/// A conversion pattern that knows the chip.
template <typename Op> struct ChipPattern : mlir::OpConversionPattern<Op> {
  ChipPattern(const mlir::TypeConverter &types, mlir::MLIRContext *context, const Chip &chip)
      : mlir::OpConversionPattern<Op>(types, context), chip(chip) {}

  const Chip &chip;
};

/// tile.shared, tile.advance, tile.load, tile.load_buffer, tile.store, tile.atomic and the barriers
/// within a workgroup.
void populateMemoryPatterns(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &types);

/// tile.grid_barrier.
void populateGridBarrierPatterns(mlir::RewritePatternSet &patterns,
                                 const mlir::TypeConverter &types);

/// tile.unpack.
void populateUnpackPatterns(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &types,
                            const Chip &chip);

/// tile.dot, tile.dot_bytes.
void populateDotPatterns(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &types,
                         const Chip &chip);

/// arith.truncf of vectors to bf16, where the chip has no instruction for it and nothing is NaN.
void populateBf16Patterns(mlir::RewritePatternSet &patterns, mlir::ConversionTarget &target,
                          const mlir::TypeConverter &types, const Chip &chip);

/// arith.extf of f8E4M3FN to f32, and arith.truncf the other way, which saturates: what is past 448
/// becomes 448, and so does NaN. Elements are bytes from here on, and words where a vector has a multiple of four. After populateBf16Patterns, whose
/// word on other truncations stays.
void populateFloat8Patterns(mlir::RewritePatternSet &patterns, mlir::ConversionTarget &target,
                            mlir::TypeConverter &types, const Chip &chip);

/// tile.matrix_multiply.
void populateMatrixPatterns(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &types,
                            const Chip &chip);

/// tile.reduce_wave, tile.shuffle_xor.
void populateCrossLanePatterns(mlir::RewritePatternSet &patterns, const mlir::TypeConverter &types,
                               const Chip &chip);

/// A call of the intrinsic `name` with one result.
inline mlir::Value callIntrinsic(mlir::OpBuilder &builder, mlir::Location location,
                                 mlir::Type result, llvm::StringRef name,
                                 mlir::ValueRange operands) {
  return mlir::LLVM::CallIntrinsicOp::create(builder, location, result, builder.getStringAttr(name),
                                             operands)
      .getResults();
}

/// An i32 constant.
inline mlir::Value constantI32(mlir::OpBuilder &builder, mlir::Location location, uint32_t value) {
  return mlir::LLVM::ConstantOp::create(builder, location,
                                        builder.getI32IntegerAttr(static_cast<int32_t>(value)));
}

/// This work-item's lane in its wave, of a workgroup that is a row of work-items along x.
inline mlir::Value laneId(mlir::OpBuilder &builder, mlir::Location location, const Chip &chip) {
  mlir::Value id = mlir::ROCDL::ThreadIdXOp::create(builder, location, builder.getI32Type());
  mlir::Value mask = constantI32(builder, location, chip.waveSize - 1);
  return mlir::LLVM::AndOp::create(builder, location, id, mask);
}

} // namespace qcc::translate
