#include "compiler/codegen/Metadata.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/MsgPackDocument.h"
#include "llvm/Object/ELF.h"
#include "llvm/ObjectYAML/yaml2obj.h"
#include "llvm/Support/YAMLTraits.h"

#include <map>

using namespace llvm;
using namespace qcc;
using namespace qcc::codegen;

using Elf = object::ELF64LE;

/// A section header inside a file in memory, which may be changed.
static Elf::Shdr *mutableHeader(MutableArrayRef<char> file, const Elf::Shdr &header) {
  ptrdiff_t offset = reinterpret_cast<const char *>(&header) - file.data();
  return reinterpret_cast<Elf::Shdr *>(file.data() + offset);
}

/// The content of the metadata note of `file`; `header` receives its section.
static Expected<StringRef> findMetadata(StringRef file, const Elf::Shdr *&header) {
  Expected<object::ELFFile<Elf>> elf = object::ELFFile<Elf>::create(file);
  if (!elf) {
    return elf.takeError();
  }
  Expected<Elf::ShdrRange> sections = elf->sections();
  if (!sections) {
    return sections.takeError();
  }
  for (const Elf::Shdr &section : *sections) {
    if (section.sh_type != ELF::SHT_NOTE) {
      continue;
    }
    Error error = Error::success();
    for (auto note : elf->notes(section, error)) {
      if (note.getType() == ELF::NT_AMDGPU_METADATA) {
        header = &section;
        cantFail(std::move(error));
        return note.getDescAsStringRef(section.sh_addralign);
      }
    }
    if (error) {
      return error;
    }
  }
  return createStringError("the code object has no metadata note");
}

/// The size of each function's code, by name.
static Expected<std::map<std::string, uint64_t>> functionSizes(StringRef file) {
  Expected<object::ELFFile<Elf>> elf = object::ELFFile<Elf>::create(file);
  if (!elf) {
    return elf.takeError();
  }
  std::map<std::string, uint64_t> sizes;
  for (const Elf::Shdr &section : cantFail(elf->sections())) {
    if (section.sh_type != ELF::SHT_DYNSYM) {
      continue;
    }
    StringRef names = cantFail(elf->getStringTableForSymtab(section));
    for (const Elf::Sym &symbol : cantFail(elf->symbols(&section))) {
      if (symbol.getType() == ELF::STT_FUNC) {
        sizes[cantFail(symbol.getName(names)).str()] = symbol.st_size;
      }
    }
  }
  return sizes;
}

/// The unsigned entry `key` of a kernel's metadata; 0 where the chip has no such thing.
static uint32_t entry(msgpack::MapDocNode &kernel, StringRef key) {
  auto found = kernel.find(key);
  return found == kernel.end() ? 0 : static_cast<uint32_t>(found->second.getUInt());
}

Expected<std::vector<KernelResources>> codegen::readResources(ArrayRef<uint8_t> codeObject) {
  StringRef file = toStringRef(codeObject);
  const Elf::Shdr *header = nullptr;
  Expected<StringRef> note = findMetadata(file, header);
  if (!note) {
    return note.takeError();
  }
  auto sizes = functionSizes(file);
  if (!sizes) {
    return sizes.takeError();
  }
  msgpack::Document document;
  if (!document.readFromBlob(*note, /*Multi=*/false)) {
    return createStringError("the code object's metadata note is damaged");
  }
  std::vector<KernelResources> result;
  for (msgpack::DocNode node : document.getRoot().getMap()["amdhsa.kernels"].getArray()) {
    msgpack::MapDocNode &kernel = node.getMap();
    std::string name = kernel[".name"].getString().str();
    result.push_back({.name = name,
                      .vgprs = entry(kernel, ".vgpr_count"),
                      .sgprs = entry(kernel, ".sgpr_count"),
                      .vgprSpills = entry(kernel, ".vgpr_spill_count"),
                      .sgprSpills = entry(kernel, ".sgpr_spill_count"),
                      .scratchBytes = entry(kernel, ".private_segment_fixed_size"),
                      .ldsBytes = entry(kernel, ".group_segment_fixed_size"),
                      .kernargBytes = entry(kernel, ".kernarg_segment_size"),
                      .workgroup = entry(kernel, ".max_flat_workgroup_size"),
                      .codeBytes = (*sizes)[name]});
  }
  return result;
}

/// A relocatable object that holds nothing but the metadata note `content`, for the processor
/// `flags`.
static Expected<SmallVector<char, 0>> noteObject(StringRef content, uint32_t flags) {
  std::string text = R"(--- !ELF
FileHeader: {Class: ELFCLASS64, Data: ELFDATA2LSB, OSABI: ELFOSABI_AMDGPU_HSA, ABIVersion: 3,
             Type: ET_REL, Machine: EM_AMDGPU}
Sections:
  - {Name: .note, Type: SHT_NOTE, Flags: [SHF_ALLOC], AddressAlign: 4,
     Notes: [{Name: AMDGPU, Type: NT_AMDGPU_METADATA, Desc: ")" +
                     toHex(content) + "\"}]}\n...\n";
  SmallVector<char, 0> object;
  raw_svector_ostream stream(object);
  std::string message;
  yaml::Input input(text);
  if (!yaml::convertYAML(input, stream, [&](const Twine &error) { message = error.str(); })) {
    return createStringError("the metadata note could not be written: " + message);
  }
  reinterpret_cast<Elf::Ehdr *>(object.data())->e_flags = flags;
  return object;
}

Expected<SmallVector<char, 0>>
codegen::mergeMetadata(MutableArrayRef<SmallVector<char, 0>> objects) {
  msgpack::Document merged;
  // Kernels are appended; what says the same in every object (version, target) is kept.
  auto merger = [](msgpack::DocNode *into, msgpack::DocNode, msgpack::DocNode key) -> int {
    bool kernels = into->isArray() && key.isString() && key.getString() == "amdhsa.kernels";
    return kernels ? static_cast<int>(into->getArray().size()) : 0;
  };
  for (SmallVector<char, 0> &object : objects) {
    const Elf::Shdr *header = nullptr;
    Expected<StringRef> note = findMetadata(toStringRef(object), header);
    if (!note) {
      return note.takeError();
    }
    if (!merged.readFromBlob(*note, /*Multi=*/false, merger)) {
      return createStringError("a kernel's metadata note is damaged");
    }
    mutableHeader(object, *header)->sh_flags = ELF::SHF_EXCLUDE;
  }
  std::string content;
  merged.writeToBlob(content);
  return noteObject(content, reinterpret_cast<Elf::Ehdr *>(objects[0].data())->e_flags);
}
