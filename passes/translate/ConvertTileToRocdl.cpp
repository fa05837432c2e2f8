#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "passes/translate/Passes.h"
#include "passes/translate/Patterns.h"

namespace qcc::translate {
#define GEN_PASS_DEF_CONVERTTILETOROCDL
#include "passes/translate/Passes.h.inc"
} // namespace qcc::translate

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

/// The address space of a buffer: global memory is 1 and LDS is 3 in LLVM's AMDGPU back end.
static LLVM::LLVMPointerType pointerType(tile::BufferType type) {
  return LLVM::LLVMPointerType::get(type.getContext(),
                                    type.getSpace() == tile::Space::global ? 1 : 3);
}

/// What a kernel does with the memory behind a pointer.
struct PointerUse {
  bool onlyLoads = true, onlyInvariant = true;

  void add(Value pointer) {
    for (Operation *user : pointer.getUsers()) {
      if (auto advance = dyn_cast<tile::AdvanceOp>(user)) {
        add(advance.getResult());
        continue;
      }
      if (isa<tile::LoadBufferOp>(user)) {
        continue; // an invariant load
      }
      auto load = dyn_cast<tile::LoadOp>(user);
      onlyLoads &= static_cast<bool>(load);
      onlyInvariant &= load && load.getInvariant();
    }
  }
};

/// The LLVM attributes of a pointer argument, by what the kernel does with it.
static DictionaryAttr argumentAttributes(BlockArgument argument) {
  PointerUse use;
  use.add(argument);
  Builder builder(argument.getContext());
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr(LLVM::LLVMDialect::getNoUndefAttrName(), builder.getUnitAttr())};
  if (use.onlyLoads) {
    attributes.push_back(
        builder.getNamedAttr(LLVM::LLVMDialect::getReadonlyAttrName(), builder.getUnitAttr()));
  }
  if (use.onlyInvariant) {
    attributes.push_back(
        builder.getNamedAttr(LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr()));
  }
  return builder.getDictionaryAttr(attributes);
}

/// Marks `function` as a kernel of `chip` with workgroups of exactly `workgroup` work-items.
static void setKernelAttributes(LLVM::LLVMFuncOp function, int32_t workgroup, const Chip &chip) {
  Builder builder(function.getContext());
  auto *dialect = function->getContext()->getLoadedDialect<ROCDL::ROCDLDialect>();
  dialect->getKernelAttrHelper().setAttr(function, builder.getUnitAttr());
  dialect->getReqdWorkGroupSizeAttrHelper().setAttr(
      function, builder.getDenseI32ArrayAttr({workgroup, 1, 1}));
  std::string range = std::to_string(workgroup) + "," + std::to_string(workgroup);
  dialect->getFlatWorkGroupSizeAttrHelper().setAttr(function, builder.getStringAttr(range));
  function.setTargetCpu(chip.name);
  // Seen by the loader and never replaced by another module's.
  function.setVisibility_(LLVM::Visibility::Protected);
  // Passes.td says why.
  function.setPassthroughAttr(
      builder.getArrayAttr(builder.getStrArrayAttr({"amdgpu-ieee", "false"})));
}

namespace {

// Pattern: tile.kernel -> llvm.func with rocdl.kernel
struct ConvertKernel : ChipPattern<tile::KernelOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::KernelOp kernel, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> pointers;
    SmallVector<DictionaryAttr> attributes;
    for (BlockArgument argument : kernel.getBody().getArguments()) {
      pointers.push_back(getTypeConverter()->convertType(argument.getType()));
      attributes.push_back(argumentAttributes(argument));
    }
    auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(getContext()), pointers);
    auto function = LLVM::LLVMFuncOp::create(rewriter, kernel.getLoc(), kernel.getSymName(), type);
    function.setAllArgAttrs(attributes);
    setKernelAttributes(function, *kernel.getWorkgroup(), chip);
    rewriter.inlineRegionBefore(kernel.getBody(), function.getBody(), function.end());
    if (failed(rewriter.convertRegionTypes(&function.getBody(), *getTypeConverter()))) {
      return rewriter.notifyMatchFailure(kernel, "an argument has no LLVM type");
    }
    rewriter.eraseOp(kernel);
    return success();
  }
};

