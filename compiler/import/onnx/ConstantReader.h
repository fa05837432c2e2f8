// Reads constants of an ONNX graph: where their bytes are, and the values of small ones.
#pragma once

#include "compiler/import/onnx/Graph.h"
#include "compiler/weights/WeightFiles.h"

namespace qcc::onnx_import {

/// Every error is one sentence that names the file and the tensor.
class ConstantReader {
public:
  explicit ConstantReader(const OnnxFile &file) : file(file), files(file.folder) {}

  /// Where the bytes of `constant` are, checked against its shape and against the file's size.
  llvm::Expected<qnt::SourceAttr> source(const Constant &constant, mlir::MLIRContext *context);
  /// The values of an integer constant (int32 or int64).
  llvm::Expected<llvm::SmallVector<int64_t>> integers(const Constant &constant,
                                                      mlir::MLIRContext *context);
  /// The value of a floating-point constant of one element.
  llvm::Expected<double> scalar(const Constant &constant, mlir::MLIRContext *context);

private:
  llvm::Expected<qnt::SourceAttr> externalSource(const Constant &constant, int64_t bytes,
                                                 mlir::MLIRContext *context);
  llvm::Expected<llvm::ArrayRef<uint8_t>> bytes(const Constant &constant,
                                                mlir::MLIRContext *context);

  const OnnxFile &file;
  WeightFiles files;
};

} // namespace qcc::onnx_import
