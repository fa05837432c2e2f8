#include "passes/plan/MatrixForm.h"

#include "dialects/qnt/PackedWeight.h"
#include "passes/plan/MatmulRows.h"
#include "passes/plan/ScheduleTable.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::plan;

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
  return type.isQuantized() && (bits == 4 || bits == 8) && (element.isBF16() || isExact);
}

static tile::MatrixShapeAttr shapeOf(ArrayRef<int64_t> sizes, MLIRContext *context) {
  return tile::MatrixShapeAttr::get(context, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
}

static qnt::MatmulOp firstMatmul(lm::FusedOp kernel) {
  auto matmuls = kernel.getBody().front().getOps<qnt::MatmulOp>();
  return matmuls.empty() ? qnt::MatmulOp() : *matmuls.begin();
}

static bool hasQuantizedRows(lm::FusedOp kernel) {
  qnt::MatmulOp matmul = firstMatmul(kernel);
  return matmul && isa<qnt::ActivationType>(matmul.getLhs().getType());
}

/// Features that share the weight's and the rows' scale. Blocks that do not span all of K are
/// powers of two.
static int64_t featuresOfScale(qnt::MatmulOp matmul) {
  qnt::WeightType type = matmul.getWeight().getType();
  int64_t ofRows = cast<qnt::ActivationType>(matmul.getLhs().getType()).getBlock();
  return type.getBlock() >= type.getColumns() ? ofRows : std::min(type.getBlock(), ofRows);
}

int64_t plan::stageOfMatrixForm(lm::FusedOp kernel, tile::MatrixShapeAttr matrix) {
  return hasQuantizedRows(kernel) ? featuresOfScale(firstMatmul(kernel))
                                  : lineFeatures * matrix.getDepthLanes();
}

/// Whether sums of bytes can be taken over a stage: the groups of lanes along the depth share out
/// its loads, or the parts of one, each for at least 16 bytes of the rows.
static bool hasSumsOfBytes(qnt::MatmulOp matmul, tile::MatrixShapeAttr matrix, int64_t stage) {
  constexpr int64_t leastFeatures = 16;
  auto rows = cast<qnt::ActivationType>(matmul.getLhs().getType());
  qnt::WeightType type = matmul.getWeight().getType();
  if (rows.getRows() <= mostDecodedRows || !type.getLayout()) {
    return false;
  }
  qnt::PackedWeight packed(type);
  return featuresOfScale(matmul) == stage &&
         stage % (std::min(packed.elementsPerLoad(), leastFeatures) * matrix.getDepthLanes()) ==
             0 &&
         packed.runs() * packed.runDepth() % stage == 0;
}

tile::MatrixShapeAttr plan::matrixFormOf(lm::FusedOp kernel, MatrixSizes chip) {
  constexpr int64_t featuresOf16Bytes = 8;
  bool quantized = hasQuantizedRows(kernel);
  ArrayRef<int64_t> sizes = quantized ? chip.ofBytes : chip.ofHalves;
  if (kernel.getKind() != "matmul" || sizes.empty()) {
    return {};
  }
  tile::MatrixShapeAttr matrix = shapeOf(sizes, kernel.getContext());
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
        !type.getLayout() || !hasFragments(type, rows.getElementType())) {
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

tile::MatrixShapeAttr plan::streamingFormOf(const StreamedMatmuls &streamed,
                                            ArrayRef<int64_t> sizes) {
  constexpr int64_t worthwhileRows = 4;
  if (sizes.empty() || streamed.matmuls.empty() || streamed.rows > mostDecodedRows) {
    return {};
  }
  qnt::MatmulOp first = streamed.matmuls.front();
  tile::MatrixShapeAttr matrix = shapeOf(sizes, first.getContext());
  // Lanes that hold the same part of the weights unpack it each for itself: then only rows that
  // would take two workgroups are worth it, each of which reads all weights.
  bool holdsCopies = streamed.waveSize > matrix.getColumns() * matrix.getDepthLanes();
  int64_t least = holdsCopies ? mostVectorRows + 1 : worthwhileRows;
  if (streamed.rows < least || streamed.rows > matrix.getRows()) {
    return {};
  }
  bool fits = llvm::all_of(streamed.matmuls, [](qnt::MatmulOp matmul) {
    Type rows = rowsInMemory(matmul);
    return !isa<qnt::ActivationType>(rows) &&
           hasFragments(matmul.getWeight().getType(), getElementTypeOrSelf(rows));
  });
  return fits ? matrix : tile::MatrixShapeAttr();
}

tile::MatrixShapeAttr plan::packedStreamingFormOf(const StreamedMatmuls &streamed,
                                                  ArrayRef<int64_t> sizes) {
  tile::MatrixShapeAttr matrix = streamingFormOf(streamed, sizes);
  bool fits = matrix && llvm::all_of(streamed.matmuls, [&](qnt::MatmulOp matmul) {
                auto layout =
                    dyn_cast_or_null<qnt::TiledAttr>(matmul.getWeight().getType().getLayout());
                return layout && layout.getColumns() == matrix.getColumns();
              });
  return fits ? matrix : tile::MatrixShapeAttr();
}
