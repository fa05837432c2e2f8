#include "test/runtime/support/FakeDriver.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace qcc::test {

FakeDriver::FakeDriver(const char *library) : library(library) {
  void *handle = dlopen(library, RTLD_NOW);
  EXPECT_NE(handle, nullptr) << dlerror();
  auto *getControls =
      reinterpret_cast<fake_hip_controls *(*)()>(dlsym(handle, "fake_hip_get_controls"));
  hip = getControls();
  *hip = {};
  hip->chip = "gfx942:sramecc+:xnack-";
  hip->device_count = 1;
  hip->memory_bytes = size_t(1) << 30;
  hip->kernel = runKernel;
  hip->user_data = this;
  Artifact artifact;
  artifact.addSampling();
  layout = *artifact.program.state;
  vocabulary = artifact.program.model->vocabulary_size;
}

FakeDriver::~FakeDriver() {
  hip->kernel = nullptr;
}

std::shared_ptr<runtime::Device> FakeDriver::open(const std::string &name) {
  auto device = runtime::Device::open({name, "", library});
  EXPECT_TRUE(device.ok()) << device.status().message;
  return *device;
}

/// `count` integers of the state memory.
static std::vector<uint32_t> readArray(const char *state, uint64_t offset, uint32_t count) {
  std::vector<uint32_t> values(count);
  if (count > 0) {
    std::memcpy(values.data(), state + offset, count * sizeof(uint32_t));
  }
  return values;
}

/// What program.fbs says of sampling launches, greedily.
void FakeDriver::sample(uint8_t *state, const float *logits) const {
  auto at = [&](uint64_t offset, uint32_t index) -> uint32_t & {
    return reinterpret_cast<uint32_t *>(state + offset)[index];
  };
  for (uint32_t i = 0; i < at(layout.logit_rows, 0); ++i) {
    const float *row = logits + size_t(i) * vocabulary;
    auto token = static_cast<uint32_t>(std::max_element(row, row + vocabulary) - row);
    at(layout.sampled, i) = fault.value_or(token);
    if (!fault && at(layout.logit_index, i) == i) {
      at(layout.tokens, i) = token;
      ++at(layout.positions, i);
    }
  }
}

void FakeDriver::runKernel(void *self, const char *name, const unsigned *grid, void **arguments) {
  auto &driver = *static_cast<FakeDriver *>(self);
  if (std::strcmp(name, "sample") == 0) {
    return driver.sample(*static_cast<uint8_t **>(arguments[0]),
                         *static_cast<const float **>(arguments[1]));
  }
  const fb::StateLayoutT &layout = driver.layout;
  const auto *state = *static_cast<const char **>(arguments[0]);
  auto *logits = *static_cast<float **>(arguments[1]);
  uint32_t rows = readArray(state, layout.rows, 1)[0];
  uint32_t logitRows = readArray(state, layout.logit_rows, 1)[0];
  RecordedStep step = {
      grid[0], readArray(state, layout.tokens, rows), readArray(state, layout.slots, rows),
      readArray(state, layout.positions, rows), readArray(state, layout.logit_index, logitRows)};
  for (uint32_t i = 0; i < logitRows; ++i) {
    uint32_t row = step.logitIndex[i];
    float *out = logits + size_t(i) * driver.vocabulary;
    std::fill(out, out + driver.vocabulary, 0.0f);
    out[(step.tokens[row] + 1) % driver.vocabulary] = 10.0f + step.positions[row];
  }
  driver.steps.push_back(std::move(step));
}

} // namespace qcc::test
