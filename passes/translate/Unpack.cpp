#include "passes/translate/Patterns.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::translate;

/// 1024 >> position in both halves of a word: the f16 under whose exponent bits from `position` of
/// the mantissa on are an integer.
static constexpr uint32_t halfMagic(uint32_t position) {
  return 0x64006400 - position * 0x04000400;
}

/// A register file.
enum class Register { scalar, vector };

/// A constant that LLVM does not see through, kept in a register for the whole kernel.
static Value constantInRegister(OpBuilder &builder, Operation *user, uint32_t value,
                                Register file) {
  OpBuilder::InsertionGuard guard(builder);
  auto kernel = user->getParentOfType<FunctionOpInterface>();
  builder.setInsertionPointToStart(&kernel.getFunctionBody().front());
  bool scalar = file == Register::scalar;
  std::string text =
      ((scalar ? "s_mov_b32 $0, 0x" : "v_mov_b32 $0, 0x") + Twine::utohexstr(value)).str();
  return LLVM::InlineAsmOp::create(builder, user->getLoc(), builder.getI32Type(), ValueRange(),
                                   text, scalar ? "=s" : "=v", /*has_side_effects=*/false,
                                   /*is_align_stack=*/false, LLVM::TailCallKind::None,
                                   /*asm_dialect=*/nullptr, /*operand_attrs=*/nullptr)
      .getRes();
}

/// `word` shifted right by `bits`.
static Value shiftRight(OpBuilder &builder, Location location, Value word, unsigned bits) {
  return bits == 0
             ? word
             : LLVM::LShrOp::create(builder, location, word, constantI32(builder, location, bits))
                   .getResult();
}

/// Element `index` of a vector.
static Value wordOf(OpBuilder &builder, Location location, Value vector, uint32_t index) {
  return LLVM::ExtractElementOp::create(builder, location, vector,
                                        constantI32(builder, location, index));
}

/// The element whose lowest bit is bit `position` of a word in the `pairs` order.
static uint32_t elementAt(uint32_t position, uint32_t bits) {
  return position < 16 ? 2 * (position / bits) : 2 * ((position - 16) / bits) + 1;
}

/// A mask of `bits` low bits in each field of `field` bits of a word.
static uint32_t fieldMask(uint32_t bits, uint32_t field) {
  uint32_t mask = 0;
  for (uint32_t shift = 0; shift < 32; shift += field) {
    mask |= ((1u << bits) - 1) << shift;
  }
  return mask;
}

namespace {

// Pattern: tile.unpack to f16 -> (word >> shift) & mask | magic for each pair of elements
struct UnpackToF16 : ChipPattern<tile::UnpackOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::UnpackOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getResult().getType());
    if (!type.getElementType().isF16()) {
      return rewriter.notifyMatchFailure(op, "the result is not f16");
    }
    Location location = op.getLoc();
    uint32_t words = cast<VectorType>(op.getPacked().getType()).getNumElements();
    uint32_t bits = op.getBits(), pairsPerWord = 16 / bits;
    auto pairsType = VectorType::get(words * pairsPerWord, rewriter.getI32Type());
    Value pairs = LLVM::PoisonOp::create(rewriter, location, pairsType);
    for (uint32_t word = 0; word < words; ++word) {
      Value packed = wordOf(rewriter, location, adaptor.getPacked(), word);
      for (uint32_t i = 0; i < pairsPerWord; ++i) {
        Value pair =
            bits == 8 ? bytePair(rewriter, op, packed, i) : bitPair(rewriter, op, packed, i);
        pairs =
            LLVM::InsertElementOp::create(rewriter, location, pairs, pair,
                                          constantI32(rewriter, location, word * pairsPerWord + i));
      }
    }
    rewriter.replaceOpWithNewOp<LLVM::BitcastOp>(op, type, pairs);
    return success();
  }

  /// v_and_or_b32 reads one SGPR and no literal on chips without `vop3Literal`: there the mask
  /// takes the SGPR, and the magic number must be in a VGPR, where LLVM does not put a constant by
  /// itself.
  Value magicOf(OpBuilder &builder, tile::UnpackOp op, uint32_t position) const {
    uint32_t magic = halfMagic(position);
    return chip.has.vop3Literal ? constantI32(builder, op.getLoc(), magic)
                                : constantInRegister(builder, op, magic, Register::vector);
  }

  Value bitPair(OpBuilder &builder, tile::UnpackOp op, Value word, uint32_t index) const {
    Location location = op.getLoc();
    auto [shift, position] = tile::UnpackOp::fieldOf(op.getBits(), index);
    Value shifted = shiftRight(builder, location, word, shift);
    Value mask = constantI32(builder, location, fieldMask(op.getBits(), 16) << position);
    Value masked = LLVM::AndOp::create(builder, location, shifted, mask);
    return LLVM::OrOp::create(builder, location, masked, magicOf(builder, op, position));
  }

  /// Bytes `index` and `index + 2` of the word, each below the magic number's exponent byte: one
  /// v_perm_b32.
  Value bytePair(OpBuilder &builder, tile::UnpackOp op, Value word, uint32_t index) const {
    // Selectors 0-3 are bytes of the second operand and 4-7 those of the first.
    uint32_t selector = 0x03060104 + index * 0x00010001;
    return callIntrinsic(
        builder, op.getLoc(), builder.getI32Type(), "llvm.amdgcn.perm",
        {word, magicOf(builder, op, 0), constantI32(builder, op.getLoc(), selector)});
  }
};

