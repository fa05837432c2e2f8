#include "emulator/hip_api/PrintfBuffer.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Platform.h"
#include "emulator/hip_api/PrintfFormat.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

namespace qcc::emulator {
namespace {

/// As large as AMD's runtime makes it; what does not fit is not printed.
constexpr uint32_t capacity = 1 << 20;
constexpr uint32_t headerBytes = 8, controlBytes = 4;

uint32_t wordAt(const uint8_t *bytes) {
  uint32_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

} // namespace

PrintfBuffer::PrintfBuffer(std::string kernelName, const PrintfFormats &known, int device)
    : kernel(std::move(kernelName)), formats(known) {
  memory = static_cast<uint8_t *>(
      Platform::get().heap().allocate(headerBytes + capacity, MemoryKind::Host, device, 0));
  if (memory) {
    std::memcpy(memory + sizeof(uint32_t), &capacity, sizeof(capacity));
  }
}

PrintfBuffer::~PrintfBuffer() {
  if (!memory) {
    return;
  }
  uint32_t used = std::min(wordAt(memory), capacity);
  const uint8_t *messages = memory + headerBytes;
  for (uint32_t at = 0; used - at > controlBytes;) {
    uint32_t control = wordAt(messages + at), bytes = control >> 2;
    if (bytes <= controlBytes || bytes > used - at) {
      break; // a wave ended before it had written its message
    }
    print(Bytes({messages + at + controlBytes, bytes - controlBytes}), control & 2, control & 1);
    at += bytes;
  }
  Platform::get().heap().release(memory);
}

void PrintfBuffer::print(Bytes message, bool knownFormat, bool toError) const {
  std::vector<uint64_t> words((message.size() + sizeof(uint64_t) - 1) / sizeof(uint64_t));
  std::memcpy(words.data(), message.data(), message.size());
  PrintfWords arguments(words);
  std::string format;
  if (knownFormat) {
    auto found = formats.find(arguments.number());
    if (found == formats.end()) {
      explain(hipErrorInvalidImage,
              "kernel " + kernel + " prints with a format that its code object does not hold");
      return;
    }
    format = found->second;
  } else {
    format = arguments.text();
  }
  std::string text = formatPrintf(format, arguments);
  std::fwrite(text.data(), 1, text.size(), toError ? stderr : stdout);
}

} // namespace qcc::emulator
