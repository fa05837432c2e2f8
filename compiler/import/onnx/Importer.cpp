#include "compiler/import/onnx/Importer.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// The float type that a name of `--activations` means; null for the empty name.
static Type typeNamed(llvm::StringRef name, MLIRContext *context) {
  std::optional<qnt::Encoding> encoding = qnt::symbolizeEncoding(name);
  return encoding && qnt::isFloat(*encoding) ? qnt::elementTypeOf(*encoding, context) : Type();
}

/// The type that a name of `--kv-cache` means; null for the empty name.
static Type cacheTypeNamed(llvm::StringRef name, MLIRContext *context) {
  if (name == "fp8") {
    return Float8E4M3FNType::get(context);
  }
  return name == "int8" ? IntegerType::get(context, 8) : typeNamed(name, context);
}

Importer::Importer(const Graph &graph, MLIRContext &context, const ImportOptions &options)
    : graph(graph), builder(&context), constants(graph.source()),
      activationOverride(typeNamed(options.activations, &context)),
      cacheOverride(cacheTypeNamed(options.keyValueCache, &context)) {}

Type Importer::activationType(qnt::Encoding encoding) {
  if (!qnt::isFloat(encoding)) {
    return {};
  }
  return activationOverride ? activationOverride
                            : qnt::elementTypeOf(encoding, builder.getContext());
}

Type Importer::activationType(int32_t dataType) {
  return activationType(onnx_import::encodingOf(dataType));
}

Type Importer::cacheElement(Type query) {
  return cacheOverride ? cacheOverride : query;
}

Value Importer::addCacheArgument(lm::CacheType type, Location loc) {
  return body->addArgument(type, loc);
}

/// An error about the graph as a whole.
static llvm::Error refuseGraph(const Graph &graph, const llvm::Twine &why) {
  return llvm::createStringError("'" + graph.source().path + "': " + why);
}

/// The output named logits, or the only one that no attention makes.
llvm::Expected<llvm::StringRef> Importer::logitsName() {
  if (graph.output("logits")) {
    return "logits";
  }
  std::optional<llvm::StringRef> found;
  for (const onnx::ValueInfoProto &output : graph.proto().output()) {
    const onnx::NodeProto *producer = graph.producer(output.name());
    if (producer && producer->op_type() == "GroupQueryAttention") {
      continue;
    }
    if (found) {
      return refuseGraph(graph, "has no output named 'logits' and several others: export a decoder "
                                "with logits, past and present");
    }
    found = output.name();
  }
  if (!found) {
    return refuseGraph(graph, "has no output 'logits': export a decoder with logits, past and "
                              "present");
  }
  return *found;
}

/// The nodes that `logits` depends on through activations, in the file's order, which is
/// topological.
llvm::Expected<std::vector<const onnx::NodeProto *>> Importer::liveNodes(llvm::StringRef logits) {
  llvm::StringSet<> wanted = {logits};
  std::vector<const onnx::NodeProto *> live;
  for (const onnx::NodeProto &node : llvm::reverse(graph.proto().node())) {
    auto isWanted = [&](const std::string &name) { return wanted.contains(name); };
    if (llvm::none_of(node.output(), isWanted)) {
      continue;
    }
    const OperatorRow *row = findOperator(node.op_type());
    if (!row) {
      return Node(*this, node)
          .refuse("is an operator that is not supported: export the model with "
                  "ONNX Runtime GenAI's model builder");
    }
    live.push_back(&node);
    for (auto [index, name] : llvm::enumerate(node.input())) {
      bool activation = index < 32 && (row->activations >> index & 1);
      if (activation && !name.empty() && !graph.constant(name)) {
        wanted.insert(name);
      }
    }
  }
  std::reverse(live.begin(), live.end());
  return live;
}

/// Imports one node and verifies what it became, so that contradicting shapes are told with its
/// name.
llvm::Error Importer::importNode(const onnx::NodeProto &proto) {
  Node node(*this, proto);
  Operation *before = body->empty() ? nullptr : &body->back();
  if (llvm::Error error = findOperator(proto.op_type())->import(node)) {
    return error;
  }
  std::string message;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &diagnostic) {
    message += message.empty() ? diagnostic.str() : "";
    return success();
  });
  Operation *op = before ? before->getNextNode() : &body->front();
  for (; op; op = op->getNextNode()) {
    if (failed(verify(op))) {
      return node.refuse("contradicts itself: " + message + ": export it again");
    }
  }
  return llvm::Error::success();
}

/// Erases what no result depends on: matmuls that gained a bias, for one.
void Importer::eraseUnused() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body))) {
    if (isOpTriviallyDead(&op)) {
      op.erase();
    }
  }
}

llvm::Error Importer::finish(func::FuncOp decoder, llvm::StringRef logitsName) {
  Value logits = values.lookup(logitsName);
  if (!logits || caches.empty()) {
    return refuseGraph(graph, "has logits that depend on no GroupQueryAttention: export a decoder "
                              "with ONNX Runtime GenAI's model builder");
  }
  Location loc = NameLoc::get(builder.getStringAttr(logitsName));
  if (!rowsSelected) {
    logits = lm::SelectRowsOp::create(builder, loc, logits, batch);
  }
  llvm::SmallVector<Value> results = {logits};
  for (const LayerCache &layer : caches) {
    results.push_back(layer.result);
  }
  func::ReturnOp::create(builder, loc, results);
  eraseUnused();
  decoder.setFunctionType(
      builder.getFunctionType(body->getArgumentTypes(), ValueRange(results).getTypes()));
  return llvm::Error::success();
}

llvm::Expected<OwningOpRef<ModuleOp>> Importer::run() {
  llvm::Expected<llvm::StringRef> logits = logitsName();
  if (!logits) {
    return logits.takeError();
  }
  llvm::Expected<std::vector<const onnx::NodeProto *>> nodes = liveNodes(*logits);
  if (!nodes) {
    return nodes.takeError();
  }
  Location loc = NameLoc::get(builder.getStringAttr(graph.source().name));
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  builder.setInsertionPointToEnd(module->getBody());
  Type batchType = lm::BatchType::get(builder.getContext());
  auto decoder =
      func::FuncOp::create(builder, loc, "decoder", builder.getFunctionType({batchType}, {}));
  body = decoder.addEntryBlock();
  batch = body->getArgument(0);
  builder.setInsertionPointToEnd(body);
  for (const onnx::NodeProto *node : *nodes) {
    if (llvm::Error error = importNode(*node)) {
      return std::move(error);
    }
  }
  if (llvm::Error error = finish(decoder, *logits)) {
    return std::move(error);
  }
  return module;
}
