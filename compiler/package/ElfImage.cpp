#include "compiler/package/ElfImage.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace qcc::package;
using llvm::alignTo;

llvm::Expected<ElfImage> ElfImage::create(llvm::ArrayRef<uint8_t> codeObject) {
  auto elf = llvm::object::ELFFile<llvm::object::ELF64LE>::create(llvm::toStringRef(codeObject));
  if (!elf) {
    return elf.takeError();
  }
  ElfImage image;
  image.original = image.patched = elf->getHeader();
  if (image.original.e_machine != llvm::ELF::EM_AMDGPU || image.original.e_shstrndx == 0) {
    return llvm::createStringError(
        "the code object is no AMDGPU ELF file with a section name table");
  }
  auto sections = elf->sections();
  if (!sections) {
    return sections.takeError();
  }
  for (const SectionHeader &section : *sections) {
    auto name = elf->getSectionName(section);
    if (!name) {
      return name.takeError();
    }
    image.sections.push_back(section);
    image.addName(image.sections.back(), *name);
  }
  image.end = codeObject.size();
  return image;
}

void ElfImage::addName(SectionHeader &section, llvm::StringRef name) {
  section.sh_name = static_cast<uint32_t>(names.size());
  names.insert(names.end(), name.begin(), name.end());
  names.push_back(0);
}

uint64_t ElfImage::append(llvm::StringRef name, uint64_t bytes, uint64_t alignment) {
  SectionHeader section = {};
  addName(section, name);
  section.sh_type = llvm::ELF::SHT_PROGBITS;
  section.sh_offset = alignTo(end, alignment);
  section.sh_size = bytes;
  section.sh_addralign = alignment;
  sections.push_back(section);
  end = section.sh_offset + bytes;
  return section.sh_offset;
}

void ElfImage::finish() {
  // lld's name table keeps its index, which other sections and symbols may refer past, and moves.
  SectionHeader &nameTable = sections[original.e_shstrndx];
  namesOffset = end;
  nameTable.sh_offset = end;
  nameTable.sh_size = names.size();
  patched.e_shoff = alignTo(end + names.size(), alignof(uint64_t));
  patched.e_shnum = static_cast<uint16_t>(sections.size());
  end = patched.e_shoff + sections.size() * sizeof(SectionHeader);
}

/// The bytes of `count` objects.
template <typename T> static llvm::ArrayRef<uint8_t> bytesOf(const T *objects, size_t count) {
  return {reinterpret_cast<const uint8_t *>(objects), count * sizeof(T)};
}

llvm::ArrayRef<uint8_t> ElfImage::header() const {
  return bytesOf(&patched, 1);
}

llvm::ArrayRef<uint8_t> ElfImage::sectionHeaders() const {
  return bytesOf(sections.data(), sections.size());
}
