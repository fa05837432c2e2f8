#include "emulator/code_object/HostImage.h"

#include "emulator/code_object/OffloadBundle.h"

#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/ELF.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace qcc::emulator {
namespace {

using namespace llvm;

constexpr uint64_t maxImageBytes = 4ull << 30;
constexpr uint64_t bundleMagicBytes = 24;

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

/// The process's memory as a file: reading an address that is not mapped fails instead of faulting.
class OwnMemory {
public:
  explicit OwnMemory(const void *base)
      : base(reinterpret_cast<uint64_t>(base)), descriptor(open("/proc/self/mem", O_RDONLY)) {}
  ~OwnMemory() {
    if (descriptor >= 0) {
      close(descriptor);
    }
  }
  OwnMemory(const OwnMemory &) = delete;
  OwnMemory &operator=(const OwnMemory &) = delete;

  /// Reads exactly `count` bytes at base + offset; false when some are not readable.
  bool read(uint64_t offset, void *to, uint64_t count) const {
    auto *out = static_cast<uint8_t *>(to);
    while (count > 0) {
      ssize_t got = pread(descriptor, out, count, static_cast<off_t>(base + offset));
      if (got <= 0) {
        return false;
      }
      out += got;
      offset += got;
      count -= got;
    }
    return true;
  }

private:
  uint64_t base;
  int descriptor;
};

/// The end of the last thing that the program headers point to, or of the headers themselves.
std::optional<uint64_t> elfBytes(const OwnMemory &memory) {
  ELF::Elf64_Ehdr header;
  if (!memory.read(0, &header, sizeof(header)) || !header.checkMagic()) {
    return std::nullopt;
  }
  uint64_t end = sizeof(header);
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    ELF::Elf64_Phdr entry;
    uint64_t at = header.e_phoff + i * sizeof(entry);
    if (!memory.read(at, &entry, sizeof(entry))) {
      return std::nullopt;
    }
    if (entry.p_offset > maxImageBytes || entry.p_filesz > maxImageBytes) {
      return std::nullopt;
    }
    end = std::max({end, at + sizeof(entry), entry.p_offset + entry.p_filesz});
  }
  return end;
}

std::optional<uint64_t> plainBundleBytes(const OwnMemory &memory) {
  uint64_t count = 0, at = bundleMagicBytes;
  if (!memory.read(at, &count, sizeof(count))) {
    return std::nullopt;
  }
  at += sizeof(count);
  uint64_t end = at;
  for (uint64_t i = 0; i < count; ++i) {
    std::array<uint64_t, 3> head{}; // offset, size, length of the triple
    if (!memory.read(at, &head, sizeof(head)) ||
        *std::max_element(head.begin(), head.end()) > maxImageBytes) {
      return std::nullopt;
    }
    at += sizeof(head) + head[2];
    end = std::max({end, at, head[0] + head[1]});
  }
  return end;
}

} // namespace

Expected<std::vector<uint8_t>> copyHostImage(const void *address) {
  OwnMemory memory(address);
  std::array<uint8_t, 32> start{};
  if (!memory.read(0, start.data(), start.size())) {
    return failure("the image's address cannot be read");
  }
  std::optional<uint64_t> bytes;
  if (isBundle(Bytes(start))) {
    bytes = plainBundleBytes(memory);
  } else if (isCompressedBundle(Bytes(start))) {
    bytes = compressedBundleBytes(Bytes(start));
  } else {
    bytes = elfBytes(memory);
  }
  if (!bytes || *bytes > maxImageBytes) {
    return failure("the image is no AMDGPU ELF file or offload bundle of a known extent");
  }
  std::vector<uint8_t> copy(*bytes);
  if (!memory.read(0, copy.data(), copy.size())) {
    return failure("the image is cut off: its headers point past readable memory");
  }
  return copy;
}

} // namespace qcc::emulator
