// ds_* instructions that reach LDS memory.
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/lane/LaneSet.h"
#include "emulator/isa/memory/AtomicOps.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"
#include "emulator/isa/memory/Transfers.h"

#include <string>

namespace qcc::emulator::isa {

namespace {

// Instruction fields: src[0] address, src[1] and src[2] data, immediate: offset or first offset,
// detail[0] transfer, detail[1] second offset.

/// Fills in host addresses for every active lane; false when a lane is out of bounds, after the
/// fault.
bool ldsAddresses(Wave &w, const Instruction &i, uint64_t offset, unsigned bytes, Addresses &a) {
  a.active = w.exec();
  const uint32_t *address = w.vector(i.src[0].index);
  for (unsigned n = 0; n < laneStride; ++n) {
    // Wraps at 32 bits: the compiler pairs a negative base with an offset that makes up for it.
    a.of[n] = static_cast<uint32_t>(address[n] + offset);
  }
  const AddressSpan span = laneSet().spanOf(a);
  if (a.active != 0 && span.highest + bytes > w.lds.bytes) {
    for (unsigned n = 0; n < w.lanes; ++n) {
      if (((a.active >> n) & 1) != 0 && a.of[n] + bytes > w.lds.bytes) {
        addressFault(w, "LDS", n, a.of[n], bytes);
        return false;
      }
    }
  }
  const uint64_t base = reinterpret_cast<uint64_t>(w.lds.data);
  for (unsigned n = 0; n < laneStride; ++n) {
    a.of[n] += base;
  }
  return true;
}

void runLoad(Wave &w, const Instruction &i) {
  const Transfer t = unpackTransfer(i.detail[0]);
  Addresses a;
  if (ldsAddresses(w, i, static_cast<uint64_t>(i.immediate), t.bytes, a)) {
    laneSet().loadAll(w, t, i.dst.index, a);
  }
}

void runStore(Wave &w, const Instruction &i) {
  const Transfer t = unpackTransfer(i.detail[0]);
  Addresses a;
  if (ldsAddresses(w, i, static_cast<uint64_t>(i.immediate), t.bytes, a)) {
    laneSet().storeAll(w, t, i.src[1].index, a);
  }
}

void runLoadTwo(Wave &w, const Instruction &i) {
  const Transfer t = unpackTransfer(i.detail[0]);
  Addresses first, second; // both before the destination, which may hold the address, is written
  if (ldsAddresses(w, i, static_cast<uint64_t>(i.immediate), t.bytes, first) &&
      ldsAddresses(w, i, i.detail[1], t.bytes, second)) {
    laneSet().loadAll(w, t, i.dst.index, first);
    laneSet().loadAll(w, t, i.dst.index + t.dwords, second);
  }
}

void runStoreTwo(Wave &w, const Instruction &i) {
  const Transfer t = unpackTransfer(i.detail[0]);
  Addresses first, second;
  if (ldsAddresses(w, i, static_cast<uint64_t>(i.immediate), t.bytes, first) &&
      ldsAddresses(w, i, i.detail[1], t.bytes, second)) {
    laneSet().storeAll(w, t, i.src[1].index, first);
    laneSet().storeAll(w, t, i.src[2].index, second);
  }
}

/// The offsets in LDS of every active lane.
Addresses offsetsOf(Wave &w, const Instruction &i, uint64_t offset) {
  Addresses a;
  a.active = w.exec();
  const uint32_t *address = w.vector(i.src[0].index);
  for (unsigned n = 0; n < laneStride; ++n) {
    a.of[n] = static_cast<uint32_t>(address[n] + offset);
  }
  return a;
}

template <AccessKind Kind, unsigned Count>
void describeMove(Wave &w, const Instruction &i, AccessList &list) {
  const Transfer t = unpackTransfer(i.detail[0]);
  constexpr bool load = Kind == AccessKind::Load;
  const uint64_t offsets[] = {static_cast<uint64_t>(i.immediate), i.detail[1]};
  for (unsigned k = 0; k < Count; ++k) {
    const unsigned reg = load ? i.dst.index + k * t.dwords : i.src[1 + k].index;
    describeLanes(w, list, Kind, Space::Lds, t, reg, offsetsOf(w, i, offsets[k]));
  }
}

void describeAtomic(Wave &w, const Instruction &i, AccessList &list) {
  const uint8_t bytes = atomicRow(i).bytes;
  const Transfer t{bytes, static_cast<uint8_t>(bytes / 4)};
  const bool returns = i.dst.place == Place::Vector;
  describeLanes(w, list, AccessKind::Atomic, Space::Lds, t, returns ? i.dst.index : noRegister,
                offsetsOf(w, i, static_cast<uint64_t>(i.immediate)), returns);
}

/// M0 holds the base; `step` bytes lie between lanes.
Addresses baseOffsets(Wave &w, const Instruction &i, unsigned step) {
  Addresses a;
  a.active = w.exec();
  for (unsigned n = 0; n < laneStride; ++n) {
    a.of[n] = (w.s[SlotM0] & 0xffff) + static_cast<uint32_t>(i.immediate) + n * step;
  }
  return a;
}

void describeCount(Wave &w, const Instruction &i, AccessList &list) {
  Addresses a = baseOffsets(w, i, 0);
  a.active &= 0 - a.active; // one counter for the wave
  describeLanes(w, list, AccessKind::Atomic, Space::Lds, Transfer{}, i.dst.index, a, true);
}

void describeAddTid(Wave &w, const Instruction &i, AccessList &list) {
  const bool load = i.dst.place == Place::Vector;
  describeLanes(w, list, load ? AccessKind::Load : AccessKind::Store, Space::Lds, Transfer{},
                load ? i.dst.index : i.src[1].index, baseOffsets(w, i, 4));
}

/// ds_wrxchg2: two exchanges; both old values before the destination is written.
void runExchangeTwo(Wave &w, const Instruction &i) {
  const Transfer t = unpackTransfer(i.detail[0]);
  Addresses first, second;
  if (!ldsAddresses(w, i, static_cast<uint64_t>(i.immediate), t.bytes, first) ||
      !ldsAddresses(w, i, i.detail[1], t.bytes, second)) {
    return;
  }
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((first.active >> n) & 1) == 0) {
      continue;
    }
    uint32_t data[4] = {}, more[4] = {}, old[4] = {}, oldMore[4] = {};
    takeStored(w, t, i.src[1].index, n, data);
    takeStored(w, t, i.src[2].index, n, more);
    std::memcpy(old, reinterpret_cast<const void *>(first.of[n]), t.bytes);
    std::memcpy(oldMore, reinterpret_cast<const void *>(second.of[n]), t.bytes);
    std::memcpy(reinterpret_cast<void *>(first.of[n]), data, t.bytes);
    std::memcpy(reinterpret_cast<void *>(second.of[n]), more, t.bytes);
    putLoaded(w, t, i.dst.index, n, old);
    putLoaded(w, t, i.dst.index + t.dwords, n, oldMore);
  }
}

