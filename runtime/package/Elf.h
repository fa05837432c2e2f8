// A bounds-checked view of a 64-bit little-endian AMDGPU ELF file in memory (System V gABI chapter
// 4; LLVM's AMDGPUUsage, section "ELF Code Object").
#pragma once

#include "runtime/Status.h"

#include <elf.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qcc::runtime {

/// One section: its header, its name and its bytes (none for SHT_NOBITS) in the file.
struct ElfSection {
  std::string_view name;
  Elf64_Shdr header;
  std::span<const uint8_t> bytes;
};

/// The parsed section table of a file. Views point into the bytes given to parse().
class ElfView {
public:
  /// Checks the ELF header and that the section table, the section names and every section lie
  /// within `bytes`. `file` names the file in errors. Error: Corrupt.
  static Result<ElfView> parse(std::span<const uint8_t> bytes, const std::string &file);

  const Elf64_Ehdr &header() const { return fileHeader; }
  const std::vector<ElfSection> &sections() const { return sectionTable; }

  /// The bytes of the section header table.
  std::span<const uint8_t> sectionHeaders() const { return headerTable; }
  /// The bytes of the section name table.
  std::span<const uint8_t> sectionNames() const { return nameTable; }

  /// The first section called `name`, or null.
  const ElfSection *find(std::string_view name) const;

  /// The names that the dynamic symbol table defines, sorted. Error: Corrupt (a symbol table that
  /// does not fit its strings, or none).
  Result<std::vector<std::string_view>> dynamicSymbols() const;

private:
  std::string file;
  Elf64_Ehdr fileHeader;
  std::span<const uint8_t> headerTable;
  std::span<const uint8_t> nameTable;
  std::vector<ElfSection> sectionTable;
};

/// The status for bytes of `file` that contradict the format, with the mend.
Status corruptArtifact(const std::string &file, const std::string &what);

} // namespace qcc::runtime
