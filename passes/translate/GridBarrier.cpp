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

// Pattern: tile.grid_barrier -> tile.barrier global, arrival by one work-item, what all do
// meanwhile, a wait by that one, and tile.barrier global. The waves of a workgroup synchronize by
// its own barrier, so that only one of them writes caches back and invalidates them for the others.
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
    auto arrival = scf::IfOp::create(
        rewriter, location, isFirst,
        [&](OpBuilder &builder, Location at) {
          scf::YieldOp::create(builder, at,
                               arrive(builder, at, arrived, passed, adaptor.getWorkgroups()));
        },
        [&](OpBuilder &builder, Location at) {
          Value no = LLVM::ConstantOp::create(builder, at, builder.getI1Type(), 0);
          scf::YieldOp::create(builder, at, ValueRange{no, constantI32(builder, at, 0)});
        });
    rewriter.inlineBlockBefore(&op.getMeanwhile().front(), op);
    scf::IfOp::create(rewriter, location, arrival.getResult(0),
                      [&](OpBuilder &builder, Location at) {
                        wait(builder, at, passed, arrival.getResult(1));
                        LLVM::FenceOp::create(builder, at, AtomicOrdering::acquire, agent);
                        scf::YieldOp::create(builder, at);
                      });
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

  /// Whether the others are to be waited for, and the barriers that had been passed before. The
  /// last one to arrive lets them pass; caches are invalidated once by everybody, behind the
  /// others' arrival or its word.
  static SmallVector<Value> arrive(OpBuilder &builder, Location location, const Counter &arrived,
                                   const Counter &passed, Value workgroups) {
    // Read before arriving: afterwards the last one may have counted it up already.
    Value before = passed.load();
    Value one = constantI32(builder, location, 1);
    Value others = LLVM::SubOp::create(builder, location, workgroups, one);
    Value waits = LLVM::ICmpOp::create(builder, location, LLVM::ICmpPredicate::ne,
                                       arrived.increment(), others);
    Value isLast =
        LLVM::XOrOp::create(builder, location, waits,
                            LLVM::ConstantOp::create(builder, location, builder.getI1Type(), 1));
    auto branch = scf::IfOp::create(builder, location, isLast, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    LLVM::FenceOp::create(builder, location, AtomicOrdering::acquire, agent);
    arrived.store(constantI32(builder, location, 0), AtomicOrdering::monotonic);
    passed.store(LLVM::AddOp::create(builder, location, before, one), AtomicOrdering::release);
    return {waits, before};
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
