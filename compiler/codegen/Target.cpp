#include "compiler/codegen/Target.h"

#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace llvm;
using namespace qcc;

Triple codegen::amdgpuTriple() {
  return Triple("amdgcn-amd-amdhsa");
}

Expected<const Target *> codegen::amdgpuTarget() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
    LLVMInitializeAMDGPUAsmParser();
    LLVMInitializeAMDGPUDisassembler();
  });
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(amdgpuTriple(), message);
  if (!target) {
    return createStringError("this LLVM has no AMDGPU back end: " + message);
  }
  return target;
}

Expected<std::unique_ptr<TargetMachine>> codegen::createMachine(const Chip &chip,
                                                                unsigned optimization) {
  Expected<const Target *> target = amdgpuTarget();
  if (!target) {
    return target.takeError();
  }
  auto level = CodeGenOpt::getLevel(static_cast<int>(optimization));
  if (!level) {
    return createStringError("optimization level " + Twine(optimization) + " is not 0 to 3");
  }
  std::unique_ptr<TargetMachine> machine(
      (*target)->createTargetMachine(amdgpuTriple(), chip.name, /*Features=*/"", TargetOptions(),
                                     Reloc::PIC_, std::nullopt, *level));
  if (!machine) {
    return createStringError("LLVM makes no code generator for " + chip.name);
  }
  return machine;
}
