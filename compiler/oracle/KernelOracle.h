// What one kernel must compute. The oracle invents what the kernel reads (activations and keys and
// values at random, the model's own weights), has the interpreter evaluate the kernel's body, and
// compares with what the emulated device left in memory.
//
// Of a kernel with more than 2^24 weights whose output features are those of its matmuls one for
// one (gate and up, down, the head), a block of 256 features in every so many is computed and
// compared, so that about 2^24 weights are; of all other kernels, every output.
#pragma once

#include "compiler/interpret/Frame.h"
#include "compiler/model/CountedRun.h"
#include "dialects/program/Program.h"

#include <random>

namespace qcc::oracle {

class KernelOracle : public model::KernelData {
public:
  /// The oracle of `kernel`, which `entry` launches, for `step`. The module is as the plan stage
  /// left it, and outlives the oracle, as `files` do. Fails when a weight's source cannot be read,
  /// or a kernel takes something that this oracle has no bytes for.
  static llvm::Expected<std::unique_ptr<KernelOracle>>
  create(mlir::ModuleOp module, llvm::StringRef entry, llvm::StringRef kernel,
         const model::CountedStep &step, WeightFiles &files);

  llvm::Error fill(size_t argument, llvm::MutableArrayRef<uint8_t> memory) override;
  llvm::Error inspect(size_t argument, llvm::ArrayRef<uint8_t> memory) override;

  /// The L2 norm of what differed over that of what was expected, over all outputs inspected.
  double relativeError() const;

private:
  KernelOracle(tile::KernelOp kernel, program::LaunchOp launch, const model::CountedStep &step,
               WeightFiles &files);

  llvm::Error invent(mlir::BlockArgument argument);
  llvm::Error inventWeight(mlir::BlockArgument argument);
  llvm::Error inventCache(mlir::BlockArgument argument, lm::CacheType type);
  void inventRows(mlir::BlockArgument argument, qnt::ActivationType type);
  llvm::Error fillWeight(mlir::BlockArgument argument, llvm::MutableArrayRef<uint8_t> memory);
  llvm::Error evaluate();
  interpret::FeatureSample chooseSample();
  std::vector<float> random(int64_t count);
  program::WeightOp weightOf(mlir::BlockArgument argument);

  void compareRows(const interpret::QuantizedTensor &expected, qnt::ActivationType type,
                   llvm::ArrayRef<uint8_t> memory);
  void compareTensor(const interpret::Tensor &expected, llvm::ArrayRef<uint8_t> memory);
  void compareCache(const interpret::KeyValueCache &expected, lm::CacheType type,
                    llvm::ArrayRef<uint8_t> memory);
  void compareTokens(const interpret::Batch &expected, llvm::ArrayRef<uint8_t> memory);
  void compare(double actual, double expected);

  tile::KernelOp kernel;
  program::LaunchOp launch;
  model::CountedStep step;
  interpret::WeightTable weights;
  interpret::Frame frame;
  std::mt19937 generator{1}; // the same data in every run
  bool evaluated = false;
  double difference = 0, total = 0; // sums of squares
};

} // namespace qcc::oracle
