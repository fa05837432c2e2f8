#include "dialects/qnt/PackedWeight.h"
#include "dialects/tile/AttentionPartition.h"
#include "passes/plan/Passes.h"
#include "passes/plan/ScheduleTable.h"

namespace qcc::plan {
#define GEN_PASS_DEF_CHOOSESCHEDULES
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// The type in which rows are read: norms and selections in front of a matmul are part of its staging.
Type elementAsRead(qnt::MatmulOp matmul) {
  Value rows = matmul.getLhs();
  while (rows.getParentBlock() == matmul->getBlock()) {
    rows = rows.getDefiningOp()->getOperand(0);
  }
  return getElementTypeOrSelf(rows);
}

struct ChooseSchedules : impl::ChooseSchedulesBase<ChooseSchedules> {
  using Base::Base;

  tile::ScheduleAttr matmulSchedule(lm::FusedOp kernel) {
    MatmulShape shape{1, 0, 0, 0, 0, 0};
    for (auto matmul : kernel.getBody().front().getOps<qnt::MatmulOp>()) {
      qnt::PackedWeight packed(matmul.getWeight().getType());
      auto rows = cast<RankedTensorType>(matmul.getLhs().getType());
      shape.rows = rows.getDimSize(0);
      shape.runDepth = std::max(shape.runDepth, packed.runDepth());
      shape.runLoads = std::max(shape.runLoads, packed.runLoads());
      shape.depth = std::max(shape.depth, packed.runs() * packed.runDepth());
      shape.panels += packed.panels();
      // Rows of other types than f16, or beside weights that do not unpack to f16, are staged as f32.
      qnt::Encoding encoding = matmul.getWeight().getType().getEncoding();
      bool half = elementAsRead(matmul).isF16() && (!qnt::isFloat(encoding) || encoding == qnt::Encoding::f16);
      shape.stagedBytes = std::max<int64_t>(shape.stagedBytes, half ? 2 : 4);
    }
    MatmulSchedule chosen = chooseMatmulSchedule(shape, {waveSize, computeUnits, ldsBytes, bytesInFlight});
    return tile::ScheduleAttr::get(&getContext(), chosen.waves, chosen.rows, chosen.splitK, chosen.stage,
                                   chosen.prefetch);
  }

  /// Of kernels whose waves share out positions, or features.
  tile::ScheduleAttr plainSchedule() { return tile::ScheduleAttr::get(&getContext(), workgroupWaves, 1, 1, 0, 1); }

  tile::ScheduleAttr attentionSchedule(lm::FusedOp kernel) {
    auto attention = *kernel.getBody().front().getOps<lm::AttentionOp>().begin();
    auto result = cast<RankedTensorType>(attention.getResult().getType());
    lm::CacheType cache = attention.getCache().getType();
    auto scheduled = [&](const AttentionSchedule &chosen) {
      return tile::ScheduleAttr::get(&getContext(), chosen.waves, /*rows=*/1, /*splitK=*/1, /*stage=*/0,
                                     chosen.prefetch, chosen.splits);
    };
    AttentionSchedule chosen = chooseAttentionSchedule();
    tile::AttentionPartition partition(attention, scheduled(chosen));
    int64_t window = attention.getWindow(), context = cache.getPositions();
    AttentionShape shape{result.getDimSize(0) * partition.blocks, window ? std::min(window, context) : context,
                         partition.turnPositions(waveSize)};
    chosen.splits = chooseAttentionSplits(shape, computeUnits);
    return scheduled(chosen);
  }

  void runOnOperation() override {
    getOperation().walk([&](lm::FusedOp kernel) {
      tile::ScheduleAttr schedule = kernel.getKind() == "matmul"      ? matmulSchedule(kernel)
                                    : kernel.getKind() == "attention" ? attentionSchedule(kernel)
                                                                      : plainSchedule();
      kernel->setAttr("tile.schedule", schedule);
    });
  }
};

} // namespace
} // namespace qcc::plan
