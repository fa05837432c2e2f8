// Clang's offload bundles: several code objects in one blob, plain or compressed.
#pragma once

#include "emulator/code_object/Bytes.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace qcc::emulator {

/// One entry of a bundle.
struct BundleEntry {
  std::string triple; // "hipv4-amdgcn-amd-amdhsa--gfx942:xnack-"
  Bytes bytes;        // points into the bundle

  /// The processor of the triple without features ("gfx942"), empty for a host entry.
  std::string processor() const;
};

/// Whether the blob begins with the magic of a plain or of a compressed bundle.
bool isBundle(Bytes blob);
bool isCompressedBundle(Bytes blob);

/// The entries of a plain bundle (ClangOffloadBundler, "Bundled Code Object Layout").
llvm::Expected<std::vector<BundleEntry>> readBundle(Bytes blob);

/// Unpacks a compressed bundle, zlib or zstd (ClangOffloadBundler, "Compression and Decompression",
/// header versions 1 to 3), to a plain one.
llvm::Expected<std::vector<uint8_t>> decompressBundle(Bytes blob);

/// How many bytes a compressed bundle spans, from its first 32 bytes; nothing when the header does
/// not say (version 1) or is none.
std::optional<uint64_t> compressedBundleBytes(Bytes start);

} // namespace qcc::emulator
