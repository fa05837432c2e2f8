#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

static constexpr int64_t ldsAlignment = 16;

/// Bytes of a scalar or vector.
static int64_t byteSize(Type type) {
  if (auto vector = dyn_cast<VectorType>(type)) {
    return vector.getNumElements() * vector.getElementTypeBitWidth() / 8;
  }
  return type.getIntOrFloatBitWidth() / 8;
}

/// The alignment that tile promises: the value's size up to 16, or its largest power of two.
static unsigned alignmentOf(Type type) {
  int64_t size = byteSize(type);
  return std::min<int64_t>(size & -size, 16);
}

/// base + offset bytes. An i32 offset is unsigned: written as a zero extension, global memory is
/// addressed by a scalar base and a 32-bit vector offset.
static Value addressOf(OpBuilder &builder, Location location, Value base, Value offset) {
  auto type = cast<LLVM::LLVMPointerType>(base.getType());
  bool global = type.getAddressSpace() == 1;
  Type wanted = global ? builder.getI64Type() : builder.getI32Type();
  if (offset.getType() != wanted) {
    offset = global ? LLVM::ZExtOp::create(builder, location, wanted, offset).getResult()
                    : LLVM::TruncOp::create(builder, location, wanted, offset).getResult();
  }
  return LLVM::GEPOp::create(builder, location, type, builder.getI8Type(), base, ValueRange{offset},
                             LLVM::GEPNoWrapFlags::inbounds | LLVM::GEPNoWrapFlags::nuw);
}

namespace {

// Pattern: tile.shared bytes -> llvm.mlir.addressof of a global in LDS, plus `at` when it is placed
struct ConvertShared : OpConversionPattern<tile::SharedOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::SharedOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto kernel = op->getParentOfType<FunctionOpInterface>();
    auto module = op->getParentOfType<ModuleOp>();
    auto type = cast<LLVM::LLVMPointerType>(getTypeConverter()->convertType(op.getType()));
    if (!op.getAt()) {
      std::string name = kernelLocalName(module, kernel.getName());
      createGlobal(rewriter, module, op.getLoc(), name, op.getBytes());
      rewriter.replaceOpWithNewOp<LLVM::AddressOfOp>(op, type, name);
      return success();
    }
    std::string name = (kernel.getName() + ".lds").str();
    if (!module.lookupSymbol(name)) {
      createGlobal(rewriter, module, op.getLoc(), name, placedBytes(kernel));
    }
    Value base = LLVM::AddressOfOp::create(rewriter, op.getLoc(), type, name);
    rewriter.replaceOp(op, addressOf(rewriter, op.getLoc(), base,
                                     constantI32(rewriter, op.getLoc(), *op.getAt())));
    return success();
  }

  static void createGlobal(OpBuilder &builder, ModuleOp module, Location location, StringRef name,
                           int64_t bytes) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes);
    LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/false, LLVM::Linkage::Internal,
                           name, /*value=*/Attribute(), ldsAlignment, /*addrSpace=*/3);
  }

  /// What all placed allocations of the kernel reach up to: none has been converted yet.
  static int64_t placedBytes(FunctionOpInterface kernel) {
    int64_t bytes = 0;
    kernel.walk([&](tile::SharedOp shared) {
      if (shared.getAt()) {
        bytes = std::max<int64_t>(bytes, *shared.getAt() + shared.getBytes());
      }
    });
    return bytes;
  }

  /// The first free name of the kernel's LDS.
  static std::string kernelLocalName(ModuleOp module, StringRef kernel) {
    for (unsigned index = 0;; ++index) {
      std::string name = (kernel + ".lds" + Twine(index)).str();
      if (!module.lookupSymbol(name)) {
        return name;
      }
    }
  }
};

// Pattern: tile.advance buffer by bytes -> gep(buffer, zext(bytes)), kept in scalar registers
struct ConvertAdvance : OpConversionPattern<tile::AdvanceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::AdvanceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = addressOf(rewriter, op.getLoc(), adaptor.getBuffer(), adaptor.getBytes());
    // LLVM would merge the parts of an address again, and add large constants lane by lane.
    rewriter.replaceOpWithNewOp<LLVM::InlineAsmOp>(
        op, address.getType(), address, "", "=s,0", /*has_side_effects=*/false,
        /*is_align_stack=*/false, LLVM::TailCallKind::None, /*asm_dialect=*/nullptr,
        /*operand_attrs=*/nullptr);
    return success();
  }
};

// Pattern: tile.load buffer[offset] -> llvm.load(gep(buffer, zext(offset)))
struct ConvertLoad : OpConversionPattern<tile::LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::LoadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = addressOf(rewriter, op.getLoc(), adaptor.getBuffer(), adaptor.getOffset());
    rewriter.replaceOpWithNewOp<LLVM::LoadOp>(op, getTypeConverter()->convertType(op.getType()),
                                              address, alignmentOf(op.getType()),
                                              /*isVolatile=*/false,
                                              /*isNonTemporal=*/op.getStreaming(),
                                              /*isInvariant=*/op.getInvariant());
    return success();
  }
};

