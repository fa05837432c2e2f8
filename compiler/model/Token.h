// The projection of one decoded token from its kernels.
#pragma once

#include "compiler/model/MeasuredKernel.h"

namespace qcc::model {

/// One decoded token: the kernels of a layer as often as there are layers, and the others.
struct TokenRow {
  std::string target, scheme, form; ///< "launches" or "persistent"
  int64_t batch = 1, context = 0, launches = 0, barriers = 0;
  double projectedMicroseconds = 0, shareOfRoof = 0;
  /// What the projection becomes with one of the model's constants a quarter lower, and higher.
  struct Sensitivity {
    std::string constant;
    double lower = 0, higher = 0; ///< microseconds
  };
  std::vector<Sensitivity> sensitivities;
  /// What the time is made of: the least bytes at the bandwidth of the specification first, then
  /// what comes on top, the largest first; winning one back gains its share of the token.
  struct Loss {
    std::string cause;
    double microseconds = 0;
  };
  std::vector<Loss> losses;
  std::optional<codegen::KernelResources> persistent; ///< of the kernel that does it in one launch
};

/// How the kernels of a token are started.
enum class TokenForm {
  launches,   ///< a launch a kernel
  persistent, ///< one launch in all, whose workgroups meet between kernels
};

/// `rows` are the kernels of a token of one layer, of which a token of the model repeats those
/// between the embedding and the head `layers` times. A persistent launch has as many waves on a
/// SIMD as the persistent kernel's registers and LDS allow
/// (`PlannedModel::persistentWavesPerSimd`), whatever those of a kernel by itself do.
TokenRow projectToken(llvm::ArrayRef<KernelRow> rows, int64_t layers, const Chip &chip,
                      TokenForm form);

} // namespace qcc::model
