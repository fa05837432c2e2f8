#include "emulator/trace/Values.h"

#include <algorithm>
#include <bit>
#include <cstdio>

namespace qcc::emulator {

namespace {

constexpr unsigned mostShown = 4; // lanes

std::string hexadecimal(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

/// The values of the lanes in `lanes`.
template <typename ValueOf> std::string laneValues(uint64_t lanes, ValueOf valueOf) {
  if (lanes == 0) {
    return "no lane";
  }
  std::string text;
  bool same = true;
  unsigned shown = 0;
  const uint64_t first = valueOf(static_cast<unsigned>(std::countr_zero(lanes)));
  for (uint64_t rest = lanes; rest != 0; rest &= rest - 1) {
    const uint64_t value = valueOf(static_cast<unsigned>(std::countr_zero(rest)));
    same = same && value == first;
    if (shown < mostShown) {
      text += (shown == 0 ? "" : " ") + hexadecimal(value);
      ++shown;
    }
  }
  const int count = std::popcount(lanes);
  if (same) {
    return hexadecimal(first);
  }
  return text + (count > static_cast<int>(mostShown) ? " .." : "") + " (" + std::to_string(count) +
         " lanes)";
}

std::string_view nameOf(isa::AccessKind kind) {
  constexpr std::string_view names[] = {"load", "store", "atomic"};
  return names[static_cast<size_t>(kind)];
}

std::string_view nameOf(isa::Space space) {
  constexpr std::string_view names[] = {"global", "flat", "scratch", "lds"};
  return names[static_cast<size_t>(space)];
}

} // namespace

std::string registerName(bool vector, unsigned index) {
  if (vector) {
    return index < isa::accumulationBase ? "v" + std::to_string(index)
                                         : "a" + std::to_string(index - isa::accumulationBase);
  }
  struct Row {
    unsigned slot;
    const char *name;
  };
  constexpr Row rows[] = {
      {isa::SlotVcc, "vcc_lo"},
      {isa::SlotVcc + 1, "vcc_hi"},
      {isa::SlotM0, "m0"},
      {isa::SlotExec, "exec_lo"},
      {isa::SlotExec + 1, "exec_hi"},
      {isa::SlotFlatScratch, "flat_scratch_lo"},
      {isa::SlotFlatScratch + 1, "flat_scratch_hi"},
      {isa::slotScc, "scc"},
  };
  for (const Row &row : rows) {
    if (row.slot == index) {
      return row.name;
    }
  }
  return index >= isa::SlotTtmp && index < isa::SlotM0
             ? "ttmp" + std::to_string(index - isa::SlotTtmp)
             : "s" + std::to_string(index);
}

std::string registerValue(isa::Wave &w, bool vector, unsigned index, uint64_t exec) {
  if (vector) {
    const uint32_t *lanes = w.vector(index);
    return laneValues(exec, [&](unsigned lane) { return lanes[lane]; });
  }
  return hexadecimal(index == isa::slotScc ? uint32_t(w.scc) : w.s[index]);
}

std::string accessText(const isa::MemoryAccess &access) {
  std::string text = std::string(nameOf(access.kind)) + " " + std::string(nameOf(access.space)) +
                     " " + std::to_string(access.bytes) + " bytes: ";
  return text + laneValues(access.addresses.active,
                           [&](unsigned lane) { return access.addresses.of[lane]; });
}

std::vector<NamedRegister> registersOf(const std::vector<isa::RegisterSpan> &spans) {
  std::vector<NamedRegister> registers;
  for (const isa::RegisterSpan &span : spans) {
    for (unsigned n = 0; n < span.count; ++n) {
      const NamedRegister next{span.vector, static_cast<uint16_t>(span.first + n)};
      const auto same = [&](const NamedRegister &r) {
        return r.vector == next.vector && r.index == next.index;
      };
      if (std::none_of(registers.begin(), registers.end(), same)) {
        registers.push_back(next);
      }
    }
  }
  return registers;
}

} // namespace qcc::emulator
