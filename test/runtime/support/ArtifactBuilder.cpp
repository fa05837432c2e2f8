#include "test/runtime/support/ArtifactBuilder.h"

#include <cstring>
#include <elf.h>
#include <fstream>
#include <unistd.h>
#include <xxhash.h>

namespace qcc::test {

using Bytes = std::vector<uint8_t>;

namespace {

/// Collects sections and writes them with their names and headers at the end.
class ElfWriter {
public:
  explicit ElfWriter(Bytes start) : bytes(std::move(start)) {
    headers.push_back({});
    names.push_back(0);
  }

  void listExisting(const std::string &name, Elf64_Shdr header) {
    header.sh_name = addName(name);
    headers.push_back(header);
  }

  /// Appends content as a section and returns its index.
  uint32_t add(const std::string &name, uint32_t type, const Bytes &content, uint64_t alignment,
               uint32_t link = 0, uint64_t entryBytes = 0) {
    bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
    Elf64_Shdr header = {};
    header.sh_name = addName(name);
    header.sh_type = type;
    header.sh_offset = bytes.size();
    header.sh_size = content.size();
    header.sh_link = link;
    header.sh_addralign = alignment;
    header.sh_entsize = entryBytes;
    headers.push_back(header);
    bytes.insert(bytes.end(), content.begin(), content.end());
    return static_cast<uint32_t>(headers.size() - 1);
  }

  /// Appends the name table and the section header table, and updates the ELF header.
  Bytes finish() {
    uint32_t nameOffset = addName(".shstrtab");
    Elf64_Shdr header = {};
    header.sh_name = nameOffset;
    header.sh_type = SHT_STRTAB;
    header.sh_offset = bytes.size();
    header.sh_size = names.size();
    header.sh_addralign = 1;
    headers.push_back(header);
    bytes.insert(bytes.end(), names.begin(), names.end());
    bytes.resize((bytes.size() + 7) / 8 * 8);
    Elf64_Ehdr file;
    std::memcpy(&file, bytes.data(), sizeof(file));
    file.e_shoff = bytes.size();
    file.e_shnum = static_cast<uint16_t>(headers.size());
    file.e_shstrndx = file.e_shnum - 1;
    std::memcpy(bytes.data(), &file, sizeof(file));
    const auto *table = reinterpret_cast<const uint8_t *>(headers.data());
    bytes.insert(bytes.end(), table, table + headers.size() * sizeof(Elf64_Shdr));
    return bytes;
  }

  const std::vector<Elf64_Shdr> &sectionHeaders() const { return headers; }

private:
  uint32_t addName(const std::string &name) {
    auto offset = static_cast<uint32_t>(names.size());
    names.insert(names.end(), name.begin(), name.end());
    names.push_back(0);
    return offset;
  }