void describeExchangeTwo(Wave &w, const Instruction &i, AccessList &list) {
  const Transfer t = unpackTransfer(i.detail[0]);
  const uint64_t offsets[] = {static_cast<uint64_t>(i.immediate), i.detail[1]};
  for (unsigned k = 0; k < 2; ++k) {
    describeLanes(w, list, AccessKind::Atomic, Space::Lds, t, i.dst.index + k * t.dwords,
                  offsetsOf(w, i, offsets[k]), true);
  }
}

uint64_t dataWord(Wave &w, unsigned reg, unsigned lane, unsigned bytes) {
  const uint32_t *v = w.vector(reg) + lane;
  return bytes == 8 ? v[0] | static_cast<uint64_t>(v[laneStride]) << 32 : v[0];
}

void runAtomic(Wave &w, const Instruction &i) {
  const uint64_t exec = w.exec();
  const AtomicRow &row = atomicRow(i);
  // ds_cmpst has the value to compare first, ds_cmpstore second.
  const unsigned operandAt = i.detail[1];
  const uint32_t *address = w.vector(i.src[0].index);
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((exec >> n) & 1) == 0) {
      continue;
    }
    const uint64_t at = static_cast<uint32_t>(address[n] + i.immediate);
    uint8_t *p = atomicPointer(w, Space::Lds, n, at, row.bytes);
    if (p == nullptr) {
      return;
    }
    const uint64_t operand = dataWord(w, i.src[operandAt].index, n, row.bytes);
    const uint64_t compare =
        row.compares ? dataWord(w, i.src[3 - operandAt].index, n, row.bytes) : 0;
    const uint64_t old = applyAtomic(row, p, operand, compare);
    if (i.dst.place == Place::Vector) {
      uint32_t *v = w.vector(i.dst.index) + n;
      v[0] = static_cast<uint32_t>(old);
      if (row.bytes == 8) {
        v[laneStride] = static_cast<uint32_t>(old >> 32);
      }
    }
  }
}

