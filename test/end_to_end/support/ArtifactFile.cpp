#include "test/end_to_end/support/ArtifactFile.h"

#include "runtime/program_generated.h"
#include "test/end_to_end/support/Programs.h"

#include <cstring>
#include <elf.h>
#include <gtest/gtest.h>
#include <xxhash.h>

namespace qcc::test {

template <typename T> static T read(const std::string &bytes, uint64_t offset) {
  T value{};
  if (offset + sizeof(T) <= bytes.size()) {
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
  }
  return value;
}

ArtifactFile::ArtifactFile(const std::string &path) : bytes(readFile(path)) {
  auto header = read<Elf64_Ehdr>(bytes, 0);
  auto sectionHeader = [&](uint64_t index) {
    return read<Elf64_Shdr>(bytes, header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  auto names = sectionHeader(header.e_shstrndx);
  for (uint64_t i = 0; i < header.e_shnum; ++i) {
    auto section = sectionHeader(i);
    if (section.sh_type != SHT_NULL && section.sh_type != SHT_NOBITS && section.sh_size != 0) {
      const char *name = bytes.data() + names.sh_offset + section.sh_name;
      sections.push_back({name, section.sh_offset, section.sh_size});
    }
  }
}

const ArtifactFile::Section &ArtifactFile::section(const std::string &name) const {
  for (const Section &section : sections) {
    if (section.name == name) {
      return section;
    }
  }
  ADD_FAILURE() << "the artifact has no section " << name;
  std::abort();
}

void ArtifactFile::setVersion(uint32_t version) {
  const Section &place = section(".qcc.program");
  auto *data = reinterpret_cast<uint8_t *>(bytes.data() + place.offset);
  // Tables of a schema are private children of flatbuffers::Table, which they add nothing to.
  auto *program = flatbuffers::GetRoot<flatbuffers::Table>(data);
  const uint8_t *field = program->GetAddressOf(fb::Program::VT_VERSION);
  ASSERT_NE(field, nullptr);
  std::memcpy(const_cast<uint8_t *>(field), &version, sizeof(version));
  XXH64_hash_t hash = XXH3_64bits(data, place.bytes);
  std::memcpy(bytes.data() + section(".qcc.seal").offset, &hash, sizeof(hash));
}

} // namespace qcc::test
