#include "dialects/qnt/Qnt.h"

#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/DialectImplementation.h"

#include "dialects/qnt/QntDialect.cpp.inc"
#include "dialects/qnt/QntEnums.cpp.inc"

/// Parses one of `block`, `scale`, `zero` and `layout` after its comma.
static mlir::ParseResult parseWeightOption(mlir::AsmParser &parser, int64_t &block,
                                           qcc::qnt::Encoding &scale, qcc::qnt::Encoding &zero,
                                           mlir::Attribute &layout) {
  llvm::SMLoc place = parser.getCurrentLocation();
  llvm::StringRef name;
  if (parser.parseKeyword(&name) || parser.parseEqual()) {
    return mlir::failure();
  }
  if (name == "block") {
    return parser.parseInteger(block);
  }
  if (name == "layout") {
    return parser.parseAttribute(layout);
  }
  if (name != "scale" && name != "zero") {
    return parser.emitError(place, "expected block, scale, zero or layout");
  }
  auto encoding = mlir::FieldParser<qcc::qnt::Encoding>::parse(parser);
  if (failed(encoding)) {
    return mlir::failure();
  }
  (name == "scale" ? scale : zero) = *encoding;
  return mlir::success();
}

/// The options of a weight's type, each `, name = value`, absent ones at their defaults.
static mlir::ParseResult parseWeightOptions(mlir::AsmParser &parser, int64_t &block,
                                            qcc::qnt::Encoding &scale, qcc::qnt::Encoding &zero,
                                            mlir::Attribute &layout) {
  block = 0;
  scale = zero = qcc::qnt::Encoding::none;
  while (succeeded(parser.parseOptionalComma())) {
    if (parseWeightOption(parser, block, scale, zero, layout)) {
      return mlir::failure();
    }
  }
  return mlir::success();
}

static void printWeightOptions(mlir::AsmPrinter &printer, int64_t block, qcc::qnt::Encoding scale,
                               qcc::qnt::Encoding zero, mlir::Attribute layout) {
  if (block != 0) {
    printer << ", block = " << block;
  }
  for (auto [name, encoding] : {std::pair(", scale = ", scale), std::pair(", zero = ", zero)}) {
    if (encoding != qcc::qnt::Encoding::none) {
      printer << name << stringifyEncoding(encoding);
    }
  }
  if (layout) {
    printer << ", layout = " << layout;
  }
}

#define GET_ATTRDEF_CLASSES
#include "dialects/qnt/QntAttributes.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/qnt/QntTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/qnt/QntOps.cpp.inc"

using namespace mlir;
using namespace qcc;
using namespace qcc::qnt;

void QntDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/qnt/QntAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/qnt/QntTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/qnt/QntOps.cpp.inc"
      >();
}

//===-- Encodings ------------------------------------------------------------------------------------===//

unsigned qcc::qnt::bitsOf(Encoding encoding) {
  switch (encoding) {
  case Encoding::f32:
    return 32;
  case Encoding::f16:
  case Encoding::bf16:
    return 16;
  case Encoding::u8:
  case Encoding::i8:
    return 8;
  case Encoding::u4:
  case Encoding::i4:
    return 4;
  case Encoding::u2:
  case Encoding::i2:
    return 2;
  case Encoding::none:
    return 0;
  }
  llvm_unreachable("every encoding has a width");
}

bool qcc::qnt::isFloat(Encoding encoding) {
  return encoding == Encoding::f32 || encoding == Encoding::f16 || encoding == Encoding::bf16;
}

bool qcc::qnt::isUnsigned(Encoding encoding) {
  return encoding == Encoding::u8 || encoding == Encoding::u4 || encoding == Encoding::u2;
}

Type qcc::qnt::elementTypeOf(Encoding encoding, MLIRContext *context) {
  switch (encoding) {
  case Encoding::f32:
    return Float32Type::get(context);
  case Encoding::f16:
    return Float16Type::get(context);
  case Encoding::bf16:
    return BFloat16Type::get(context);
  default:
    return IntegerType::get(context, bitsOf(encoding));
  }
}

Encoding qcc::qnt::encodingOf(Type type) {
  if (type.isF32()) {
    return Encoding::f32;
  }
  if (type.isF16()) {
    return Encoding::f16;
  }
  return type.isBF16() ? Encoding::bf16 : Encoding::none;
}

//===-- Attributes and types -------------------------------------------------------------------------===//

LogicalResult SourceAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef file,
                                 int64_t offset, int64_t bytes) {
  if (file.empty()) {
    return emitError() << "a source names its file";
  }
  if (offset < 0 || bytes < 0) {
    return emitError() << "offset and bytes of a source are not negative";
  }
  return success();
}

