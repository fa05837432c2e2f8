// A compiled model, opened: the artifact mapped, checked as docs/artifact.md says, and its parts
// given out. Nothing in it can surprise what runs it; only the weights' hash is left to the upload.
#pragma once

#include "runtime/package/MappedFile.h"
#include "runtime/program_generated.h"

#include <memory>
#include <vector>

namespace qcc::runtime {

class Package {
public:
  /// Opens and checks the artifact at `path`. Errors: NotFound, IoError, Corrupt,
  /// UnsupportedVersion.
  static Result<std::shared_ptr<const Package>> open(const std::string &path);

  /// The same for an artifact in memory, which must outlive the package. `name` names it in errors.
  static Result<std::shared_ptr<const Package>> parse(std::span<const uint8_t> bytes,
                                                      const std::string &name);

  /// What the artifact is called in errors: its path.
  const std::string &name() const { return fileName; }

  /// The launch program, verified.
  const fb::Program &program() const { return *fb::GetProgram(programBytes.data()); }

  /// The code object as the linker wrote it, for the driver's module loader.
  std::span<const uint8_t> codeObject() const { return code; }

  /// The tokenizer section, FlatBuffers, checked by its hash only; empty when there is none.
  std::span<const uint8_t> tokenizer() const { return tokenizerBytes; }

  /// The packed weights, in the map; to be checked against weightsHash() (XXH3-64) as they are
  /// read.
  std::span<const uint8_t> weights() const { return weightBytes; }
  uint64_t weightsHash() const { return expectedWeightsHash; }

  /// Drops pages of the map that were read (see MappedFile); does nothing for an artifact in
  /// memory.
  void dropPages(std::span<const uint8_t> range) const;

private:
  friend class PackageReader;

  std::string fileName;
  MappedFile file;
  std::vector<uint8_t> programBytes;   // copied: aligned, and fixed once it is verified
  std::vector<uint8_t> code;           // copied: the driver wants the header as the linker wrote it
  std::vector<uint8_t> tokenizerBytes; // copied: aligned, and fixed once it is verified
  std::span<const uint8_t> weightBytes;
  uint64_t expectedWeightsHash = 0;
};

} // namespace qcc::runtime
