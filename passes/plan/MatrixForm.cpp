#include "passes/plan/MatrixForm.h"

#include "dialects/qnt/PackedWeight.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::plan;

/// Sequences that are decoded together at most; a step of more rows is a prefill.
static constexpr int64_t mostDecodedRows = 16;

static bool isInteger(qnt::Encoding encoding) {
  return encoding != qnt::Encoding::none && !qnt::isFloat(encoding);
}

/// Whether fragments of `element` can be made of the packed elements of a weight of `type`. In f16
/// they are computed in f16, in bf16 in f32.
static bool hasFragments(qnt::WeightType type, Type element) {
  if (!element.isF16() && !element.isBF16()) {
    return false;
  }
  int64_t bits = qnt::bitsOf(type.getEncoding());
  bool hasZeros = type.getZero() != qnt::Encoding::none;
  bool isPerChannel = type.getBlock() >= type.getColumns();
  bool isExact = (type.getScale() == qnt::Encoding::f16 || (isPerChannel && !hasZeros)) &&
                 (!hasZeros || isInteger(type.getZero()));
  return type.getLayout() && type.isQuantized() && (bits == 4 || bits == 8) &&
         (element.isBF16() || isExact);
}

static qnt::MatmulOp firstMatmul(lm::FusedOp kernel) {
  auto matmuls = kernel.getBody().front().getOps<qnt::MatmulOp>();
  return matmuls.empty() ? qnt::MatmulOp() : *matmuls.begin();
}

static bool hasQuantizedRows(lm::FusedOp kernel) {
  qnt::MatmulOp matmul = firstMatmul(kernel);
  return matmul && isa<qnt::ActivationType>(matmul.getLhs().getType());
}

int64_t plan::stageOfMatrixForm(lm::FusedOp kernel, tile::MatrixShapeAttr matrix) {
  if (hasQuantizedRows(kernel)) {
    return qnt::PackedWeight(firstMatmul(kernel).getWeight().getType()).runElements();
  }
  return lineFeatures * matrix.getDepthLanes();
}

/// Whether sums of bytes can be taken over a stage, a run of each lane: the groups of lanes along
/// the depth share out its loads.
static bool hasSumsOfBytes(qnt::MatmulOp matmul, tile::MatrixShapeAttr matrix, int64_t stage) {
  auto rows = cast<qnt::ActivationType>(matmul.getLhs().getType());
  qnt::WeightType type = matmul.getWeight().getType();
  if (rows.getRows() <= mostDecodedRows || !type.getLayout() ||
      type.getZero() != qnt::Encoding::none) {
    return false;
  }
  qnt::PackedWeight packed(type);
  bool sharesScales = type.getBlock() % stage == 0 && rows.getBlock() % stage == 0;
  return sharesScales && packed.runElements() == stage &&
         packed.runLoads() % matrix.getDepthLanes() == 0 &&
         packed.runs() * packed.runDepth() == type.getColumns();
}

tile::MatrixShapeAttr plan::matrixFormOf(lm::FusedOp kernel, MatrixSizes chip) {
  constexpr int64_t featuresOf16Bytes = 8;
  bool quantized = hasQuantizedRows(kernel);
  ArrayRef<int64_t> sizes = quantized ? chip.ofBytes : chip.ofHalves;
  if (kernel.getKind() != "matmul" || sizes.empty()) {
    return {};
  }
  auto matrix = tile::MatrixShapeAttr::get(kernel.getContext(), sizes[0], sizes[1], sizes[2],
                                           sizes[3], sizes[4]);
  int64_t stage = stageOfMatrixForm(kernel, matrix);
  auto matmuls = kernel.getBody().front().getOps<qnt::MatmulOp>();
  if (quantized) {
    bool fits = llvm::all_of(
        matmuls, [&](qnt::MatmulOp matmul) { return hasSumsOfBytes(matmul, matrix, stage); });
    return fits ? matrix : tile::MatrixShapeAttr();
  }
  bool hasMatmul = false;
  for (auto matmul : matmuls) {
    auto rows = cast<RankedTensorType>(matmul.getLhs().getType());
    qnt::WeightType type = matmul.getWeight().getType();
    if (rows.getDimSize(0) <= mostDecodedRows || rows.getDimSize(1) % featuresOf16Bytes != 0 ||
        !hasFragments(type, rows.getElementType())) {
      return {};
    }
    qnt::PackedWeight packed(type);
    if (packed.runs() * packed.runDepth() % stage != 0) {
      return {};
    }
    hasMatmul = true;
  }
  return hasMatmul ? matrix : tile::MatrixShapeAttr();
}
