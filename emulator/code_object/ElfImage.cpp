#include "emulator/code_object/ElfImage.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace qcc::emulator {
namespace {

using namespace llvm;
using namespace llvm::ELF;

/// More memory than a code object can sensibly ask for; a hostile one could ask for anything.
constexpr uint64_t maxImageBytes = 1ull << 36;
/// e_ident[EI_ABIVERSION] of the first supported code object version, 3.
constexpr unsigned abiVersionOfV3 = ELFABIVERSION_AMDGPU_HSA_V3;

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

/// The entries of the dynamic section that a loader needs.
struct DynamicTable {
  uint64_t symbols = 0, strings = 0, stringBytes = 0;
  uint64_t hash = 0, gnuHash = 0;
  uint64_t relocations = 0, relocationBytes = 0;
};

class Reader {
public:
  explicit Reader(Bytes file) : file(file) {}
  Error read();
  ElfImage image;

private:
  Error readHeader();
  Error readProgramHeaders();
  Error addSegment(const Elf64_Phdr &header);
  Error checkSegments();
  Error readDynamic(const Elf64_Phdr &header);
  Error readSymbols();
  Expected<uint64_t> countSymbols() const;
  Expected<uint64_t> countGnuHashSymbols() const;
  Expected<ElfSymbol> readSymbol(uint64_t index, bool &defined) const;
  Error readRelocations();
  Error addRelocation(const Elf64_Rela &entry);
  Error readNotes(const Elf64_Phdr &header);
  bool inSegment(uint64_t address, uint64_t count) const;

  template <typename T> bool readAt(uint64_t address, T &value) const {
    std::optional<Bytes> bytes = bytesAt(file, image.segments, address, sizeof(T));
    return bytes && bytes->read(0, value);
  }

  Bytes file;
  Elf64_Ehdr header{};
  DynamicTable dynamic;
};

Error Reader::read() {
  if (Error error = readHeader()) {
    return error;
  }
  if (Error error = readProgramHeaders()) {
    return error;
  }
  if (Error error = readSymbols()) {
    return error;
  }
  return readRelocations();
}

Error Reader::readHeader() {
  if (!file.read(0, header) || !header.checkMagic()) {
    return failure("not an ELF file");
  }
  if (header.getFileClass() != ELFCLASS64 || header.getDataEncoding() != ELFDATA2LSB) {
    return failure("not a 64-bit little-endian ELF file");
  }
  if (header.e_machine != EM_AMDGPU || header.e_type != ET_DYN) {
    return failure("not an AMDGPU shared object");
  }
  if (header.e_ident[EI_OSABI] != ELFOSABI_AMDGPU_HSA) {
    return failure("not an AMDHSA code object (OS ABI " + Twine(header.e_ident[EI_OSABI]) + ")");
  }
  unsigned abiVersion = header.e_ident[EI_ABIVERSION];
  if (abiVersion < abiVersionOfV3 || abiVersion > ELFABIVERSION_AMDGPU_HSA_V6) {
    return failure("ABI version " + Twine(abiVersion) + " is none of code object versions 3 to 6");
  }
  image.version = abiVersion - abiVersionOfV3 + 3;
  image.elfMachine = header.e_flags & EF_AMDGPU_MACH;
  return Error::success();
}

Error Reader::readProgramHeaders() {
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0) {
    return failure("no program headers");
  }
  std::vector<Elf64_Phdr> headers(header.e_phnum);
  for (uint64_t i = 0; i < headers.size(); ++i) {
    // e_phoff can be anything: a sum that wraps lands outside the file or on other checked bytes.
    if (!file.read(header.e_phoff + i * sizeof(Elf64_Phdr), headers[i])) {
      return failure("program header " + Twine(i) + " lies outside the file");
    }
    if (headers[i].p_type == PT_LOAD) {
      if (Error error = addSegment(headers[i])) {
        return error;
      }
    }
  }
  if (Error error = checkSegments()) {
    return error;
  }
  for (const Elf64_Phdr &entry : headers) {
    if (entry.p_type != PT_DYNAMIC && entry.p_type != PT_NOTE) {
      continue;
    }
    if (Error error = entry.p_type == PT_DYNAMIC ? readDynamic(entry) : readNotes(entry)) {
      return error;
    }
  }
  return Error::success();
}

