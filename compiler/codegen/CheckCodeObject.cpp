#include "compiler/codegen/CheckCodeObject.h"
#include "compiler/codegen/Target.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;
using namespace qcc;

namespace {

/// LLVM's disassembler for one chip, with what it stands on.
class Disassembler {
public:
  Disassembler(const Target &target, const Chip &chip)
      : registers(target.createMCRegInfo(codegen::amdgpuTriple())),
        assembler(target.createMCAsmInfo(*registers, codegen::amdgpuTriple(), options)),
        subtarget(target.createMCSubtargetInfo(codegen::amdgpuTriple(), chip.name, "")),
        context(codegen::amdgpuTriple(), assembler.get(), registers.get(), subtarget.get()),
        decoder(target.createMCDisassembler(*subtarget, context)) {}

  /// The offset of the first byte of `code` that begins no instruction, or nothing.
  std::optional<uint64_t> firstUnknown(ArrayRef<uint8_t> code) const {
    for (uint64_t offset = 0; offset < code.size();) {
      MCInst instruction;
      uint64_t size = 0;
      auto status =
          decoder->getInstruction(instruction, size, code.drop_front(offset), offset, nulls());
      if (status != MCDisassembler::Success || size == 0) {
        return offset;
      }
      offset += size;
    }
    return std::nullopt;
  }

private:
  MCTargetOptions options;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> assembler;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  MCContext context;
  std::unique_ptr<MCDisassembler> decoder;
};

} // namespace

/// The code of the function `symbol`.
static Expected<ArrayRef<uint8_t>> codeOf(const object::ELFSymbolRef &symbol) {
  Expected<object::section_iterator> section = symbol.getSection();
  if (!section) {
    return section.takeError();
  }
  Expected<StringRef> content = (*section)->getContents();
  if (!content) {
    return content.takeError();
  }
  Expected<uint64_t> address = symbol.getAddress();
  if (!address) {
    return address.takeError();
  }
  uint64_t start = *address - (*section)->getAddress();
  return arrayRefFromStringRef(content->substr(start, symbol.getSize()));
}

/// Checks one dynamic symbol: defined, and if it is code, made of the chip's instructions.
static Error checkSymbol(const object::ELFSymbolRef &symbol, const Disassembler &disassembler,
                         const Chip &chip) {
  Expected<StringRef> name = symbol.getName();
  if (!name) {
    return name.takeError();
  }
  Expected<uint32_t> flags = symbol.getFlags();
  if (!flags) {
    return flags.takeError();
  }
  if (*flags & object::SymbolRef::SF_Undefined) {
    return createStringError("the code object needs '" + *name + "', which nothing defines");
  }
  if (symbol.getELFType() != ELF::STT_FUNC) {
    return Error::success();
  }
  Expected<ArrayRef<uint8_t>> code = codeOf(symbol);
  if (!code) {
    return code.takeError();
  }
  if (std::optional<uint64_t> offset = disassembler.firstUnknown(*code)) {
    std::string bytes = toHex(code->drop_front(*offset).take_front(8), /*LowerCase=*/true);
    return createStringError("kernel '" + *name + "', offset " + Twine(*offset) + ": bytes " +
                             bytes + " are no instruction of " + chip.name);
  }
  return Error::success();
}

Error codegen::checkCodeObject(ArrayRef<uint8_t> codeObject, const Chip &chip) {
  Expected<const Target *> target = amdgpuTarget();
  if (!target) {
    return target.takeError();
  }
  Disassembler disassembler(**target, chip);
  auto file = object::ObjectFile::createELFObjectFile(
      MemoryBufferRef(toStringRef(codeObject), "code object"));
  if (!file) {
    return file.takeError();
  }
  auto *elf = cast<object::ELFObjectFileBase>(file->get());
  for (const object::ELFSymbolRef &symbol : elf->getDynamicSymbolIterators()) {
    if (Error error = checkSymbol(symbol, disassembler, chip)) {
      return error;
    }
  }
  return Error::success();
}
