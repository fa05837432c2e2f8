// The fake HIP library under a test's control, and a decoder that runs on it.
#pragma once

#include "runtime/device/Device.h"
#include "test/runtime/support/ArtifactBuilder.h"
#include "test/runtime/support/FakeHip.h"

#include <optional>

namespace qcc::test {

/// What the state memory held in one launch.
struct RecordedStep {
  unsigned grid;
  std::vector<uint32_t> tokens, slots, positions, logitIndex;
  bool operator==(const RecordedStep &) const = default;
};

/// A fake HIP library whose kernels compute the logits of a decoder that counts: after token t at
/// position p, the largest logit is that of (t + 1) % vocabulary, of value 10 + p. The kernel
/// "sample" picks it and readies the state of the next step. Starts afresh with each object; one
/// object at a time.
class FakeDriver {
public:
  /// `library`: FAKE_HIP_5, FAKE_HIP_6, FAKE_HIP_EMULATED or FAKE_HIP_WITH_GRAPHS, paths that the
  /// build defines.
  explicit FakeDriver(const char *library);
  ~FakeDriver();

  fake_hip_controls &controls() { return *hip; }
  std::vector<RecordedStep> steps;
  /// What "sample" writes to `sampled` in place of the largest logit's token, when it is set.
  std::optional<uint32_t> fault;

  /// Opens a device of it.
  std::shared_ptr<runtime::Device> open(const std::string &name = "hip:0");

  /// The state layout that the kernels read; that of Artifact() by default.
  fb::StateLayoutT layout;
  uint32_t vocabulary;

private:
  static void runKernel(void *self, const char *name, const unsigned *grid, void **arguments);
  void sample(uint8_t *state, const float *logits) const;

  std::string library;
  fake_hip_controls *hip;
};

} // namespace qcc::test