LogicalResult TiledAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t columns,
                                int64_t lanesK, int64_t columnsPerLane, StringRef order,
                                int64_t runLoads) {
  int64_t wave = columns * lanesK;
  if (columns < 1 || lanesK < 1 || (wave != 32 && wave != 64)) {
    return emitError() << "columns times lanesK is the wave size, 32 or 64";
  }
  if (columnsPerLane < 1) {
    return emitError() << "columnsPerLane is at least 1";
  }
  if (order != "linear" && order != "pairs" && order != "bytes") {
    return emitError() << "order is linear, pairs or bytes";
  }
  if (runLoads < 1 || !llvm::isPowerOf2_64(runLoads)) {
    return emitError() << "runLoads is a power of two";
  }
  return success();
}

LogicalResult WeightType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape, Encoding encoding, int64_t block,
                                 Encoding scale, Encoding zero, Attribute layout) {
  if (shape.empty() || shape.size() > 2 || llvm::any_of(shape, [](int64_t n) { return n < 1; })) {
    return emitError() << "a weight has one or two positive extents";
  }
  if (encoding == Encoding::none) {
    return emitError() << "a weight has an element encoding";
  }
  if (block < 0 || (block == 0) != (scale == Encoding::none)) {
    return emitError() << "a weight has scales exactly when it has blocks";
  }
  if (scale != Encoding::none && !qnt::isFloat(scale)) {
    return emitError() << "scales are floating point";
  }
  if (block == 0 && (!qnt::isFloat(encoding) || zero != Encoding::none)) {
    return emitError() << "integer encodings have blocks, and only they have zero points";
  }
  if (layout && !isa<TiledAttr>(layout)) {
    return emitError() << "a layout is #qnt.tiled";
  }
  bool inBytes = layout && cast<TiledAttr>(layout).getOrder() == "bytes";
  if (inBytes && (qnt::isFloat(encoding) || (bitsOf(encoding) != 4 && bitsOf(encoding) != 8))) {
    return emitError() << "order bytes is for integers of 4 or 8 bits";
  }
  return success();
}

int64_t WeightType::getBlocksPerRow() const {
  return isQuantized() ? llvm::divideCeil(getColumns(), getBlock()) : 0;
}

WeightType WeightType::withShape(ArrayRef<int64_t> shape) const {
  return get(getContext(), shape, getEncoding(), getBlock(), getScale(), getZero(), getLayout());
}

WeightType WeightType::withLayout(Attribute layout) const {
  return get(getContext(), getShape(), getEncoding(), getBlock(), getScale(), getZero(), layout);
}

//===-- Operations -----------------------------------------------------------------------------------===//

/// Bytes that `type` takes in its source.
static int64_t valueBytes(WeightType type, Storage storage) {
  int64_t bits = bitsOf(type.getEncoding());
  if (storage == Storage::blocks) {
    return type.getRows() * type.getBlocksPerRow() * (type.getBlock() * bits / 8);
  }
  if (storage == Storage::columns) {
    return type.getColumns() * llvm::divideCeil(type.getRows() * bits, 8);
  }
  // A vector is one row of its elements.
  bool vector = type.getShape().size() == 1;
  return vector ? llvm::divideCeil(type.getRows() * bits, 8)
                : type.getRows() * llvm::divideCeil(type.getColumns() * bits, 8);
}

LogicalResult ParameterOp::verify() {
  WeightType type = getResult().getType();
  if (type.getLayout()) {
    return emitOpError("is in its source's layout; qnt.pack makes another");
  }
  if (type.isQuantized() != getScales().has_value()) {
    return emitOpError("names scales exactly when its type has blocks");
  }
  if ((type.getZero() != Encoding::none) != getZeros().has_value()) {
    return emitOpError("names zeros exactly when its type has zero points");
  }
  if (getStorage() == Storage::blocks && !type.isQuantized()) {
    return emitOpError("storage blocks needs a type with blocks");
  }
  int64_t expected = valueBytes(type, getStorage());
  if (getValues().getBytes() != expected) {
    return emitOpError("takes ") << expected << " bytes of values by its type, but the source has "
                                 << getValues().getBytes();
  }
  int64_t blocks = type.getRows() * type.getBlocksPerRow();
  if (getScales() && getScales()->getBytes() != blocks * bitsOf(type.getScale()) / 8) {
    return emitOpError("takes ") << blocks << " scales by its type, but the source has "
                                 << getScales()->getBytes() << " bytes";
  }
  return success();
}

