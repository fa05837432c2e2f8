// Fuzzes the artifact reader. The first byte of an input chooses: even, the rest is a whole file;
// odd, it is a launch program, in a file whose seal fits it, so that the checks behind the seal are
// reached too.
#include "runtime/package/Package.h"
#include "test/runtime/support/ArtifactBuilder.h"

using namespace qcc::runtime;

/// Reads what a session reads, all of which an accepted package must hold.
static uint64_t readAll(const Package &package) {
  const qcc::fb::Program &program = package.program();
  uint64_t sum = program.model()->vocabulary_size() + package.codeObject().size();
  for (const auto *entry : *program.entry_points()) {
    for (const auto *launch : *entry->launches()) {
      sum += launch->grid()->Get(2) + launch->workgroup()->Get(2) + launch->kernel()->size();
      for (const auto *argument : *launch->arguments()) {
        sum += argument->offset();
      }
    }
  }
  for (uint8_t byte : package.weights()) {
    sum += byte;
  }
  return sum;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) {
    return 0;
  }
  std::vector<uint8_t> bytes(data + 1, data + size);
  if (data[0] % 2 == 1) {
    static qcc::test::Artifact artifact;
    bytes = artifact.buildAround(bytes);
  }
  if (auto package = Package::parse(bytes, "fuzz"); package.ok()) {
    volatile uint64_t sum = readAll(**package);
    (void)sum;
  }
  return 0;
}
