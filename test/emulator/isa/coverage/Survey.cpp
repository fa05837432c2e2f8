#include "test/emulator/isa/coverage/Survey.h"

#include "emulator/isa/Program.h"
#include "test/emulator/isa/coverage/Encodings.h"

#include <array>
#include <cstring>

namespace qcc::emulator::coverage {

namespace {

using Words = std::array<uint32_t, 5>;

/// One chip's disassembler and the emulator's decoder.
class Reader {
public:
  explicit Reader(const std::string &chip)
      : chip(*isa::findChip(chip)), lanes(this->chip.major == 9 ? 64 : 32),
        disassembler(chip, this->chip.major == 9 ? "" : "+wavefrontsize32") {}

  /// The assembler text of `words`; empty when they are no instruction.
  std::string textOf(const Words &words) const {
    const auto read =
        disassembler.at(reinterpret_cast<const uint8_t *>(words.data()), sizeof words, 0);
    return read.text.substr(std::min(read.text.size(), read.text.find_first_not_of(" \t")));
  }
  bool binds(const Words &words) const {
    isa::Program program(reinterpret_cast<const uint8_t *>(words.data()), sizeof words, chip,
                         lanes);
    return program.decode(0)->known;
  }
  std::string generation() const { return "gfx" + std::to_string(chip.major); }

private:
  const isa::ChipRow &chip;
  uint32_t lanes;
  isa::Disassembler disassembler;
};

/// The mnemonics of a line: two in a dual instruction.
std::vector<std::string> mnemonicsOf(const std::string &text) {
  std::vector<std::string> names;
  for (size_t at = 0; at != std::string::npos;) {
    const size_t both = text.find(" :: ", at);
    const std::string part = text.substr(at, both - at);
    if (auto line = isa::splitAssembly(part); !line.mnemonic.empty()) {
      names.emplace_back(line.mnemonic);
    }
    at = both == std::string::npos ? both : both + 4;
  }
  return names;
}

Words wordsOf(const Encoding &encoding, uint32_t opcode, const Fill &fill) {
  Words words{};
  std::memcpy(words.data(), fill.dwords, sizeof fill.dwords);
  words[0] |= encoding.fixed;
  words[encoding.opcodeDword] |= opcode << encoding.shift;
  return words;
}

/// What the legal fills of one opcode gave.
struct Found {
  std::map<std::string, bool> binds; // by mnemonic
};

Found readOpcode(const Reader &reader, const Encoding &encoding, uint32_t opcode) {
  Found found;
  for (const Fill &fill : encoding.fills) {
    const Words words = wordsOf(encoding, opcode, fill);
    const std::string text = reader.textOf(words);
    if (text.empty()) {
      continue;
    }
    const bool binds = reader.binds(words);
    for (const std::string &name : mnemonicsOf(text)) {
      found.binds[name] |= binds;
    }
  }
  return found;
}

} // namespace

std::vector<std::string> mnemonicsOf(const std::string &chip, const std::vector<uint8_t> &code) {
  static std::map<std::string, Reader> readers;
  Words words{};
  std::memcpy(words.data(), code.data(), std::min(code.size(), sizeof words));
  return mnemonicsOf(readers.try_emplace(chip, chip).first->second.textOf(words));
}

Survey survey(const std::string &chip) {
  const Reader reader(chip);
  Survey result;
  for (const Encoding &encoding : encodingsOf(reader.generation())) {
    for (uint32_t opcode = 0; opcode < encoding.opcodes; ++opcode) {
      for (const auto &[name, binds] : readOpcode(reader, encoding, opcode).binds) {
        if (const char *reason = whyExcluded(name)) {
          result.excluded[reason].insert(name);
        } else if (encoding.again) {
          Form &form = result.forms[encoding.family];
          ++form.llvm;
          if (!binds) {
            form.unbound.push_back(name);
          }
        } else {
          Known &known =
              result.instructions.try_emplace(name, Known{encoding.family}).first->second;
          known.binds |= binds;
        }
      }
    }
  }
  return result;
}

std::vector<std::string> formTexts(const std::string &chip, const std::string &family) {
  const Reader reader(chip);
  std::vector<std::string> texts;
  for (const Encoding &encoding : encodingsOf(reader.generation())) {
    for (uint32_t opcode = 0;
         encoding.again && std::string_view(encoding.family).starts_with(family) &&
         opcode < encoding.opcodes;
         ++opcode) {
      for (const Fill &fill : encoding.fills) {
        const std::string text = reader.textOf(wordsOf(encoding, opcode, fill));
        const auto names = mnemonicsOf(text);
        if (!names.empty() && whyExcluded(names.front()) == nullptr) {
          texts.push_back(text);
          break;
        }
      }
    }
  }
  return texts;
}

} // namespace qcc::emulator::coverage
