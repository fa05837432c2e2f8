#include "dialects/tile/Tile.h"

#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionImplementation.h"

#include "dialects/tile/TileDialect.cpp.inc"
#include "dialects/tile/TileEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/tile/TileAttributes.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/tile/TileTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/tile/TileOps.cpp.inc"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

void TileDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/tile/TileAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/tile/TileTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/tile/TileOps.cpp.inc"
      >();
}

LogicalResult MatrixShapeAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows,
                                      int64_t columns, int64_t depth, int64_t depthLanes,
                                      int64_t rowRun) {
  for (int64_t size : {rows, columns, depth, depthLanes, rowRun}) {
    if (size < 1 || !llvm::isPowerOf2_64(size)) {
      return emitError() << "sizes of matrix instructions are powers of two";
    }
  }
  if (rows != columns || depth < depthLanes || rows < rowRun) {
    return emitError() << "rows are as many as columns, and lanes share no element";
  }
  return success();
}

LogicalResult ScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t waves,
                                   int64_t rows, int64_t splitK, int64_t stage, int64_t prefetch,
                                   int64_t splits, int64_t columns, MatrixShapeAttr matrix) {
  if (waves < 1 || rows < 1 || splitK < 1 || stage < 0 || prefetch < 1 || splits < 1) {
    return emitError() << "waves, rows, splitK, prefetch and splits are at least 1";
  }
  if (waves % splitK != 0) {
    return emitError() << "waves are whole groups of splitK";
  }
  if (matrix && columns == 0 && rows > matrix.getRows()) {
    return emitError() << "rows that weights stream past are at most those of the matrix instruction";
  }
  if (matrix && columns != 0 && (rows % matrix.getRows() != 0 || columns % matrix.getColumns() != 0)) {
    return emitError() << "rows and columns are whole tiles of the matrix instruction";
  }
  return success();
}

LogicalResult TuningAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t batch,
                                 int64_t lanesK, int64_t loads, int64_t columnsPerLane,
                                 int64_t rows, int64_t splitK, int64_t stage, int64_t prefetch) {
  for (int64_t count : {batch, lanesK, loads, columnsPerLane, rows, splitK, prefetch}) {
    if (count < 1) {
      return emitError() << "all but stage are at least 1";
    }
  }
  return stage < 0 ? emitError() << "stage is not negative" : success();
}

//===-- Kernels --------------------------------------------------------------------------------------===//

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> inputs, ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(inputs, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false, getFunctionTypeAttrName(result.name), buildType,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void KernelOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false,
                                           getFunctionTypeAttrName(), getArgAttrsAttrName(),
                                           getResAttrsAttrName());
}

LogicalResult KernelOp::verify() {
  if (getBody().empty()) {
    return emitOpError("has a body");
  }
  if (getGrid().has_value() != getWorkgroup().has_value()) {
    return emitOpError("has a grid and a workgroup, or neither");
  }
  auto isWhole = llvm::IsaPred<RankedTensorType, qnt::ActivationType, qnt::WeightType, lm::BatchType,
                               lm::CacheType>;
  if (isLowered() && (llvm::any_of(getArgumentTypes(), isWhole) || !getResultTypes().empty())) {
    return emitOpError("at lane level takes no tensors and returns nothing");
  }
  return success();
}

int64_t KernelOp::getPointerCount() {
  int64_t tensors = llvm::count_if(getResultTypes(), llvm::IsaPred<RankedTensorType, qnt::ActivationType>);
  return getArgumentTypes().size() + tensors + getWorkspace().has_value() + getCounters().has_value();
}

LogicalResult ReturnOp::verify() {
  auto kernel = cast<KernelOp>((*this)->getParentOp());
  if (!llvm::equal(getOperandTypes(), kernel.getResultTypes())) {
    return emitOpError("returns the results of its kernel's type");
  }
  return success();
}

//===-- Memory ---------------------------------------------------------------------------------------===//

LogicalResult SharedOp::verify() {
  if (getResult().getType().getSpace() != Space::shared) {
    return emitOpError("is a buffer of shared memory");
  }
  if (getAt().value_or(0) % 16 != 0) {
    return emitOpError("starts at a multiple of 16 bytes");
  }
  return success();
}

LogicalResult LoadBufferOp::verify() {
  if (getResult().getType().getSpace() != Space::global) {
    return emitOpError("loads a pointer to global memory");
  }
  return success();
}

LogicalResult AtomicOp::verify() {
  if (getBuffer().getType().getSpace() != Space::shared) {
    return emitOpError("is for shared memory");
  }
  return success();
}

void LoadOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  if (!getInvariant()) {
    effects.emplace_back(MemoryEffects::Read::get(), &getBufferMutable());
  }
}

void StoreOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  effects.emplace_back(MemoryEffects::Write::get(), &getBufferMutable());
}

LogicalResult ArriveOp::verify() {
  if (getBuffer().getType().getSpace() != Space::global) {
    return emitOpError("counts in global memory");
  }
  return success();
}

LogicalResult TouchOp::verify() {
  if (getBuffer().getType().getSpace() != Space::global) {
    return emitOpError("brings lines of global memory near");
  }
  return success();
}

//===-- Arithmetic -----------------------------------------------------------------------------------===//

LogicalResult UnpackOp::verify() {
  auto packed = dyn_cast<VectorType>(getPacked().getType());
  auto result = dyn_cast<VectorType>(getResult().getType());
  int64_t bits = getBits();
  if (!packed || !result || !packed.getElementType().isInteger(32)) {
    return emitOpError("unpacks a vector of i32 to a vector");
  }
  if (bits != 2 && bits != 4 && bits != 8) {
    return emitOpError("knows elements of 2, 4 and 8 bits");
  }
  if (packed.getNumElements() * 32 != result.getNumElements() * bits) {
    return emitOpError("result holds ") << packed.getNumElements() * 32 / bits << " elements";
  }
  if (!result.getElementType().isF16() && !result.getElementType().isF32()) {
    return emitOpError("makes f16 or f32");
  }
  return success();
}

UnpackOp::PairField UnpackOp::fieldOf(int64_t bits, int64_t pair) {
  constexpr int64_t mantissa = 10;
  if (bits == 8) {
    return {8 * pair, 0}; // whole bytes are moved, wherever they are
  }
  // As many fields as the mantissa holds share a shift, which brings them to its upper end: the higher an
  // element, the smaller the bias that is later taken off.
  int64_t perShift = mantissa / bits, pairsPerWord = 16 / bits;
  int64_t end = std::min((pair / perShift + 1) * perShift, pairsPerWord) * bits;
  int64_t shift = std::max<int64_t>(0, end - mantissa);
  return {shift, pair * bits - shift};
}

int64_t UnpackOp::biasOf(int64_t bits, Type element, int64_t index) {
  int64_t pair = index / 2 % (16 / bits);
  return element.isF16() ? int64_t(1024) >> fieldOf(bits, pair).position : 0;
}

LogicalResult DotOp::verify() {
  auto type = dyn_cast<VectorType>(getLhs().getType());
  if (!type || type.getRank() != 1) {
    return emitOpError("multiplies vectors of rank 1");
  }
  Type element = type.getElementType();
  if (!element.isF32() && !(element.isF16() && type.getNumElements() % 2 == 0)) {
    return emitOpError("elements are f32, or an even number of f16");
  }
  return success();
}

LogicalResult MatrixMultiplyOp::verify() {
  auto operand = dyn_cast<VectorType>(getLhs().getType());
  auto acc = dyn_cast<VectorType>(getAcc().getType());
  MatrixShapeAttr shape = getShape();
  if (!operand || !acc || operand.getRank() != 1 || acc.getRank() != 1) {
    return emitOpError("multiplies vectors of rank 1");
  }
  bool inWords = operand.getElementType().isInteger(32);
  if (!inWords && !operand.getElementType().isF16() && !operand.getElementType().isBF16()) {
    return emitOpError("multiplies f16, bf16, or bytes in words");
  }
  if (inWords ? !acc.getElementType().isInteger(32) : !acc.getElementType().isF32()) {
    return emitOpError("adds up in f32, or bytes in i32");
  }
  if (operand.getNumElements() * (inWords ? 4 : 1) != shape.getOperandElements()) {
    return emitOpError("operands hold ") << shape.getOperandElements() << " elements a lane";
  }
  int64_t groups = shape.getRows() / acc.getNumElements();
  if (groups * acc.getNumElements() != shape.getRows() || groups < shape.getDepthLanes() ||
      acc.getNumElements() % shape.getRowRun() != 0) {
    return emitOpError("the tile's elements are not those of whole lanes");
  }
  return success();
}

LogicalResult ReduceWaveOp::verify() {
  int64_t width = getWidth();
  if (width < 1 || width > 64 || !llvm::isPowerOf2_64(width)) {
    return emitOpError("width is a power of two up to 64");
  }
  return success();
}
