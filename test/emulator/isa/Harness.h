// Assembles text for a chip and runs it on the emulated instruction set.
#pragma once

#include "emulator/isa/Dispatch.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace qcc::emulator::test {

/// Machine code of `text` for `chip`; a failed test and an empty result when it does not assemble.
/// `features` as LLVM spells them.
std::vector<uint8_t> assemble(const std::string &chip, const std::string &text,
                              const std::string &features = "");

/// Whether LLVM's assembler takes the text for the chip.
bool assembles(const std::string &chip, const std::string &text, const std::string &features = "");

/// Memory that the emulated device sees as an allocation while the object lives.
class DeviceBuffer {
public:
  explicit DeviceBuffer(size_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(const DeviceBuffer &) = delete;
  DeviceBuffer &operator=(const DeviceBuffer &) = delete;
  uint8_t *data() { return bytes.data(); }
  uint64_t address() const { return reinterpret_cast<uint64_t>(bytes.data()); }
  template <typename T> T *as() { return reinterpret_cast<T *>(bytes.data()); }
  size_t size() const { return bytes.size(); }

private:
  std::vector<uint8_t> bytes;
};

/// A kernel made of assembler text. It gets the kernel arguments' address in s[0:1], the
/// workgroup's number in s2 (gfx12: ttmp9), its work-item number in v0.
class AssembledKernel {
public:
  /// `wave64`: also where the chip's waves are of 32 lanes otherwise.
  AssembledKernel(const std::string &chip, const std::string &text, bool wave64 = false);
  ~AssembledKernel();
  /// Runs one or more workgroups; `arguments` are the kernel arguments' bytes.
  DispatchResult run(const std::vector<uint64_t> &arguments, uint32_t workItems = 64,
                     uint32_t workgroups = 1);

  Kernel kernel;
  std::vector<isa::LaunchObserver *> observers;             // watch the launches
  uint64_t instructionLimit = 0;                            // a wave; 0: none
  uint64_t residentWorkgroups = 0;                          // at once; 0: any number
  uint64_t firstWorkgroup = 0, mostWorkgroups = UINT64_MAX; // those that run
  uint32_t lanes = 64;                                      // of a wave: 32 on gfx11 and gfx12

private:
  std::vector<uint8_t> code;
};

/// One instruction under test: sources are loaded into v[4..], the text is run, v[20..] is stored.
struct VectorCase {
  std::string text; // "v_add_f32 v20, v4, v5"; of several lines those after a `>` are under test
  std::vector<std::vector<uint32_t>> inputs = {}; // a register each: values for lanes 0, 1, ...
  uint32_t results = 1;                           // registers to store
  std::string before = {};                        // instructions run first
  std::string after = {};                         // instructions run before the store
};

using Lanes = std::vector<uint32_t>; // a word for each lane

/// A case assembled once, to run with several inputs.
class VectorKernel {
public:
  VectorKernel(const std::string &chip, const VectorCase &test);
  /// The stored registers, one `Lanes` each; a failed test when the launch fails.
  std::vector<Lanes> run(const std::vector<Lanes> &inputs);

private:
  std::string chip;
  uint32_t lanes, results;
  AssembledKernel kernel;
};

/// The same, once, with the case's own inputs.
std::vector<Lanes> runVector(const std::string &chip, const VectorCase &test);

inline bool isWave32(const std::string &chip) {
  return chip.compare(0, 4, "gfx9") != 0;
}

} // namespace qcc::emulator::test
