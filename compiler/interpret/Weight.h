// A weight as the oracle reads it: element by element from the bytes of its source, with its own
// decoding of every encoding and storage, so that a mistake of the packager cannot hide here.
#pragma once

#include "compiler/weights/WeightFiles.h"
#include "dialects/qnt/Qnt.h"

#include <memory>
#include <vector>

namespace qcc::interpret {

class Weight {
public:
  /// The weight that `parameter` names. Its bytes stay mapped by `files`, which must outlive the
  /// weight. Fails when a source is missing, or does not have the size that the type says.
  static llvm::Expected<std::shared_ptr<Weight>> create(qnt::ParameterOp parameter,
                                                        WeightFiles &files);

  /// The weight whose row i is row `rowsOfThis[i]` of this one.
  std::shared_ptr<Weight> withRows(llvm::ArrayRef<int64_t> rowsOfThis) const;

  int64_t rows() const { return static_cast<int64_t>(sourceRows.size()); }
  /// Input features; 1 for vectors.
  int64_t columns() const { return type.getColumns(); }

  /// The dequantized element, computed in double and rounded once to fp32:
  /// `(q - zero) * scale`, or `q` where the type has no scale.
  float at(int64_t row, int64_t column = 0) const;

  /// Bytes that keepDecoded() takes, 0 when it has been called.
  uint64_t bytesToDecode() const;
  /// Decodes the whole weight once, for row() to answer from memory.
  void keepDecoded();
  /// A row's elements: decoded into `scratch` (of columns() elements) unless they are kept.
  llvm::ArrayRef<float> row(int64_t row, llvm::MutableArrayRef<float> scratch) const;

private:
  explicit Weight(qnt::ParameterOp parameter);
  llvm::Error readGroupIndex(llvm::ArrayRef<uint8_t> bytes);
  int64_t blockOf(int64_t column) const;
  double quantized(int64_t sourceRow, int64_t column) const;
  double zero(int64_t sourceRow, int64_t block) const;
  double scale(int64_t sourceRow, int64_t block) const;
  void decodeRow(int64_t row, llvm::MutableArrayRef<float> elements) const;

  qnt::WeightType type; // of the parameter
  qnt::Storage storage;
  llvm::ArrayRef<uint8_t> values, scales, zeros;
  std::vector<int32_t> groupIndex; // empty: consecutive blocks
  std::vector<int64_t> sourceRows; // the parameter's row that each row is
  std::vector<float> decoded;      // rows by columns, or empty
};

} // namespace qcc::interpret