Error Reader::addSegment(const Elf64_Phdr &entry) {
  if (entry.p_memsz == 0) {
    return Error::success();
  }
  if (!file.contains(entry.p_offset, entry.p_filesz) || entry.p_filesz > entry.p_memsz) {
    return failure(formatv("the segment at address {0:x} lies outside the file", entry.p_vaddr));
  }
  if (entry.p_vaddr > maxImageBytes || entry.p_memsz > maxImageBytes - entry.p_vaddr) {
    return failure(formatv("the segment at address {0:x} is too large", entry.p_vaddr));
  }
  image.segments.push_back(
      {entry.p_vaddr, entry.p_memsz, entry.p_offset, entry.p_filesz, (entry.p_flags & PF_X) != 0});
  return Error::success();
}

Error Reader::checkSegments() {
  std::sort(image.segments.begin(), image.segments.end(),
            [](const Segment &a, const Segment &b) { return a.address < b.address; });
  for (size_t i = 1; i < image.segments.size(); ++i) {
    const Segment &before = image.segments[i - 1];
    if (before.address + before.memoryBytes > image.segments[i].address) {
      return failure(formatv("segments overlap at address {0:x}", image.segments[i].address));
    }
  }
  return Error::success();
}

Error Reader::readDynamic(const Elf64_Phdr &entry) {
  std::optional<Bytes> table = file.slice(entry.p_offset, entry.p_filesz);
  if (!table) {
    return failure("the dynamic section lies outside the file");
  }
  Elf64_Dyn item;
  for (uint64_t at = 0; table->read(at, item) && item.d_tag != DT_NULL; at += sizeof(item)) {
    switch (item.d_tag) {
    case DT_SYMTAB:
      dynamic.symbols = item.d_un.d_ptr;
      break;
    case DT_STRTAB:
      dynamic.strings = item.d_un.d_ptr;
      break;
    case DT_STRSZ:
      dynamic.stringBytes = item.d_un.d_val;
      break;
    case DT_HASH:
      dynamic.hash = item.d_un.d_ptr;
      break;
    case DT_GNU_HASH:
      dynamic.gnuHash = item.d_un.d_ptr;
      break;
    case DT_RELA:
      dynamic.relocations = item.d_un.d_ptr;
      break;
    case DT_RELASZ:
      dynamic.relocationBytes = item.d_un.d_val;
      break;
    case DT_REL:
    case DT_JMPREL:
      return failure("it has relocations of a kind that AMDGPU does not use");
    default:
      break;
    }
  }
  return Error::success();
}

/// The symbol table has no length of its own: it is as long as its hash table says.
Expected<uint64_t> Reader::countSymbols() const {
  uint32_t chains = 0;
  if (dynamic.hash != 0) {
    if (!readAt(dynamic.hash + 4, chains)) {
      return failure("the symbol hash table lies outside the segments");
    }
    return chains;
  }
  return dynamic.gnuHash != 0 ? countGnuHashSymbols() : Expected<uint64_t>(0);
}

/// The last chain of the GNU hash table ends with the last symbol; bit 0 marks a chain's end.
Expected<uint64_t> Reader::countGnuHashSymbols() const {
  std::array<uint32_t, 4> head{}; // buckets, first hashed symbol, bloom words, bloom shift
  if (!readAt(dynamic.gnuHash, head)) {
    return failure("the symbol hash table lies outside the segments");
  }
  uint64_t buckets = dynamic.gnuHash + sizeof(head) + 8ull * head[2];
  uint64_t last = 0;
  for (uint64_t i = 0; i < head[0]; ++i) {
    uint32_t bucket = 0;
    if (!readAt(buckets + 4 * i, bucket)) {
      return failure("the symbol hash table lies outside the segments");
    }
    last = std::max<uint64_t>(last, bucket);
  }
  if (last < head[1]) {
    return head[1];
  }
  uint64_t chains = buckets + 4ull * head[0];
  for (uint32_t value = 0; (value & 1) == 0; ++last) {
    if (!readAt(chains + 4 * (last - head[1]), value)) {
      return failure("the symbol hash table lies outside the segments");
    }
  }
  return last;
}

Error Reader::readSymbols() {
  if (dynamic.symbols == 0) {
    return Error::success();
  }
  Expected<uint64_t> count = countSymbols();
  if (!count) {
    return count.takeError();
  }
  if (*count > file.size() / sizeof(Elf64_Sym)) {
    return failure("the symbol table is longer than the file");
  }
  for (uint64_t i = 1; i < *count; ++i) {
    bool defined = false;
    Expected<ElfSymbol> symbol = readSymbol(i, defined);
    if (!symbol) {
      return symbol.takeError();
    }
    if (defined) {
      image.symbols.push_back(std::move(*symbol));
    }
  }
  return Error::success();
}

