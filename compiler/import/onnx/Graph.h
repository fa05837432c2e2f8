// An ONNX graph indexed by value name: who produces a value, and which values are constants.
#pragma once

#include "compiler/import/onnx/OnnxFile.h"
#include "dialects/qnt/Qnt.h"
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

} // namespace qcc::onnx_import
