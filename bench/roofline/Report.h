// What qcc-bench roofline found, as a table and as JSON.
#pragma once

#include "bench/roofline/CountedRun.h"
#include "compiler/model/MachineModel.h"

#include <ostream>

namespace qcc::bench {

struct KernelRow {
  std::string target, scheme;
  PlannedKernel kernel;
  LoopCounts counts;
  std::vector<std::string> findings; ///< of the emulated device's checks
  double hbmBytes = 0;               ///< of distinct lines, read and written
  model::KernelWork work;
  double persistentBytesInFlight = 0; ///< as a phase of the persistent kernel
  model::Projection projection;       ///< of a launch by itself
  double shareOfRoof = 0;
};

/// One decoded token: the kernels of a layer as often as there are layers, and the others.
struct TokenRow {
  std::string target, scheme, form; ///< "launches" or "persistent"
  int64_t context = 0, launches = 0, barriers = 0;
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

struct RooflineReport {
  std::vector<KernelRow> kernels;
  std::vector<TokenRow> tokens;
};

void printTable(const RooflineReport &report, std::ostream &out);
void printJson(const RooflineReport &report, std::ostream &out);

} // namespace qcc::bench
