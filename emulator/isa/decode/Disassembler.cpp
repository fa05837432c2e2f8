#include "emulator/isa/decode/Disassembler.h"

#include "emulator/isa/decode/MatrixPasses.h"

#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <cstring>
#include <mutex>

extern "C" {
void LLVMInitializeAMDGPUTargetInfo();
void LLVMInitializeAMDGPUTargetMC();
void LLVMInitializeAMDGPUDisassembler();
}

namespace qcc::emulator::isa {

struct Disassembler::Parts {
  unsigned generation = 0; // 9, 11, 12
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> asmInfo;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
};

Disassembler::Disassembler(const std::string &chip, const std::string &features)
    : parts(std::make_unique<Parts>()) {
  parts->generation = chip.starts_with("gfx9") ? 9 : chip.starts_with("gfx12") ? 12 : 11;
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUDisassembler();
  });
  const llvm::Triple triple("amdgcn-amd-amdhsa");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr) {
    return; // at() then finds no instruction
  }
  Parts &p = *parts;
  p.registers.reset(target->createMCRegInfo(triple));
  p.asmInfo.reset(target->createMCAsmInfo(*p.registers, triple, llvm::MCTargetOptions()));
  p.instructions.reset(target->createMCInstrInfo());
  p.subtarget.reset(target->createMCSubtargetInfo(triple, chip, features));
  p.context = std::make_unique<llvm::MCContext>(triple, p.asmInfo.get(), p.registers.get(),
                                                p.subtarget.get());
  p.disassembler.reset(target->createMCDisassembler(*p.subtarget, *p.context));
  p.printer.reset(target->createMCInstPrinter(triple, p.asmInfo->getAssemblerDialect(), *p.asmInfo,
                                              *p.instructions, *p.registers));
}

Disassembler::~Disassembler() = default;

namespace {

// Words that are no instruction, but bring LLVM 22 down when it is asked to read them.

/// A word of SDWA behind VOP1, VOP2 or VOPC that selects what does not exist.
bool selectsNothing(const uint32_t (&words)[4]) {
  constexpr uint32_t sdwa = 0xf9, mostSelect = 6, mostUnused = 2;
  if (words[0] >> 31 != 0 || (words[0] & 0x1ff) != sdwa) {
    return false;
  }
  const bool compares = words[0] >> 25 == 0x3e;
  const bool badSource = (words[1] >> 16 & 7) > mostSelect || (words[1] >> 24 & 7) > mostSelect;
  const bool badResult = (words[1] >> 8 & 7) > mostSelect || (words[1] >> 11 & 3) > mostUnused;
  return badSource || (!compares && badResult);
}

/// A literal constant where the encoding has no room for it: in VOP3, VOP3P, MUBUF or MTBUF.
bool hasLiteralBeyond(const uint32_t (&words)[4]) {
  constexpr uint32_t vop3 = 0x34, mubuf = 0x38, mtbuf = 0x3a, literal = 0xff;
  const uint32_t encoding = words[0] >> 26;
  if (encoding == mubuf || encoding == mtbuf) {
    return words[1] >> 24 == literal; // the scalar offset
  }
  if (encoding != vop3) {
    return false;
  }
  // Comparisons and v_readlane_b32 have a scalar result.
  const uint32_t opcode = words[0] >> 16 & 0x3ff;
  const bool scalarResult = opcode < 0x100 || opcode == 0x289;
  return (scalarResult && (words[0] & 0xff) == literal) || (words[1] & 0x1ff) == literal ||
         (words[1] >> 9 & 0x1ff) == literal || (words[1] >> 18 & 0x1ff) == literal;
}

/// A matrix instruction of 8, 6 and 4 bits whose sources have a format that does not exist; behind
/// a prefix with scales as well.
bool hasNoFormat(const uint32_t (&words)[4]) {
  constexpr uint32_t small = 0xd3ad, large = 0xd3ae, prefix = 0xd3ac, mostFormat = 4;
  const uint32_t *w = words[0] >> 16 == prefix ? words + 2 : words;
  const uint32_t opcode = w[0] >> 16;
  return (opcode == small || opcode == large) &&
         ((w[0] >> 8 & 7) > mostFormat || w[1] >> 29 > mostFormat);
}

/// gfx12's s_barrier_* with a literal as the barrier's number.
bool hasLiteralBarrier(const uint32_t (&words)[4]) {
  constexpr uint32_t sop1 = 0x17d, firstBarrier = 0x4e, lastBarrier = 0x52, literal = 0xff;
  const uint32_t opcode = words[0] >> 8 & 0xff;
  return words[0] >> 23 == sop1 && opcode >= firstBarrier && opcode <= lastBarrier &&
         (words[0] & 0xff) == literal;
}

/// Whether the words (at least four) are of that kind on a chip of this generation.
bool isImpossible(const uint8_t *code, unsigned generation) {
  uint32_t words[4];
  std::memcpy(words, code, sizeof words);
  if (generation == 9) {
    return selectsNothing(words) || hasLiteralBeyond(words) || hasNoFormat(words);
  }
  return generation == 12 && hasLiteralBarrier(words);
}

} // namespace

Disassembled Disassembler::at(const uint8_t *code, size_t available, uint64_t offset) const {
  Disassembled result;
  // LLVM does not bear that a literal is missing at the end of the code.
  constexpr size_t longest = 24;
  uint8_t padded[longest] = {};
  std::memcpy(padded, code, std::min(available, longest));
  if (!parts->disassembler || isImpossible(padded, parts->generation)) {
    return result;
  }
  llvm::MCInst instruction;
  uint64_t size = 0;
  const auto status = parts->disassembler->getInstruction(
      instruction, size, llvm::ArrayRef<uint8_t>(padded, longest), offset, llvm::nulls());
  if (status == llvm::MCDisassembler::Fail || size == 0 || size > available) {
    return result;
  }
  result.bytes = static_cast<uint32_t>(size);
  llvm::raw_string_ostream stream(result.text);
  parts->printer->printInst(&instruction, offset, "", *parts->subtarget, stream);
  findRegisters(instruction, *parts->instructions, *parts->registers, result.facts);
  result.facts.matrixPasses = matrixPasses(instruction, *parts->instructions, *parts->subtarget);
  for (const llvm::MCOperand &operand : instruction) {
    if (operand.isImm()) {
      result.immediate = operand.getImm();
      if (instruction.getNumOperands() > 1 && result.text.find("swizzle") != std::string::npos) {
        break; // ds_swizzle: the pattern comes first, then the gds bit
      }
    }
  }
  return result;
}

} // namespace qcc::emulator::isa
