#include "compiler/import/onnx/OnnxFile.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <climits>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

using namespace qcc::onnx_import;
using google::protobuf::internal::WireFormatLite;
namespace pb = google::protobuf::io;

namespace {

/// The messages on the way from a model to the bytes of its tensors.
enum class Level { Model, Graph, Node, Attribute, Tensor, Bytes };

/// Copies a serialized model without the raw_data of its tensors, and notes where that was.
class RawDataStripper {
public:
  RawDataStripper(pb::CodedInputStream &input, OnnxFile &file) : input(input), file(file) {}

  /// Copies the message of `level` that ends at the current limit to `text`; false if malformed.
  bool copy(Level level, std::string &text);

private:
  bool copyChild(Level level, uint32_t tag, pb::CodedOutputStream &output);
  bool skipBytes(uint32_t length);
  void enter(Level level);
  void leave(Level parent, Level level);

  pb::CodedInputStream &input;
  OnnxFile &file;
  /// raw_data of the tensor (or of the node's last tensor) read last.
  std::optional<ByteRange> raw;
};

/// The level of field `tag` of a message of `level`, where it lies on the way (numbers:
/// onnx.proto).
std::optional<Level> childLevel(Level level, uint32_t tag) {
  auto isMessage = [tag](int field) {
    return tag == WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  };
  switch (level) {
  case Level::Model:
    return isMessage(onnx::ModelProto::kGraphFieldNumber) ? std::optional(Level::Graph)
                                                          : std::nullopt;
  case Level::Graph:
    if (isMessage(onnx::GraphProto::kNodeFieldNumber)) {
      return Level::Node;
    }
    return isMessage(onnx::GraphProto::kInitializerFieldNumber) ? std::optional(Level::Tensor)
                                                                : std::nullopt;
  case Level::Node:
    return isMessage(onnx::NodeProto::kAttributeFieldNumber) ? std::optional(Level::Attribute)
                                                             : std::nullopt;
  case Level::Attribute:
    return isMessage(onnx::AttributeProto::kTFieldNumber) ? std::optional(Level::Tensor)
                                                          : std::nullopt;
  case Level::Tensor:
    return isMessage(onnx::TensorProto::kRawDataFieldNumber) ? std::optional(Level::Bytes)
                                                             : std::nullopt;
  case Level::Bytes:
    return std::nullopt;
  }
  return std::nullopt;
}

bool RawDataStripper::copy(Level level, std::string &text) {
  pb::StringOutputStream stream(&text);
  pb::CodedOutputStream output(&stream);
  while (uint32_t tag = input.ReadTag()) {
    bool copied = childLevel(level, tag) ? copyChild(level, tag, output)
                                         : WireFormatLite::SkipField(&input, tag, &output);
    if (!copied) {
      return false;
    }
  }
  return input.BytesUntilLimit() == 0;
}

bool RawDataStripper::copyChild(Level level, uint32_t tag, pb::CodedOutputStream &output) {
  Level child = *childLevel(level, tag);
  uint32_t length = 0;
  if (!input.ReadVarint32(&length) || static_cast<int64_t>(length) > input.BytesUntilLimit()) {
    return false;
  }
  if (child == Level::Bytes) {
    return skipBytes(length);
  }
  enter(child);
  pb::CodedInputStream::Limit limit = input.PushLimit(static_cast<int>(length));
  std::string text;
  if (!copy(child, text)) {
    return false;
  }
  input.PopLimit(limit);
  leave(level, child);
  output.WriteTag(tag);
  output.WriteVarint32(static_cast<uint32_t>(text.size()));
  output.WriteString(text);
  return !output.HadError();
}

bool RawDataStripper::skipBytes(uint32_t length) {
  raw = ByteRange{input.CurrentPosition(), length};
  return input.Skip(static_cast<int>(length));
}

void RawDataStripper::enter(Level level) {
  if (level == Level::Node || level == Level::Tensor) {
    raw.reset();
  }
}

void RawDataStripper::leave(Level parent, Level level) {
  if (level == Level::Node) {
    file.constants.push_back(raw);
  } else if (level == Level::Tensor && parent == Level::Graph) {
    file.initializers.push_back(raw);
  }
}

llvm::Error damaged(const OnnxFile &file) {
  return llvm::createStringError("'" + file.path +
                                 "' is not an ONNX model, or is damaged: export or copy it again");
}

} // namespace

llvm::Expected<std::unique_ptr<OnnxFile>> OnnxFile::read(llvm::StringRef path) {
  auto file = std::make_unique<OnnxFile>();
  file->path = path.str();
  file->folder = llvm::sys::path::parent_path(path).str();
  file->name = llvm::sys::path::filename(path).str();
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return llvm::createStringError("cannot read '" + path + "': " + buffer.getError().message());
  }
  llvm::StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() > INT_MAX) {
    return llvm::createStringError("'" + path +
                                   "' is over 2 GiB, more than protobuf allows: save "
                                   "the model with external data");
  }
  pb::CodedInputStream input(reinterpret_cast<const uint8_t *>(bytes.data()),
                             static_cast<int>(bytes.size()));
  input.PushLimit(static_cast<int>(bytes.size()));
  std::string text;
  if (bytes.empty() || !RawDataStripper(input, *file).copy(Level::Model, text) ||
      !file->model.ParseFromString(text) || !file->model.has_graph()) {
    return damaged(*file);
  }
  const onnx::GraphProto &graph = file->model.graph();
  if (file->constants.size() != static_cast<size_t>(graph.node_size()) ||
      file->initializers.size() != static_cast<size_t>(graph.initializer_size())) {
    return damaged(*file);
  }
  return file;
}
