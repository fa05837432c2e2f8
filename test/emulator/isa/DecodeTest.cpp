// Any words can be decoded: what is no instruction, or has no semantics here, says so when
// executed.
#include "emulator/isa/Program.h"
#include "test/emulator/isa/coverage/Encodings.h"

#include <gtest/gtest.h>

#include <random>

namespace qcc::emulator::test {
namespace {

/// Words of every encoding whose operand bits are random, each followed by four random words.
std::vector<uint32_t> randomCode(const isa::ChipRow &chip, std::mt19937 &random) {
  constexpr unsigned perOpcode = 4;
  std::vector<uint32_t> code;
  for (const coverage::Encoding &encoding :
       coverage::encodingsOf("gfx" + std::to_string(chip.major))) {
    const uint32_t operandBits = (1u << encoding.shift) - 1;
    for (uint32_t n = 0; n < encoding.opcodes * perOpcode && encoding.opcodeDword == 0; ++n) {
      const coverage::Fill &fill = encoding.fills[n % encoding.fills.size()];
      const uint32_t opcode = n / perOpcode << encoding.shift;
      // Half of them differ from a legal instruction in few bits.
      const uint32_t noise = random() & (n % 2 != 0 ? random() & random() : ~0u);
      code.push_back(encoding.fixed | opcode | (fill.dwords[0] ^ (noise & operandBits)));
      code.push_back(fill.dwords[1] ^ (n % 2 != 0 ? random() & random() & random() : random()));
      for (unsigned k = 0; k < 3; ++k) {
        code.push_back(random());
      }
    }
  }
  return code;
}

TEST(Decode, RandomWords) {
  std::mt19937 random(20240607);
  for (const char *name : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    const isa::ChipRow &chip = *isa::findChip(name);
    const std::vector<uint32_t> code = randomCode(chip, random);
    isa::Program program(reinterpret_cast<const uint8_t *>(code.data()), code.size() * 4, chip,
                         chip.major == 9 ? 64 : 32);
    size_t known = 0;
    for (uint32_t at = 0; at < code.size(); ++at) {
      const isa::Instruction *i = program.decode(at);
      ASSERT_NE(i->execute, nullptr) << name << " " << i->text;
      EXPECT_GT(i->next, at) << name << " " << i->text;
      EXPECT_LE(i->next, code.size()) << name << " " << i->text;
      known += i->known;
    }
    EXPECT_GT(known, code.size() / 20) << name;
  }
}

TEST(Decode, CodeThatEndsInAnInstruction) {
  // The first dword of instructions that are longer, and the end of the code.
  for (const char *name : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    const isa::ChipRow &chip = *isa::findChip(name);
    for (const coverage::Encoding &encoding :
         coverage::encodingsOf("gfx" + std::to_string(chip.major))) {
      for (uint32_t opcode = 0; opcode < encoding.opcodes; opcode += 7) {
        const uint32_t literal = 0xff; // as source 0 it asks for another dword
        const uint32_t word = encoding.fixed | opcode << encoding.shift | literal;
        isa::Program program(reinterpret_cast<const uint8_t *>(&word), 4, chip,
                             chip.major == 9 ? 64 : 32);
        EXPECT_EQ(program.decode(0)->next, 1u) << name << " " << encoding.family;
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
