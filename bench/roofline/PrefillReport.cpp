#include "bench/roofline/Prefill.h"

#include <iomanip>
#include <nlohmann/json.hpp>

using namespace qcc;
using namespace qcc::bench;
using namespace qcc::model;

static double steadyShare(const PrefillRow &row) {
  return row.loop.matrixShare();
}
static double orderedShare(const PrefillRow &row) {
  return row.loop.inOrder > 0 ? row.loop.matrix / row.loop.inOrder : 0;
}
static double chipShare(const PrefillRow &row) {
  return row.chipShare;
}

/// All rows but those of attention.
static std::vector<PrefillRow> matmulsOf(llvm::ArrayRef<PrefillRow> rows) {
  std::vector<PrefillRow> matmuls;
  llvm::copy_if(rows, std::back_inserter(matmuls),
                [](const PrefillRow &row) { return row.kernel.weights != 0; });
  return matmuls;
}

/// Calls `visit` with the rows of each target and scheme, which follow each other.
static void forEachTarget(llvm::ArrayRef<PrefillRow> rows,
                          llvm::function_ref<void(llvm::ArrayRef<PrefillRow>)> visit) {
  while (!rows.empty()) {
    auto belongs = [&](const PrefillRow &row) {
      return row.target == rows[0].target && row.scheme == rows[0].scheme;
    };
    llvm::ArrayRef<PrefillRow> same = rows.take_while(belongs);
    visit(same);
    rows = rows.drop_front(same.size());
  }
}

void bench::printTable(llvm::ArrayRef<PrefillRow> rows, std::ostream &out) {
  out << "Cycles are a model's (bench/roofline/Prefill.h), of a compute unit and one workgroup; "
         "shares are "
         "of matrix peak.\n\n"
      << "target   scheme  kernel          K x N          matrix  vector     LDS  memory  "
         "conflicts  limit   "
         "VGPRs  spills  scratch  steady  in order  kernel  fill  chip\n";
  for (const PrefillRow &row : rows) {
    const PlannedKernel &kernel = row.kernel;
    out << std::left << std::setw(9) << row.target << std::setw(8) << row.scheme << std::setw(16)
        << kernel.op << std::setw(15) << std::to_string(kernel.k) + " x " + std::to_string(kernel.n)
        << std::right << std::fixed << std::setprecision(0) << std::setw(6) << row.loop.matrix
        << std::setw(8) << row.loop.vector << std::setw(8) << row.loop.lds << std::setw(8)
        << row.loop.memory << std::setw(11) << row.conflictCycles << "  " << std::left
        << std::setw(7) << row.loop.limit() << std::right << std::setw(6) << kernel.resources.vgprs
        << std::setw(8) << kernel.resources.vgprSpills + kernel.resources.sgprSpills << std::setw(9)
        << kernel.resources.scratchBytes << std::setprecision(3) << std::setw(8) << steadyShare(row)
        << std::setw(10) << orderedShare(row) << std::setw(8) << row.whole.matrixShare()
        << std::setw(6) << std::setprecision(2) << row.fill << std::setw(6) << row.chipShare
        << "\n";
  }
  for (const PrefillRow &row : rows) {
    for (const std::string &finding : row.findings) {
      out << row.target << " " << row.scheme << ": " << finding << "\n";
    }
  }
  std::vector<PrefillRow> matmuls = matmulsOf(rows);
  out << "\nmatmuls, weighted with operations\ntarget   scheme  steady  in order  fill  chip\n";
  forEachTarget(matmuls, [&](llvm::ArrayRef<PrefillRow> same) {
    double fill = weightedShare(same, [](const PrefillRow &row) { return row.fill; });
    out << std::left << std::setw(9) << same[0].target << std::setw(8) << same[0].scheme
        << std::right << std::setprecision(3) << std::setw(6) << weightedShare(same, steadyShare)
        << std::setw(10) << weightedShare(same, orderedShare) << std::setw(6)
        << std::setprecision(2) << fill << std::setw(6) << weightedShare(same, chipShare) << "\n";
  });
}

static nlohmann::json toJson(const PrefillRow &row) {
  const PlannedKernel &kernel = row.kernel;
  return {{"target", row.target},
          {"op", kernel.op},
          {"kernel", kernel.name},
          {"k", kernel.k},
          {"n", kernel.n},
          {"rows", row.step.rows},
          {"scheme", row.scheme},
          {"group", kernel.group},
          {"operations", row.operations()},
          {"loop_cycles",
           {{"matrix", row.loop.matrix},
            {"vector", row.loop.vector},
            {"lds", row.loop.lds},
            {"memory", row.loop.memory}}},
          {"limit", row.loop.limit()},
          {"lds_conflict_cycles", row.conflictCycles},
          {"vector_registers", kernel.resources.vgprs},
          {"spills", kernel.resources.vgprSpills + kernel.resources.sgprSpills},
          {"scratch_bytes", kernel.resources.scratchBytes},
          {"findings", row.findings},
          {"matrix_share_steady", steadyShare(row)},
          {"matrix_share_in_order", orderedShare(row)},
          {"matrix_share_kernel", row.whole.matrixShare()},
          {"fill", row.fill},
          {"matrix_share_chip", row.chipShare}};
}

void bench::printJson(llvm::ArrayRef<PrefillRow> rows, std::ostream &out) {
  nlohmann::json json = {{"prefill", nlohmann::json::array()},
                         {"weighted", nlohmann::json::array()}};
  for (const PrefillRow &row : rows) {
    json["prefill"].push_back(toJson(row));
  }
  forEachTarget(matmulsOf(rows), [&](llvm::ArrayRef<PrefillRow> same) {
    json["weighted"].push_back({{"target", same[0].target},
                                {"scheme", same[0].scheme},
                                {"rows", same[0].step.rows},
                                {"matrix_share_steady", weightedShare(same, steadyShare)},
                                {"matrix_share_in_order", weightedShare(same, orderedShare)},
                                {"matrix_share_chip", weightedShare(same, chipShare)}});
  });
  out << json.dump(2) << "\n";
}
