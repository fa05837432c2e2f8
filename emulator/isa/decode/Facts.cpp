#include "emulator/isa/decode/Facts.h"

#include "emulator/isa/Instruction.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>

#include <cstdlib>
#include <optional>

namespace qcc::emulator::isa {

namespace {

/// "VGPR12" with prefix "VGPR" gives 12; "VGPR12_HI16" as well.
std::optional<unsigned> numberAfter(llvm::StringRef name, llvm::StringRef prefix) {
  unsigned number = 0;
  if (!name.consume_front(prefix) || name.consumeInteger(10, number)) {
    return std::nullopt;
  }
  return number;
}

/// A register that is no tuple of numbered ones; generations differ in the names' ends.
std::optional<RegisterSpan> specialSpan(llvm::StringRef name) {
  struct Row {
    const char *prefix;
    uint16_t slot;
    uint8_t count;
  };
  static constexpr Row rows[] = {
      {"VCC_LO", SlotVcc, 1},       {"VCC_HI", SlotVcc + 1, 1},
      {"VCC", SlotVcc, 2},          {"EXEC_LO", SlotExec, 1},
      {"EXEC_HI", SlotExec + 1, 1}, {"EXEC", SlotExec, 2},
      {"SCC", slotScc, 1},          {"M0", SlotM0, 1},
  };
  for (const Row &row : rows) {
    if (name.starts_with(row.prefix)) {
      return RegisterSpan{false, row.slot, row.count};
    }
  }
  return std::nullopt;
}

std::optional<RegisterSpan> spanOf(llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef, 32> parts;
  name.split(parts, '_');
  struct Row {
    const char *prefix;
    bool vector;
    uint16_t base;
  };
  static constexpr Row rows[] = {{"VGPR", true, 0},
                                 {"AGPR", true, accumulationBase},
                                 {"SGPR", false, 0},
                                 {"TTMP", false, SlotTtmp}};
  for (const Row &row : rows) {
    if (auto first = numberAfter(parts[0], row.prefix)) {
      uint8_t count = 0;
      for (llvm::StringRef part : parts) {
        count += part.starts_with(row.prefix);
      }
      return RegisterSpan{row.vector, static_cast<uint16_t>(row.base + *first), count};
    }
  }
  return specialSpan(name);
}

void add(std::vector<RegisterSpan> &spans, llvm::StringRef name) {
  if (auto span = spanOf(name)) {
    spans.push_back(*span);
  }
}

bool isExec(const RegisterSpan &span) {
  return !span.vector && (span.first == SlotExec || span.first == SlotExec + 1);
}

bool startsWithAny(std::string_view s, std::initializer_list<std::string_view> prefixes) {
  for (std::string_view prefix : prefixes) {
    if (s.starts_with(prefix)) {
      return true;
    }
  }
  return false;
}

InstructionClass classifyVector(std::string_view name) {
  if (startsWithAny(name, {"v_mfma_", "v_smfmac_", "v_wmma_", "v_swmmac_"})) {
    return InstructionClass::Matrix;
  }
  const bool slow = startsWithAny(
      name, {"v_exp_", "v_log_", "v_rcp_", "v_rsq_", "v_sqrt_", "v_sin_", "v_cos_", "v_s_"});
  return slow ? InstructionClass::Transcendental : InstructionClass::Vector;
}

InstructionClass classifyScalar(std::string_view name) {
  if (startsWithAny(name, {"s_waitcnt", "s_wait_"})) {
    return InstructionClass::Wait;
  }
  if (startsWithAny(name, {"s_load_", "s_buffer_", "s_store_", "s_scratch_", "s_atomic_",
                           "s_memtime", "s_memrealtime", "s_prefetch_"})) {
    return InstructionClass::ScalarMemory;
  }
  if (startsWithAny(name, {"s_dcache_", "s_icache_", "s_gl1_inv"})) {
    return InstructionClass::CacheControl;
  }
  if (startsWithAny(name,
                    {"s_branch", "s_cbranch_", "s_endpgm", "s_setpc", "s_swappc", "s_call"})) {
    return InstructionClass::Branch;
  }
  if (name.starts_with("s_barrier")) {
    return InstructionClass::Barrier;
  }
  const bool hint = startsWithAny(
      name, {"s_nop", "s_sleep", "s_delay_alu", "s_clause", "s_sendmsg", "s_setprio", "s_sethalt",
             "s_trap", "s_set_inst_prefetch", "s_inst_prefetch", "s_code_end", "s_ttracedata",
             "s_version", "s_wakeup", "s_setreg", "s_round_mode", "s_denorm_mode", "s_setkill"});
  return hint ? InstructionClass::Other : InstructionClass::Scalar;
}

bool controlsCaches(std::string_view name) {
  return startsWithAny(name, {"buffer_wb", "buffer_inv", "buffer_gl0_inv", "buffer_gl1_inv",
                              "global_wb", "global_inv"});
}

} // namespace

void findTraits(std::string_view text, Facts &facts) {
  struct Row {
    const char *part;
    bool atStart;
    uint16_t traits;
  };
  static constexpr Row rows[] = {
      {"v_mov_b", true, TraitMove},
      {"v_accvgpr_", true, TraitMove},
      {"v_cndmask_", true, TraitMove},
      {"v_pk_mov_", true, TraitMove},
      {"v_dual_mov_", true, TraitMove},
      {"buffer_", true, TraitBuffer},
      {"tbuffer_", true, TraitBuffer},
      {"swap", false, TraitReplaces},
      {"wrxchg", false, TraitReplaces},
      {"storexchg", false, TraitReplaces},
      {"cmpst", false, TraitReplaces | TraitCompareSwap},
      {"cmpswap", false, TraitReplaces | TraitCompareSwap},
      {"s_memtime", true, TraitClock},
      {"s_memrealtime", true, TraitClock},
      {"s_sendmsg_rtn", true, TraitClock},
      {"s_getreg", true, TraitClock},
      {"v_readlane_", true, TraitLaneSelect},
      {"v_writelane_", true, TraitLaneSelect | TraitWritesOneLane},
      {"v_div_fmas_", true, TraitDivFmas},
      {"addtid", false, TraitHiddenM0},
      {"s_sendmsg", true, TraitHiddenM0},
      {"s_movrel", true, TraitHiddenM0},
      {"s_set_gpr_idx_on", true, TraitIndexes},
      {"v_movreld_", true, TraitMovesResult},
      {"v_movrelsd_", true, TraitMovesResult},
      {"ds_permute_", true, TraitCrossbar},
      {"ds_bpermute_", true, TraitCrossbar},
      {"ds_swizzle_", true, TraitCrossbar},
  };
  for (const Row &row : rows) {
    const size_t at = text.find(row.part);
    facts.traits |= at == 0 || (at != std::string_view::npos && !row.atStart) ? row.traits : 0;
  }
  if (text.starts_with("s_nop ")) {
    facts.waitStates = static_cast<uint8_t>(1 + std::strtol(text.data() + 6, nullptr, 0));
  }
}

std::string_view nameOf(InstructionClass c) {
  static constexpr std::string_view names[instructionClassCount] = {
      "vector", "transcendental", "matrix",        "scalar", "scalar_memory", "lds",  "global",
      "flat",   "scratch",        "cache_control", "branch", "barrier",       "wait", "other"};
  return names[static_cast<unsigned>(c)];
}

InstructionClass classify(std::string_view name) {
  if (name.starts_with("v_")) {
    return classifyVector(name);
  }
  if (name.starts_with("s_")) {
    return classifyScalar(name);
  }
  if (name.starts_with("ds_")) {
    return InstructionClass::Lds;
  }
  if (name.starts_with("flat_")) {
    return InstructionClass::Flat;
  }
  if (name.starts_with("scratch_")) {
    return InstructionClass::Scratch;
  }
  if (controlsCaches(name)) {
    return InstructionClass::CacheControl;
  }
  const bool global = startsWithAny(name, {"global_", "buffer_", "tbuffer_"});
  return global ? InstructionClass::Global : InstructionClass::Other;
}

void findRegisters(const llvm::MCInst &inst, const llvm::MCInstrInfo &instructions,
                   const llvm::MCRegisterInfo &registers, Facts &facts) {
  const llvm::MCInstrDesc &description = instructions.get(inst.getOpcode());
  for (unsigned n = 0; n < inst.getNumOperands(); ++n) {
    // LLVM 22 reads the accumulator of a dual instruction's second half as another register than
    // the result that it is tied to.
    const int tied = n < description.getNumOperands()
                         ? description.getOperandConstraint(n, llvm::MCOI::TIED_TO)
                         : -1;
    const llvm::MCOperand &operand = inst.getOperand(tied >= 0 ? static_cast<unsigned>(tied) : n);
    if (operand.isReg() && operand.getReg().isValid()) {
      add(n < description.getNumDefs() ? facts.writes : facts.reads,
          registers.getName(operand.getReg()));
    }
  }
  for (llvm::MCPhysReg r : description.implicit_defs()) {
    add(facts.writes, registers.getName(r));
  }
  for (llvm::MCPhysReg r : description.implicit_uses()) {
    const auto span = spanOf(registers.getName(r));
    if (span && !isExec(*span) && !(span->first == SlotM0 && !span->vector)) {
      facts.reads.push_back(*span);
    }
  }
}

} // namespace qcc::emulator::isa
