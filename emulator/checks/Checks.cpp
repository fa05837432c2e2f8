#include "emulator/checks/Checks.h"

#include "emulator/checks/Barriers.h"
#include "emulator/checks/Definedness.h"
#include "emulator/checks/Hazards.h"
#include "emulator/checks/Progress.h"
#include "emulator/checks/Races.h"
#include "emulator/checks/Waits.h"
#include "emulator/isa/Chip.h"

namespace qcc::emulator::checks {

namespace {

using Waves = std::span<const std::unique_ptr<isa::Wave>>;

/// What the workgroups of a launch share.
struct LaunchState {
  Selection selected;
  Reporter *reporter = nullptr;
  MemoryShadow *memory = nullptr;
  RaceLaunch races;
  MemoryChanges changes;
  isa::GroupShape shape;
};

class CheckedGroup : public isa::GroupObserver {
public:
  explicit CheckedGroup(LaunchState &launch)
      : selected(launch.selected), reporter(*launch.reporter),
        definedness(*launch.memory, launch.races.exempt), races(launch.races),
        progress(launch.changes, launch.shape) {}

  void start(Waves waves, const std::array<uint32_t, 3> &id) override {
    waits.resize(waves.size());
    hazards.resize(waves.size());
    for (const auto &w : waves) {
      waits[w->indexInGroup].start(*w);
      hazards[w->indexInGroup].start(*w);
    }
    barriers.start(waves);
    if (selected.progress) {
      progress.start(waves);
    }
    if (selected.uninitialized) {
      definedness.start(waves);
    }
    if (selected.races) {
      races.start(waves, id);
    }
  }

  void before(isa::Wave &w, const isa::Instruction &i,
              std::span<isa::MemoryAccess> accesses) override {
    if (selected.waits) {
      waits[w.indexInGroup].before(w, i, reporter);
    }
    if (selected.hazards) {
      hazards[w.indexInGroup].before(w, i, reporter);
    }
    if (!isArithmetic(i)) {
      beforeOthers(w, i, accesses);
    }
    if (selected.uninitialized) {
      definedness.before(w, i, accesses, reporter);
    }
  }

  void after(isa::Wave &w, const isa::Instruction &i,
             std::span<isa::MemoryAccess> accesses) override {
    if (selected.uninitialized) {
      definedness.after(w, i, accesses, reporter);
    }
    if (selected.hazards) {
      hazards[w.indexInGroup].after(i);
    }
    if (!isArithmetic(i)) {
      afterOthers(w, i, accesses);
    }
  }

  void barrier(Waves waves) override {
    if (selected.barriers) {
      barriers.pass(waves, reporter);
    }
    if (selected.races) {
      races.barrier();
    }
    if (selected.progress) {
      progress.barrier();
    }
  }
  void end(Waves) override {}
  void pause() override { progress.pause(); }
  bool stuck(Waves waves) const override { return selected.progress && progress.stuck(waves); }

private:
  /// Neither memory nor program flow: most checks have nothing to do.
  static bool isArithmetic(const isa::Instruction &i) {
    using Class = isa::InstructionClass;
    return (isa::isVectorArithmetic(i.facts.unit) || i.facts.unit == Class::Scalar ||
            i.facts.unit == Class::Matrix) &&
           (i.facts.traits & isa::TraitClock) == 0;
  }

  void beforeOthers(isa::Wave &w, const isa::Instruction &i,
                    std::span<isa::MemoryAccess> accesses) {
    if (selected.barriers) {
      barriers.before(w, i, reporter);
    }
    if (selected.races) {
      races.before(w, i, accesses, waits[w.indexInGroup].storesDone(), reporter);
    }
    if (selected.progress) {
      progress.before(w, i, accesses);
    }
  }

  void afterOthers(isa::Wave &w, const isa::Instruction &i, std::span<isa::MemoryAccess> accesses) {
    if (selected.progress) {
      progress.after(w, i, accesses);
    }
    if (selected.races) {
      races.after(w, i, accesses);
    }
    if (selected.waits || selected.races) {
      waits[w.indexInGroup].after(w, i, accesses);
    }
    if (selected.races && i.facts.unit == isa::InstructionClass::Wait &&
        waits[w.indexInGroup].storesDone()) {
      races.storesDone(w);
    }
  }

  const Selection &selected;
  Reporter &reporter;
  std::vector<Waits> waits;
  std::vector<Hazards> hazards;
  Barriers barriers;
  Definedness definedness;
  Races races;
  Progress progress;
};

} // namespace

class CheckedLaunch : public isa::LaunchObserver {
public:
  explicit CheckedLaunch(Checks &checks) : checks(checks) {
    state.selected = checks.selected;
    state.reporter = &checks.reports;
    state.memory = &checks.shadow;
  }

  void start(const isa::Launch &launch, const isa::GroupShape &shape) override {
    state.selected.progress &= launch.dispatch->hostMemory.begin == launch.dispatch->hostMemory.end;
    state.shape = shape;
    constexpr uint32_t numbers = Stamp::launchMask + 1; // that a stamp can hold
    if (++checks.launchNumber % numbers == 0) {
      checks.races.clear();
      ++checks.launchNumber;
    }
    state.races.number = checks.launchNumber % numbers;
    state.races.table = &checks.races;
    state.races.chip = launch.chip->name;
    state.races.exempt = launch.dispatch->hostMemory;
    state.races.caches = cacheRulesOf(launch.chip->name);
    uint64_t groups = 1;
    for (unsigned n = 0; n < 3; ++n) {
      state.races.grid[n] = launch.dispatch->gridWorkgroups[n];
      groups *= state.races.grid[n];
    }
    state.selected.races &= groups < Stamp::everyGroup; // more have no number in a stamp
  }
  std::unique_ptr<isa::GroupObserver> observeGroups() override {
    return std::make_unique<CheckedGroup>(state);
  }
  void end(const DispatchResult &) override {}

private:
  Checks &checks;
  LaunchState state;
};

bool parseSelection(std::string_view text, Selection &selection, std::string &error) {
  struct Row {
    std::string_view name;
    bool Selection::*member;
  };
  static constexpr Row rows[] = {{"uninitialized", &Selection::uninitialized},
                                 {"races", &Selection::races},
                                 {"waits", &Selection::waits},
                                 {"hazards", &Selection::hazards},
                                 {"barriers", &Selection::barriers},
                                 {"progress", &Selection::progress}};
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    bool known = name == "fatal";
    selection.fatal |= known;
    for (const Row &row : rows) {
      if (name == row.name || name == "all" || name == "1") {
        selection.*row.member = true;
        known = true;
      }
    }
    if (!known) {
      error = "there is no check named `" + std::string(name) +
              "`; say all, or some of uninitialized, races, waits, hazards, barriers, progress";
      return false;
    }
  }
  return true;
}

Checks::Checks(const Selection &selection, Reporter::Sink sink)
    : selected(selection), reports(std::move(sink)) {}

std::unique_ptr<isa::LaunchObserver> Checks::observeLaunch() {
  return std::make_unique<CheckedLaunch>(*this);
}

} // namespace qcc::emulator::checks