// Pattern: tile.return -> llvm.return
struct ConvertReturn : ChipPattern<tile::ReturnOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::ReturnOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<LLVM::ReturnOp>(op, ValueRange());
    return success();
  }
};

// Pattern: tile.workgroup_id axis -> rocdl.workgroup.id.axis
struct ConvertWorkgroupId : ChipPattern<tile::WorkgroupIdOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::WorkgroupIdOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    switch (op.getAxis()) {
    case tile::Axis::x:
      rewriter.replaceOpWithNewOp<ROCDL::BlockIdXOp>(op, op.getType());
      break;
    case tile::Axis::y:
      rewriter.replaceOpWithNewOp<ROCDL::BlockIdYOp>(op, op.getType());
      break;
    case tile::Axis::z:
      rewriter.replaceOpWithNewOp<ROCDL::BlockIdZOp>(op, op.getType());
      break;
    }
    return success();
  }
};

// Pattern: tile.wave_id -> readfirstlane(workitem.id.x / wave size)
struct ConvertWaveId : ChipPattern<tile::WaveIdOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::WaveIdOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    Value id = ROCDL::ThreadIdXOp::create(rewriter, location, op.getType());
    Value shift = constantI32(rewriter, location, llvm::Log2_32(chip.waveSize));
    Value wave = LLVM::LShrOp::create(rewriter, location, id, shift);
    // All lanes agree; said this way, the wave's index lives in a scalar register.
    rewriter.replaceOpWithNewOp<ROCDL::ReadfirstlaneOp>(op, op.getType(), wave);
    return success();
  }
};

// Pattern: tile.lane_id -> workitem.id.x & (wave size - 1)
struct ConvertLaneId : ChipPattern<tile::LaneIdOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::LaneIdOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, laneId(rewriter, op.getLoc(), chip));
    return success();
  }
};

struct ConvertTileToRocdlPass : translate::impl::ConvertTileToRocdlBase<ConvertTileToRocdlPass> {
  using ConvertTileToRocdlBase::ConvertTileToRocdlBase;

  void runOnOperation() override {
    const Chip *row = findChip(chip);
    if (!row) {
      getOperation().emitError("no chip is called ") << chip;
      return signalPassFailure();
    }
    if (failed(checkKernels(*row)) || failed(convert(*row))) {
      signalPassFailure();
    }
  }

  /// Refuses kernels that have no translation, before anything is changed.
  LogicalResult checkKernels(const Chip &row) {
    for (auto kernel : getOperation().getOps<tile::KernelOp>()) {
      if (!kernel.isLowered() || !kernel.getWorkgroup()) {
        return kernel.emitOpError("is not at lane level; run the tile stage first");
      }
      if (*kernel.getWorkgroup() == 0 || *kernel.getWorkgroup() % row.waveSize != 0) {
        return kernel.emitOpError("has a workgroup of ")
               << *kernel.getWorkgroup() << ", which is not made of whole waves of "
               << row.waveSize;
      }
    }
    return success();
  }

  LogicalResult convert(const Chip &row) {
    TypeConverter types;
    types.addConversion([](Type type) { return type; });
    types.addConversion([](tile::BufferType type) { return pointerType(type); });
    RewritePatternSet patterns(&getContext());
    patterns.add<ConvertKernel, ConvertReturn, ConvertWorkgroupId, ConvertWaveId, ConvertLaneId>(
        types, &getContext(), row);
    populateMemoryPatterns(patterns, types);
    populateGridBarrierPatterns(patterns, types);
    populateUnpackPatterns(patterns, types, row);
    populateDotPatterns(patterns, types, row);
    populateMatrixPatterns(patterns, types, row);
    populateCrossLanePatterns(patterns, types, row);
    ConversionTarget target(getContext());
    target.addIllegalDialect<tile::TileDialect>();
    target.addLegalDialect<LLVM::LLVMDialect, ROCDL::ROCDLDialect>();
    populateBf16Patterns(patterns, target, types, row);
    populateFloat8Patterns(patterns, target, types, row);
    // Buffers may pass through loops and conditions.
    scf::populateSCFStructuralTypeConversionsAndLegality(types, patterns, target);
    return applyPartialConversion(getOperation(), target, std::move(patterns));
  }
};

} // namespace
