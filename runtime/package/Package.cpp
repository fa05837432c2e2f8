#include "runtime/package/Package.h"

#include "runtime/package/CheckProgram.h"
#include "runtime/package/Elf.h"

#include <cstring>
#include <xxhash.h>

namespace qcc::runtime {

constexpr const char *programSection = ".qcc.program";
constexpr const char *tokenizerSection = ".qcc.tokenizer";
constexpr const char *weightsSection = ".qcc.weights";
constexpr const char *sealSection = ".qcc.seal";
constexpr const char *codeName = "code";

/// Fills a Package from the bytes of an artifact, one check after the other.
class PackageReader {
public:
  PackageReader(std::span<const uint8_t> bytes, Package &package)
      : bytes(bytes), package(package), file(package.fileName) {}

  Status read();

private:
  Status readSeal(const ElfView &elf);
  Status readProgram(const ElfView &elf);
  Status readCode();
  Status readTokenizer(const ElfView &elf);
  Status readWeights(const ElfView &elf);
  Status checkLaunches();

  /// The program's entry for a checked section, or null.
  const fb::Section *listed(const std::string &name) const;
  Status hashMismatch(const std::string &part) const {
    return corruptArtifact(file, part + " does not match its checksum: the file is damaged");
  }

  std::span<const uint8_t> bytes;
  Package &package;
  const std::string &file;
};

/// XXH3-64 of `bytes`.
static uint64_t hashOf(std::span<const uint8_t> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

/// XXH3-64 of the file's ELF header, section name table and section header table.
static uint64_t hashOfHeaders(const ElfView &elf) {
  std::vector<uint8_t> all(sizeof(Elf64_Ehdr));
  std::memcpy(all.data(), &elf.header(), sizeof(Elf64_Ehdr));
  all.insert(all.end(), elf.sectionNames().begin(), elf.sectionNames().end());
  all.insert(all.end(), elf.sectionHeaders().begin(), elf.sectionHeaders().end());
  return hashOf(all);
}

Status PackageReader::read() {
  QCC_TRY_ASSIGN(ElfView elf, ElfView::parse(bytes, file));
  QCC_TRY(readSeal(elf));
  QCC_TRY(readProgram(elf));
  QCC_TRY(readCode());
  QCC_TRY(readTokenizer(elf));
  QCC_TRY(readWeights(elf));
  return checkLaunches();
}

Status PackageReader::readSeal(const ElfView &elf) {
  const ElfSection *seal = elf.find(sealSection);
  const ElfSection *program = elf.find(programSection);
  if (!seal || !program) {
    return corruptArtifact(file, std::string("it has no section ") +
                                     (seal ? programSection : sealSection) +
                                     ": qcc did not write it, or it is damaged");
  }
  uint64_t hashes[2];
  if (seal->bytes.size() != sizeof(hashes)) {
    return corruptArtifact(file, std::string("section ") + sealSection + " is not 16 bytes long");
  }
  std::memcpy(hashes, seal->bytes.data(), sizeof(hashes));
  if (hashes[0] != hashOf(program->bytes)) {
    return hashMismatch(std::string("section ") + programSection);
  }
  if (hashes[1] != hashOfHeaders(elf)) {
    return hashMismatch("its ELF header or section table");
  }
  return {};
}

Status PackageReader::readProgram(const ElfView &elf) {
  std::span<const uint8_t> section = elf.find(programSection)->bytes;
  package.programBytes.assign(section.begin(), section.end());
  flatbuffers::Verifier verifier(package.programBytes.data(), package.programBytes.size());
  if (!fb::VerifyProgramBuffer(verifier)) {
    return corruptArtifact(file, std::string("section ") + programSection + " is not a program");
  }
  return checkVersion(package.program(), file);
}

const fb::Section *PackageReader::listed(const std::string &name) const {
  for (const fb::Section *section : *package.program().sections()) {
    if (section->name()->str() == name) {
      return section;
    }
  }
  return nullptr;
}

/// Copies the code object and puts back the header fields that the packaging overwrote.
Status PackageReader::readCode() {
  const fb::Section *section = listed(codeName);
  const fb::CodeHeader *saved = package.program().code_header();
  if (!section || !saved || section->bytes() < sizeof(Elf64_Ehdr) ||
      section->bytes() > bytes.size()) {
    return corruptArtifact(file, "its program describes no code object");
  }
  package.code.assign(bytes.begin(), bytes.begin() + section->bytes());
  Elf64_Ehdr header;
  std::memcpy(&header, package.code.data(), sizeof(header));
  header.e_shoff = saved->e_shoff();
  header.e_shnum = saved->e_shnum();
  header.e_shstrndx = saved->e_shstrndx();
  std::memcpy(package.code.data(), &header, sizeof(header));
  return hashOf(package.code) == section->hash() ? Status{} : hashMismatch("its code object");
}

Status PackageReader::readTokenizer(const ElfView &elf) {
  const ElfSection *section = elf.find(tokenizerSection);
  const fb::Section *expected = listed(tokenizerSection);
  if (!section && !expected) {
    return {};
  }
  if (!section || !expected || section->bytes.size() != expected->bytes()) {
    return corruptArtifact(file, std::string("section ") + tokenizerSection +
                                     " is not the one that its program describes");
  }
  package.tokenizerBytes.assign(section->bytes.begin(), section->bytes.end());
  return hashOf(package.tokenizerBytes) == expected->hash()
             ? Status{}
             : hashMismatch(std::string("section ") + tokenizerSection);
}

Status PackageReader::readWeights(const ElfView &elf) {
  const ElfSection *section = elf.find(weightsSection);
  const fb::Section *expected = listed(weightsSection);
  uint64_t size = package.program().weights_bytes();
  if (!section || !expected || section->bytes.size() != size || expected->bytes() != size) {
    return corruptArtifact(file, std::string("section ") + weightsSection +
                                     " is not the one that its program describes");
  }
  package.weightBytes = section->bytes;
  package.expectedWeightsHash = expected->hash();
  return {};
}

Status PackageReader::checkLaunches() {
  QCC_TRY_ASSIGN(ElfView code, ElfView::parse(package.code, file));
  QCC_TRY_ASSIGN(std::vector<std::string_view> symbols, code.dynamicSymbols());
  return checkProgram(package.program(), symbols, file);
}

Result<std::shared_ptr<const Package>> Package::parse(std::span<const uint8_t> bytes,
                                                      const std::string &name) {
  auto package = std::make_shared<Package>();
  package->fileName = name;
  QCC_TRY(PackageReader(bytes, *package).read());
  return std::shared_ptr<const Package>(std::move(package));
}

Result<std::shared_ptr<const Package>> Package::open(const std::string &path) {
  auto package = std::make_shared<Package>();
  package->fileName = path;
  QCC_TRY_ASSIGN(package->file, MappedFile::open(path));
  QCC_TRY(PackageReader(package->file.bytes(), *package).read());
  return std::shared_ptr<const Package>(std::move(package));
}

void Package::dropPages(std::span<const uint8_t> range) const {
  if (!file.bytes().empty()) {
    file.dropPages(range);
  }
}

} // namespace qcc::runtime
