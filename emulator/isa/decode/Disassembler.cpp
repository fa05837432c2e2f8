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

#include <mutex>

extern "C" {
void LLVMInitializeAMDGPUTargetInfo();
void LLVMInitializeAMDGPUTargetMC();
void LLVMInitializeAMDGPUDisassembler();
}

namespace qcc::emulator::isa {

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
  llvm::MCInst instruction;
  uint64_t size = 0;
  const auto status = parts->disassembler->getInstruction(
      instruction, size, llvm::ArrayRef<uint8_t>(code, available), offset, llvm::nulls());
  if (status == llvm::MCDisassembler::Fail || size == 0) {
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
