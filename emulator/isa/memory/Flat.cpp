// global_*, flat_* and scratch_* instructions.
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/lane/LaneSet.h"
#include "emulator/isa/memory/AtomicOps.h"
#include "emulator/isa/memory/Describe.h"
#include "emulator/isa/memory/Special.h"
#include "emulator/isa/memory/Transfers.h"

namespace qcc::emulator::isa {

namespace {

// Instruction fields: src[0] vector address, src[1] scalar address, src[2] data, immediate: offset,
// detail[0] transfer, detail[1] space.
Space spaceOf(const Instruction &i) {
  return static_cast<Space>(i.detail[1]);
}

/// The address of every active lane.
void computeAddresses(Wave &w, const Instruction &i, Addresses &a) {
  a.active = w.exec();
  const Operand &vectorPart = i.src[0], &scalarPart = i.src[1];
  const uint64_t offset = static_cast<uint64_t>(i.immediate);
  if (spaceOf(i) == Space::Scratch) {
    const uint64_t base = read32(w, scalarPart) + offset;
    const uint32_t *v = vectorPart.place == Place::Vector ? w.vector(vectorPart.index) : nullptr;
    for (unsigned n = 0; n < laneStride; ++n) {
      a.of[n] = static_cast<uint32_t>(base + (v != nullptr ? v[n] : 0));
    }
    return;
  }
  const uint32_t *lo = w.vector(vectorPart.index), *hi = lo + laneStride;
  if (scalarPart.place != Place::None) {
    const uint64_t base = read64(w, scalarPart) + offset;
    for (unsigned n = 0; n < laneStride; ++n) {
      a.of[n] = base + lo[n];
    }
    return;
  }
  for (unsigned n = 0; n < laneStride; ++n) {
    a.of[n] = (lo[n] | static_cast<uint64_t>(hi[n]) << 32) + offset;
  }
}

void runLoad(Wave &w, const Instruction &i) {
  Addresses a;
  computeAddresses(w, i, a);
  const Transfer t = unpackTransfer(i.detail[0]);
  const Space space = spaceOf(i);
  if ((space == Space::Global || space == Space::Flat) && inOneAllocation(w, a, t.bytes)) {
    laneSet().loadAll(w, t, i.dst.index, a);
    return;
  }
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((a.active >> n) & 1) {
      uint32_t data[4] = {};
      if (!readLane(w, space, n, a.of[n], t.bytes, data)) {
        return;
      }
      putLoaded(w, t, i.dst.index, n, data);
    }
  }
}

void runStore(Wave &w, const Instruction &i) {
  Addresses a;
  computeAddresses(w, i, a);
  const Transfer t = unpackTransfer(i.detail[0]);
  const Space space = spaceOf(i);
  if ((space == Space::Global || space == Space::Flat) && inOneAllocation(w, a, t.bytes)) {
    laneSet().storeAll(w, t, i.src[2].index, a);
    return;
  }
  for (unsigned n = 0; n < w.lanes; ++n) {
    if ((a.active >> n) & 1) {
      uint32_t data[4] = {};
      takeStored(w, t, i.src[2].index, n, data);
      if (!writeLane(w, space, n, a.of[n], t.bytes, data)) {
        return;
      }
    }
  }
}

void describeLoad(Wave &w, const Instruction &i, AccessList &list) {
  Addresses a;
  computeAddresses(w, i, a);
  describeLanes(w, list, AccessKind::Load, spaceOf(i), unpackTransfer(i.detail[0]), i.dst.index, a);
}

void describeStore(Wave &w, const Instruction &i, AccessList &list) {
  Addresses a;
  computeAddresses(w, i, a);
  describeLanes(w, list, AccessKind::Store, spaceOf(i), unpackTransfer(i.detail[0]), i.src[2].index,
                a);
}

/// Loads that go to LDS: M0 plus the offset, and one element a lane.
void runLoadToLds(Wave &w, const Instruction &i) {
  Addresses a;
  computeAddresses(w, i, a);
  const Transfer t = unpackTransfer(i.detail[0]);
  const uint32_t element = t.bytes < 4 ? 4 : t.bytes;
  const uint64_t base = w.s[SlotM0] + static_cast<uint64_t>(i.immediate);
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((a.active >> n) & 1) == 0) {
      continue;
    }
    uint32_t data[4] = {};
    if (!readLane(w, spaceOf(i), n, a.of[n], t.bytes, data)) {
      return;
    }
    data[0] = extended(t, data[0]);
    if (!writeLane(w, Space::Lds, n, base + uint64_t(n) * element, element, data)) {
      return;
    }
  }
}

void describeLoadToLds(Wave &w, const Instruction &i, AccessList &list) {
  Addresses from, to;
  computeAddresses(w, i, from);
  Transfer t = unpackTransfer(i.detail[0]);
  describeLanes(w, list, AccessKind::Load, spaceOf(i), t, noRegister, from);
  t.bytes = t.bytes < 4 ? 4 : t.bytes;
  to.active = from.active;
  for (unsigned n = 0; n < laneStride; ++n) {
    to.of[n] = w.s[SlotM0] + static_cast<uint64_t>(i.immediate) + uint64_t(n) * t.bytes;
  }
  describeLanes(w, list, AccessKind::Store, Space::Lds, t, noRegister, to);
}

