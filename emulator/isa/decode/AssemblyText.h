// Takes a line of AMDGPU assembler text, as LLVM prints it, apart.
#pragma once

#include "emulator/isa/Instruction.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qcc::emulator::isa {

/// "v_add_f32_e64 v0, -v1, |v2| clamp mul:2" as {mnemonic, operands, modifiers}.
struct AssemblyLine {
  std::string_view mnemonic;              // with its encoding suffix taken off
  std::string_view encoding;              // "e32", "e64", "dpp", "sdwa" or empty
  std::vector<std::string_view> operands; // "v0", "-v1", "|v2|"
  std::vector<std::pair<std::string_view, std::string_view>> modifiers; // {"mul", "2"}

  /// Whether the modifier is there.
  bool has(std::string_view name) const;
  /// Its value as an integer (decimal or hexadecimal), or `otherwise`.
  int64_t integer(std::string_view name, int64_t otherwise = 0) const;
  /// Its value as bits: "[1,0,1]" gives 5; `otherwise` when it is not there.
  unsigned bits(std::string_view name, unsigned otherwise) const;
  /// Its value as text, empty when it is not there.
  std::string_view value(std::string_view name) const;
};

/// Splits one line; the views point into `text`, which the caller keeps.
AssemblyLine splitAssembly(std::string_view text);

/// An operand's text as an operand; constants are converted to `type`. Nothing when it is not one
/// ("off", a message name).
std::optional<Operand> parseOperand(std::string_view text, Type type);

/// A decimal or hexadecimal integer.
std::optional<int64_t> parseInteger(std::string_view text);

} // namespace qcc::emulator::isa
