#include "compiler/import/onnx/Importer.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// A node is located by its name, or by its first output where it has none.
static Location locationOf(MLIRContext *context, const onnx::NodeProto &proto) {
  llvm::StringRef name = proto.name();
  if (name.empty() && proto.output_size() > 0) {
    name = proto.output(0);
  }
  return NameLoc::get(StringAttr::get(context, name.empty() ? "unnamed" : name));
}

Node::Node(Importer &importer, const onnx::NodeProto &proto)
    : importer(importer), proto(proto), builder(importer.builder),
      loc(locationOf(importer.builder.getContext(), proto)) {}

llvm::StringRef Node::input(int index) const {
  return index < proto.input_size() ? llvm::StringRef(proto.input(index)) : llvm::StringRef();
}

llvm::StringRef Node::output(int index) const {
  return index < proto.output_size() ? llvm::StringRef(proto.output(index)) : llvm::StringRef();
}

const onnx::AttributeProto *Node::attribute(llvm::StringRef name) const {
  for (const onnx::AttributeProto &attribute : proto.attribute()) {
    if (attribute.name() == name) {
      return &attribute;
    }
  }
  return nullptr;
}

int64_t Node::integer(llvm::StringRef name, int64_t otherwise) const {
  const onnx::AttributeProto *found = attribute(name);
  return found && found->has_i() ? found->i() : otherwise;
}

double Node::real(llvm::StringRef name, double otherwise) const {
  const onnx::AttributeProto *found = attribute(name);
  return found && found->has_f() ? found->f() : otherwise;
}

llvm::StringRef Node::text(llvm::StringRef name, llvm::StringRef otherwise) const {
  const onnx::AttributeProto *found = attribute(name);
  return found && found->has_s() ? llvm::StringRef(found->s()) : otherwise;
}

llvm::Expected<Value> Node::activation(int index) const {
  llvm::StringRef name = input(index);
  if (Value value = importer.values.lookup(name)) {
    return value;
  }
  if (name.empty()) {
    return refuse("lacks input " + llvm::Twine(index) + ": export the model again");
  }
  if (constant(index)) {
    return refuse("takes the constant '" + name + "' as input " + llvm::Twine(index) +
                  " where only activations are supported");
  }
  if (importer.graph.input(name)) {
    return refuse("computes on the graph's input '" + name +
                  "' directly: export a decoder that reads input_ids");
  }
  return refuse("reads '" + name +
                "', which no earlier supported node makes: export the model again");
}

llvm::Expected<llvm::SmallVector<int64_t>> Node::integers(int index) const {
  const Constant *found = constant(index);
  if (!found || found->elements > 4096) {
    return refuse("needs a small integer constant as input " + llvm::Twine(index) +
                  ": export the model with constants folded");
  }
  return importer.constants.integers(*found, builder.getContext());
}

void Node::define(int index, Value value) const {
  if (!output(index).empty()) {
    importer.values[output(index)] = value;
  }
}

llvm::Error Node::refuse(const llvm::Twine &why) const {
  llvm::StringRef name = cast<NameLoc>(loc).getName();
  return llvm::createStringError("'" + importer.graph.source().path + "': node '" + name + "' (" +
                                 proto.op_type() + ") " + why);
}

int64_t qcc::onnx_import::featuresOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getDimSize(1);
}

Type qcc::onnx_import::elementOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getElementType();
}

RankedTensorType qcc::onnx_import::activationOf(int64_t features, Type element) {
  return RankedTensorType::get({ShapedType::kDynamic, features}, element);
}
