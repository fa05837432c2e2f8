// Schedules by kind and shape, for kernels of which no tuning table (compiler/tune) knows better.
#pragma once

#include <cstdint>

namespace qcc::plan {

/// What a schedule is chosen by.
struct MatmulShape {
  int64_t rows;         // of the entry point
  int64_t depth;        // K, padded to whole runs
  int64_t runDepth;     // features of a run
  int64_t runLoads;     // 16-byte loads of a lane for a run of one matmul
  int64_t panels;       // of all matmuls of the kernel
  int64_t stagedBytes;  // of one staged feature: its activation
  int64_t matrixRows = 0; // of the matrix instruction that weights stream past; 0: vector instructions multiply
  int64_t panelColumns = 0; // of a panel, those of matmuls that share it added up
};

/// The chip, as far as schedules depend on it.
struct ChipFigures {
  int64_t waveSize;
  int64_t computeUnits;
  int64_t ldsBytes;      // of a workgroup
  int64_t bytesInFlight; // that keep the memory busy
  /// Products that the matrix units of a compute unit add up in a latency of the memory; 0: not known, and no
  /// workgroups share K.
  int64_t productsOfLatency = 0;
};

/// Rows of a workgroup whose products vector instructions add up, at most: their sums take registers.
constexpr int64_t mostVectorRows = 8;

struct MatmulSchedule {
  int64_t waves, rows, splitK, stage, prefetch;
};

/// A schedule that is right for every shape, and good for the usual ones: as many rows a workgroup as the
/// entry point has (up to 8), and as much of K staged at once as half of the LDS holds. A wave that computes
/// one row is bound by memory, so it keeps many loads in flight: 64 registers. K is split between the waves
/// while they are fewer than the chip's compute units, or have less in flight than keeps the memory busy and
/// would have more if they were more.
///
/// On a matrix instruction rows cost nothing, so that a workgroup has all of them, and more loads in flight. A
/// stage of its rows is what the work-items keep of it in registers while the stage before is multiplied. Staging
/// takes every workgroup as long as unpacking some columns does, so that K is split as far as that ends the busiest
/// compute unit's work soonest.
MatmulSchedule chooseMatmulSchedule(const MatmulShape &shape, const ChipFigures &chip);

/// 16-byte loads of the next stage's rows that a work-item keeps at most.
constexpr int64_t mostKeptLoads = 8;

/// Waves of a workgroup that samples one row of logits alone: as many as there may be, since only they keep
/// loads of it in flight.
int64_t chooseSampleWaves(int64_t vocabulary, int64_t waveSize);

/// Waves of every other kernel's workgroup: kernels of one size can run as phases of one persistent launch.
constexpr int64_t workgroupWaves = 4;

struct AttentionSchedule {
  int64_t waves, prefetch, splits;
};

/// Attention over a cache of elements of so many bytes, not split yet. A few loads a lane are under way, and a
/// compute unit's workgroup keeps its share of the memory busy with them; small elements are fewer loads, so that
/// a turn has no more positions.
AttentionSchedule chooseAttentionSchedule(int64_t elementBytes);

/// What the splits of attention are chosen by.
struct AttentionShape {
  int64_t workgroups;    // of one split
  int64_t maxContext;    // positions
  int64_t turnPositions; // that a workgroup visits at once
};

/// Workgroups that share a row's positions: as many as give each compute unit one, and at most one for each
/// turn.
int64_t chooseAttentionSplits(const AttentionShape &shape, int64_t computeUnits);

/// A matmul of many rows on matrix instructions.
struct GemmShape {
  int64_t rows;    // of the entry point
  int64_t matmuls; // that are combined column by column
  int64_t columns; // of the kernel, those that are combined counted once
  int64_t stages;  // of K
  int64_t stage;   // features of a stage
  int64_t tile;    // rows, and columns, of the matrix instruction
  int64_t unpackingRows; // that are multiplied in the time in which weights are unpacked
  int64_t mostRows = 128; // of a workgroup
};

struct GemmSchedule {
  int64_t waves, rows, columns, splits;
};

/// A workgroup of 256 work-items and 128 columns, or of each of two matmuls 128, with up to `mostRows` rows: each unpacked
/// weight serves all of them. Fewer rows a workgroup spread over more compute units, but unpack each weight more
/// often; `splits` workgroups that share K do so too, but hand over their sums, which takes three latencies of the
/// memory (until sums are there, the counter, and the sums again) and one for every `bytesInFlight` of sums that
/// are written and read. That schedule is taken whose workgroups are through first; more splits, where that saves a
/// tenth of the time.
GemmSchedule chooseGemmSchedule(const GemmShape &shape, const ChipFigures &chip);

} // namespace qcc::plan
