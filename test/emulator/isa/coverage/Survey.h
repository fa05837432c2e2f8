// What LLVM's disassembler knows of a chip, instruction by instruction, and what the emulator binds
// of that.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace qcc::emulator::coverage {

/// One instruction: a mnemonic without the suffix of its encoding.
struct Known {
  std::string family; // the first encoding that has it
  bool binds = false; // the emulator takes at least one legal form of it
};

struct Form {
  unsigned llvm = 0; // instructions that have this form
  std::vector<std::string> unbound;
};

struct Survey {
  std::map<std::string, Known> instructions;
  std::map<std::string, std::set<std::string>> excluded; // reason -> mnemonics
  std::map<std::string, Form> forms;                     // DPP, SDWA: other ways to encode the same
};

/// Walks every encoding of the chip.
Survey survey(const std::string &chip);

/// The texts of the forms of the encodings whose name starts with `family`, "DPP" or "SDWA": one for
/// each instruction and encoding.
std::vector<std::string> formTexts(const std::string &chip, const std::string &family);

/// Why an instruction does not count as a compute instruction; null when it does.
const char *whyExcluded(const std::string &mnemonic);

/// The mnemonics that LLVM prints for the first instruction of `code`, without the encoding's
/// suffix; two for a dual instruction.
std::vector<std::string> mnemonicsOf(const std::string &chip, const std::vector<uint8_t> &code);

} // namespace qcc::emulator::coverage