// Pattern: tile.load_buffer buffer[offset] -> llvm.load invariant of a pointer
struct ConvertLoadBuffer : OpConversionPattern<tile::LoadBufferOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::LoadBufferOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = addressOf(rewriter, op.getLoc(), adaptor.getBuffer(), adaptor.getOffset());
    rewriter.replaceOpWithNewOp<LLVM::LoadOp>(
        op, getTypeConverter()->convertType(op.getType()), address, /*alignment=*/8,
        /*isVolatile=*/false, /*isNonTemporal=*/false, /*isInvariant=*/true);
    return success();
  }
};

// Pattern: tile.store value, buffer[offset] -> llvm.store value, gep(buffer, zext(offset))
struct ConvertStore : OpConversionPattern<tile::StoreOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::StoreOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = addressOf(rewriter, op.getLoc(), adaptor.getBuffer(), adaptor.getOffset());
    rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, adaptor.getValue(), address,
                                               alignmentOf(adaptor.getValue().getType()));
    return success();
  }
};

// Pattern: tile.arrive buffer[offset] -> llvm.atomicrmw add 1, released and acquired at agent scope
struct ConvertArrive : OpConversionPattern<tile::ArriveOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::ArriveOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = addressOf(rewriter, op.getLoc(), adaptor.getBuffer(), adaptor.getOffset());
    rewriter.replaceOpWithNewOp<LLVM::AtomicRMWOp>(
        op, LLVM::AtomicBinOp::add, address, constantI32(rewriter, op.getLoc(), 1),
        LLVM::AtomicOrdering::acq_rel, "agent");
    return success();
  }
};

// Pattern: tile.touch buffer[offset] -> llvm.load, and an empty piece of assembler that uses what
// it loaded
struct ConvertTouch : OpConversionPattern<tile::TouchOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::TouchOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    Value address = addressOf(rewriter, location, adaptor.getBuffer(), adaptor.getOffset());
    Value word =
        LLVM::LoadOp::create(rewriter, location, rewriter.getI32Type(), address, /*alignment=*/4);
    LLVM::InlineAsmOp::create(rewriter, location, TypeRange(), word, /*asm_string=*/"",
                              /*constraints=*/"v",
                              /*has_side_effects=*/true, /*is_align_stack=*/false,
                              LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
    rewriter.eraseOp(op);
    return success();
  }
};

// Pattern: tile.atomic add value, buffer[offset] -> llvm.atomicrmw add, relaxed in the workgroup
struct ConvertAtomic : OpConversionPattern<tile::AtomicOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::AtomicOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value address = addressOf(rewriter, op.getLoc(), adaptor.getBuffer(), adaptor.getOffset());
    auto kind = op.getReduction() == tile::Reduction::add ? LLVM::AtomicBinOp::add
                                                          : LLVM::AtomicBinOp::umax;
    LLVM::AtomicRMWOp::create(rewriter, op.getLoc(), kind, address, adaptor.getValue(),
                              LLVM::AtomicOrdering::monotonic, "workgroup");
    rewriter.eraseOp(op);
    return success();
  }
};

// Pattern: tile.barrier -> release of LDS, s_barrier, acquire of LDS; of all memory when global
struct ConvertBarrier : OpConversionPattern<tile::BarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::BarrierOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    fence(rewriter, op, LLVM::AtomicOrdering::release);
    ROCDL::SBarrierOp::create(rewriter, op.getLoc());
    fence(rewriter, op, LLVM::AtomicOrdering::acquire);
    rewriter.eraseOp(op);
    return success();
  }

  /// Unless it is for global memory too, a fence that waits for LDS alone: loads from global memory
  /// stay in flight across the barrier.
  static void fence(OpBuilder &builder, tile::BarrierOp barrier, LLVM::AtomicOrdering ordering) {
    auto op = LLVM::FenceOp::create(builder, barrier.getLoc(), ordering, "workgroup");
    if (!barrier.getGlobal()) {
      op->setDiscardableAttr(
          LLVM::LLVMDialect::getMmraAttrName(),
          LLVM::MMRATagAttr::get(builder.getContext(), "amdgpu-synchronize-as", "local"));
    }
  }
};

// Pattern: tile.schedule_barrier values -> an empty asm a value, rocdl.sched.barrier
struct ConvertScheduleBarrier : OpConversionPattern<tile::ScheduleBarrierOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(tile::ScheduleBarrierOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> pinned;
    for (Value value : adaptor.getValues()) {
      // Arithmetic has no side effects and would pass a barrier; into and out of an asm that has
      // some, in one register, a value does not.
      pinned.push_back(
          LLVM::InlineAsmOp::create(rewriter, op.getLoc(), value.getType(), value, "", "=v,0",
                                    /*has_side_effects=*/true, /*is_align_stack=*/false,
                                    LLVM::TailCallKind::None, /*asm_dialect=*/nullptr,
                                    /*operand_attrs=*/nullptr)
              .getRes());
    }
    ROCDL::SchedBarrier::create(rewriter, op.getLoc(), /*mask of what may cross=*/0);
    rewriter.replaceOp(op, pinned);
    return success();
  }
};

} // namespace

void translate::populateMemoryPatterns(RewritePatternSet &patterns, const TypeConverter &types) {
  patterns.add<ConvertShared, ConvertAdvance, ConvertLoad, ConvertLoadBuffer, ConvertStore,
               ConvertArrive, ConvertTouch, ConvertAtomic, ConvertBarrier, ConvertScheduleBarrier>(
      types, patterns.getContext());
}
