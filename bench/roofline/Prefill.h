// How busy a prefill step's matmuls and attention keep the matrix units, counted on the emulated
// device.
//
// A compute unit works on one workgroup after another, all of which execute the same. What of a
// workgroup holds a unit for how many cycles is counted from the instructions that it executed, by
// the rates of docs/emulator_counters.md, and divided by the units that share the work: vector and
// matrix cycles by the SIMDs, LDS and memory cycles not at all. The time that the workgroup takes
// at least is that of the unit that it holds longest:
//
//   CDNA  max(matrix, vector + 4 cycles for each matrix instruction, LDS, memory): MFMA executes
//   beside the
//         vector unit, but a SIMD issues one of the two kinds in a turn of four cycles;
//   RDNA  max(matrix + vector, LDS, memory): WMMA executes in the vector unit.
//
// It supposes that units work at the same time, on behalf of different waves or by what a wave has
// issued ahead, and that latencies are covered. The share of peak is the matrix cycles over that
// time; in steady state, for the loop over K alone. The share "in order" is what is left of it
// where a SIMD has one wave that overlaps nothing: each instruction takes its cycles in turn, one
// that another unit executes those of a slot. Over the whole chip it is the operations that the
// result needs over those that all matrix units could do until the busiest compute unit has got
// through its workgroups, prologues and epilogues included; the fill beside it is the share of
// compute units' turns that have a workgroup. Where workgroups share K, the time until their sums have
// come together is added: three latencies of the memory, and the sums written and read at its bandwidth.
#pragma once

#include "compiler/model/CountedRun.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <ostream>

namespace qcc::bench {

/// Cycles of a compute unit for one workgroup.
struct UnitCycles {
  double vector = 0; ///< Of the port of a SIMD that issues vector and matrix instructions.
  double matrix = 0; ///< Of a SIMD's matrix unit.
  double lds = 0, memory = 0;
  double inOrder = 0; ///< Of a SIMD that does one thing at a time.

  /// The longest of them.
  double bound() const;
  const char *limit() const;
  double matrixShare() const { return bound() > 0 ? matrix / bound() : 0; }
};

/// The step that is counted: its rows are the last of so many positions of one sequence.
struct PrefillStep {
  int64_t rows = 0, context = 0;

  int64_t firstPosition() const { return context - rows; }
  /// Positions that its rows attend to, added up.
  double attended() const {
    return double(rows) * (double(firstPosition()) + 0.5 * double(rows + 1));
  }
};

struct PrefillRow {
  std::string target, scheme;
  model::PlannedKernel kernel;
  PrefillStep step;
  UnitCycles loop, whole;    ///< Of one workgroup; `loop`: the loop over K, or positions, alone.
  double conflictCycles = 0; ///< Of LDS, part of `whole`.
  double fill = 0, chipShare = 0;
  std::vector<std::string> findings;
  double operations() const {
    return double(step.rows) * kernel.rowOperations + step.attended() * kernel.positionOperations;
  }
};

/// Counts what `kernel` does in `step`: in some workgroups of a matmul, which are alike, and in all
/// of attention, of which an average workgroup is told.
llvm::Expected<PrefillRow> measurePrefill(const model::PlannedModel &model,
                                          const model::PlannedKernel &kernel, const Chip &chip,
                                          const PrefillStep &step);

/// The shares of peak of several kernels, each weighted with its operations.
double weightedShare(llvm::ArrayRef<PrefillRow> rows,
                     llvm::function_ref<double(const PrefillRow &)> share);

void printTable(llvm::ArrayRef<PrefillRow> rows, std::ostream &out);
void printJson(llvm::ArrayRef<PrefillRow> rows, std::ostream &out);

} // namespace qcc::bench
