#include "emulator/trace/Trace.h"

#include "emulator/isa/run/Workgroup.h"
#include "emulator/trace/Values.h"

#include <charconv>
#include <cstdio>

namespace qcc::emulator {

namespace {

/// Takes ":number" off the front of `text`; nothing when that is not there.
template <typename T> bool takeNumber(std::string_view &text, T &number) {
  if (!text.starts_with(":")) {
    return false;
  }
  const char *end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc()) {
    return false;
  }
  text = {stopped, static_cast<size_t>(end - stopped)};
  return true;
}

std::string join(const std::array<uint32_t, 3> &of) {
  return std::to_string(of[0]) + "," + std::to_string(of[1]) + "," + std::to_string(of[2]);
}

} // namespace

std::optional<TraceSelection> parseTraceSelection(std::string_view text) {
  TraceSelection selection;
  const size_t end = text.find(':');
  selection.kernel = text.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (!rest.empty() && !takeNumber(rest, selection.workgroup)) {
    return std::nullopt;
  }
  if (!rest.empty() && !takeNumber(rest, selection.wave)) {
    return std::nullopt;
  }
  return rest.empty() ? std::optional(selection) : std::nullopt;
}

/// Traces the wave while its workgroup runs in this storage.
class TraceObserver::Group final : public isa::GroupObserver {
public:
  explicit Group(TraceObserver &all) : all(all) {}

  void start(std::span<const std::unique_ptr<isa::Wave>> waves,
             const std::array<uint32_t, 3> &id) override {
    traced = nullptr;
    if (all.launch == nullptr || all.selection.wave >= waves.size()) {
      return;
    }
    const auto &grid = all.launch->dispatch->gridWorkgroups;
    if (id[0] + uint64_t(grid[0]) * (id[1] + uint64_t(grid[1]) * id[2]) !=
        all.selection.workgroup) {
      return;
    }
    traced = waves[all.selection.wave].get();
    shownExec.reset();
    source.clear();
    all.sink("# kernel " + all.launch->dispatch->kernel->name + ", " +
             all.launch->dispatch->kernel->chip + ", workgroup " + join(id) + ", wave " +
             std::to_string(all.selection.wave) + " of " + std::to_string(waves.size()) + ", " +
             std::to_string(traced->lanes) + " lanes\n");
  }

  void before(isa::Wave &w, const isa::Instruction &i,
              std::span<isa::MemoryAccess> accesses) override {
    if (&w == traced) {
      printBefore(w, i, accesses);
    }
  }
  void after(isa::Wave &w, const isa::Instruction &, std::span<isa::MemoryAccess>) override {
    if (&w != traced) {
      return;
    }
    std::string text;
    for (size_t n = 0; n < written.size(); ++n) {
      const NamedRegister &r = written[n];
      text += "    > " + registerName(r.vector, r.index) + "  " + old[n] + " -> " +
              registerValue(w, r.vector, r.index, exec) + "\n";
    }
    all.sink(text);
  }
  void barrier(std::span<const std::unique_ptr<isa::Wave>>) override {
    if (traced != nullptr) {
      all.sink("# barrier passed\n");
    }
  }
  void end(std::span<const std::unique_ptr<isa::Wave>>) override {
    if (traced != nullptr && traced->stop == isa::Stop::Fault) {
      all.sink("# " + traced->faultMessage + "\n");
    }
    traced = nullptr;
  }

private:
  void printBefore(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses) {
    exec = w.exec();
    char head[64];
    std::snprintf(head, sizeof head, "0x%06llx  ",
                  static_cast<unsigned long long>(uint64_t(w.at) * 4 -
                                                  all.launch->dispatch->kernel->entryOffset));
    std::string text = sourceOf(w) + head + i.text + "\n";
    if (shownExec != exec) {
      std::snprintf(head, sizeof head, "    exec  0x%llx\n", static_cast<unsigned long long>(exec));
      text += head;
      shownExec = exec;
    }
    for (const NamedRegister &r : registersOf(i.facts.reads)) {
      text += "    < " + registerName(r.vector, r.index) + "  " +
              registerValue(w, r.vector, r.index, exec) + "\n";
    }
    for (const isa::MemoryAccess &access : accesses) {
      text += "    @ " + accessText(access) + "\n";
    }
    all.sink(text);
    written = registersOf(i.facts.writes);
    old.clear();
    for (const NamedRegister &r : written) {
      old.push_back(registerValue(w, r.vector, r.index, exec));
    }
  }

  /// "# file:line" when that has changed.
  std::string sourceOf(const isa::Wave &w) {
    const auto &lines = all.launch->dispatch->kernel->lines;
    std::string now = lines ? lines->at(uint64_t(w.at) * 4) : "";
    if (now == source) {
      return "";
    }
    source = std::move(now);
    return "# " + (source.empty() ? "no source" : source) + "\n";
  }

  TraceObserver &all;
  isa::Wave *traced = nullptr;       // null: its workgroup is not here
  uint64_t exec = 0;                 // before the instruction
  std::optional<uint64_t> shownExec; // printed last
  std::string source;                // printed last
  std::vector<NamedRegister> written;
  std::vector<std::string> old; // their values before
};

TraceObserver::TraceObserver(TraceSelection selection, Sink sink)
    : selection(std::move(selection)), sink(std::move(sink)) {}

void TraceObserver::start(const isa::Launch &started, const isa::GroupShape &) {
  const bool wanted = started.dispatch->kernel->name.find(selection.kernel) != std::string::npos;
  launch = wanted ? &started : nullptr;
}

std::unique_ptr<isa::GroupObserver> TraceObserver::observeGroups() {
  return std::make_unique<Group>(*this);
}

void TraceObserver::end(const DispatchResult &) {
  launch = nullptr;
}

} // namespace qcc::emulator
