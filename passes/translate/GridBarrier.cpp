#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;
using LLVM::AtomicOrdering;

namespace {

/// What all workgroups of the device see.
constexpr llvm::StringLiteral agent = "agent";

/// One of the two counters of a grid barrier.
struct Counter {
  OpBuilder &builder;
  Location location;
  Value address;

  Value load() const {
    return LLVM::LoadOp::create(builder, location, builder.getI32Type(), address, /*alignment=*/4,
                                /*isVolatile=*/false, /*isNonTemporal=*/false,
                                /*isInvariant=*/false, /*isInvariantGroup=*/false,
                                AtomicOrdering::monotonic, agent);
  }
  void store(Value value, AtomicOrdering ordering) const {
    LLVM::StoreOp::create(builder, location, value, address, /*alignment=*/4, /*isVolatile=*/false,
                          /*isNonTemporal=*/false, /*isInvariantGroup=*/false, ordering, agent);
  }
  /// Adds one; the value before.
  Value increment() const {
    return LLVM::AtomicRMWOp::create(builder, location, LLVM::AtomicBinOp::add, address,
                                     constantI32(builder, location, 1), AtomicOrdering::release,
                                     agent);
  }
};

// Pattern: tile.grid_barrier -> tile.barrier global, arrival by one work-item, which waits, and
// tile.barrier global.
// The waves of a workgroup synchronize by its own barrier, so that only one of them writes caches
// back and invalidates them for the others.
struct ConvertGridBarrier : OpConversionPattern<tile::GridBarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::GridBarrierOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    Value memory = adaptor.getMemory();
    Counter arrived{rewriter, location, counterAt(rewriter, location, memory, op.arrivedAt)};
    Counter passed{rewriter, location, counterAt(rewriter, location, memory, op.passedAt)};
    tile::BarrierOp::create(rewriter, location, /*global=*/true);
    Value id = ROCDL::ThreadIdXOp::create(rewriter, location, rewriter.getI32Type());
    Value isFirst = LLVM::ICmpOp::create(rewriter, location, LLVM::ICmpPredicate::eq, id,
                                         constantI32(rewriter, location, 0));
    auto first = scf::IfOp::create(rewriter, location, isFirst, /*withElseRegion=*/false);
    {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(first.thenBlock());
      arrive(rewriter, location, arrived, passed, adaptor.getWorkgroups());
    }
    tile::BarrierOp::create(rewriter, location, /*global=*/true);
    rewriter.eraseOp(op);
    return success();
  }

private:
  static Value counterAt(OpBuilder &builder, Location location, Value memory, int64_t offset) {
    return LLVM::GEPOp::create(builder, location, memory.getType(), builder.getI8Type(), memory,
                               ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)},
                               LLVM::GEPNoWrapFlags::inbounds | LLVM::GEPNoWrapFlags::nuw);
  }

  static void arrive(OpBuilder &builder, Location location, const Counter &arrived,
                     const Counter &passed, Value workgroups) {
    // Read before arriving: afterwards the last one may have counted it up already.
    Value before = passed.load();
    Value one = constantI32(builder, location, 1);
    Value others = LLVM::SubOp::create(builder, location, workgroups, one);
    Value isLast = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::eq,
                                        arrived.increment(), others);
    auto branch = scf::IfOp::create(builder, location, isLast, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    // Caches are invalidated once by everybody: behind the others' arrival, or the last one's word.
    builder.setInsertionPointToStart(branch.thenBlock());
    LLVM::FenceOp::create(builder, location, AtomicOrdering::acquire, agent);
    arrived.store(constantI32(builder, location, 0), AtomicOrdering::monotonic);
    passed.store(LLVM::AddOp::create(builder, location, before, one), AtomicOrdering::release);
    builder.setInsertionPointToStart(branch.elseBlock());
    wait(builder, location, passed, before);
    LLVM::FenceOp::create(builder, location, AtomicOrdering::acquire, agent);
  }

  /// Until the counter is another than `before`.
  static void wait(OpBuilder &builder, Location location, const Counter &passed, Value before) {
    scf::WhileOp::create(
        builder, location, TypeRange(), ValueRange(),
        [&](OpBuilder &inner, Location, ValueRange) {
          ROCDL::SSleepOp::create(inner, location, 1);
          Value now = Counter{inner, location, passed.address}.load();
          Value same = LLVM::ICmpOp::create(inner, location, LLVM::ICmpPredicate::eq, now, before);
          scf::ConditionOp::create(inner, location, same, ValueRange());
        },
        [&](OpBuilder &inner, Location, ValueRange) { scf::YieldOp::create(inner, location); });
  }
};

} // namespace

void translate::populateGridBarrierPatterns(RewritePatternSet &patterns,
                                            const TypeConverter &types) {
  patterns.add<ConvertGridBarrier>(types, patterns.getContext());
}
