// The code objects and bundles that the build made of kernels.ll.
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace qcc::emulator::test {

inline const std::vector<std::string> &chipNames() {
  static const std::vector<std::string> names{"gfx90a",  "gfx942",  "gfx950",
                                              "gfx1100", "gfx1151", "gfx1201"};
  return names;
}

/// A file of build/test_kernels; empty when it cannot be read.
inline std::vector<uint8_t> readKernelFile(const std::string &name) {
  std::ifstream file(std::string(QCC_BUILD_DIR "/test_kernels/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace qcc::emulator::test