void describeAtomic(Wave &w, const Instruction &i, AccessList &list) {
  Addresses a;
  computeAddresses(w, i, a);
  const uint8_t bytes = atomicRow(i).bytes;
  const Transfer t{bytes, static_cast<uint8_t>(bytes / 4)};
  const bool returns = i.dst.place == Place::Vector;
  describeLanes(w, list, AccessKind::Atomic, spaceOf(i), t, returns ? i.dst.index : noRegister, a,
                returns);
}

void runAtomic(Wave &w, const Instruction &i) {
  Addresses a;
  computeAddresses(w, i, a);
  const AtomicRow &row = atomicRow(i);
  const unsigned words = row.bytes / 4;
  const uint32_t *data = w.vector(i.src[2].index);
  for (unsigned n = 0; n < w.lanes; ++n) {
    if (((a.active >> n) & 1) == 0) {
      continue;
    }
    auto word = [&](unsigned k) {
      uint64_t lo = data[k * words * laneStride + n];
      return words == 1 ? lo : lo | uint64_t(data[(k * words + 1) * laneStride + n]) << 32;
    };
    uint8_t *p = atomicPointer(w, spaceOf(i), n, a.of[n], row.bytes);
    if (p == nullptr) {
      return;
    }
    const uint64_t old = applyAtomic(row, p, word(0), row.compares ? word(1) : 0);
    if (i.dst.place == Place::Vector) {
      uint32_t *v = w.vector(i.dst.index) + n;
      v[0] = static_cast<uint32_t>(old);
      if (words == 2) {
        v[laneStride] = static_cast<uint32_t>(old >> 32);
      }
    }
  }
}

/// Takes the address operands from position n: the vector one and, except for flat, the scalar one.
bool takeAddress(const AssemblyLine &line, size_t vectorAt, size_t scalarAt, Space space,
                 Instruction &i) {
  if (!takeOperand(line, vectorAt, Type::B64, i.src[0])) {
    return false;
  }
  return space == Space::Flat || takeOperand(line, scalarAt, Type::B64, i.src[1]);
}

bool bindAtomic(std::string_view name, const AssemblyLine &line, Space space, Instruction &i) {
  const AtomicRow *row = findAtomic(name);
  const size_t plain = space == Space::Flat ? 2 : 3; // operands without a returned value
  const size_t first = line.operands.size() - plain;
  if (row == nullptr || line.operands.size() < plain || first > 1) {
    return false;
  }
  setAtomicRow(i, *row);
  i.execute = runAtomic;
  i.describe = describeAtomic;
  return (first == 0 || takeDestination(line, 0, i.dst)) &&
         takeAddress(line, first, first + 2, space, i) &&
         takeOperand(line, first + 1, Type::B32, i.src[2]);
}

bool bindLoadToLds(std::string_view width, const AssemblyLine &line, Space space, Instruction &i) {
  auto transfer = parseTransfer(width);
  if (!transfer) {
    return false;
  }
  i.detail[0] = packTransfer(*transfer);
  i.execute = runLoadToLds;
  i.describe = describeLoadToLds;
  return takeAddress(line, 0, 1, space, i);
}

} // namespace

bool bindFlat(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  if (bindBlockMove(line, i)) {
    return true;
  }
  std::string_view name = line.mnemonic;
  Space space = Space::Global;
  if (name.starts_with("flat_")) {
    space = Space::Flat;
    name.remove_prefix(5);
  } else if (name.starts_with("scratch_")) {
    space = Space::Scratch;
    name.remove_prefix(8);
  } else if (name.starts_with("global_")) {
    name.remove_prefix(7);
  } else {
    return false;
  }
  i.detail[1] = static_cast<uint32_t>(space);
  i.immediate = line.integer("offset");
  if (name.starts_with("atomic_")) {
    return bindAtomic(name.substr(7), line, space, i);
  }
  if (name.starts_with("load_lds_")) {
    return bindLoadToLds(name.substr(9), line, space, i);
  }
  const bool load = name.starts_with("load_");
  if (!load && !name.starts_with("store_")) {
    // Caches do not exist here, so their control has nothing to do.
    i.execute = [](Wave &, const Instruction &) {};
    return name == "wb" || name == "inv" || name == "wbinv";
  }
  auto transfer = parseTransfer(name.substr(load ? 5 : 6));
  if (!transfer) {
    return false;
  }
  i.detail[0] = packTransfer(*transfer);
  i.execute = load ? runLoad : runStore;
  i.describe = load ? describeLoad : describeStore;
  if (load) {
    return takeDestination(line, 0, i.dst) && takeAddress(line, 1, 2, space, i);
  }
  return takeAddress(line, 0, 2, space, i) && takeOperand(line, 1, Type::B32, i.src[2]);
}

} // namespace qcc::emulator::isa
