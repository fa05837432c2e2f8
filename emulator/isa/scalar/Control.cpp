#include "emulator/isa/scalar/Control.h"

#include "emulator/isa/Wave.h"
#include "emulator/isa/run/FloatMode.h"

namespace qcc::emulator::isa::scalar {

namespace {

void nothing(Wave &, const Instruction &) {}
void endProgram(Wave &w, const Instruction &) {
  w.stop = Stop::Ended;
}
void barrier(Wave &w, const Instruction &) {
  w.stop = Stop::Barrier;
}
void sleep(Wave &w, const Instruction &) {
  w.stop = Stop::Sleep;
}
void trap(Wave &w, const Instruction &i) {
  w.fault(DispatchResult::Status::Trap, "s_trap: the kernel stopped itself");
}

void codeEnd(Wave &w, const Instruction &) {
  w.fault(DispatchResult::Status::Trap, "the program runs into the padding behind its code");
}
/// s_alloc_vgpr: every register is there already.
void allocateRegisters(Wave &w, const Instruction &) {
  w.scc = true;
}

uint64_t codeAddress(const Wave &w, uint32_t dword) {
  return reinterpret_cast<uint64_t>(w.launch->dispatch->kernel->code) + uint64_t(dword) * 4;
}

void jumpTo(Wave &w, uint64_t address) {
  const Kernel &kernel = *w.launch->dispatch->kernel;
  const uint64_t offset = address - reinterpret_cast<uint64_t>(kernel.code);
  if (offset >= kernel.codeBytes || offset % 4 != 0) {
    w.fault(DispatchResult::Status::MemoryFault, "a jump leaves the code object");
    return;
  }
  w.pc = static_cast<uint32_t>(offset / 4);
}

enum class Condition { Always, Scc0, Scc1, Vccz, Vccnz, Execz, Execnz };
template <Condition C> void branch(Wave &w, const Instruction &i) {
  const bool taken = C == Condition::Always  ? true
                     : C == Condition::Scc0  ? !w.scc
                     : C == Condition::Scc1  ? w.scc
                     : C == Condition::Vccz  ? w.vcc() == 0
                     : C == Condition::Vccnz ? w.vcc() != 0
                     : C == Condition::Execz ? w.exec() == 0
                                             : w.exec() != 0;
  w.pc = taken ? i.detail[0] : w.pc;
}

void getPc(Wave &w, const Instruction &i) {
  w.setPair(i.dst.index, codeAddress(w, i.next));
}
void setPc(Wave &w, const Instruction &i) {
  jumpTo(w, read64(w, i.src[0]));
}
void swapPc(Wave &w, const Instruction &i) {
  const uint64_t target = read64(w, i.src[0]);
  w.setPair(i.dst.index, codeAddress(w, i.next));
  jumpTo(w, target);
}
void call(Wave &w, const Instruction &i) {
  w.setPair(i.dst.index, codeAddress(w, i.next));
  w.pc = i.detail[0];
}

// Hardware registers: detail[0] is 1 for MODE, detail[1] the first bit, detail[2] the width.
uint32_t fieldMask(const Instruction &i) {
  return i.detail[2] >= 32 ? ~0u : ((1u << i.detail[2]) - 1) << i.detail[1];
}
void getRegister(Wave &w, const Instruction &i) {
  const uint32_t value = i.detail[0] == 1 ? w.mode : 0;
  w.s[i.dst.index] = (value & fieldMask(i)) >> i.detail[1];
}
void setRegister(Wave &w, const Instruction &i) {
  if (i.detail[0] != 1) {
    return; // only MODE changes what instructions do here
  }
  const uint32_t mask = fieldMask(i);
  w.mode = (w.mode & ~mask) | ((read32(w, i.src[0]) << i.detail[1]) & mask);
  applyFloatMode(w.mode);
}
void setModeField(Wave &w, const Instruction &i) {
  w.mode = (w.mode & ~(15u << i.detail[1])) | (i.detail[0] & 15) << i.detail[1];
  applyFloatMode(w.mode);
}
/// Clocks of this device: instructions that the wave has executed.
void getTime(Wave &w, const Instruction &i) {
  w.s[i.dst.index] = static_cast<uint32_t>(w.executed);
  if (i.dst.dwords > 1) {
    w.s[i.dst.index + 1] = static_cast<uint32_t>(w.executed >> 32);
  }
}

/// "hwreg(HW_REG_MODE, 4, 2)" into detail[0..2].
bool takeHardwareRegister(std::string_view text, Instruction &i) {
  if (!text.starts_with("hwreg(")) {
    return false;
  }
  text = text.substr(6, text.size() - 7);
  const size_t first = text.find(',');
  const std::string_view name = text.substr(0, first);
  i.detail[0] = name == "HW_REG_MODE" || name == "HW_REG_WAVE_MODE" ? 1 : 0;
  i.detail[1] = 0;
  i.detail[2] = 32;
  if (first != std::string_view::npos) {
    const size_t second = text.find(',', first + 1);
    auto trimmed = [](std::string_view s) { return s.substr(s.find_first_not_of(' ')); };
    i.detail[1] = static_cast<uint32_t>(
        parseInteger(trimmed(text.substr(first + 1, second - first - 1))).value_or(0));
    i.detail[2] =
        static_cast<uint32_t>(parseInteger(trimmed(text.substr(second + 1))).value_or(32));
  }
  return true;
}

struct Row {
  const char *name;
  Handler handler;
  enum Form { Plain, Target, Pc, Source, PcSource, PcTarget } form;
};

constexpr Row rows[] = {
    {"s_endpgm", endProgram, Row::Plain},
    {"s_endpgm_saved", endProgram, Row::Plain},
    {"s_barrier", barrier, Row::Plain},
    {"s_barrier_wait", barrier, Row::Plain},
    {"s_barrier_signal", nothing, Row::Plain}, // arriving and waiting are one step here
    {"s_sleep", sleep, Row::Plain},
    {"s_sleep_var", sleep, Row::Plain},
    {"s_trap", trap, Row::Plain},
    {"s_code_end", codeEnd, Row::Plain},
    {"s_alloc_vgpr", allocateRegisters, Row::Plain},
    {"s_branch", branch<Condition::Always>, Row::Target},
    {"s_cbranch_scc0", branch<Condition::Scc0>, Row::Target},
    {"s_cbranch_scc1", branch<Condition::Scc1>, Row::Target},
    {"s_cbranch_vccz", branch<Condition::Vccz>, Row::Target},
    {"s_cbranch_vccnz", branch<Condition::Vccnz>, Row::Target},
    {"s_cbranch_execz", branch<Condition::Execz>, Row::Target},
    {"s_cbranch_execnz", branch<Condition::Execnz>, Row::Target},
    {"s_getpc_b64", getPc, Row::Pc},
    {"s_setpc_b64", setPc, Row::Source},
    {"s_swappc_b64", swapPc, Row::PcSource},
    {"s_call_b64", call, Row::PcTarget},
};

/// Instructions that say how to wait, schedule or fetch: nothing to do for a device that finishes
/// each instruction before the next.
bool isHint(std::string_view name) {
  constexpr std::string_view names[] = {"s_nop",           "s_delay_alu",
                                        "s_clause",        "s_setprio",
                                        "s_sendmsg",       "s_sendmsghalt",
                                        "s_icache_inv",    "s_sethalt",
                                        "s_setkill",       "s_wakeup",
                                        "s_incperflevel",  "s_decperflevel",
                                        "s_inst_prefetch", "s_set_inst_prefetch_distance",
                                        "s_ttracedata",    "s_ttracedata_imm",
                                        "s_version",       "s_singleuse_vdst"};
  for (std::string_view hint : names) {
    if (name == hint) {
      return true;
    }
  }
  return name.starts_with("s_waitcnt") || name.starts_with("s_wait_");
}

bool bindRow(const Row &row, const AssemblyLine &line, const DecodeContext &context,
             Instruction &i) {
  i.execute = row.handler;
  i.detail[0] = i.next + static_cast<uint32_t>(static_cast<int16_t>(context.immediate));
  const bool target = row.form == Row::Target || row.form == Row::PcTarget;
  const bool hasPc = row.form == Row::Pc || row.form == Row::PcSource || row.form == Row::PcTarget;
  const bool source = row.form == Row::Source || row.form == Row::PcSource;
  if (target && i.detail[0] > context.codeDwords) {
    i.detail[0] = context.codeDwords; // the slot behind the code, which faults
  }
  return (!hasPc || takeDestination(line, 0, i.dst)) &&
         (!source || takeOperand(line, hasPc ? 1 : 0, Type::B64, i.src[0]));
}

bool bindRegisterAccess(const AssemblyLine &line, Instruction &i) {
  if (line.operands.size() != 2) {
    return false;
  }
  if (line.mnemonic == "s_getreg_b32") {
    i.execute = getRegister;
    return takeDestination(line, 0, i.dst) && takeHardwareRegister(line.operands[1], i);
  }
  i.execute = setRegister;
  return takeHardwareRegister(line.operands[0], i) && takeOperand(line, 1, Type::B32, i.src[0]);
}

} // namespace

bool bindControl(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  const std::string_view name = line.mnemonic;
  for (const Row &row : rows) {
    if (name == row.name) {
      return bindRow(row, line, context, i);
    }
  }
  if (isHint(name)) {
    i.execute = nothing;
    return true;
  }
  if (name == "s_getreg_b32" || name == "s_setreg_b32" || name == "s_setreg_imm32_b32") {
    return bindRegisterAccess(line, i);
  }
  if (name == "s_round_mode" || name == "s_denorm_mode") {
    i.detail[0] = static_cast<uint32_t>(context.immediate);
    i.detail[1] = name == "s_round_mode" ? 0 : 4;
    i.execute = setModeField;
    return true;
  }
  if (name == "s_sendmsg_rtn_b32" || name == "s_sendmsg_rtn_b64") {
    i.execute = getTime;
    return takeDestination(line, 0, i.dst);
  }
  return false;
}

} // namespace qcc::emulator::isa::scalar
