#include "passes/translate/Patterns.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

// Data-parallel primitive controls, from LLVM's AMDGPU SIDefines.h (DppCtrl).
static constexpr uint32_t dppRowRotate = 0x120;      // + lanes
static constexpr uint32_t dppRowMirror = 0x140;      // lane i of 16 reads 15 - i
static constexpr uint32_t dppHalfMirror = 0x141;     // lane i of 8 reads 7 - i
static constexpr uint32_t dppRowBroadcast15 = 0x142; // the last lane of a row to the next row
static constexpr uint32_t dppRowBroadcast31 = 0x143; // lane 31 to the upper half of the wave
static constexpr uint32_t dppRowXmask = 0x160;       // + mask

/// Lanes that a row, the reach of most DPP controls, holds.
static constexpr uint32_t rowLanes = 16;

/// `value` of another lane, by a DPP control. Lanes without a source read 0.
static Value dpp(OpBuilder &builder, Location location, Value value, uint32_t control) {
  Value old = LLVM::PoisonOp::create(builder, location, value.getType());
  return ROCDL::DPPUpdateOp::create(builder, location, value.getType(), old, value, control,
                                    /*rowMask=*/0xF, /*bankMask=*/0xF, /*boundCtrl=*/true);
}

/// The DPP control under which each lane reads the lane whose index differs by `mask`, if there is
/// one.
static std::optional<uint32_t> dppControl(uint32_t mask, const Chip &chip) {
  if (mask < 4) {
    // quad_perm: two bits for each of four lanes.
    return (0 ^ mask) | (1 ^ mask) << 2 | (2 ^ mask) << 4 | (3 ^ mask) << 6;
  }
  if (mask < rowLanes && chip.has.rowXmask) {
    return dppRowXmask + mask;
  }
  switch (mask) {
  case 7:
    return dppHalfMirror;
  case 8:
    return dppRowRotate + 8;
  case 15:
    return dppRowMirror;
  default:
    return std::nullopt;
  }
}

/// Applies `exchange` to an f32's bits.
static Value onBits(OpBuilder &builder, Location location, Value value,
                    llvm::function_ref<Value(Value)> exchange) {
  Value bits = LLVM::BitcastOp::create(builder, location, builder.getI32Type(), value);
  return LLVM::BitcastOp::create(builder, location, value.getType(), exchange(bits));
}

/// v_permlanex16_b32 of each lane with its own index: the lane of the other row of 16.
static Value otherRow(OpBuilder &builder, Location location, Value value) {
  Value old = LLVM::PoisonOp::create(builder, location, value.getType());
  return ROCDL::PermlaneX16Op::create(builder, location, value.getType(), old, value,
                                      constantI32(builder, location, 0x76543210),
                                      constantI32(builder, location, 0xFEDCBA98),
                                      /*fi=*/false, /*boundControl=*/false);
}

/// ds_swizzle_b32 in its bit mode: and 0x1F, or 0, xor `mask`, below 32.
static Value swizzle(OpBuilder &builder, Location location, Value value, uint32_t mask) {
  return onBits(builder, location, value, [&](Value bits) -> Value {
    return ROCDL::DsSwizzleOp::create(builder, location, bits.getType(), bits,
                                      constantI32(builder, location, mask << 10 | 0x1F));
  });
}

/// ds_bpermute_b32: any lane of the wave, addressed in bytes.
static Value permuteThroughLds(OpBuilder &builder, Location location, Value value, uint32_t mask,
                               const Chip &chip) {
  Value other = LLVM::XOrOp::create(builder, location, laneId(builder, location, chip),
                                    constantI32(builder, location, mask));
  Value address = LLVM::ShlOp::create(builder, location, other, constantI32(builder, location, 2));
  return onBits(builder, location, value, [&](Value bits) -> Value {
    return ROCDL::DsBpermuteOp::create(builder, location, bits.getType(), address, bits);
  });
}

/// The value of the lane whose index differs by `mask`, in the fewest instructions of the chip.
static Value exchange(OpBuilder &builder, Location location, Value value, uint32_t mask,
                      const Chip &chip) {
  if (mask == 0) {
    return value;
  }
  if (std::optional<uint32_t> control = dppControl(mask, chip)) {
    return dpp(builder, location, value, *control);
  }
  if (mask == rowLanes && chip.has.permlaneX16) {
    return otherRow(builder, location, value);
  }
  return mask < 32 ? swizzle(builder, location, value, mask)
                   : permuteThroughLds(builder, location, value, mask, chip);
}

