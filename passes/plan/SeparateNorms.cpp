#include "passes/plan/MatrixForm.h"
#include "passes/plan/Passes.h"

namespace qcc::plan {
#define GEN_PASS_DEF_SEPARATENORMS
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// Where a kernel's matmuls take their rows from: a norm, with a choice of rows on one side of it
/// at most.
struct Prologue {
  lm::RmsNormOp norm;
  lm::SelectRowsOp select;
};

Prologue prologueOf(lm::FusedOp kernel) {
  Prologue result;
  auto matmul = *kernel.getBody().front().getOps<qnt::MatmulOp>().begin();
  Operation *op = matmul.getLhs().getDefiningOp();
  while (op && op->getParentOp() == kernel) {
    if (auto norm = dyn_cast<lm::RmsNormOp>(op)) {
      result.norm = norm;
    } else if (auto select = dyn_cast<lm::SelectRowsOp>(op)) {
      result.select = select;
    }
    op = op->getOperand(0).getDefiningOp();
  }
  return result;
}

// Pattern: fused { matmul(rms_norm(x), w) } -> fused { matmul(y, w) }, y = fused { rms_norm(x) }
// Pattern: fused { matmul(rms_norm(select_rows(x)), w) } -> fused { matmul(select_rows(y), w) }, y
// likewise
struct SeparateNorms : impl::SeparateNormsBase<SeparateNorms> {
  using Base::Base;

  /// A kernel in front of `kernel` that normalizes all rows of `input`.
  Value normalized(OpBuilder &builder, lm::RmsNormOp norm, Value input) {
    OpBuilder::InsertionGuard guard(builder);
    Location location = norm.getLoc();
    auto type = cast<RankedTensorType>(input.getType())
                    .clone(getElementTypeOrSelf(norm.getResult().getType()));
    auto fused = lm::FusedOp::create(builder, location, TypeRange(type), "rows");
    builder.setInsertionPointToStart(&fused.getBody().emplaceBlock());
    auto copy = lm::RmsNormOp::create(builder, location, type, input, norm.getWeight(),
                                      norm.getEpsilonAttr(), norm.getGroupAttr());
    lm::YieldOp::create(builder, location, copy.getResult());
    return fused.getResult(0);
  }

  void separate(lm::FusedOp kernel) {
    auto [norm, select] = prologueOf(kernel);
    if (!norm) {
      return;
    }
    bool selectsFirst = select && norm.getInput() == select.getResult();
    OpBuilder builder(kernel);
    Value rows = normalized(builder, norm, selectsFirst ? select.getInput() : norm.getInput());
    if (selectsFirst) {
      builder.setInsertionPoint(norm);
      rows = lm::SelectRowsOp::create(builder, select.getLoc(), rows, select.getBatch());
    }
    norm.getResult().replaceAllUsesWith(rows);
    norm.erase();
    if (selectsFirst && select->use_empty()) {
      select.erase();
    }
  }

  void runOnOperation() override {
    SmallVector<lm::FusedOp> kernels;
    getOperation().walk([&](lm::FusedOp kernel) {
      if (matrixFormOf(kernel, {matrix, {}})) {
        kernels.push_back(kernel);
      }
    });
    llvm::for_each(kernels, [&](lm::FusedOp kernel) { separate(kernel); });
  }
};

} // namespace
} // namespace qcc::plan
