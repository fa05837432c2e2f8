// The values of one evaluation of a function, by SSA value, and the weights that outlive it.
#pragma once

#include "compiler/interpret/KeyValueCache.h"
#include "compiler/interpret/Samplers.h"
#include "compiler/interpret/Weight.h"
#include "mlir/IR/Block.h"

#include <variant>

namespace qcc::interpret {

/// Weights by SSA value. They are constants: made once, used by every step.
class WeightTable {
public:
  /// `decodedBytes`: how much memory decoded weights may take in all.
  WeightTable(WeightFiles &files, uint64_t decodedBytes)
      : files(files), decodedBytesLeft(decodedBytes) {}

  WeightFiles &files;
  llvm::DenseMap<mlir::Value, std::shared_ptr<Weight>> weights;

  /// Keeps `weight` decoded from now on, if there is memory left for it.
  void keepDecoded(Weight &weight);

private:
  uint64_t decodedBytesLeft;
};

/// Element types as written, except that `graph`, the type of the module's activations, stands for
/// `chosen`.
struct ActivationType {
  std::optional<ElementType> graph, chosen;
  std::optional<ElementType> of(mlir::Type type) const;
};

/// Which output features of matmuls are computed, where not all are looked at: a block of 256 in
/// every so many. The others are 0.
struct FeatureSample {
  static constexpr int64_t block = 256;
  int64_t every = 1;
  bool has(int64_t feature) const { return feature / block % every == 0; }
};

class Frame {
public:
  Frame(WeightTable &weights, ActivationType activations)
      : weights(weights), activations(activations) {}

  WeightTable &weights;
  const ActivationType activations;
  FeatureSample sample;

  /// The value that `value` has; the op that defines it has been evaluated.
  const Tensor &tensor(mlir::Value value) const;
  const QuantizedTensor &quantized(mlir::Value value) const;
  const Batch &batch(mlir::Value value) const;
  const std::shared_ptr<KeyValueCache> &cache(mlir::Value value) const;
  const std::shared_ptr<Samplers> &samplers(mlir::Value value) const;
  Weight &weight(mlir::Value value) const;

  /// An empty tensor of `rows` rows and of the features and element type of `value`.
  Tensor resultOf(mlir::Value value, int64_t rows) const;

  void set(mlir::Value value, Tensor tensor);
  void set(mlir::Value value, QuantizedTensor tensor);
  void set(mlir::Value value, Batch batch);
  void set(mlir::Value value, std::shared_ptr<KeyValueCache> cache);
  void set(mlir::Value value, std::shared_ptr<Samplers> samplers);
  /// Lets `value` be what `source` is.
  void copy(mlir::Value value, mlir::Value source);

  /// Evaluates one op: sets its results. Fails when it has no meaning, or its operands no result.
  llvm::Error run(mlir::Operation *op);
  /// Evaluates every op of `block` but its terminator; weights that are known already are kept.
  llvm::Error run(mlir::Block &block);

private:
  using Stored = std::variant<Tensor, QuantizedTensor, Batch, std::shared_ptr<KeyValueCache>,
                              std::shared_ptr<Samplers>>;
  llvm::DenseMap<mlir::Value, Stored> values;
};

} // namespace qcc::interpret
