// What the checks find, told once for each place in a program.
#pragma once

#include "emulator/isa/Wave.h"

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>

namespace qcc::emulator::checks {

enum class Kind : uint8_t { Uninitialized, Race, Wait, Hazard, Barrier, Deadlock };

/// "uninitialized", "race", "wait", "hazard", "barrier", "deadlock".
const char *nameOf(Kind kind);

struct Report {
  Kind kind = Kind::Race;
  std::string kernel;
  std::string source;       // "file:line", empty where the code object has no line table
  std::string instruction;  // assembler text
  int64_t offset = 0;       // of the instruction from the kernel's entry, bytes
  uint32_t group[3] = {};   // workgroup
  uint32_t wave = 0;        // in the workgroup
  int lane = -1;            // -1: the whole wave
  std::string what;         // the finding, half a sentence
  std::string text() const; // all of it in one sentence
};

/// Collects reports: the first of each kind at each instruction of each kernel. Safe from any
/// thread.
class Reporter {
public:
  using Sink = std::function<void(const Report &)>;
  explicit Reporter(Sink sink) : sink(std::move(sink)) {}

  /// `lane` is -1 where the whole wave is meant; the instruction is the one in execution.
  void report(Kind kind, const isa::Wave &w, int lane, const std::string &what);

  /// Whether a report of the kind at this instruction has been told: more text need not be made.
  bool isTold(Kind kind, const isa::Wave &w) const;

  /// Reports that reached the sink.
  size_t count() const;

private:
  /// Kernel, offset of the instruction from its entry, kind.
  using Place = std::tuple<std::string, int64_t, Kind>;
  static Place placeOf(Kind kind, const isa::Wave &w);

  Sink sink;
  mutable std::mutex mutex;
  std::set<Place> told;
};

/// The instruction at `dword` of the running kernel with its source line: "`ds_write_b32 v1, v2` at
/// a.hip:12".
std::string describeInstruction(const isa::Wave &w, uint32_t dword);

} // namespace qcc::emulator::checks
