// Runs assembled kernels with checks on and collects what they report.
#pragma once

#include "emulator/checks/Checks.h"
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {

class Checked {
public:
  explicit Checked(std::string_view names)
      : checks(select(names), [this](const checks::Report &r) { reports.push_back(r); }) {}

  /// Declares the buffer as fresh memory that nobody wrote.
  void fresh(DeviceBuffer &buffer) { checks.memory().allocated(buffer.address(), buffer.size()); }

  DispatchResult run(const std::string &chip, const std::string &text,
                     const std::vector<uint64_t> &arguments, uint32_t workItems = 64,
                     uint32_t workgroups = 1) {
    AssembledKernel kernel(chip, text);
    auto observer = checks.observeLaunch();
    kernel.observers = {observer.get()};
    kernel.residentWorkgroups = resident;
    return kernel.run(arguments, workItems, workgroups);
  }

  /// The kind and instruction of every report: "race: ds_read_b32 v2, v1".
  std::vector<std::string> found() const {
    std::vector<std::string> all;
    for (const checks::Report &r : reports) {
      all.push_back(std::string(checks::nameOf(r.kind)) + ": " + r.instruction);
    }
    return all;
  }

  uint64_t resident = 0;
  std::vector<checks::Report> reports;
  checks::Checks checks;

private:
  static checks::Selection select(std::string_view names) {
    checks::Selection selection;
    std::string error;
    EXPECT_TRUE(checks::parseSelection(names, selection, error)) << error;
    return selection;
  }
};

using Found = std::vector<std::string>;

} // namespace qcc::emulator::test
