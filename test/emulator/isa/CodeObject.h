// A linked AMDGPU code object, loaded for tests: just enough of a loader to launch its kernels.
#pragma once

#include "test/emulator/isa/Harness.h"

#include <map>

namespace qcc::emulator::test {

class CodeObject {
public:
  /// Reads the file; `chip` as LLVM spells it. A failed test when it cannot be read.
  CodeObject(const std::string &path, const std::string &chip);
  ~CodeObject();
  /// Runs a kernel by name with `arguments` as its kernel arguments.
  DispatchResult run(const std::string &name, const std::vector<uint64_t> &arguments,
                     uint32_t workgroups, uint32_t workItems);

private:
  std::unique_ptr<DeviceBuffer> image;
  std::map<std::string, Kernel> kernels;
};

} // namespace qcc::emulator::test
