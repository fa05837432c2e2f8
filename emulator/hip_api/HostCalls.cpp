#include "emulator/hip_api/HostCalls.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Platform.h"
#include "emulator/hip_api/PrintfFormat.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdio>

namespace qcc::emulator {
namespace {

constexpr uint64_t lanesOfPacket = 64, wordsOfLane = 8;

/// More waves than are ever under way at once.
constexpr uint64_t mostPackets = 1 << 16;

/// How long the thread sleeps when no wave waits.
constexpr std::chrono::microseconds pollInterval{50};

/// Services by number; ockl/inc/hostcall... of ROCm-Device-Libs.
constexpr uint32_t servicePrintf = 2;

/// A printf message's descriptor, the first word of each of its packets.
constexpr uint64_t messageBegins = 1, messageEnds = 2;
constexpr unsigned messageLengthShift = 5, messageLengthMask = 7, messageNumberShift = 8;

/// amd_signal_t as far as a kernel touches it: it adds to the value, and wakes nobody because the
/// mailbox is null.
struct Signal {
  int64_t kind, value;
  uint64_t mailbox;
  uint64_t rest[5];
};

} // namespace

struct HostCalls::Header {
  uint64_t next;
  uint64_t activeLanes;
  uint32_t service;
  uint32_t control; // bit 0: waits for an answer
};

struct HostCalls::Buffer {
  Header *headers;
  uint64_t *payloads; // a packet: the words of lane 0, of lane 1 and so on
  Signal *doorbell;
  uint64_t freeStack, readyStack; // 0: empty; else a packet's index below a count of its uses
  uint64_t indexMask;
};

HostCalls::HostCalls(std::string kernelName, uint64_t waves, int device)
    : kernel(std::move(kernelName)) {
  uint64_t packets = std::bit_ceil(std::clamp<uint64_t>(waves, 2, mostPackets));
  size_t bytes = sizeof(Buffer) + sizeof(Signal) +
                 packets * (sizeof(Header) + sizeof(uint64_t) * lanesOfPacket * wordsOfLane);
  memory = Platform::get().heap().allocate(bytes, MemoryKind::Host, device, 0);
  if (!memory) {
    return;
  }
  layOut(packets);
  thread = std::thread([this] {
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, pollInterval, [&] { return ending; })) {
      answerReady();
    }
  });
}

HostCalls::~HostCalls() {
  if (memory) {
    {
      std::lock_guard lock(mutex);
      ending = true;
    }
    ended.notify_one();
    thread.join();
    answerReady();
    Platform::get().heap().release(memory);
  }
}

void HostCalls::layOut(uint64_t packets) {
  auto *buffer = static_cast<Buffer *>(memory);
  auto *signal = reinterpret_cast<Signal *>(buffer + 1);
  headers = reinterpret_cast<Header *>(signal + 1);
  payloads = reinterpret_cast<uint64_t *>(headers + packets);
  indexMask = packets - 1;
  // The count of uses above the index is 1, so that no reference is 0, which ends the stack.
  for (uint64_t i = 1; i < packets; ++i) {
    headers[i].next = packets + i - 1;
  }
  *buffer = {headers, payloads, signal, packets + packets - 1, 0, indexMask};
}

void HostCalls::answerReady() {
  std::atomic_ref<uint64_t> ready(static_cast<Buffer *>(memory)->readyStack);
  std::vector<uint64_t> indices;
  for (uint64_t at = ready.exchange(0, std::memory_order_acquire); at != 0;) {
    indices.push_back(at & indexMask);
    at = headers[indices.back()].next;
    if (indices.size() > indexMask + 1) {
      return; // a kernel wrote over the stack: its waves stay without an answer
    }
  }
  // The last to arrive is on top.
  for (auto index = indices.rbegin(); index != indices.rend(); ++index) {
    Header &header = headers[*index];
    answer(header, payloads + *index * lanesOfPacket * wordsOfLane);
    std::atomic_ref(header.control).fetch_and(~1u, std::memory_order_release);
  }
}

void HostCalls::answer(Header &header, uint64_t *payload) {
  if (header.service != servicePrintf) {
    refuse(header.service);
  }
  for (uint64_t lane = 0; lane < lanesOfPacket; ++lane) {
    uint64_t *words = payload + lane * wordsOfLane;
    if (!(header.activeLanes >> lane & 1)) {
      continue;
    }
    words[0] = header.service == servicePrintf ? appendToMessage(words) : 0;
    words[1] = 0;
  }
}

uint64_t HostCalls::appendToMessage(const uint64_t *words) {
  uint64_t descriptor = words[0];
  if (descriptor & messageBegins) {
    descriptor = (descriptor & ((1u << messageNumberShift) - 1) & ~messageBegins) |
                 ++lastMessage << messageNumberShift;
    messages[lastMessage];
  }
  auto message = messages.find(descriptor >> messageNumberShift);
  if (message == messages.end()) {
    return 0;
  }
  std::vector<uint64_t> &content = message->second;
  content.insert(content.end(), words + 1,
                 words + 1 + (descriptor >> messageLengthShift & messageLengthMask));
  if (!(descriptor & messageEnds)) {
    return descriptor;
  }
  // The first word chooses the stream, the format follows.
  PrintfWords arguments(content);
  FILE *stream = arguments.number() == 0 ? stdout : stderr;
  std::string format = arguments.text();
  std::string text = formatPrintf(format, arguments);
  std::fwrite(text.data(), 1, text.size(), stream);
  messages.erase(message);
  return text.size();
}

void HostCalls::refuse(uint32_t service) {
  explain(hipErrorNotSupported,
          "kernel " + kernel + " asks the host for service " + std::to_string(service) +
              " while it runs; only printf and assert are answered, malloc and others get zero");
}

} // namespace qcc::emulator
