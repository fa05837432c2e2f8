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
#include <array>
#include <cstring>
#include <mutex>

extern "C" {
void LLVMInitializeAMDGPUTargetInfo();
void LLVMInitializeAMDGPUTargetMC();
void LLVMInitializeAMDGPUDisassembler();
}

namespace qcc::emulator::isa {

namespace {

/// The longest instruction of any chip, and a literal behind it.
constexpr size_t longestInstruction = 24;

/// Whether an 8-byte instruction of gfx9 says that a literal follows, which none can have. LLVM 22
/// dereferences null when it finds no bytes left for a literal, so these must not reach it. Source:
/// CDNA3 ISA, "Microcode Formats": VOP3 and VOP3P have 9-bit sources, MUBUF and MTBUF an 8-bit
/// offset.
bool hasImpossibleLiteral(const uint32_t *words) {
  constexpr uint32_t literal = 255, nineBits = 511;
  switch (words[0] >> 26) {
  case 0b110100: // VOP3, VOP3P
    return (words[1] & nineBits) == literal || (words[1] >> 9 & nineBits) == literal ||
           (words[1] >> 18 & nineBits) == literal;
  case 0b111000: // MUBUF
  case 0b111010: // MTBUF
    return words[1] >> 24 == literal;
  default:
    return false;
  }
}

} // namespace

struct Disassembler::Parts {
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

Disassembled Disassembler::at(const uint8_t *code, size_t available, uint64_t offset) const {
  Disassembled result;
  if (!parts->disassembler) {
    return result;
  }
  // Zeros behind the end of the code take the place of a literal that is cut off.
  std::array<uint32_t, longestInstruction / 4> words{};
  std::memcpy(words.data(), code, std::min(available, longestInstruction));
  if (parts->subtarget->getCPU().starts_with("gfx9") && hasImpossibleLiteral(words.data())) {
    return result;
  }
  llvm::MCInst instruction;
  uint64_t size = 0;
  const auto *bytes = reinterpret_cast<const uint8_t *>(words.data());
  const auto status = parts->disassembler->getInstruction(
      instruction, size, llvm::ArrayRef<uint8_t>(bytes, longestInstruction), offset, llvm::nulls());
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
