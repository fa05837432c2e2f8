// Counters as text for people: a paragraph a kernel.
#include "emulator/counters/CycleModel.h"
#include "emulator/counters/Report.h"

#include <cstdarg>
#include <cstdio>

namespace qcc::emulator {

namespace {

__attribute__((format(printf, 2, 3))) void append(std::string &text, const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  text += line;
}

unsigned long long number(uint64_t n) {
  return n;
}

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * double(part) / double(whole);
}

void appendHead(const LaunchCounters &c, std::string &text) {
  text += "kernel " + c.kernel + " (" + c.chip + ")\n";
  append(text,
         "  %-13slaunches: %llu, workgroups: %llu, waves of %u: %llu, barriers passed: %llu\n",
         "ran", number(c.launches), number(c.workgroups), c.waveSize, number(c.waves),
         number(c.barriers));
  if (!c.failure.empty()) {
    text += "  failed       " + c.failure + "\n";
  }
  append(text,
         "  %-13s%u vector (%u accumulation) and %u scalar registers, %u bytes of LDS, %u of "
         "scratch\n",
         "resources", c.occupancy.vectorRegisters, c.accumulationRegisters,
         c.occupancy.scalarRegisters, c.ldsBytes, c.scratchBytes);
  append(text, "  %-13s%.2f waves a SIMD, limited by %s\n", "occupancy",
         c.occupancy.residentWavesPerSimd, std::string(c.occupancy.limit).c_str());
}

void appendInstructions(const LaunchCounters &c, const Totals &totals, std::string &text) {
  append(text, "  %-13s%llu:", "instructions", number(totals.instructions));
  const char *separator = " ";
  for (unsigned n = 0; n < isa::instructionClassCount; ++n) {
    if (totals.byClass[n] != 0) {
      const std::string name(isa::nameOf(static_cast<isa::InstructionClass>(n)));
      append(text, "%s%s %llu", separator, name.c_str(), number(totals.byClass[n]));
      separator = ", ";
    }
  }
  append(text, "\n  %-13s%llu lane operations, %.1f %% of lanes active, %llu dual-issued\n",
         "vector", number(totals.vectorLaneOperations),
         percent(totals.activeLaneOperations, totals.vectorLaneOperations),
         number(totals.dualIssued));
  if (totals.matrixCycles != 0) {
    append(text, "  %-13s%llu cycles\n", "matrix", number(totals.matrixCycles));
  }
}

void appendAccesses(const char *name, const AccessTotals &a, std::string &text) {
  if (a.instructions == 0) {
    return;
  }
  append(text,
         "  %-13s%llu requests, %llu bytes, %llu lines of 128 (coalescing %.1f %%), non-temporal "
         "%.1f %%, requests by bytes a lane",
         name, number(a.memory.requests), number(a.memory.bytes), number(a.memory.lines128),
         percent(a.memory.idealLines128, a.memory.lines128),
         percent(a.nonTemporalBytes, a.memory.bytes));
  for (const auto &[bytes, requests] : a.requestsByWidth) {
    append(text, " %u: %llu", bytes, number(requests));
  }
  text += "\n";
}

void appendLds(const char *name, const LdsCounts &l, std::string &text) {
  if (l.requests != 0) {
    append(text,
           "  %-13s%llu requests, %llu bytes, %llu bank cycles, %.1f %% of them for conflicts\n",
           name, number(l.requests), number(l.bytes), number(l.cycles),
           percent(l.conflictCycles, l.cycles));
  }
}

void appendScratch(const char *name, const MemoryCounts &m, std::string &text) {
  if (m.requests != 0) {
    append(text, "  %-13s%llu requests, %llu bytes\n", name, number(m.requests), number(m.bytes));
  }
}

void appendEstimate(const CycleEstimate &e, std::string &text) {
  append(
      text,
      "  %-13saverage wave: vector %.0f, matrix %.0f, scalar %.0f, LDS %.0f, memory %.0f cycles\n",
      "estimate", e.wave.vector, e.wave.matrix, e.wave.scalar, e.wave.lds, e.wave.memory);
  append(text, "  %-13sbusiest SIMD (waves: %llu): at least %.0f cycles, limited by %s\n", "",
         number(e.wavesOnBusiestSimd), e.bound, std::string(e.limit).c_str());
}

} // namespace

std::string describe(const LaunchCounters &c) {
  const Totals totals = totalsOf(c);
  std::string text;
  appendHead(c, text);
  appendInstructions(c, totals, text);
  appendAccesses("loads", totals.loads, text);
  appendAccesses("stores", totals.stores, text);
  appendAccesses("atomics", totals.atomics, text);
  append(
      text,
      "  %-13s%llu loaded, %llu stored lines of 128 bytes: at least %llu bytes of memory traffic\n",
      "unique", number(c.loadedLines128), number(c.storedLines128),
      number((c.loadedLines128 + c.storedLines128) * 128));
  appendLds("LDS loads", totals.ldsLoads, text);
  appendLds("LDS stores", totals.ldsStores, text);
  appendLds("LDS atomics", totals.ldsAtomics, text);
  appendScratch("scratch loads", totals.scratchLoads, text);
  appendScratch("scratch stores", totals.scratchStores, text);
  appendEstimate(estimateCycles(c), text);
  return text;
}

} // namespace qcc::emulator