/// ds_append and ds_consume: one counter for the wave, moved by the number of active lanes.
void runCount(Wave &w, const Instruction &i) {
  const uint32_t lanes = static_cast<uint32_t>(__builtin_popcountll(w.exec()));
  const uint64_t at = (w.s[SlotM0] & 0xffff) + static_cast<uint32_t>(i.immediate);
  uint8_t *p = atomicPointer(w, Space::Lds, 0, at, 4);
  if (p == nullptr) {
    return;
  }
  uint32_t old = 0;
  std::memcpy(&old, p, 4);
  const uint32_t changed = i.detail[1] != 0 ? old - lanes : old + lanes;
  std::memcpy(p, &changed, 4);
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((w.exec() >> n) & 1) {
      w.vector(i.dst.index)[n] = old;
    }
  }
}

/// addtid forms: the lane's number times four is the address.
void runAddTid(Wave &w, const Instruction &i) {
  const uint64_t exec = w.exec();
  for (unsigned n = 0; n < w.lanes; ++n) {
    uint32_t data[4] = {};
    const uint64_t at = (w.s[SlotM0] & 0xffff) + static_cast<uint32_t>(i.immediate) + n * 4;
    if (((exec >> n) & 1) == 0) {
      continue;
    }
    if (i.dst.place == Place::Vector) {
      if (!readLane(w, Space::Lds, n, at, 4, data)) {
        return;
      }
      w.vector(i.dst.index)[n] = data[0];
    } else if (!writeLane(w, Space::Lds, n, at, 4, w.vector(i.src[1].index) + n)) {
      return;
    }
  }
}

bool bindTwo(std::string_view name, bool load, const AssemblyLine &line, Instruction &i) {
  const bool strided = name.find("64_") == 2 || name.starts_with("addr_stride64_");
  auto transfer = parseTransfer(name.substr(name.rfind('_') + 1));
  if (!transfer) {
    return false;
  }
  const uint32_t unit = transfer->bytes * (strided ? 64u : 1u);
  i.detail[0] = packTransfer(*transfer);
  i.immediate = line.integer("offset0") * unit;
  i.detail[1] = static_cast<uint32_t>(line.integer("offset1")) * unit;
  i.execute = load ? runLoadTwo : runStoreTwo;
  i.describe = load ? describeMove<AccessKind::Load, 2> : describeMove<AccessKind::Store, 2>;
  if (load) {
    return takeDestination(line, 0, i.dst) && takeOperand(line, 1, Type::B32, i.src[0]);
  }
  return takeOperand(line, 0, Type::B32, i.src[0]) && takeOperand(line, 1, Type::B32, i.src[1]) &&
         takeOperand(line, 2, Type::B32, i.src[2]);
}

