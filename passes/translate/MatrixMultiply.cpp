#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

namespace {

enum class Operand : uint8_t { f16, bf16, bytes };

/// The intrinsic of one matrix instruction.
struct MatrixIntrinsic {
  MatrixFamily family; ///< And those after it that have the shape as well.
  Operand operand;
  int64_t rows, depth;
  const char *name;
  bool takesBits; ///< Operands are vectors of i16 in place of bf16, or one i64 in place of words.
};

constexpr MatrixIntrinsic intrinsics[] = {
    {MatrixFamily::mfmaCdna2, Operand::f16, 32, 8, "llvm.amdgcn.mfma.f32.32x32x8f16", false},
    {MatrixFamily::mfmaCdna2, Operand::bf16, 32, 8, "llvm.amdgcn.mfma.f32.32x32x8bf16.1k", true},
    {MatrixFamily::mfmaCdna2, Operand::f16, 16, 16, "llvm.amdgcn.mfma.f32.16x16x16f16", false},
    {MatrixFamily::mfmaCdna2, Operand::bf16, 16, 16, "llvm.amdgcn.mfma.f32.16x16x16bf16.1k", true},
    {MatrixFamily::mfmaCdna4, Operand::f16, 32, 16, "llvm.amdgcn.mfma.f32.32x32x16.f16", false},
    {MatrixFamily::mfmaCdna4, Operand::bf16, 32, 16, "llvm.amdgcn.mfma.f32.32x32x16.bf16", false},
    {MatrixFamily::mfmaCdna4, Operand::f16, 16, 32, "llvm.amdgcn.mfma.f32.16x16x32.f16", false},
    {MatrixFamily::mfmaCdna4, Operand::bf16, 16, 32, "llvm.amdgcn.mfma.f32.16x16x32.bf16", false},
    {MatrixFamily::wmmaRdna3, Operand::f16, 16, 16, "llvm.amdgcn.wmma.f32.16x16x16.f16", false},
    {MatrixFamily::wmmaRdna3, Operand::bf16, 16, 16, "llvm.amdgcn.wmma.f32.16x16x16.bf16", true},
    {MatrixFamily::mfmaCdna2, Operand::bytes, 32, 8, "llvm.amdgcn.mfma.i32.32x32x8i8", false},
    {MatrixFamily::mfmaCdna3, Operand::bytes, 32, 16, "llvm.amdgcn.mfma.i32.32x32x16.i8", true},
    {MatrixFamily::mfmaCdna4, Operand::bytes, 32, 32, "llvm.amdgcn.mfma.i32.32x32x32.i8", false},
    {MatrixFamily::wmmaRdna3, Operand::bytes, 16, 16, "llvm.amdgcn.wmma.i32.16x16x16.iu8", false},
};

bool isMfma(MatrixFamily family) {
  return family <= MatrixFamily::mfmaCdna4;
}

/// The intrinsic for `op` on `chip`, or null.
const MatrixIntrinsic *findIntrinsic(tile::MatrixMultiplyOp op, const Chip &chip) {
  Type element = cast<VectorType>(op.getLhs().getType()).getElementType();
  Operand operand = element.isInteger() ? Operand::bytes
                    : element.isBF16()  ? Operand::bf16
                                        : Operand::f16;
  for (const MatrixIntrinsic &row : intrinsics) {
    bool has = isMfma(row.family) == isMfma(chip.has.matrix) && row.family <= chip.has.matrix;
    if (has && row.operand == operand && row.rows == op.getShape().getRows() &&
        row.depth == op.getShape().getDepth()) {
      return &row;
    }
  }
  return nullptr;
}

/// Whether lanes hold what the chip's instructions expect. Those of a chip for floats differ in the
/// number of lanes along the depth only; of those for bytes, a chip lacks some of its forerunners'.
bool hasLayoutOf(tile::MatrixMultiplyOp op, const Chip &chip) {
  bool inWords = cast<VectorType>(op.getLhs().getType()).getElementType().isInteger();
  const MatrixShape &row = inWords ? chip.has.matrixOfBytes : chip.has.matrixOfHalves;
  tile::MatrixShapeAttr shape = op.getShape();
  int64_t groups = chip.waveSize / shape.getColumns();
  int64_t elements = cast<VectorType>(op.getAcc().getType()).getNumElements();
  bool isWhole = elements * groups == shape.getRows();
  int64_t depthLanes = isMfma(chip.has.matrix) ? groups : row.depthLanes;
  if (inWords && shape.getDepth() != row.depth) {
    return false;
  }
  return isWhole && shape.getDepthLanes() == depthLanes && shape.getRowRun() == row.rowRun;
}

// Pattern: tile.matrix_multiply lhs, rhs, acc -> llvm.amdgcn.mfma.* or llvm.amdgcn.wmma.*
struct ConvertMatrixMultiply : ChipPattern<tile::MatrixMultiplyOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::MatrixMultiplyOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    const MatrixIntrinsic *intrinsic = findIntrinsic(op, chip);
    if (!intrinsic || !hasLayoutOf(op, chip)) {
      return rewriter.notifyMatchFailure(op, "the chip has no matrix instruction of this shape");
    }
    Location location = op.getLoc();
    SmallVector<Value> operands = operandsOf(*intrinsic, adaptor, rewriter, location);
    rewriter.replaceOp(op,
                       callIntrinsic(rewriter, location, op.getType(), intrinsic->name, operands));
    return success();
  }

  /// An operand as the intrinsic takes it.
  static Value convert(const MatrixIntrinsic &intrinsic, Value value, OpBuilder &builder,
                       Location location) {
    auto vector = cast<VectorType>(value.getType());
    Type type = vector;
    if (intrinsic.operand == Operand::bytes) {
      // A vector of one word is a word.
      type = intrinsic.takesBits            ? Type(builder.getI64Type())
             : vector.getNumElements() == 1 ? Type(builder.getI32Type())
                                            : type;
    } else if (intrinsic.takesBits) {
      type = vector.clone(builder.getI16Type());
    }
    return type == vector ? value : LLVM::BitcastOp::create(builder, location, type, value);
  }

  static SmallVector<Value> operandsOf(const MatrixIntrinsic &intrinsic, OpAdaptor adaptor,
                                       OpBuilder &builder, Location location) {
    Value lhs = convert(intrinsic, adaptor.getLhs(), builder, location);
    Value rhs = convert(intrinsic, adaptor.getRhs(), builder, location);
    if (isMfma(intrinsic.family)) {
      // cbsz, abid and blgp: no operand is broadcast or permuted.
      Value zero = constantI32(builder, location, 0);
      return {lhs, rhs, adaptor.getAcc(), zero, zero, zero};
    }
    if (intrinsic.operand != Operand::bytes) {
      return {lhs, rhs, adaptor.getAcc()};
    }
    auto flag = [&](bool value) -> Value {
      return LLVM::ConstantOp::create(builder, location, builder.getBoolAttr(value));
    };
    Value isSigned = flag(true), clamp = flag(false);
    return {isSigned, lhs, isSigned, rhs, adaptor.getAcc(), clamp};
  }
};

} // namespace

void translate::populateMatrixPatterns(RewritePatternSet &patterns, const TypeConverter &types,
                                       const Chip &chip) {
  patterns.add<ConvertMatrixMultiply>(types, patterns.getContext(), chip);
}
