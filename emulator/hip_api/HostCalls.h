// What a kernel asks of the host while it runs, as AMD's device library does it: printf, assert.
#pragma once

#include "emulator/memory/Memory.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace qcc::emulator {

/// Answers the host calls of one launch on a thread of its own, from construction to destruction.
///
/// A wave takes a packet from a stack of free ones, fills it, pushes it to the stack of ready ones
/// and waits until the packet's `ready` bit is cleared; then it puts the packet back. Source of the
/// layout: ROCm-Device-Libs, ockl/src/hostcall_impl.cl.
class HostCalls {
public:
  /// `waves`: how many may call at the same time. `kernel` names the caller in messages.
  HostCalls(std::string kernel, uint64_t waves, int device);
  ~HostCalls();
  HostCalls(const HostCalls &) = delete;
  HostCalls &operator=(const HostCalls &) = delete;

  /// What the kernel's hidden_hostcall_buffer points to; 0 when there was no memory for it.
  uint64_t address() const { return reinterpret_cast<uint64_t>(memory); }
  /// All of the buffer.
  AddressRange range() const { return findAllocation(address()); }

private:
  struct Buffer;
  struct Header;
  void layOut(uint64_t packets);
  void answerReady();
  void answer(Header &header, uint64_t *payload);
  /// Appends to the message that the descriptor in `words[0]` names; prints it when it is complete.
  /// Returns what the kernel gets back.
  uint64_t appendToMessage(const uint64_t *words);
  void refuse(uint32_t service);

  const std::string kernel;
  void *memory = nullptr;
  // The layout as it was made: a kernel can overwrite what the buffer says.
  Header *headers = nullptr;
  uint64_t *payloads = nullptr;
  uint64_t indexMask = 0;
  std::map<uint64_t, std::vector<uint64_t>> messages; // unfinished, by number
  uint64_t lastMessage = 0;
  std::mutex mutex;
  std::condition_variable ended;
  bool ending = false;
  std::thread thread;
};

} // namespace qcc::emulator
