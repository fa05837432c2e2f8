#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

namespace {

/// The intrinsic of one matrix instruction.
struct MatrixIntrinsic {
  MatrixFamily family; ///< And those after it that have the shape as well.
  bool isBfloat16;
  int64_t rows, depth;
  const char *name;
  bool takesBits; ///< Operands are vectors of i16 in place of bf16.
};

constexpr MatrixIntrinsic intrinsics[] = {
    {MatrixFamily::mfmaCdna2, false, 32, 8, "llvm.amdgcn.mfma.f32.32x32x8f16", false},
    {MatrixFamily::mfmaCdna2, true, 32, 8, "llvm.amdgcn.mfma.f32.32x32x8bf16.1k", true},
    {MatrixFamily::mfmaCdna2, false, 16, 16, "llvm.amdgcn.mfma.f32.16x16x16f16", false},
    {MatrixFamily::mfmaCdna2, true, 16, 16, "llvm.amdgcn.mfma.f32.16x16x16bf16.1k", true},
    {MatrixFamily::mfmaCdna4, false, 32, 16, "llvm.amdgcn.mfma.f32.32x32x16.f16", false},
    {MatrixFamily::mfmaCdna4, true, 32, 16, "llvm.amdgcn.mfma.f32.32x32x16.bf16", false},
    {MatrixFamily::mfmaCdna4, false, 16, 32, "llvm.amdgcn.mfma.f32.16x16x32.f16", false},
    {MatrixFamily::mfmaCdna4, true, 16, 32, "llvm.amdgcn.mfma.f32.16x16x32.bf16", false},
    {MatrixFamily::wmmaRdna3, false, 16, 16, "llvm.amdgcn.wmma.f32.16x16x16.f16", false},
    {MatrixFamily::wmmaRdna3, true, 16, 16, "llvm.amdgcn.wmma.f32.16x16x16.bf16", true},
};

bool isMfma(MatrixFamily family) {
  return family <= MatrixFamily::mfmaCdna4;
}

/// The intrinsic for `op` on `chip`, or null.
const MatrixIntrinsic *findIntrinsic(tile::MatrixMultiplyOp op, const Chip &chip) {
  bool isBfloat16 = cast<VectorType>(op.getLhs().getType()).getElementType().isBF16();
  for (const MatrixIntrinsic &row : intrinsics) {
    bool has = isMfma(row.family) == isMfma(chip.has.matrix) && row.family <= chip.has.matrix;
    if (has && row.isBfloat16 == isBfloat16 && row.rows == op.getShape().getRows() &&
        row.depth == op.getShape().getDepth()) {
      return &row;
    }
  }
  return nullptr;
}

/// Whether lanes hold what the chip's instructions expect. Those of a chip differ in the number of
/// lanes along the depth only.
bool hasLayoutOf(tile::MatrixMultiplyOp op, const Chip &chip) {
  const MatrixShape &row = chip.has.matrixOfHalves;
  tile::MatrixShapeAttr shape = op.getShape();
  int64_t groups = chip.waveSize / shape.getColumns();
  int64_t elements = cast<VectorType>(op.getAcc().getType()).getNumElements();
  bool isWhole = elements * groups == shape.getRows();
  int64_t depthLanes = isMfma(chip.has.matrix) ? groups : row.depthLanes;
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
    auto operand = [&](Value value) -> Value {
      auto bits = cast<VectorType>(value.getType()).clone(rewriter.getI16Type());
      return intrinsic->takesBits ? LLVM::BitcastOp::create(rewriter, location, bits, value)
                                  : value;
    };
    SmallVector<Value> operands{operand(adaptor.getLhs()), operand(adaptor.getRhs()),
                                adaptor.getAcc()};
    if (isMfma(intrinsic->family)) {
      // cbsz, abid and blgp: no operand is broadcast or permuted.
      operands.append(3, constantI32(rewriter, location, 0));
    }
    rewriter.replaceOp(op,
                       callIntrinsic(rewriter, location, op.getType(), intrinsic->name, operands));
    return success();
  }
};

} // namespace

void translate::populateMatrixPatterns(RewritePatternSet &patterns, const TypeConverter &types,
                                       const Chip &chip) {
  patterns.add<ConvertMatrixMultiply>(types, patterns.getContext(), chip);
}
