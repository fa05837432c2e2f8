// A decoder compiled up to its code object, and what each kernel of one decoded token is: the
// matmuls inside, the memory it is given, and the least bytes that it must move.
#pragma once

#include "compiler/codegen/CodeObject.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qcc::bench {

struct PlannedKernel {
  std::string name;
  std::string op;                       ///< "matmul_qkv", or the kernel's kind
  int64_t k = 0, n = 0;                 ///< of its matmuls, N added up; 0 for other kernels
  int64_t group = 0;                    ///< weights that share a scale
  int64_t weights = 0;                  ///< elements of its matmuls, without padding
  int64_t cached = 0;                   ///< elements of keys and values that it reads
  double leastBytes = 0;                ///< each byte of weights, inputs and outputs once
  int64_t bytesInFlight = 0;            ///< of weights or the cache, that a wave loads ahead
  std::vector<int64_t> argumentBytes;   ///< memory behind each pointer, in order
  int64_t stateArgument = -1;           ///< the argument that is the state memory
  std::array<uint32_t, 3> grid{};       ///< workgroups
  uint32_t workgroup = 0;               ///< work-items
  codegen::KernelResources resources{}; ///< as the code object states them
};

struct PlannedModel {
  std::vector<uint8_t> code;
  std::vector<PlannedKernel> kernels; ///< in the order of launches
  /// The kernel that does all of them in one launch, where there is one, and how many of its waves
  /// a SIMD holds.
  std::optional<codegen::KernelResources> persistent;
  double persistentWavesPerSimd = 0;
};

/// Compiles `onnx` for `chip` with `context` positions in a cache of `keyValueCache` elements
/// (empty: those of activations). The kernels are those of a decoded token, or of a prefill step of
/// `prefillRows` tokens where that is not 0.
llvm::Expected<PlannedModel> planModel(const std::string &onnx, const Chip &chip, int64_t context,
                                       int64_t prefillRows = 0,
                                       const std::string &keyValueCache = "");

} // namespace qcc::bench
