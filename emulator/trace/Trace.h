// Prints what one wave of a launch does: each instruction, the registers that it reads and writes
// with their values, and the memory that it touches. The format: docs/emulator_counters.md.
#pragma once

#include "emulator/isa/Observer.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace qcc::emulator {

/// Which wave is traced.
struct TraceSelection {
  std::string kernel;     // a part of the kernel's name
  uint64_t workgroup = 0; // numbered with x fastest
  uint32_t wave = 0;      // of the workgroup
};

/// "kernel", "kernel:workgroup" or "kernel:workgroup:wave"; nothing for another text.
std::optional<TraceSelection> parseTraceSelection(std::string_view text);

class TraceObserver final : public isa::LaunchObserver {
public:
  /// Takes the text, whole lines at a time. Called from one thread at a time.
  using Sink = std::function<void(const std::string &)>;

  TraceObserver(TraceSelection selection, Sink sink);

  void start(const isa::Launch &launch, const isa::GroupShape &shape) override;
  std::unique_ptr<isa::GroupObserver> observeGroups() override;
  void end(const DispatchResult &result) override;

private:
  class Group;
  TraceSelection selection;
  Sink sink;
  const isa::Launch *launch = nullptr; // null: its kernel is another
};

} // namespace qcc::emulator