  Bytes bytes;
  Bytes names;
  std::vector<Elf64_Shdr> headers;
};

} // namespace

static uint64_t hashOf(const Bytes &bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

/// The ELF header of an AMDGPU code object.
static Bytes elfHeader() {
  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_ident[EI_OSABI] = 64; // ELFOSABI_AMDGPU_HSA
  header.e_type = ET_DYN;
  header.e_machine = 224; // EM_AMDGPU
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  Bytes bytes(sizeof(header));
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes;
}

/// A code object that defines these kernels, and the headers of its sections by name.
static Bytes codeObject(const std::vector<std::string> &kernels,
                        std::vector<std::pair<std::string, Elf64_Shdr>> &sections) {
  Bytes strings(1);
  std::vector<Elf64_Sym> symbols(1);
  for (const std::string &kernel : kernels) {
    for (const std::string &name : {kernel, kernel + ".kd"}) {
      Elf64_Sym symbol = {};
      symbol.st_name = static_cast<uint32_t>(strings.size());
      symbol.st_shndx = 1;
      symbols.push_back(symbol);
      strings.insert(strings.end(), name.begin(), name.end());
      strings.push_back(0);
    }
  }
  const auto *table = reinterpret_cast<const uint8_t *>(symbols.data());
  ElfWriter writer(elfHeader());
  writer.add(".text", SHT_PROGBITS, Bytes(64, 0xbf), 64);
  uint32_t stringSection = writer.add(".dynstr", SHT_STRTAB, strings, 1);
  writer.add(".dynsym", SHT_DYNSYM, Bytes(table, table + symbols.size() * sizeof(Elf64_Sym)), 8,
             stringSection, sizeof(Elf64_Sym));
  const char *names[] = {".text", ".dynstr", ".dynsym"};
  for (size_t i = 0; i < std::size(names); ++i) {
    sections.emplace_back(names[i], writer.sectionHeaders()[i + 1]);
  }
  return writer.finish();
}

/// A launch of "step" over `rows` rows.
static std::unique_ptr<fb::EntryPointT> entryPoint(const char *name, uint32_t rows) {
  auto launch = std::make_unique<fb::LaunchT>();
  launch->kernel = "step";
  launch->grid = {rows, 1, 1};
  launch->workgroup = {64, 1, 1};
  launch->arguments = {fb::Argument(fb::Memory::state, 0), fb::Argument(fb::Memory::logits, 0),
                       fb::Argument(fb::Memory::weights, 256)};
  auto entry = std::make_unique<fb::EntryPointT>();
  entry->name = name;
  entry->row_capacity = rows;
  entry->launches.push_back(std::move(launch));
  return entry;
}

Artifact::Artifact() : kernels{"step"} {
  for (size_t i = 0; i < 10000; ++i) {
    weights.push_back(static_cast<uint8_t>(i * 31 >> 3));
  }
  program.version = 1;
  program.compiler = "test";
  program.chip = "gfx942";
  program.model = std::make_unique<fb::ModelT>();
  program.model->name = "tiny";
  program.model->vocabulary_size = 32;
  program.model->max_batch = 2;
  program.model->max_context = 16;
  program.model->end_of_sequence = {31};
  program.state = std::make_unique<fb::StateLayoutT>();
  fb::StateLayoutT &state = *program.state;
  state.row_capacity = 4;
  state.rows = 0;
  state.logit_rows = 4;
  state.tokens = 16;
  state.slots = 32;
  state.positions = 48;
  state.logit_index = 64;
  state.bytes = 80;
  program.arena_bytes = 4096;
  program.kv_cache_bytes = 8192;
  program.entry_points.push_back(entryPoint("decode", 2));
  program.entry_points.push_back(entryPoint("prefill", 4));
}

Artifact &Artifact::addSampling() {
  program.version = 2;
  program.state->sampled = program.state->bytes;
  program.state->bytes += program.state->row_capacity * sizeof(uint32_t);
  program.sampler = std::make_unique<fb::SamplerLayoutT>();
  program.sampler->seen = 64;
  program.sampler->slot_bytes = 128;
  for (const auto &entry : program.entry_points) {
    auto launch = std::make_unique<fb::LaunchT>();
    launch->kernel = "sample";
    launch->grid = {entry->row_capacity, 1, 1};
    launch->workgroup = {64, 1, 1};
    launch->arguments = {fb::Argument(fb::Memory::state, 0), fb::Argument(fb::Memory::logits, 0),
                         fb::Argument(fb::Memory::sampler, 0)};
    entry->sampling.push_back(std::move(launch));
  }
  kernels.push_back("sample");
  return *this;
}

/// An entry of the program's list of checked sections.
static std::unique_ptr<fb::SectionT> checkedSection(const char *name, const Bytes &bytes) {
  auto section = std::make_unique<fb::SectionT>();
  section->name = name;
  section->bytes = bytes.size();
  section->hash = hashOf(bytes);
  return section;
}

/// Sets the seal of a finished file, which covers the headers that finishing wrote.
static void seal(Bytes &file, const Bytes &program) {
  Elf64_Ehdr header;
  std::memcpy(&header, file.data(), sizeof(header));
  std::vector<Elf64_Shdr> table(header.e_shnum);
  std::memcpy(table.data(), file.data() + header.e_shoff, table.size() * sizeof(Elf64_Shdr));
  const Elf64_Shdr &names = table[header.e_shstrndx];
  Bytes covered(file.begin(), file.begin() + sizeof(header));
  covered.insert(covered.end(), file.begin() + names.sh_offset,
                 file.begin() + names.sh_offset + names.sh_size);
  covered.insert(covered.end(), file.begin() + header.e_shoff, file.end());
  uint64_t hashes[2] = {hashOf(program), hashOf(covered)};
  std::memcpy(file.data() + table[header.e_shstrndx - 1].sh_offset, hashes, sizeof(hashes));
}

Bytes Artifact::buildProgram() {
  std::vector<std::pair<std::string, Elf64_Shdr>> codeSections;
  Bytes code = codeObject(kernels, codeSections);
  Elf64_Ehdr header;
  std::memcpy(&header, code.data(), sizeof(header));
  program.code_header =
      std::make_unique<fb::CodeHeader>(header.e_shoff, header.e_shnum, header.e_shstrndx);
  program.weights_bytes = weights.size();
  program.sections.clear();
  program.sections.push_back(checkedSection("code", code));
  program.sections.push_back(checkedSection(".qcc.weights", weights));
  if (!tokenizer.empty()) {
    program.sections.push_back(checkedSection(".qcc.tokenizer", tokenizer));
  }
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishProgramBuffer(builder, fb::Program::Pack(builder, &program));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Bytes Artifact::buildAround(const Bytes &programBytes) const {
  std::vector<std::pair<std::string, Elf64_Shdr>> codeSections;
  ElfWriter writer(codeObject(kernels, codeSections));
  for (const auto &[name, section] : codeSections) {
    writer.listExisting(name, section);
  }
  writer.add(".qcc.program", SHT_PROGBITS, programBytes, 8);
  if (!tokenizer.empty()) {
    writer.add(".qcc.tokenizer", SHT_PROGBITS, tokenizer, 8);
  }
  writer.add(".qcc.weights", SHT_PROGBITS, weights, 4096);
  writer.add(".qcc.seal", SHT_PROGBITS, Bytes(16), 8);
  Bytes file = writer.finish();
  seal(file, programBytes);
  return file;
}

Bytes Artifact::build() {
  return buildAround(buildProgram());
}

std::vector<Part> partsOf(const Bytes &artifact) {
  Elf64_Ehdr header;
  std::memcpy(&header, artifact.data(), sizeof(header));
  std::vector<Elf64_Shdr> table(header.e_shnum);
  std::memcpy(table.data(), artifact.data() + header.e_shoff, table.size() * sizeof(Elf64_Shdr));
  std::vector<Part> parts = {
      {"ELF header", 0, sizeof(header)},
      {"section header table", header.e_shoff, artifact.size() - header.e_shoff}};
  for (const Elf64_Shdr &section : table) {
    const auto *name = reinterpret_cast<const char *>(artifact.data()) +
                       table[header.e_shstrndx].sh_offset + section.sh_name;
    if (section.sh_type != SHT_NULL) {
      parts.push_back({name, section.sh_offset, section.sh_size});
    }
  }
  return parts;
}

namespace {

/// A folder of this process, removed with what is in it at its end.
struct TemporaryFolder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("qcc-runtime-test-" + std::to_string(getpid()));
  TemporaryFolder() { std::filesystem::create_directories(path); }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

} // namespace

std::string writeTemporary(const std::string &name, const Bytes &bytes) {
  static const TemporaryFolder folder;
  std::string path = folder.path / name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  return path;
}

} // namespace qcc::test