/// ds_wrxchg2_rtn_b32, ds_wrxchg2st64_rtn_b64, ds_storexchg_2addr_stride64_rtn_b32, ...
bool bindExchangeTwo(std::string_view name, const AssemblyLine &line, Instruction &i) {
  if (!name.starts_with("wrxchg2") && !name.starts_with("storexchg_2addr")) {
    return false;
  }
  auto transfer = parseTransfer(name.substr(name.rfind('_') + 1));
  if (!transfer) {
    return false;
  }
  const uint32_t unit =
      transfer->bytes * (name.find("64_rtn") != std::string_view::npos ? 64u : 1u);
  i.detail[0] = packTransfer(*transfer);
  i.immediate = line.integer("offset0") * unit;
  i.detail[1] = static_cast<uint32_t>(line.integer("offset1")) * unit;
  i.execute = runExchangeTwo;
  i.describe = describeExchangeTwo;
  return takeDestination(line, 0, i.dst) && takeOperand(line, 1, Type::B32, i.src[0]) &&
         takeOperand(line, 2, Type::B32, i.src[1]) && takeOperand(line, 3, Type::B32, i.src[2]);
}

bool bindMove(std::string_view name, bool load, const AssemblyLine &line, Instruction &i) {
  if (name.starts_with("_addtid_")) {
    i.execute = runAddTid;
    i.describe = describeAddTid;
    return load ? takeDestination(line, 0, i.dst) : takeOperand(line, 0, Type::B32, i.src[1]);
  }
  const size_t two = name.starts_with("_2addr_") ? 2 : name.starts_with("2") ? 1 : 0;
  if (two != 0) { // read2_b32, read2st64_b32, load_2addr_b32, load_2addr_stride64_b32
    return bindTwo(name.substr(two), load, line, i);
  }
  auto transfer = parseTransfer(name.substr(1));
  if (!transfer) {
    return false;
  }
  i.detail[0] = packTransfer(*transfer);
  i.execute = load ? runLoad : runStore;
  i.describe = load ? describeMove<AccessKind::Load, 1> : describeMove<AccessKind::Store, 1>;
  if (load) {
    return takeDestination(line, 0, i.dst) && takeOperand(line, 1, Type::B32, i.src[0]);
  }
  return takeOperand(line, 0, Type::B32, i.src[0]) && takeOperand(line, 1, Type::B32, i.src[1]);
}

bool bindAtomic(std::string_view name, const AssemblyLine &line, Instruction &i) {
  std::string plain(name);
  size_t rtn = plain.find("_rtn");
  const bool returns = rtn != std::string::npos;
  if (returns) {
    plain.erase(rtn, 4);
  }
  const AtomicRow *row = findAtomic(plain);
  if (row == nullptr) {
    return false;
  }
  i.detail[1] = plain.starts_with("cmpst_") ? 2 : 1;
  setAtomicRow(i, *row);
  i.execute = runAtomic;
  i.describe = describeAtomic;
  const size_t first = returns ? 1 : 0;
  return (!returns || takeDestination(line, 0, i.dst)) &&
         takeOperand(line, first, Type::B32, i.src[0]) &&
         takeOperand(line, first + 1, Type::B32, i.src[1]) &&
         (!row->compares || takeOperand(line, first + 2, Type::B32, i.src[2]));
}

} // namespace

bool bindLds(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  std::string_view name = line.mnemonic;
  if (!name.starts_with("ds_")) {
    return false;
  }
  if (bindTransposingLoad(line, i)) {
    return true;
  }
  name.remove_prefix(3);
  i.immediate = line.integer("offset");
  if (name == "nop") {
    i.execute = [](Wave &, const Instruction &) {};
    return true;
  }
  if (name == "append" || name == "consume") {
    i.detail[1] = name == "consume";
    i.execute = runCount;
    i.describe = describeCount;
    return takeDestination(line, 0, i.dst);
  }
  for (std::string_view verb : {"read", "load"}) {
    if (name.starts_with(verb) && bindMove(name.substr(4), true, line, i)) {
      return true;
    }
  }
  for (std::string_view verb : {"write", "store"}) {
    if (name.starts_with(verb) && bindMove(name.substr(5), false, line, i)) {
      return true;
    }
  }
  return bindExchangeTwo(name, line, i) || bindAtomic(name, line, i);
}

} // namespace qcc::emulator::isa
