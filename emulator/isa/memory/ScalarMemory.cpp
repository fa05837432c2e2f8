// s_load_*, s_buffer_load_* and the scalar cache's control.
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"

#include <algorithm>

namespace qcc::emulator::isa {

namespace {

template <unsigned Bytes, bool Signed> uint32_t narrowed(uint32_t value) {
  constexpr unsigned unused = 32 - Bytes * 8;
  return Signed ? static_cast<uint32_t>(static_cast<int32_t>(value << unused) >> unused) : value;
}

// Instruction fields: dst, src[0] base, src[1] scalar offset, immediate: constant offset,
// detail[0] number of dwords.

uint64_t addressOf(const Wave &w, const Instruction &i) {
  return read64(w, i.src[0]) + static_cast<uint64_t>(i.immediate) + read32(w, i.src[1]);
}

void describeLoad(Wave &w, const Instruction &i, AccessList &list) {
  describeScalar(list, addressOf(w, i) & ~uint64_t(3), i.detail[0] * 4, i.dst.index);
}

void runLoad(Wave &w, const Instruction &i) {
  const uint64_t address = addressOf(w, i) & ~uint64_t(3);
  const uint32_t bytes = i.detail[0] * 4;
  if (!isDeviceMemory(w, address, bytes)) {
    addressFault(w, "global memory (a scalar load)", 0, address, bytes);
    return;
  }
  std::memcpy(&w.s[i.dst.index], reinterpret_cast<const void *>(address), bytes);
}

uint64_t offsetOf(const Wave &w, const Instruction &i) {
  return static_cast<uint64_t>(i.immediate) + read32(w, i.src[1]);
}

/// What a scalar load from a buffer reads.
struct BufferRange {
  uint64_t base, size, offset; // bytes

  BufferRange(const Wave &w, const Instruction &i) {
    const uint32_t *descriptor = &w.s[i.src[0].index];
    base = descriptor[0] | static_cast<uint64_t>(descriptor[1] & 0xffff) << 32;
    const uint32_t stride = (descriptor[1] >> 16) & 0x3fff;
    size = static_cast<uint64_t>(descriptor[2]) * (stride == 0 ? 1 : stride);
    offset = offsetOf(w, i) & ~uint64_t(3);
  }
};

void describeBufferLoad(Wave &w, const Instruction &i, AccessList &list) {
  const BufferRange range(w, i);
  const uint64_t inside = range.size > range.offset ? (range.size - range.offset) / 4 * 4 : 0;
  const uint64_t bytes = std::min<uint64_t>(inside, i.detail[0] * 4);
  if (bytes != 0) {
    describeScalar(list, range.base + range.offset, static_cast<unsigned>(bytes), i.dst.index);
  }
}

/// Dwords outside the buffer read as zero.
void runBufferLoad(Wave &w, const Instruction &i) {
  const BufferRange range(w, i);
  uint32_t loaded[16] = {};
  for (uint32_t k = 0; k < i.detail[0]; ++k) {
    const uint64_t at = range.offset + k * 4;
    if (at + 4 > range.size) {
      continue;
    }
    if (!isDeviceMemory(w, range.base + at, 4)) {
      addressFault(w, "global memory (a scalar buffer load)", 0, range.base + at, 4);
      return;
    }
    std::memcpy(&loaded[k], reinterpret_cast<const void *>(range.base + at), 4);
  }
  std::memcpy(&w.s[i.dst.index], loaded, i.detail[0] * 4);
}

template <unsigned Bytes> bool isInside(const BufferRange &range, uint64_t offset) {
  return offset + Bytes <= range.size;
}
template <unsigned Bytes>
void describeNarrowBufferLoad(Wave &w, const Instruction &i, AccessList &list) {
  const BufferRange range(w, i);
  const uint64_t offset = offsetOf(w, i);
  if (isInside<Bytes>(range, offset)) {
    describeScalar(list, range.base + offset, Bytes, i.dst.index);
  }
}
/// One value of less than a dword; what is outside the buffer reads as zero.
template <unsigned Bytes, bool Signed> void runNarrowBufferLoad(Wave &w, const Instruction &i) {
  const BufferRange range(w, i);
  const uint64_t offset = offsetOf(w, i), address = range.base + offset;
  uint32_t value = 0;
  if (isInside<Bytes>(range, offset)) {
    if (!isDeviceMemory(w, address, Bytes)) {
      addressFault(w, "global memory (a scalar buffer load)", 0, address, Bytes);
      return;
    }
    std::memcpy(&value, reinterpret_cast<const void *>(address), Bytes);
  }
  w.s[i.dst.index] = narrowed<Bytes, Signed>(value);
}

/// A clock that only moves forward: instructions executed.
void runTime(Wave &w, const Instruction &i) {
  w.setPair(i.dst.index, w.executed);
}

/// Number of dwords that a name's end says, 0 when it says none; `narrow` is set for 8 and 16 bits.
uint32_t dwordsOf(std::string_view width) {
  struct Row {
    const char *name;
    uint32_t dwords;
  };
  constexpr Row rows[] = {{"dword", 1},   {"dwordx2", 2},   {"dwordx3", 3}, {"dwordx4", 4},
                          {"dwordx8", 8}, {"dwordx16", 16}, {"b32", 1},     {"b64", 2},
                          {"b96", 3},     {"b128", 4},      {"b256", 8},    {"b512", 16}};
  for (const Row &row : rows) {
    if (width == row.name) {
      return row.dwords;
    }
  }
  return 0;
}

template <unsigned Bytes> void describeNarrow(Wave &w, const Instruction &i, AccessList &list) {
  describeScalar(list, addressOf(w, i), Bytes, i.dst.index);
}

template <unsigned Bytes, bool Signed> void runNarrow(Wave &w, const Instruction &i) {
  const uint64_t address = addressOf(w, i);
  if (!isDeviceMemory(w, address, Bytes)) {
    addressFault(w, "global memory (a scalar load)", 0, address, Bytes);
    return;
  }
  uint32_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void *>(address), Bytes);
  w.s[i.dst.index] = narrowed<Bytes, Signed>(value);
}

Handler narrowLoad(std::string_view width, bool buffer) {
  return width == "u8"    ? buffer ? runNarrowBufferLoad<1, false> : runNarrow<1, false>
         : width == "i8"  ? buffer ? runNarrowBufferLoad<1, true> : runNarrow<1, true>
         : width == "u16" ? buffer ? runNarrowBufferLoad<2, false> : runNarrow<2, false>
         : width == "i16" ? buffer ? runNarrowBufferLoad<2, true> : runNarrow<2, true>
                          : nullptr;
}

} // namespace