Expected<ElfSymbol> Reader::readSymbol(uint64_t index, bool &defined) const {
  Elf64_Sym entry;
  if (!readAt(dynamic.symbols + index * sizeof(entry), entry)) {
    return failure("symbol " + Twine(index) + " lies outside the segments");
  }
  defined = entry.st_shndx != SHN_UNDEF;
  std::optional<Bytes> strings =
      bytesAt(file, image.segments, dynamic.strings, dynamic.stringBytes);
  std::optional<std::string_view> name = strings ? strings->string(entry.st_name) : std::nullopt;
  if (!name) {
    return failure("the name of symbol " + Twine(index) + " lies outside the string table");
  }
  if (defined && !inSegment(entry.st_value, entry.st_size)) {
    return failure("symbol " + Twine(StringRef(*name)) + " lies outside the segments");
  }
  return ElfSymbol{std::string(*name), entry.st_value, entry.st_size, entry.getType()};
}

Error Reader::readRelocations() {
  uint64_t count = dynamic.relocationBytes / sizeof(Elf64_Rela);
  if (count > file.size() / sizeof(Elf64_Rela)) {
    return failure("the relocation table is longer than the file");
  }
  for (uint64_t i = 0; i < count; ++i) {
    Elf64_Rela entry;
    if (!readAt(dynamic.relocations + i * sizeof(entry), entry)) {
      return failure("relocation " + Twine(i) + " lies outside the segments");
    }
    if (Error error = addRelocation(entry)) {
      return error;
    }
  }
  return Error::success();
}

Error Reader::addRelocation(const Elf64_Rela &entry) {
  uint64_t value = static_cast<uint64_t>(entry.r_addend);
  if (entry.getType() == R_AMDGPU_ABS64) {
    bool defined = false;
    Expected<ElfSymbol> symbol = readSymbol(entry.getSymbol(), defined);
    if (!symbol) {
      return symbol.takeError();
    }
    if (!defined) {
      return failure("symbol " + Twine(symbol->name) + " is used and not defined");
    }
    value += symbol->address;
  } else if (entry.getType() != R_AMDGPU_RELATIVE64) {
    return failure("relocation type " + Twine(entry.getType()) + " is not one of a shared object");
  }
  if (!inSegment(entry.r_offset, sizeof(uint64_t))) {
    return failure(formatv("the relocation of address {0:x} lies outside the segments",
                           uint64_t(entry.r_offset)));
  }
  image.relocations.push_back({entry.r_offset, value});
  return Error::success();
}

Error Reader::readNotes(const Elf64_Phdr &entry) {
  std::optional<Bytes> notes = file.slice(entry.p_offset, entry.p_filesz);
  if (!notes) {
    return failure("the notes lie outside the file");
  }
  Elf64_Nhdr note;
  for (uint64_t at = 0; notes->read(at, note);) {
    uint64_t nameAt = at + sizeof(note);
    uint64_t contentAt = nameAt + ((uint64_t(note.n_namesz) + 3) & ~uint64_t(3));
    std::optional<Bytes> content = notes->slice(contentAt, note.n_descsz);
    std::optional<Bytes> name = notes->slice(nameAt, note.n_namesz);
    if (!content || !name) {
      return failure("a note runs past the end of the notes");
    }
    if (note.n_type == NT_AMDGPU_METADATA && name->string(0) == std::string_view("AMDGPU")) {
      image.metadata = *content;
    }
    at = contentAt + ((uint64_t(note.n_descsz) + 3) & ~uint64_t(3));
  }
  return Error::success();
}

bool Reader::inSegment(uint64_t address, uint64_t count) const {
  return llvm::any_of(image.segments, [&](const Segment &segment) {
    return address >= segment.address && address - segment.address <= segment.memoryBytes &&
           count <= segment.memoryBytes - (address - segment.address);
  });
}

} // namespace

std::optional<Bytes> bytesAt(Bytes file, const std::vector<Segment> &segments, uint64_t address,
                             uint64_t count) {
  for (const Segment &segment : segments) {
    if (address < segment.address || address - segment.address > segment.fileBytes) {
      continue;
    }
    uint64_t offset = address - segment.address;
    if (count <= segment.fileBytes - offset) {
      return file.slice(segment.fileOffset + offset, count);
    }
  }
  return std::nullopt;
}

llvm::Expected<ElfImage> readElfImage(Bytes file) {
  Reader reader(file);
  if (Error error = reader.read()) {
    return std::move(error);
  }
  return std::move(reader.image);
}

} // namespace qcc::emulator
