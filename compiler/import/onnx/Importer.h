// What the importers of single operators share: the values made so far, weights, caches, and a view
// of one node with its way to refuse.
#pragma once

#include "compiler/import/onnx/ConstantReader.h"
#include "compiler/import/onnx/OnnxImport.h"
#include "dialects/lm/Lm.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qcc::onnx_import {

class Node;

/// One layer's keys and values: names in the graph, and the cache they became.
struct LayerCache {
  std::string pastKey, pastValue, presentKey, presentValue;
  mlir::Value result;
};

/// The state of one import.
class Importer {
public:
  Importer(const Graph &graph, mlir::MLIRContext &context, const ImportOptions &options);

  /// Builds the module; `lm.model` is filled in as far as the graph tells.
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> run();

  const Graph &graph;
  mlir::OpBuilder builder;
  ConstantReader constants;
  mlir::Value batch;
  llvm::StringMap<mlir::Value> values;
  std::vector<LayerCache> caches;
  /// The graph's input that holds token ids, once an embedding has read it.
  std::string tokens;
  /// True once the graph itself has selected the last position.
  bool rowsSelected = false;
  /// Positions of the shortest rotary table; 0 while there is none.
  int64_t rotaryPositions = 0;
  /// Parameters by their attributes and type, so that a tied weight is one value.
  llvm::DenseMap<mlir::Attribute, mlir::Value> parameters;

  /// The activation type for an ONNX floating-point type: the option's, else the type itself; null
  /// for other types.
  mlir::Type activationType(int32_t dataType);
  /// The same for a weight's encoding.
  mlir::Type activationType(qnt::Encoding encoding);
  /// The element type of a cache that is read with queries of `query`: the option's, else theirs.
  mlir::Type cacheElement(mlir::Type query);
  /// A new argument of the decoder, after the batch and the caches so far.
  mlir::Value addCacheArgument(lm::CacheType type, mlir::Location loc);

private:
  llvm::Expected<std::vector<const onnx::NodeProto *>> liveNodes(llvm::StringRef logits);
  llvm::Expected<llvm::StringRef> logitsName();
  llvm::Error importNode(const onnx::NodeProto &proto);
  llvm::Error finish(mlir::func::FuncOp decoder, llvm::StringRef logits);
  void eraseUnused();

  mlir::Type activationOverride, cacheOverride;
  mlir::Block *body = nullptr;
};

/// One node being imported. Inputs are counted as in the operator's schema; absent ones are empty.
class Node {
public:
  Node(Importer &importer, const onnx::NodeProto &proto);

  Importer &importer;
  const onnx::NodeProto &proto;
  mlir::OpBuilder &builder;
  mlir::Location loc;

  llvm::StringRef input(int index) const;
  llvm::StringRef output(int index) const;
  /// The constant that input `index` is, or null.
  const Constant *constant(int index) const { return importer.graph.constant(input(index)); }

  /// Attributes, or the default where they are absent.
  int64_t integer(llvm::StringRef name, int64_t otherwise) const;
  double real(llvm::StringRef name, double otherwise) const;
  llvm::StringRef text(llvm::StringRef name, llvm::StringRef otherwise) const;

  /// The activation that input `index` is; fails if no supported node makes it.
  llvm::Expected<mlir::Value> activation(int index) const;
  llvm::Expected<llvm::SmallVector<int64_t>> integers(int index) const;
  /// Names `value` as output `index`.
  void define(int index, mlir::Value value) const;

  /// One sentence: the file, the node, its operator, and `why`, which says what would mend it.
  llvm::Error refuse(const llvm::Twine &why) const;

private:
  const onnx::AttributeProto *attribute(llvm::StringRef name) const;
};

/// Features and element type of an activation.
int64_t featuresOf(mlir::Value value);
mlir::Type elementOf(mlir::Value value);
/// `tensor<?x features x element>`.
mlir::RankedTensorType activationOf(int64_t features, mlir::Type element);
/// Products of extents, counts and attributes stay below this, so that they cannot overflow.
constexpr int64_t maxExtent = int64_t(1) << 28;

/// What reads a node of one operator into the module.
using NodeImporter = llvm::Error (*)(Node &);

struct OperatorRow {
  const char *name;
  NodeImporter import;
  /// Bit i: input i may be an activation (constants never are).
  uint32_t activations;
};
/// The row of an operator, or null when it is not supported.
const OperatorRow *findOperator(llvm::StringRef name);

} // namespace qcc::onnx_import
