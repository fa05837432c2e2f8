// The decoded instructions of one code segment: decoded when first reached, kept for later
// launches.
#pragma once

#include "emulator/isa/Chip.h"
#include "emulator/isa/decode/Disassembler.h"
#include "emulator/isa/decode/Families.h"

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

namespace qcc::emulator::isa {

class Program final : public SplatPool {
public:
  /// `lanes` is the wave size that the code is decoded for.
  Program(const uint8_t *code, size_t codeBytes, const ChipRow &chip, uint32_t lanes);
  ~Program() override;

  /// The instruction at a dword index; never null. One that cannot be decoded faults when executed.
  const Instruction *at(uint32_t dword) const {
    return slots[dword].load(std::memory_order_acquire);
  }
  /// The same, decoded at once.
  const Instruction *decoded(uint32_t dword);
  /// Decodes what lies at `dword`, once, and puts it into its slot.
  const Instruction *decode(uint32_t dword);

  const uint32_t *splat(uint64_t value) override;
  uint32_t dwords() const { return count; }

private:
  std::unique_ptr<Instruction> make(uint32_t dword);
  bool bind(const Disassembled &source, Instruction &i, uint32_t dword);

  const uint8_t *code;
  uint32_t count;
  const ChipRow &chip;
  uint32_t lanes;
  Disassembler disassembler;
  std::mutex mutex;
  Instruction undecoded; // what every slot holds at first
  std::unique_ptr<std::atomic<const Instruction *>[]> slots;
  std::vector<std::unique_ptr<Instruction>> owned;
  std::map<uint64_t, std::unique_ptr<uint32_t[]>> splats;
};

/// The program of a code segment, from the cache or new; kept alive by the caller's pointer even
/// when the cache forgets it.
std::shared_ptr<Program> programFor(const uint8_t *code, size_t codeBytes, const ChipRow &chip,
                                    uint32_t lanes);

} // namespace qcc::emulator::isa
