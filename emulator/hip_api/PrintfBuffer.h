// The buffer that kernels compiled with -mprintf-kind=buffered print into, read when they have
// ended.
#pragma once

#include "emulator/code_object/CodeObject.h"

#include <cstdint>
#include <string>

namespace qcc::emulator {

/// The buffer of one launch; prints what is in it when it is destroyed.
///
/// Layout: how many bytes are used, how many there are, then messages: a word whose bit 0 chooses
/// stderr, whose bit 1 says that the format is known by its hash, and whose upper bits are the
/// message's size in bytes; the hash or the format itself; the arguments. Source:
/// llvm/lib/Transforms/Utils/AMDGPUEmitPrintf.cpp.
class PrintfBuffer {
public:
  /// `formats` must live as long as the buffer.
  PrintfBuffer(std::string kernel, const PrintfFormats &formats, int device);
  ~PrintfBuffer();
  PrintfBuffer(const PrintfBuffer &) = delete;
  PrintfBuffer &operator=(const PrintfBuffer &) = delete;

  /// What the kernel's hidden_printf_buffer points to; 0 when there was no memory for it.
  uint64_t address() const { return reinterpret_cast<uint64_t>(memory); }

private:
  void print(Bytes message, bool knownFormat, bool toError) const;

  const std::string kernel;
  const PrintfFormats &formats;
  uint8_t *memory = nullptr;
};

} // namespace qcc::emulator
