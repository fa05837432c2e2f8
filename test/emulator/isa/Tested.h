// Notes which instructions the tests check, for the table of what is covered.
#pragma once

#include <string>

namespace qcc::emulator::test {

/// Says that a test checks what the instruction of this line of assembler text does on `chip`. When
/// the environment variable QCC_ISA_TESTED names a file, "chip mnemonic" of every noted instruction
/// is in it after the tests, in the spelling of LLVM's disassembler for the chip.
void noteTested(const std::string &chip, const std::string &line);

/// Takes the marks out of a text, and notes its instructions under test: lines that start with `>`,
/// or the only line.
std::string takeMarks(const std::string &chip, const std::string &text);

} // namespace qcc::emulator::test
