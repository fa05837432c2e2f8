// Builds small artifacts for the runtime's tests, as docs/artifact.md lays them out.
#pragma once

#include "runtime/program_generated.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace qcc::test {

/// The parts of an artifact; every one may be changed before it is built.
struct Artifact {
  /// A decoder of vocabulary 32 for gfx942: two sequences of 16 tokens, entry points of 2 and 4
  /// rows that each launch the kernel "step" with (state, logits, weights), and 10,000 bytes of
  /// weights.
  Artifact();

  /// Makes it of version 2: every entry point launches "sample" with (state, logits, sampler) to
  /// pick tokens.
  Artifact &addSampling();

  fb::ProgramT program;
  std::vector<std::string> kernels; // symbols of the code object
  std::vector<uint8_t> weights;
  std::vector<uint8_t> tokenizer; // empty: no section

  /// The file's bytes. Fills in sizes, hashes and the code header.
  std::vector<uint8_t> build();

  /// The bytes of the `.qcc.program` section, as build() writes them.
  std::vector<uint8_t> buildProgram();

  /// The file around other bytes of the `.qcc.program` section, sealed.
  std::vector<uint8_t> buildAround(const std::vector<uint8_t> &programBytes) const;
};

/// Where the parts of a built artifact lie in its bytes.
struct Part {
  std::string name;
  size_t offset;
  size_t bytes;
};

/// The sections of an artifact, its ELF header and its section header table.
std::vector<Part> partsOf(const std::vector<uint8_t> &artifact);

/// Writes `bytes` to a file of this name in the test's temporary folder and returns its path.
std::string writeTemporary(const std::string &name, const std::vector<uint8_t> &bytes);

} // namespace qcc::test
