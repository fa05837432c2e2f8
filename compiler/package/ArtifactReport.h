// What an artifact is made of, for the summary that the compiler prints.
#pragma once

#include "dialects/program/Program.h"

#include <string>
#include <vector>

namespace qcc::package {

/// Sizes are bytes.
struct ArtifactReport {
  struct Weight {
    std::string name;
    qnt::WeightType type;
    uint64_t bytes;
  };

  uint64_t file = 0, code = 0, program = 0, tokenizer = 0, weightsMemory = 0;
  /// By ascending offset in the weights memory.
  std::vector<Weight> weights;
  /// Distinct kernels, launches of a decode step, and elements of the model's distinct parameters.
  uint64_t kernels = 0, launches = 0, parameters = 0;
  /// Weight bytes that a decode step of one token reads: each weight of each launch once. A matrix
  /// without a layout is a table, of which a token needs one row.
  uint64_t bytesPerToken = 0;
};

/// Fills the counts of `report` from `planned`. A decode step is one of the smallest entry point.
void countWork(mlir::ModuleOp planned, ArtifactReport &report);

} // namespace qcc::package
