#include "emulator/code_object/LineTable.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/DebugInfo/DIContext.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

#include <mutex>

namespace qcc::emulator {
namespace {

class LineTable final : public SourceLines {
public:
  LineTable(Bytes file, uint64_t codeAddress)
      : buffer(llvm::MemoryBuffer::getMemBufferCopy(
            llvm::StringRef(reinterpret_cast<const char *>(file.data()), file.size()))),
        codeAddress(codeAddress) {
    auto opened = llvm::object::ObjectFile::createELFObjectFile(buffer->getMemBufferRef());
    if (!opened) {
      llvm::consumeError(opened.takeError());
      return;
    }
    object = std::move(*opened);
    // Damaged debug information is no reason to complain: there are just no lines.
    context =
        llvm::DWARFContext::create(*object, llvm::DWARFContext::ProcessDebugRelocations::Process,
                                   nullptr, "", llvm::consumeError, llvm::consumeError);
  }

  bool isEmpty() const { return !context || context->getNumCompileUnits() == 0; }

  std::string at(uint64_t codeOffset) const override {
    std::lock_guard lock(mutex); // the context reads its tables when they are first asked for
    using Kind = llvm::DILineInfoSpecifier::FileLineInfoKind;
    const llvm::DIInliningInfo frames = context->getInliningInfoForAddress(
        {codeAddress + codeOffset, llvm::object::SectionedAddress::UndefSection},
        llvm::DILineInfoSpecifier(Kind::RelativeFilePath));
    std::string text;
    for (uint32_t n = 0; n < frames.getNumberOfFrames(); ++n) {
      const llvm::DILineInfo &line = frames.getFrame(n);
      if (line.Line != 0) {
        text += (text.empty() ? "" : " in ") + line.FileName + ":" + std::to_string(line.Line);
      }
    }
    return text;
  }

private:
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  uint64_t codeAddress;
  std::unique_ptr<llvm::object::ObjectFile> object;
  std::unique_ptr<llvm::DWARFContext> context;
  mutable std::mutex mutex;
};

} // namespace

/// Whether there are lines to read: most code objects have none, and need no copy of the file.
static bool hasLineSection(Bytes file) {
  const llvm::StringRef data(reinterpret_cast<const char *>(file.data()), file.size());
  auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(data, ""));
  if (!object) {
    llvm::consumeError(object.takeError());
    return false;
  }
  return llvm::any_of((*object)->sections(), [](const llvm::object::SectionRef &section) {
    auto name = section.getName();
    if (!name) {
      llvm::consumeError(name.takeError());
    }
    return name && name->ends_with("debug_line"); // .debug_line, or .zdebug_line compressed
  });
}

std::shared_ptr<const SourceLines> readLineTable(Bytes file, uint64_t codeAddress) {
  if (!hasLineSection(file)) {
    return nullptr;
  }
  auto table = std::make_shared<LineTable>(file, codeAddress);
  return table->isEmpty() ? nullptr : table;
}

} // namespace qcc::emulator
