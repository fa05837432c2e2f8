// A weight's recipe, resolved: the mapped bytes of its parameter, and which of the parameter's rows
// each of the weight's rows is.
#pragma once

#include "compiler/weights/WeightFiles.h"
#include "dialects/program/Program.h"

#include "llvm/ADT/APFloat.h"

namespace qcc::package {

class WeightSource {
public:
  /// Follows the recipe of `weight` to its parameter and maps the parameter's bytes. Fails with one
  /// sentence that names the weight when the recipe holds an operation that packaging does not
  /// know, a source is missing or too short, or `group_index` gathers input features that are not
  /// consecutive.
  static llvm::Expected<WeightSource> open(program::WeightOp weight, WeightFiles &files);

  /// The weight's name, for errors.
  llvm::StringRef name() const { return weightName; }
  /// The type of the parameter: its rows are the source's.
  qnt::WeightType sourceType() const { return type; }
  qnt::Storage storage() const { return arrangement; }
  /// The source row that `row` of the weight is.
  int64_t sourceRow(int64_t row) const;

  llvm::ArrayRef<uint8_t> values() const { return valueBytes; }
  llvm::ArrayRef<uint8_t> scales() const { return scaleBytes; }
  llvm::ArrayRef<uint8_t> zeros() const { return zeroBytes; }
  /// Bytes from one line of the values to the next: a line is a source row, or with storage
  /// `columns` an input feature.
  int64_t valueStride() const { return stride; }
  /// Bytes from one source row of zero points to the next.
  int64_t zeroStride() const { return zeroRowBytes; }

  /// What packing adds to an integer: the midpoint of signed encodings, else 0.
  int64_t midpoint() const;
  /// The integer that dequantizes to zero, or nearest to it, in `block` of `sourceRow`, as packed
  /// (midpoint added); 0 for floating-point encodings.
  uint32_t packedZero(int64_t sourceRow, int64_t block) const;
  /// The zero point in `block` of `sourceRow` with the midpoint added. `exact` is cleared when a
  /// floating-point zero point cannot hold that sum. Only when the type has zero points.
  llvm::APFloat zeroPoint(int64_t sourceRow, int64_t block, bool &exact) const;
  /// The packed integer zero point in `block` of `sourceRow`, midpoint added. Only for integer
  /// ones.
  uint32_t integerZero(int64_t sourceRow, int64_t block) const;

private:
  WeightSource() = default;
  llvm::Expected<qnt::ParameterOp> resolve(program::WeightOp weight);
  llvm::Error map(qnt::ParameterOp parameter, WeightFiles &files);
  llvm::Error checkEncoding() const;
  llvm::Error checkGroups(llvm::ArrayRef<uint8_t> indices) const;

  std::string weightName;
  qnt::WeightType type;
  qnt::Storage arrangement = qnt::Storage::rows;
  /// Row operations from the result back to the parameter.
  llvm::SmallVector<mlir::Operation *, 2> rowOps;
  llvm::ArrayRef<uint8_t> valueBytes, scaleBytes, zeroBytes;
  int64_t stride = 0, zeroRowBytes = 0;
};

/// The `bits` wide element at `index` of elements packed low bits first; bits divides 8 or is 8,
/// 16, 32.
uint32_t loadElement(const uint8_t *bytes, int64_t index, unsigned bits);
/// Writes it.
void storeElement(uint8_t *bytes, int64_t index, unsigned bits, uint32_t value);

/// The format of a floating-point encoding.
const llvm::fltSemantics &semanticsOf(qnt::Encoding encoding);

} // namespace qcc::package
