// The artifact as an ELF file: lld's code object with sections appended after it
// (docs/artifact.md).
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace qcc::package {

class ElfImage {
public:
  using Header = llvm::object::ELF64LE::Ehdr;
  using SectionHeader = llvm::object::ELF64LE::Shdr;

  /// Starts from lld's output. Fails with one sentence when that is no AMDGPU ELF.
  static llvm::Expected<ElfImage> create(llvm::ArrayRef<uint8_t> codeObject);

  /// Appends a section, not allocated, of `bytes` at the next multiple of `alignment` of the file,
  /// and returns its offset.
  uint64_t append(llvm::StringRef name, uint64_t bytes, uint64_t alignment);

  /// Places the section name table and the section header table after the sections; the last step.
  void finish();

  /// The code object's ELF header as lld wrote it.
  const Header &codeHeader() const { return original; }

  // After finish() only: parts of the file that are not in a section of append().
  /// The ELF header, at byte 0.
  llvm::ArrayRef<uint8_t> header() const;
  llvm::ArrayRef<uint8_t> sectionNames() const { return names; }
  uint64_t sectionNamesOffset() const { return namesOffset; }
  llvm::ArrayRef<uint8_t> sectionHeaders() const;
  uint64_t sectionHeadersOffset() const { return patched.e_shoff; }
  uint64_t fileBytes() const { return end; }

private:
  void addName(SectionHeader &section, llvm::StringRef name);

  Header original, patched;
  std::vector<SectionHeader> sections;
  std::vector<uint8_t> names;
  uint64_t namesOffset = 0, end = 0;
};

} // namespace qcc::package
