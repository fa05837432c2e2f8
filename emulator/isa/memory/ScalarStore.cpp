// Stores and atomics of the scalar unit (gfx9).
#include "emulator/isa/memory/AtomicOps.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"

#include <optional>

namespace qcc::emulator::isa {

namespace {

// Instruction fields: dst (atomics that return), src[0] base, src[1] scalar offset, src[2] data,
// immediate: constant offset, detail[0] dwords, detail[1] 1: the base is a buffer descriptor,
// detail[2..3] atomic row.

/// The address of `bytes` bytes; nothing when they are outside the buffer.
std::optional<uint64_t> addressOf(const Wave &w, const Instruction &i, uint32_t bytes) {
  const uint64_t offset = (static_cast<uint64_t>(i.immediate) + read32(w, i.src[1])) & ~uint64_t(3);
  if (i.detail[1] == 0) {
    return read64(w, i.src[0]) + offset;
  }
  const uint32_t *word = &w.s[i.src[0].index];
  const uint64_t base = word[0] | static_cast<uint64_t>(word[1] & 0xffff) << 32;
  const uint32_t stride = (word[1] >> 16) & 0x3fff;
  const uint64_t size = static_cast<uint64_t>(word[2]) * (stride == 0 ? 1 : stride);
  return offset + bytes > size ? std::nullopt : std::optional(base + offset);
}

bool checkDevice(Wave &w, uint64_t address, uint32_t bytes) {
  if (isDeviceMemory(w, address, bytes)) {
    return true;
  }
  addressFault(w, "global memory (by the scalar unit)", 0, address, bytes);
  return false;
}

void runStore(Wave &w, const Instruction &i) {
  const uint32_t bytes = i.detail[0] * 4;
  const auto address = addressOf(w, i, bytes);
  if (address && checkDevice(w, *address, bytes)) {
    std::memcpy(reinterpret_cast<void *>(*address), &w.s[i.src[2].index], bytes);
  }
}

void describeStore(Wave &w, const Instruction &i, AccessList &list) {
  if (const auto address = addressOf(w, i, i.detail[0] * 4)) {
    describeScalar(list, *address, i.detail[0] * 4, i.src[2].index, AccessKind::Store);
  }
}

void describeAtomic(Wave &w, const Instruction &i, AccessList &list) {
  const uint8_t bytes = atomicRow(i).bytes;
  if (const auto address = addressOf(w, i, bytes)) {
    const bool returns = i.dst.place == Place::Scalar;
    describeScalar(list, *address, bytes, returns ? i.dst.index : noRegister, AccessKind::Atomic,
                   returns);
  }
}

void runAtomic(Wave &w, const Instruction &i) {
  const AtomicRow &row = atomicRow(i);
  const auto address = addressOf(w, i, row.bytes);
  if (!address) {
    return;
  }
  uint8_t *p = atomicPointer(w, Space::Global, 0, *address, row.bytes);
  if (p == nullptr) {
    return;
  }
  const unsigned words = row.bytes / 4;
  auto word = [&](unsigned k) {
    const unsigned at = i.src[2].index + k * words;
    return words == 1 ? w.s[at] : w.pair(at);
  };
  const uint64_t old = applyAtomic(row, p, word(0), row.compares ? word(1) : 0);
  if (i.dst.place == Place::Scalar) {
    w.s[i.dst.index] = static_cast<uint32_t>(old);
    if (words == 2) {
      w.s[i.dst.index + 1] = static_cast<uint32_t>(old >> 32);
    }
  }
}

bool takeOperands(const AssemblyLine &line, Instruction &i) {
  return takeOperand(line, 0, Type::Wide, i.src[2]) && i.src[2].place == Place::Scalar &&
         takeOperand(line, 1, Type::B64, i.src[0]) && takeScalarOffset(line, i);
}

bool bindAtomic(std::string_view name, const AssemblyLine &line, Instruction &i) {
  const AtomicRow *row = findAtomic(name);
  if (row == nullptr || !takeOperands(line, i)) {
    return false;
  }
  if (line.has("glc")) {
    i.dst = i.src[2];
  }
  setAtomicRow(i, *row);
  i.execute = runAtomic;
  i.describe = describeAtomic;
  return true;
}

} // namespace

bool bindScalarStore(const AssemblyLine &line, Instruction &i) {
  std::string_view name = line.mnemonic;
  if (!name.starts_with("s_")) {
    return false;
  }
  name.remove_prefix(2);
  i.detail[1] = name.starts_with("buffer_");
  if (i.detail[1] != 0) {
    name.remove_prefix(7);
  }
  if (name.starts_with("atomic_")) {
    return bindAtomic(name.substr(7), line, i);
  }
  if (name.starts_with("scratch_store_")) {
    name.remove_prefix(8);
  }
  if (!name.starts_with("store_dword")) {
    return false;
  }
  const std::string_view count = name.substr(11);
  i.detail[0] = count == "x4" ? 4 : count == "x2" ? 2 : 1;
  i.execute = runStore;
  i.describe = describeStore;
  return takeOperands(line, i);
}

} // namespace qcc::emulator::isa