bool takeScalarOffset(const AssemblyLine &line, Instruction &i) {
  i.immediate = line.integer("offset");
  if (line.operands.size() < 3) {
    return true;
  }
  Operand offset;
  if (!takeOperand(line, 2, Type::B32, offset)) {
    return false;
  }
  if (offset.place == Place::Constant) {
    i.immediate += static_cast<int64_t>(offset.value);
  } else {
    i.src[1] = offset;
  }
  return true;
}

bool bindScalarMemory(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  std::string_view name = line.mnemonic;
  if (bindScalarStore(line, i)) {
    return true;
  }
  if (name.starts_with("s_dcache") || name.starts_with("s_atc_probe") || name == "s_gl1_inv" ||
      name.starts_with("s_prefetch") || name.starts_with("s_buffer_prefetch")) {
    i.execute = [](Wave &, const Instruction &) {};
    return true;
  }
  if (name == "s_memtime" || name == "s_memrealtime") {
    i.execute = runTime;
    return takeDestination(line, 0, i.dst);
  }
  const bool buffer = name.starts_with("s_buffer_load_");
  if (!buffer && !name.starts_with("s_load_") && !name.starts_with("s_scratch_load_")) {
    return false;
  }
  std::string_view width = name.substr(name.find("load_") + 5);
  i.detail[0] = dwordsOf(width);
  i.execute = buffer ? runBufferLoad : runLoad;
  i.describe = buffer ? describeBufferLoad : describeLoad;
  if (i.detail[0] == 0) {
    i.execute = narrowLoad(width, buffer);
    const bool byte = width.ends_with("8");
    i.describe = buffer ? byte ? describeNarrowBufferLoad<1> : describeNarrowBufferLoad<2>
                 : byte ? describeNarrow<1>
                        : describeNarrow<2>;
  }
  return i.execute != nullptr && takeDestination(line, 0, i.dst) &&
         takeOperand(line, 1, Type::B64, i.src[0]) && takeScalarOffset(line, i);
}

} // namespace qcc::emulator::isa
