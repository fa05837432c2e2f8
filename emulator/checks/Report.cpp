#include "emulator/checks/Report.h"

#include "emulator/isa/Program.h"

#include <cstdio>

namespace qcc::emulator::checks {

namespace {

std::string sourceOf(const isa::Wave &w, uint32_t dword) {
  const Kernel &kernel = *w.launch->dispatch->kernel;
  return kernel.lines ? kernel.lines->at(uint64_t(dword) * 4) : std::string();
}

} // namespace

const char *nameOf(Kind kind) {
  static constexpr const char *names[] = {"uninitialized", "race",    "wait",
                                          "hazard",        "barrier", "deadlock"};
  return names[static_cast<unsigned>(kind)];
}

std::string Report::text() const {
  char place[160];
  std::snprintf(place, sizeof place, "offset %s0x%llx", offset < 0 ? "-" : "",
                static_cast<unsigned long long>(offset < 0 ? -offset : offset));
  std::string text = std::string(nameOf(kind)) + ": kernel `" + kernel + "`, ";
  text += source.empty() ? place : source + " (" + place + ")";
  text += ", `" + instruction + "`, workgroup (" + std::to_string(group[0]) + "," +
          std::to_string(group[1]) + "," + std::to_string(group[2]) + "), wave " +
          std::to_string(wave);
  if (lane >= 0) {
    text += ", lane " + std::to_string(lane);
  }
  return text + ": " + what;
}

Reporter::Place Reporter::placeOf(Kind kind, const isa::Wave &w) {
  const Kernel &kernel = *w.launch->dispatch->kernel;
  return {kernel.name, static_cast<int64_t>(uint64_t(w.at) * 4 - kernel.entryOffset), kind};
}

bool Reporter::isTold(Kind kind, const isa::Wave &w) const {
  std::lock_guard lock(mutex);
  return told.contains(placeOf(kind, w));
}

void Reporter::report(Kind kind, const isa::Wave &w, int lane, const std::string &what) {
  const Place place = placeOf(kind, w);
  std::lock_guard lock(mutex);
  if (!told.insert(place).second) {
    return;
  }
  Report r;
  r.kind = kind;
  std::tie(r.kernel, r.offset, std::ignore) = place;
  r.source = sourceOf(w, w.at);
  r.instruction = w.launch->program->at(w.at)->text;
  for (unsigned n = 0; n < 3; ++n) {
    r.group[n] = w.group[n];
  }
  r.wave = w.indexInGroup;
  r.lane = lane;
  r.what = what;
  sink(r);
}

size_t Reporter::count() const {
  std::lock_guard lock(mutex);
  return told.size();
}

std::string describeInstruction(const isa::Wave &w, uint32_t dword) {
  const std::string source = sourceOf(w, dword);
  return "`" + w.launch->program->at(dword)->text + "`" +
         (source.empty() ? std::string() : " at " + source);
}

} // namespace qcc::emulator::checks
