#include "emulator/isa/Program.h"

#include "emulator/isa/Dispatch.h"
#include "emulator/isa/Wave.h"

#include <algorithm>
#include <tuple>

namespace qcc::emulator {

namespace isa {

namespace {

/// Stands in a slot until it is decoded: decodes, then executes.
void decodeAndExecute(Wave &w, const Instruction &) {
  const Instruction *i = w.launch->program->decode(w.at);
  w.pc = i->next;
  i->execute(w, *i);
}
void faultUnknown(Wave &w, const Instruction &i) {
  w.fault(DispatchResult::Status::UnknownInstruction,
          "the instruction `" + i.text + "` is not known to the emulated device");
}
void faultNotCode(Wave &w, const Instruction &) {
  w.fault(DispatchResult::Status::UnknownInstruction, "these bytes are not an instruction");
}
void faultEnd(Wave &w, const Instruction &) {
  w.fault(DispatchResult::Status::MemoryFault, "the program runs past the end of its code");
}

std::string featuresOf(const ChipRow &chip, uint32_t lanes) {
  if (chip.major <= 9) {
    return "";
  }
  return lanes == 32 ? "+wavefrontsize32" : "-wavefrontsize32,+wavefrontsize64";
}

struct Cache {
  using Key = std::tuple<const uint8_t *, size_t, const ChipRow *, uint32_t>;
  std::mutex mutex;
  std::map<Key, std::shared_ptr<Program>> programs;
};
Cache &cache() {
  // Never destroyed: programs unload modules from their own exit handlers.
  static auto *instance = new Cache;
  return *instance;
}

} // namespace

Program::Program(const uint8_t *code, size_t codeBytes, const ChipRow &chip, uint32_t lanes)
    : code(code), count(static_cast<uint32_t>(codeBytes / 4)), chip(chip), lanes(lanes),
      disassembler(chip.name, featuresOf(chip, lanes)),
      slots(std::make_unique<std::atomic<const Instruction *>[]>(count + 1)) {
  undecoded.execute = decodeAndExecute;
  for (uint32_t n = 0; n < count; ++n) {
    slots[n].store(&undecoded, std::memory_order_relaxed);
  }
  auto end = std::make_unique<Instruction>();
  end->text = "no code";
  end->execute = faultEnd;
  end->next = count;
  slots[count].store(end.get(), std::memory_order_relaxed);
  owned.push_back(std::move(end));
}

Program::~Program() = default;

const Instruction *Program::decoded(uint32_t dword) {
  const Instruction *i = at(dword);
  return i == &undecoded ? decode(dword) : i;
}

const Instruction *Program::decode(uint32_t dword) {
  std::lock_guard lock(mutex);
  const Instruction *present = slots[dword].load(std::memory_order_relaxed);
  if (present != &undecoded) {
    return present;
  }
  owned.push_back(make(dword));
  slots[dword].store(owned.back().get(), std::memory_order_release);
  return owned.back().get();
}

std::unique_ptr<Instruction> Program::make(uint32_t dword) {
  const size_t available = (count - dword) * size_t(4);
  const Disassembled source =
      disassembler.at(code + size_t(dword) * 4, available, uint64_t(dword) * 4);
  auto i = std::make_unique<Instruction>();
  i->next = dword + 1;
  if (source.bytes == 0 || source.bytes % 4 != 0) {
    i->text = "no instruction";
    i->execute = faultNotCode;
    i->known = false;
    return i;
  }
  i->text = source.text.substr(std::min(source.text.find_first_not_of(" \t"), source.text.size()));
  i->next = dword + source.bytes / 4;
  i->facts = source.facts;
  i->facts.unit = classify(splitAssembly(i->text).mnemonic);
  findTraits(i->text, i->facts);
  if (!bind(source, *i, dword)) {
    const std::string text = i->text;
    const uint32_t next = i->next;
    *i = Instruction();
    i->text = text;
    i->next = next;
    i->execute = faultUnknown;
    i->known = false;
  }
  return i;
}

bool Program::bind(const Disassembled &source, Instruction &i, uint32_t dword) {
  DecodeContext context;
  context.chip = &chip;
  context.lanes = lanes;
  context.dwordIndex = dword;
  context.codeDwords = count;
  context.immediate = source.immediate;
  context.splats = this;
  const AssemblyLine line = splitAssembly(i.text);
  using Bind = bool (*)(const AssemblyLine &, const DecodeContext &, Instruction &);
  constexpr Bind families[] = {
      bindScalar, bindScalarMemory, bindCrossLane, bindMatrix, bindScaledConversion,
      bindVector, bindLds,          bindFlat,      bindBuffer};
  for (Bind family : families) {
    if (family(line, context, i)) {
      return true;
    }
  }
  return false;
}

const uint32_t *Program::splat(uint64_t value) {
  auto &kept = splats[value];
  if (!kept) {
    kept = std::make_unique<uint32_t[]>(4 * laneStride);
    for (unsigned n = 0; n < laneStride; ++n) {
      kept[n] = static_cast<uint32_t>(value);
      kept[laneStride + n] = static_cast<uint32_t>(value >> 32);
    }
  }
  return kept.get();
}

std::shared_ptr<Program> programFor(const uint8_t *code, size_t codeBytes, const ChipRow &chip,
                                    uint32_t lanes) {
  Cache &c = cache();
  std::lock_guard lock(c.mutex);
  auto &program = c.programs[{code, codeBytes, &chip, lanes}];
  if (!program) {
    program = std::make_shared<Program>(code, codeBytes, chip, lanes);
  }
  return program;
}

} // namespace isa

void forgetCode(const uint8_t *code, size_t bytes) {
  isa::Cache &c = isa::cache();
  std::lock_guard lock(c.mutex);
  std::erase_if(c.programs, [&](const auto &entry) {
    const uint8_t *begin = std::get<0>(entry.first);
    return begin < code + bytes && code < begin + std::get<1>(entry.first);
  });
}

} // namespace qcc::emulator
