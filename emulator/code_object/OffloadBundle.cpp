#include "emulator/code_object/OffloadBundle.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Compression.h"

namespace qcc::emulator {
namespace {

using namespace llvm;

constexpr std::string_view plainMagic = "__CLANG_OFFLOAD_BUNDLE__";
constexpr std::string_view compressedMagic = "CCOB";
/// Larger than any bundle seen; keeps a hostile header from asking for all memory.
constexpr uint64_t maxPlainBytes = 4ull << 30;
/// Neither method shrinks data more than this; a header that claims so lies.
constexpr uint64_t maxCompressionRatio = 1 << 17;

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

/// The header of a compressed bundle; sizes in bytes.
struct CompressedHeader {
  uint16_t version = 0;
  uint16_t method = 0;     // 0 zlib, 1 zstd
  uint64_t totalBytes = 0; // 0 when the version does not say
  uint64_t plainBytes = 0;
  uint64_t headerBytes = 0;
};

/// Version 1: magic, version, method, plain size (32 bits), hash (64). Version 2 has the total size
/// before the plain size; version 3 has both in 64 bits.
std::optional<CompressedHeader> readCompressedHeader(Bytes blob) {
  CompressedHeader header;
  if (!isCompressedBundle(blob) || !blob.read(4, header.version) || !blob.read(6, header.method)) {
    return std::nullopt;
  }
  uint32_t total = 0, plain = 0;
  switch (header.version) {
  case 1:
    header.headerBytes = 20;
    if (!blob.read(8, plain)) {
      return std::nullopt;
    }
    header.plainBytes = plain;
    return header;
  case 2:
    header.headerBytes = 24;
    if (!blob.read(8, total) || !blob.read(12, plain)) {
      return std::nullopt;
    }
    header.totalBytes = total;
    header.plainBytes = plain;
    return header;
  case 3:
    header.headerBytes = 32;
    if (!blob.read(8, header.totalBytes) || !blob.read(16, header.plainBytes)) {
      return std::nullopt;
    }
    return header;
  default:
    return std::nullopt;
  }
}

} // namespace

std::string BundleEntry::processor() const {
  StringRef rest = triple;
  if (!rest.starts_with("hip")) {
    return "";
  }
  size_t at = rest.find("amdhsa-");
  if (at == StringRef::npos) {
    return "";
  }
  rest = rest.drop_front(at + StringRef("amdhsa-").size());
  rest.consume_front("-"); // the environment is empty
  return rest.take_until([](char c) { return c == ':'; }).str();
}

bool isBundle(Bytes blob) {
  return blob.text().substr(0, plainMagic.size()) == plainMagic;
}

bool isCompressedBundle(Bytes blob) {
  return blob.text().substr(0, compressedMagic.size()) == compressedMagic;
}

Expected<std::vector<BundleEntry>> readBundle(Bytes blob) {
  uint64_t count = 0, at = plainMagic.size();
  if (!isBundle(blob) || !blob.read(at, count)) {
    return failure("not an offload bundle");
  }
  at += sizeof(count);
  std::vector<BundleEntry> entries;
  for (uint64_t i = 0; i < count; ++i) {
    std::array<uint64_t, 3> head{}; // offset, size, length of the triple
    if (!blob.read(at, head)) {
      return failure("entry " + Twine(i) + " of the offload bundle is cut off");
    }
    std::optional<Bytes> triple = blob.slice(at + sizeof(head), head[2]);
    std::optional<Bytes> bytes = blob.slice(head[0], head[1]);
    if (!triple || !bytes) {
      return failure("entry " + Twine(i) + " of the offload bundle lies outside it");
    }
    entries.push_back({std::string(triple->text()), *bytes});
    at += sizeof(head) + head[2];
  }
  return entries;
}

Expected<std::vector<uint8_t>> decompressBundle(Bytes blob) {
  std::optional<CompressedHeader> header = readCompressedHeader(blob);
  if (!header || header->method > 1) {
    return failure("a compressed offload bundle of an unknown version or method");
  }
  uint64_t end = header->totalBytes ? header->totalBytes : blob.size();
  if (end < header->headerBytes || !blob.contains(0, end)) {
    return failure("the compressed offload bundle is cut off");
  }
  uint64_t packedBytes = end - header->headerBytes;
  if (header->plainBytes > maxPlainBytes ||
      header->plainBytes / maxCompressionRatio > packedBytes) {
    return failure("the compressed offload bundle claims an impossible size");
  }
  ArrayRef<uint8_t> packed(blob.data() + header->headerBytes, packedBytes);
  std::vector<uint8_t> plain(header->plainBytes);
  size_t written = plain.size();
  Error error = header->method == 0 ? compression::zlib::decompress(packed, plain.data(), written)
                                    : compression::zstd::decompress(packed, plain.data(), written);
  if (error) {
    return std::move(error);
  }
  plain.resize(written);
  return plain;
}

std::optional<uint64_t> compressedBundleBytes(Bytes start) {
  std::optional<CompressedHeader> header = readCompressedHeader(start);
  if (!header || header->totalBytes == 0) {
    return std::nullopt;
  }
  return header->totalBytes;
}

} // namespace qcc::emulator
