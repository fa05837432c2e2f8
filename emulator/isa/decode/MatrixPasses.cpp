#include "emulator/isa/decode/MatrixPasses.h"

#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCSchedule.h>
#include <llvm/MC/MCSubtargetInfo.h>

#include <algorithm>

namespace qcc::emulator::isa {

uint8_t matrixPasses(const llvm::MCInst &inst, const llvm::MCInstrInfo &instructions,
                     const llvm::MCSubtargetInfo &chip) {
  const llvm::MCSchedModel &model = chip.getSchedModel();
  uint8_t passes = 1;
  if (!model.hasInstrSchedModel()) {
    return passes;
  }
  unsigned schedClass = instructions.get(inst.getOpcode()).getSchedClass();
  // Classes that depend on operands name the class that applies.
  while (schedClass != 0 && model.getSchedClassDesc(schedClass)->isVariant()) {
    schedClass =
        chip.resolveVariantSchedClass(schedClass, &inst, &instructions, model.getProcessorID());
  }
  const llvm::MCSchedClassDesc *description = model.getSchedClassDesc(schedClass);
  if (!description->isValid()) {
    return passes;
  }
  for (const llvm::MCWriteProcResEntry *held = chip.getWriteProcResBegin(description);
       held != chip.getWriteProcResEnd(description); ++held) {
    passes = std::max(passes, static_cast<uint8_t>(held->ReleaseAtCycle));
  }
  return passes;
}

} // namespace qcc::emulator::isa
