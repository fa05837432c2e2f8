// The ELF part of a code object: program headers, dynamic symbols, relocations, notes.
#pragma once

#include "emulator/code_object/CodeObject.h"

#include <string>
#include <vector>

namespace qcc::emulator {

/// A defined dynamic symbol.
struct ElfSymbol {
  std::string name;
  uint64_t address = 0;
  uint64_t bytes = 0;
  uint8_t type = 0; // STT_*
};

/// What the program headers lead to.
struct ElfImage {
  uint32_t elfMachine = 0;
  uint32_t version = 0; // code object version
  std::vector<Segment> segments;
  std::vector<ElfSymbol> symbols;
  std::vector<Relocation> relocations;
  Bytes metadata; // MessagePack of the AMDGPU metadata note; empty when there is none
};

/// Reads and checks; the error names the first thing that is wrong.
llvm::Expected<ElfImage> readElfImage(Bytes file);

/// The bytes of [address, address + count) as the file holds them, or nothing when they are not all
/// in one segment's file part.
std::optional<Bytes> bytesAt(Bytes file, const std::vector<Segment> &segments, uint64_t address,
                             uint64_t count);

} // namespace qcc::emulator
