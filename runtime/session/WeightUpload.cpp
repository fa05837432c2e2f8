#include "runtime/session/WeightUpload.h"

#include "runtime/package/Elf.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <xxhash.h>

namespace qcc::runtime {

/// Large enough that a copy's start does not count, small beside any host's memory.
constexpr uint64_t chunkBytes = 8 << 20;

namespace {

/// Half of the double buffer: while the device reads one slot, the other is filled.
struct Slot {
  PinnedMemory memory;
  DeviceStream stream;
};

/// The state of one XXH3-64 over all chunks.
class StreamedHash {
public:
  StreamedHash() : state(XXH3_createState(), &XXH3_freeState) { XXH3_64bits_reset(state.get()); }
  void update(const void *data, size_t bytes) { XXH3_64bits_update(state.get(), data, bytes); }
  uint64_t digest() const { return XXH3_64bits_digest(state.get()); }

private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state;
};

} // namespace

static Result<Slot> makeSlot(const std::shared_ptr<Device> &device, uint64_t bytes) {
  Slot slot;
  QCC_TRY_ASSIGN(slot.memory, allocatePinned(device, bytes, "the upload of the weights"));
  QCC_TRY_ASSIGN(slot.stream, createStream(device));
  return slot;
}

/// Waits until the device has read the slot.
static Status wait(const Device &device, const Slot &slot) {
  return device.check(device.hip()->hipStreamSynchronize(slot.stream.get()), "hipStreamSynchronize",
                      "uploading the weights");
}

Status uploadWeights(const std::shared_ptr<Device> &device, const Package &package,
                     void *destination, const UploadProgress &progress) {
  std::span<const uint8_t> weights = package.weights();
  std::array<Slot, 2> slots;
  for (Slot &slot : slots) {
    QCC_TRY_ASSIGN(slot, makeSlot(device, std::min<uint64_t>(chunkBytes, weights.size())));
  }
  StreamedHash hash;
  for (uint64_t done = 0, turn = 0; done < weights.size(); ++turn) {
    std::span<const uint8_t> chunk =
        weights.subspan(done, std::min<uint64_t>(chunkBytes, weights.size() - done));
    const Slot &slot = slots[turn % slots.size()];
    QCC_TRY(wait(*device, slot));
    std::memcpy(slot.memory.get(), chunk.data(), chunk.size());
    package.dropPages(chunk);
    QCC_TRY(device->check(device->hip()->hipMemcpyHtoDAsync(static_cast<char *>(destination) + done,
                                                            slot.memory.get(), chunk.size(),
                                                            slot.stream.get()),
                          "hipMemcpyHtoDAsync", "uploading the weights"));
    hash.update(slot.memory.get(), chunk.size());
    done += chunk.size();
    if (progress) {
      progress(done, weights.size());
    }
  }
  for (const Slot &slot : slots) {
    QCC_TRY(wait(*device, slot));
  }
  if (hash.digest() != package.weightsHash()) {
    return corruptArtifact(package.name(), "section .qcc.weights does not match its checksum: the "
                                           "file is damaged");
  }
  return {};
}

} // namespace qcc::runtime