// Pattern: tile.unpack to f32 -> cvt_f32_ubyte(word >> shift & mask, byte) for each element
struct UnpackToF32 : ChipPattern<tile::UnpackOp> {
  using ChipPattern::ChipPattern;

  LogicalResult matchAndRewrite(tile::UnpackOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = cast<VectorType>(op.getResult().getType());
    if (!type.getElementType().isF32()) {
      return rewriter.notifyMatchFailure(op, "the result is not f32");
    }
    Location location = op.getLoc();
    uint32_t words = cast<VectorType>(op.getPacked().getType()).getNumElements();
    uint32_t bits = op.getBits();
    Value result = LLVM::PoisonOp::create(rewriter, location, type);
    for (uint32_t word = 0; word < words; ++word) {
      Value packed = wordOf(rewriter, location, adaptor.getPacked(), word);
      for (uint32_t shift = 0; shift < 8; shift += bits) {
        Value bytes = isolateBytes(rewriter, op, packed, bits, shift);
        for (uint32_t position = shift; position < 32; position += 8) {
          Value element = byteToF32(rewriter, location, bytes, position / 8);
          uint32_t index = word * (32 / bits) + elementAt(position, bits);
          result = LLVM::InsertElementOp::create(rewriter, location, result, element,
                                                 constantI32(rewriter, location, index));
        }
      }
    }
    rewriter.replaceOp(op, result);
    return success();
  }

  /// The four elements at bits shift, shift + 8, ... of the word, each alone in its byte. The mask
  /// is hidden from LLVM, which would otherwise cut out one element at a time instead of four.
  static Value isolateBytes(OpBuilder &builder, tile::UnpackOp op, Value word, uint32_t bits,
                            uint32_t shift) {
    if (bits == 8) {
      return word;
    }
    Value mask = constantInRegister(builder, op, fieldMask(bits, 8), Register::scalar);
    Value shifted = shiftRight(builder, op.getLoc(), word, shift);
    return LLVM::AndOp::create(builder, op.getLoc(), shifted, mask);
  }

  /// Byte `index` of a word as f32; LLVM selects v_cvt_f32_ubyte0 to 3.
  static Value byteToF32(OpBuilder &builder, Location location, Value word, uint32_t index) {
    Value shifted = shiftRight(builder, location, word, 8 * index);
    Value byte =
        LLVM::AndOp::create(builder, location, shifted, constantI32(builder, location, 0xFF));
    return LLVM::UIToFPOp::create(builder, location, builder.getF32Type(), byte);
  }
};

} // namespace

void translate::populateUnpackPatterns(RewritePatternSet &patterns, const TypeConverter &types,
                                       const Chip &chip) {
  patterns.add<UnpackToF16, UnpackToF32>(types, patterns.getContext(), chip);
}
