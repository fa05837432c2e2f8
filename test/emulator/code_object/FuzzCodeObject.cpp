// Fuzz target: any bytes given to the readers of code objects and bundles end in a value or an
// error.
#include "emulator/code_object/CodeObject.h"
#include "emulator/code_object/HostImage.h"
#include "emulator/code_object/OffloadBundle.h"

#include <cstdlib>

using namespace qcc::emulator;

namespace {

void readElf(Bytes bytes) {
  llvm::Expected<CodeObject> object = readCodeObject(bytes);
  if (!object) {
    llvm::consumeError(object.takeError());
    return;
  }
  for (const Segment &segment : object->segments) {
    if (!bytes.contains(segment.fileOffset, segment.fileBytes) ||
        segment.address + segment.memoryBytes > object->addressEnd) {
      std::abort();
    }
  }
}

void readEntries(Bytes bytes) {
  llvm::Expected<std::vector<BundleEntry>> entries = readBundle(bytes);
  if (!entries) {
    llvm::consumeError(entries.takeError());
    return;
  }
  for (const BundleEntry &entry : *entries) {
    (void)entry.processor();
    readElf(entry.bytes);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Bytes bytes({data, size});
  readElf(bytes);
  readEntries(bytes);
  llvm::Expected<std::vector<uint8_t>> plain = decompressBundle(bytes);
  if (plain) {
    readEntries(Bytes(*plain));
  } else {
    llvm::consumeError(plain.takeError());
  }
  return 0;
}