/// Combines two lanes' values. Maxima are of f32 without NaN, as those of the tile dialect.
static Value combine(OpBuilder &builder, Location location, Value a, Value b,
                     tile::Reduction reduction) {
  if (reduction == tile::Reduction::add) {
    return LLVM::FAddOp::create(builder, location, a, b);
  }
  return LLVM::MaxNumOp::create(builder, location, a, b);
}

/// Combines rows 0 and 1, 2 and 3 (`step` 16) or the halves of the wave (32) by
/// v_permlane*_swap_b32: of a register and its copy, one receives the lower part twice and the
/// other the upper part twice.
static Value combineSwapped(OpBuilder &builder, Location location, Value value, uint32_t step,
                            tile::Reduction reduction) {
  Type i32 = builder.getI32Type(), f32 = value.getType();
  auto both = LLVM::LLVMStructType::getLiteral(builder.getContext(), {i32, i32});
  Value bits = LLVM::BitcastOp::create(builder, location, i32, value);
  Value swapped;
  if (step == rowLanes) {
    swapped = ROCDL::Permlane16SwapOp::create(builder, location, both, bits, bits, false, false);
  } else {
    swapped = ROCDL::Permlane32SwapOp::create(builder, location, both, bits, bits, false, false);
  }
  auto part = [&](int64_t index) -> Value {
    Value word = LLVM::ExtractValueOp::create(builder, location, swapped, index);
    return LLVM::BitcastOp::create(builder, location, f32, word);
  };
  return combine(builder, location, part(0), part(1), reduction);
}

/// Combines the four rows of a wave of 64, each already combined within: two row broadcasts bring
/// all to the last lane, from where a scalar register carries the result.
static Value combineRows(OpBuilder &builder, Location location, Value value,
                         tile::Reduction reduction, const Chip &chip) {
  for (uint32_t control : {dppRowBroadcast15, dppRowBroadcast31}) {
    value = combine(builder, location, value, dpp(builder, location, value, control), reduction);
  }
  return ROCDL::ReadlaneOp::create(builder, location, value.getType(), value,
                                   constantI32(builder, location, chip.waveSize - 1));
}

namespace {

// Pattern: tile.shuffle_xor value -> DPP, v_permlanex16, ds_swizzle or ds_bpermute
struct ConvertShuffleXor : ChipPattern<tile::ShuffleXorOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::ShuffleXorOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (op.getMask() >= chip.waveSize) {
      return op.emitOpError("has a mask of ") << op.getMask() << " in waves of " << chip.waveSize;
    }
    rewriter.replaceOp(op, exchange(rewriter, op.getLoc(), adaptor.getValue(), op.getMask(), chip));
    return success();
  }
};

// Pattern: tile.reduce_wave value -> exchanges of 1, 2, 4, ... lanes, each followed by add or max
struct ConvertReduceWave : ChipPattern<tile::ReduceWaveOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::ReduceWaveOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (op.getWidth() > chip.waveSize) {
      return op.emitOpError("has a width of ") << op.getWidth() << " in waves of " << chip.waveSize;
    }
    Location location = op.getLoc();
    Value value = adaptor.getValue();
    for (uint32_t step = 1; step < op.getWidth(); step *= 2) {
      if (step == rowLanes && op.getWidth() == 4 * rowLanes && chip.has.rowBroadcast) {
        value = combineRows(rewriter, location, value, op.getReduction(), chip);
        break;
      }
      value = reduceStep(rewriter, location, value, step, op.getReduction());
    }
    rewriter.replaceOp(op, value);
    return success();
  }

  /// Combines groups of `step` lanes, whose lanes agree, by twos.
  Value reduceStep(OpBuilder &builder, Location location, Value value, uint32_t step,
                   tile::Reduction reduction) const {
    if (step >= rowLanes && chip.has.permlaneSwap) {
      return combineSwapped(builder, location, value, step, reduction);
    }
    // Lanes of a group of four agree, so that a mirror of eight serves for an exchange of four.
    uint32_t mask = step == 4 ? 7 : step;
    return combine(builder, location, value, exchange(builder, location, value, mask, chip),
                   reduction);
  }
};

} // namespace

void translate::populateCrossLanePatterns(RewritePatternSet &patterns, const TypeConverter &types,
                                          const Chip &chip) {
  patterns.add<ConvertShuffleXor, ConvertReduceWave>(types, patterns.getContext(), chip);
}
