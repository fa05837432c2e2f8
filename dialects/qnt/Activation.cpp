#include "dialects/qnt/Qnt.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace qcc::qnt;

/// Parses `rows x features x i8`.
static ParseResult parseExtents(AsmParser &parser, int64_t &rows, int64_t &features) {
  SmallVector<int64_t> extents;
  llvm::SMLoc place = parser.getCurrentLocation();
  Type element;
  if (parser.parseDimensionList(extents) || parser.parseType(element)) {
    return failure();
  }
  if (extents.size() != 2 || !element.isSignlessInteger(8)) {
    return parser.emitError(place, "expected rows by features of i8");
  }
  rows = extents[0];
  features = extents[1];
  return success();
}

Type ActivationType::parse(AsmParser &parser) {
  int64_t rows, features, block;
  bool squares = false;
  if (parser.parseLess() || parseExtents(parser, rows, features) || parser.parseComma() ||
      parser.parseKeyword("block") || parser.parseEqual() || parser.parseInteger(block)) {
    return {};
  }
  if (succeeded(parser.parseOptionalComma())) {
    squares = true;
    if (parser.parseKeyword("squares")) {
      return {};
    }
  }
  if (parser.parseGreater()) {
    return {};
  }
  return parser.getChecked<ActivationType>(parser.getContext(), rows, features, block, squares);
}

void ActivationType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList({getRows(), getFeatures()});
  printer << "xi8, block = " << getBlock() << (getSquares() ? ", squares>" : ">");
}

LogicalResult ActivationType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows,
                                     int64_t features, int64_t block, bool squares) {
  if (rows < 1 && !ShapedType::isDynamic(rows)) {
    return emitError() << "quantized activations have rows";
  }
  if (block < 1 || features < 1 || features % block != 0) {
    return emitError() << "features are whole blocks of " << block;
  }
  return success();
}

bool ActivationType::hasStaticRows() const {
  return !ShapedType::isDynamic(getRows());
}

int64_t ActivationType::getScalesOffset() const {
  return llvm::alignTo(getRows() * getFeatures(), 16);
}

int64_t ActivationType::getSquaresOffset() const {
  return getScalesOffset() + getRows() * getBlocksPerRow() * 4;
}

int64_t ActivationType::getBytes() const {
  return getSquaresOffset() + (getSquares() ? getRows() * getBlocksPerRow() * 4 : 0);
}

ActivationType ActivationType::withRows(int64_t rows) const {
  return get(getContext(), rows, getFeatures(), getBlock(), getSquares());
}

ActivationType ActivationType::withSquares(bool squares) const {
  return get(getContext(), getRows(), getFeatures(), getBlock(), squares);
}
