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

void Reporter::report(Kind kind, const isa::Wave &w, int lane, const std::string &what) {
  const Kernel &kernel = *w.launch->dispatch->kernel;
  const auto offset = static_cast<int64_t>(uint64_t(w.at) * 4 - kernel.entryOffset);
  std::lock_guard lock(mutex);
  if (!told.emplace(kernel.name, offset, kind).second) {
    return;
  }
  Report r;
  r.kind = kind;
  r.kernel = kernel.name;
  r.source = sourceOf(w, w.at);
  r.instruction = w.launch->program->at(w.at)->text;
  r.offset = offset;
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
