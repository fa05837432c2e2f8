// An AMDGPU code object as a loader sees it: segments, symbols, relocations, kernels and the layout
// of their arguments. Everything is checked against the bytes it came from.
#pragma once

#include "emulator/code_object/Bytes.h"

#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace qcc::emulator {

/// What the launch writes into a field of the kernel argument segment. Names follow the
/// `.value_kind` strings of LLVM's AMDGPUUsage, "Code Object V5 Metadata".
enum class ArgumentKind : uint8_t {
  Explicit, // copied from the caller
  BlockCountX,
  BlockCountY,
  BlockCountZ,
  GroupSizeX,
  GroupSizeY,
  GroupSizeZ,
  RemainderX,
  RemainderY,
  RemainderZ,
  GlobalOffsetX,
  GlobalOffsetY,
  GlobalOffsetZ,
  GridDims,
  DynamicLdsSize,
  HostCallBuffer,
  PrintfBuffer,
  Zero, // a service that this device does not offer: a null pointer
};

/// A field of the kernel argument segment; offset and size in bytes, inside `kernargBytes`.
struct KernelArgument {
  uint32_t offset = 0;
  uint32_t size = 0;
  ArgumentKind kind = ArgumentKind::Explicit;
};

/// A kernel as the metadata note and the symbol table describe it.
struct KernelInfo {
  std::string name;               // without `.kd`
  uint64_t descriptorAddress = 0; // in the code object's address space
  bool hasMetadata = false;       // else the fields below are unknown: defaults
  std::vector<KernelArgument> arguments;
  uint32_t kernargBytes = 0;
  uint32_t maxFlatWorkgroupSize =
      1024; // work-items; AMDHSA's limit where a kernel states a larger one
  std::array<uint32_t, 3> requiredWorkgroupSize{0, 0, 0}; // zeros: none required
};

/// A loadable part: `fileBytes` bytes of the file, then zeros up to `memoryBytes`.
struct Segment {
  uint64_t address = 0;
  uint64_t memoryBytes = 0;
  uint64_t fileOffset = 0;
  uint64_t fileBytes = 0;
  bool executable = false;
};

/// A global variable.
struct Variable {
  uint64_t address = 0;
  uint64_t bytes = 0;
};

/// A 64-bit word that holds an address: base + `value` is stored at `address`.
struct Relocation {
  uint64_t address = 0;
  uint64_t value = 0;
};

/// Formats of a code object's buffered printf, by the hash that its kernels write for them.
using PrintfFormats = std::map<uint64_t, std::string>;

struct CodeObject {
  uint32_t elfMachine = 0;       // EF_AMDGPU_MACH
  uint32_t version = 0;          // code object version: 3 to 6
  uint64_t addressEnd = 0;       // one past the highest segment byte
  std::vector<Segment> segments; // ascending, disjoint, inside [0, addressEnd)
  std::map<std::string, KernelInfo, std::less<>> kernels;
  std::map<std::string, Variable, std::less<>> variables;
  std::vector<Relocation> relocations; // 8 bytes each, inside a segment
  PrintfFormats printfFormats;
};

/// Reads an AMDGPU shared object. Section headers are not used and may be absent. The error is one
/// sentence that says what is wrong with the file.
llvm::Expected<CodeObject> readCodeObject(Bytes file);

} // namespace qcc::emulator
