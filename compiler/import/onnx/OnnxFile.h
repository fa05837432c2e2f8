// An ONNX file parsed by protobuf, except for the bytes of its tensors: those stay in the file and
// are known by where they are.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <onnx/onnx_pb.h>
#include <optional>
#include <string>
#include <vector>

namespace qcc::onnx_import {

/// A range of bytes of the ONNX file.
struct ByteRange {
  int64_t offset = 0;
  int64_t bytes = 0;
};

struct OnnxFile {
  /// Parses the file at `path`; fails with one sentence when it cannot be read or is no ONNX model.
  static llvm::Expected<std::unique_ptr<OnnxFile>> read(llvm::StringRef path);

  std::string path, folder, name;
  /// The model, `raw_data` of every tensor left out.
  onnx::ModelProto model;
  /// Where `raw_data` of graph.initializer(i) is; none when the tensor keeps its values elsewhere.
  std::vector<std::optional<ByteRange>> initializers;
  /// The same for the last tensor among the attributes of graph.node(i).
  std::vector<std::optional<ByteRange>> constants;
};

} // namespace qcc::onnx_import
