// The slow oracle: runs a decoder written in the lm and qnt dialects, op by op, in plain code. What
// it computes is what these dialects mean; every fast path is compared with it.
//
// Numerics: every op computes in double and rounds each element of its result once to the result's
// element type (f32, f16 or bf16, ties to even). That is the dialects' "fp32, rounded once" without
// a preference for any order of summation. Weights dequantize to fp32, rounded once.
#pragma once

#include "compiler/interpret/Frame.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace qcc::interpret {

struct InterpreterOptions {
  /// The function to run; a decoder is specialized into several.
  std::string function = "decoder";
  /// Replaces the module's activation type, the element type of its embedding, wherever a tensor or
  /// cache has it. Other types stay, such as the fp32 of a norm between two casts.
  std::optional<ElementType> activations;
  /// Memory for decoded weights; those that do not fit are decoded anew for every use.
  uint64_t decodedWeightBytes = uint64_t{4} << 30;
};

/// The module's `lm.model` attribute, with zeros where it does not say.
struct ModelFacts {
  int64_t vocabularySize = 0;
  int64_t maxPositions = 0;
  std::vector<int32_t> endOfSequence;
};

class Interpreter {
public:
  /// An interpreter of one function of the module, with empty caches. The module and `files` must
  /// outlive it. Fails when there is no such function, an op has no meaning here, or a weight's
  /// source cannot be read. Extents of rows in types are not looked at: a step has its own.
  static llvm::Expected<std::unique_ptr<Interpreter>>
  create(mlir::ModuleOp module, WeightFiles &files, InterpreterOptions options = {});

  /// Runs one step and keeps its keys and values. A row's position is one that its slot holds
  /// already or the next; several rows may belong to one slot, in the order of their positions.
  /// Returns the logits [wanted.size(), vocabulary] of the rows whose indices are `wanted`.
  llvm::Expected<Tensor> step(llvm::ArrayRef<Row> rows, llvm::ArrayRef<int32_t> wanted);

  /// Forgets the positions of `slot` from `length` on, in every layer.
  void truncate(int32_t slot, int64_t length);

  /// How lm.sample picks tokens of `slot` from now on; greedily before.
  void setSampler(int32_t slot, text::Sampler sampler, std::vector<uint32_t> history) {
    samplers->set(slot, std::move(sampler), std::move(history));
  }

  /// The batch that lm.sample made of the last step's logits: empty where the function has none.
  const Batch &nextBatch() const { return next; }

  const ModelFacts &facts() const { return model; }

private:
  Interpreter(mlir::func::FuncOp decoder, WeightFiles &files, const InterpreterOptions &options);
  llvm::Error makeWeights();
  llvm::Error prepare(mlir::Operation *op, Frame &frame) const;
  llvm::Error makeCaches();
  llvm::Error checkStep(llvm::ArrayRef<Row> rows, llvm::ArrayRef<int32_t> wanted) const;
  Frame enter(llvm::ArrayRef<Row> rows, llvm::ArrayRef<int32_t> wanted);

  mlir::func::FuncOp decoder;
  ModelFacts model;
  ActivationType activations;
  WeightTable weights;
  std::vector<std::shared_ptr<KeyValueCache>> caches; // one an argument after the batch
  std::shared_ptr<Samplers> samplers = std::make_shared<Samplers>();
  Batch next;
  bool selectsRows; // the module picks the wanted rows itself
};

} // namespace qcc::interpret
