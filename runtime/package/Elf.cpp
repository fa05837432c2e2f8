#include "runtime/package/Elf.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace qcc::runtime {

/// ELFOSABI_AMDGPU_HSA (AMDGPUUsage, table "AMDGPU ELF Header").
constexpr unsigned char osAbiAmdgpuHsa = 64;
/// EM_AMDGPU; absent from older elf.h.
constexpr uint16_t machineAmdgpu = 224;

Status corruptArtifact(const std::string &file, const std::string &what) {
  return {StatusCode::Corrupt,
          file + ": " + what + "; compile the model again or copy the file anew."};
}

/// `count` bytes at `offset`, or nothing when they do not lie within `bytes`.
static std::optional<std::span<const uint8_t>> slice(std::span<const uint8_t> bytes,
                                                     uint64_t offset, uint64_t count) {
  if (offset > bytes.size() || count > bytes.size() - offset) {
    return std::nullopt;
  }
  return bytes.subspan(offset, count);
}

/// The NUL-terminated string at `offset` of a string table, or nothing when it is not ended in it.
static std::optional<std::string_view> stringAt(std::span<const uint8_t> table, uint64_t offset) {
  if (offset >= table.size()) {
    return std::nullopt;
  }
  const auto *begin = reinterpret_cast<const char *>(table.data()) + offset;
  const auto *end = static_cast<const char *>(std::memchr(begin, 0, table.size() - offset));
  if (!end) {
    return std::nullopt;
  }
  return std::string_view(begin, end - begin);
}

/// What is wrong with an ELF header, or nothing.
static std::optional<std::string> faultOf(const Elf64_Ehdr &header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return "this is not an ELF file";
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return "this is not a 64-bit little-endian ELF file";
  }
  if (header.e_machine != machineAmdgpu || header.e_ident[EI_OSABI] != osAbiAmdgpuHsa ||
      header.e_type != ET_DYN) {
    return "this is not an AMDGPU code object";
  }
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum == 0 ||
      header.e_shstrndx >= header.e_shnum) {
    return "its ELF header describes no valid section table";
  }
  return std::nullopt;
}

/// Reads section `index`, without its name.
static Result<ElfSection> readSection(std::span<const uint8_t> bytes,
                                      std::span<const uint8_t> headerTable, size_t index,
                                      const std::string &file) {
  ElfSection section;
  std::memcpy(&section.header, headerTable.data() + index * sizeof(Elf64_Shdr), sizeof(Elf64_Shdr));
  if (section.header.sh_type == SHT_NOBITS || section.header.sh_type == SHT_NULL) {
    return section;
  }
  auto content = slice(bytes, section.header.sh_offset, section.header.sh_size);
  if (!content) {
    return corruptArtifact(
        file, "section " + std::to_string(index) + " reaches past the end of the file (" +
                  std::to_string(bytes.size()) + " bytes): it is truncated or damaged");
  }
  section.bytes = *content;
  return section;
}

Result<ElfView> ElfView::parse(std::span<const uint8_t> bytes, const std::string &file) {
  ElfView view;
  view.file = file;
  if (bytes.size() < sizeof(Elf64_Ehdr)) {
    return corruptArtifact(file, "the file ends within its ELF header");
  }
  Elf64_Ehdr &header = view.fileHeader;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (auto fault = faultOf(header)) {
    return corruptArtifact(file, *fault);
  }
  auto table = slice(bytes, header.e_shoff, uint64_t(header.e_shnum) * sizeof(Elf64_Shdr));
  if (!table) {
    return corruptArtifact(file, "its section header table reaches past the end of the file (" +
                                     std::to_string(bytes.size()) + " bytes): it is truncated");
  }
  view.headerTable = *table;
  for (size_t i = 0; i < header.e_shnum; ++i) {
    QCC_TRY_ASSIGN(ElfSection section, readSection(bytes, *table, i, file));
    view.sectionTable.push_back(section);
  }
  view.nameTable = view.sectionTable[header.e_shstrndx].bytes;
  for (ElfSection &section : view.sectionTable) {
    auto name = stringAt(view.nameTable, section.header.sh_name);
    if (!name) {
      return corruptArtifact(file, "a section's name lies outside the section name table");
    }
    section.name = *name;
  }
  return view;
}

const ElfSection *ElfView::find(std::string_view name) const {
  auto found = std::find_if(sectionTable.begin(), sectionTable.end(),
                            [&](const ElfSection &section) { return section.name == name; });
  return found == sectionTable.end() ? nullptr : &*found;
}

Result<std::vector<std::string_view>> ElfView::dynamicSymbols() const {
  auto table =
      std::find_if(sectionTable.begin(), sectionTable.end(),
                   [](const ElfSection &section) { return section.header.sh_type == SHT_DYNSYM; });
  if (table == sectionTable.end() || table->header.sh_link >= sectionTable.size()) {
    return corruptArtifact(file, "its code object has no dynamic symbol table");
  }
  std::span<const uint8_t> strings = sectionTable[table->header.sh_link].bytes;
  std::vector<std::string_view> names;
  for (size_t offset = 0; offset + sizeof(Elf64_Sym) <= table->bytes.size();
       offset += sizeof(Elf64_Sym)) {
    Elf64_Sym symbol;
    std::memcpy(&symbol, table->bytes.data() + offset, sizeof(symbol));
    if (symbol.st_shndx == SHN_UNDEF) {
      continue;
    }
    auto name = stringAt(strings, symbol.st_name);
    if (!name) {
      return corruptArtifact(file, "a dynamic symbol's name lies outside its string table");
    }
    names.push_back(*name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace qcc::runtime
