// An ONNX graph indexed by value name: who produces a value, and which values are constants.
#pragma once

#include "compiler/import/onnx/OnnxFile.h"
#include "compiler/weights/WeightFiles.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

namespace qcc::onnx_import {

/// Element types of ONNX tensors by their number in onnx.proto; the newer ones are not in every
/// schema.
enum DataType : int32_t {
  Float = 1,
  Uint8 = 2,
  Int8 = 3,
  Int32 = 6,
  Int64 = 7,
  Float16 = 10,
  Bfloat16 = 16,
  Uint4 = 21,
  Int4 = 22,
};

/// How elements of the ONNX type are stored; none for types that weights do not have.
qnt::Encoding encodingOf(int32_t dataType);

/// A tensor whose values are in the model: an initializer or the value of a Constant node.
struct Constant {
  std::string name;
  int32_t dataType = 0;
  llvm::SmallVector<int64_t, 3> shape;
  int64_t elements = 0;
  const onnx::TensorProto *proto = nullptr;
  /// Where the bytes are in the ONNX file, unless they are external or in a typed field.
  std::optional<ByteRange> raw;
};

class Graph {
public:
  /// Indexes `file`; fails when two nodes produce one value or a constant's shape is impossible.
  static llvm::Expected<std::unique_ptr<Graph>> build(const OnnxFile &file);

  const onnx::GraphProto &proto() const { return file.model.graph(); }
  const OnnxFile &source() const { return file; }

  /// The node that produces `value`, or null.
  const onnx::NodeProto *producer(llvm::StringRef value) const { return producers.lookup(value); }
  /// The constant `value`, seen through Identity nodes, or null.
  const Constant *constant(llvm::StringRef value) const;
  /// The input `value` of the graph, or null. Initializers are not inputs.
  const onnx::ValueInfoProto *input(llvm::StringRef value) const { return inputs.lookup(value); }
  const onnx::ValueInfoProto *output(llvm::StringRef value) const { return outputs.lookup(value); }

private:
  explicit Graph(const OnnxFile &file) : file(file) {}
  llvm::Error addConstant(llvm::StringRef name, const onnx::TensorProto &proto,
                          std::optional<ByteRange> raw);
  llvm::Error addNodes();

  const OnnxFile &file;
  llvm::StringMap<const onnx::NodeProto *> producers;
  llvm::StringMap<Constant> constants;
  llvm::StringMap<const onnx::ValueInfoProto *> inputs, outputs;
};

/// Reads constants: where their bytes are, and the values of small ones.
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