LogicalResult SliceRowsOp::verify() {
  WeightType source = getSource().getType(), result = getResult().getType();
  int64_t offset = getOffset();
  if (offset < 0 || offset + result.getRows() > source.getRows()) {
    return emitOpError("rows ") << offset << " to " << offset + result.getRows()
                                << " are not within the source's " << source.getRows();
  }
  SmallVector<int64_t> shape(source.getShape());
  shape.front() = result.getRows();
  if (source.getLayout() || result != source.withShape(shape)) {
    return emitOpError("changes the number of rows and nothing else of an unpacked weight");
  }
  return success();
}

// Pattern: slice_rows(w) of all rows -> w
OpFoldResult SliceRowsOp::fold(FoldAdaptor) {
  return getSource().getType() == getResult().getType() ? getSource() : Value();
}

LogicalResult PairRowsOp::verify() {
  int64_t head = getHeadSize(), rotary = getRotary();
  if (getSource().getType().getLayout()) {
    return emitOpError("reorders an unpacked weight");
  }
  if (head < 1 || getSource().getType().getRows() % head != 0) {
    return emitOpError("needs whole heads of ") << head << " rows";
  }
  if (rotary < 0 || rotary > head || rotary % 2 != 0) {
    return emitOpError("rotary is even and at most the head size");
  }
  return success();
}

int64_t PairRowsOp::getSourceRow(int64_t row) {
  int64_t head = getHeadSize(), rotary = getRotary();
  int64_t base = row / head * head, within = row % head;
  return within >= rotary ? row : base + within / 2 + (within % 2) * (rotary / 2);
}

LogicalResult PackOp::verify() {
  WeightType source = getSource().getType(), result = getResult().getType();
  if (source.getLayout() || !result.getLayout() || source != result.withLayout({})) {
    return emitOpError("gives an unpacked weight a layout and changes nothing else");
  }
  return success();
}

LogicalResult DequantizeOp::verify() {
  auto tensor = cast<RankedTensorType>(getResult().getType());
  if (tensor.getShape() != getSource().getType().getShape()) {
    return emitOpError("result has the weight's shape");
  }
  return success();
}

/// Rows and features of activations, quantized or not; nothing for values of other types.
static std::optional<std::pair<int64_t, int64_t>> extentsOf(Type type) {
  if (auto quantized = dyn_cast<ActivationType>(type)) {
    return std::pair(quantized.getRows(), quantized.getFeatures());
  }
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() == 2
             ? std::optional(std::pair(tensor.getDimSize(0), tensor.getDimSize(1)))
             : std::nullopt;
}

LogicalResult QuantizeOp::verify() {
  ActivationType result = getResult().getType();
  auto input = extentsOf(getInput().getType());
  if (!input || !isa<FloatType>(getElementTypeOrSelf(getInput().getType()))) {
    return emitOpError("quantizes rows by features of floating point");
  }
  if (*input != std::pair(result.getRows(), result.getFeatures())) {
    return emitOpError("result has the input's rows and features");
  }
  if (result.getSquares() != static_cast<bool>(getWeight())) {
    return emitOpError("result has squares exactly when there is a norm's weight");
  }
  if (!getWeight()) {
    return success();
  }
  WeightType weight = getWeight().getType();
  if (weight.getShape() != ArrayRef<int64_t>{result.getFeatures()} || weight.isQuantized()) {
    return emitOpError("weight has one floating-point element for each of ")
           << result.getFeatures() << " features";
  }
  return success();
}

LogicalResult ScaleByNormOp::verify() {
  ActivationType input = getInput().getType();
  if (!input.getSquares() || getResult().getType() != input.withSquares(false)) {
    return emitOpError("takes squares from its input's type and changes nothing else");
  }
  return success();
}

LogicalResult MatmulOp::verify() {
  auto lhs = extentsOf(getLhs().getType());
  auto result = extentsOf(getResult().getType());
  WeightType weight = getWeight().getType();
  if (!lhs || !result || weight.getShape().size() != 2) {
    return emitOpError("multiplies [rows, K] by a weight of [N, K]");
  }
  if (auto quantized = dyn_cast<ActivationType>(getLhs().getType());
      quantized && quantized.getSquares()) {
    return emitOpError("multiplies rows whose norm qnt.scale_by_norm has applied");
  }
  auto [rows, depth] = *lhs;
  if (depth != weight.getColumns()) {
    return emitOpError("lhs has K = ") << depth << ", the weight K = " << weight.getColumns();
  }
  if (*result != std::pair(rows, weight.getRows())) {
    return emitOpError("result is [rows of lhs, N of weight]");
  }
  if (getBias() && getBias().getType().getShape() != ArrayRef<int64_t>{weight.getRows()}) {
    return emitOpError("bias has one element an output feature");
  }
  return success();
}
