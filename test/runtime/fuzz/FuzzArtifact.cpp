// Fuzzes the artifact reader. The first byte of an input chooses: even, the rest is a whole file;
// odd, it is a launch program, in a file whose seal fits it, so that the checks behind the seal are
// reached too.
#include "runtime/package/Package.h"
#include "runtime/session/SamplerRecord.h"
#include "runtime/session/StepState.h"
#include "test/runtime/support/ArtifactBuilder.h"

using namespace qcc::runtime;

static uint64_t
readLaunches(const flatbuffers::Vector<flatbuffers::Offset<qcc::fb::Launch>> &launches) {
  uint64_t sum = 0;
  for (const auto *launch : launches) {
    sum += launch->grid()->Get(2) + launch->workgroup()->Get(2) + launch->kernel()->size();
    for (const auto *argument : *launch->arguments()) {
      sum += argument->offset();
    }
  }
  return sum;
}

/// Writes a sampler's record and a step's state, as a session stages them.
static uint64_t stageAll(const qcc::fb::Program &program) {
  const std::vector<uint32_t> history = {0, program.model()->vocabulary_size() - 1};
  std::vector<uint8_t> record(program.sampler() ? program.sampler()->slot_bytes() : 0);
  if (program.sampler()) {
    writeSamplerRecord(*program.sampler(), program.model()->vocabulary_size(), {}, history, record);
  }
  std::vector<uint8_t> state(program.state()->bytes());
  writeStepState(*program.state(), std::vector<StepRow>(program.state()->row_capacity()), state);
  return record.size() + state.size();
}

/// Reads what a session reads, all of which an accepted package must hold.
static uint64_t readAll(const Package &package) {
  const qcc::fb::Program &program = package.program();
  uint64_t sum = program.model()->vocabulary_size() + package.codeObject().size();
  for (const auto *entry : *program.entry_points()) {
    sum += readLaunches(*entry->launches());
    sum += entry->sampling() ? readLaunches(*entry->sampling()) : 0;
  }
  sum += stageAll(program);
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
    static qcc::test::Artifact artifact = std::move(qcc::test::Artifact().addSampling());
    bytes = artifact.buildAround(bytes);
  }
  if (auto package = Package::parse(bytes, "fuzz"); package.ok()) {
    volatile uint64_t sum = readAll(**package);
    (void)sum;
  }
  return 0;
}
