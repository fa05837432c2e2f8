// Operands of an assembler line as operands of an instruction.
#include "emulator/isa/decode/Families.h"

namespace qcc::emulator::isa {

bool takeOperand(const AssemblyLine &line, size_t n, Type type, Operand &operand) {
  if (n >= line.operands.size()) {
    return false;
  }
  if (line.operands[n] == "off") {
    operand = Operand{};
    return true;
  }
  auto parsed = parseOperand(line.operands[n], type);
  if (parsed) {
    operand = *parsed;
  }
  return parsed.has_value();
}

bool takeDestination(const AssemblyLine &line, size_t n, Operand &operand) {
  if (n < line.operands.size() && line.operands[n] == "null") {
    operand = Operand{};
    operand.place = Place::Scalar;
    operand.index = SlotDiscard;
    operand.dwords = 2;
    return true;
  }
  return takeOperand(line, n, Type::B32, operand) &&
         (operand.place == Place::Scalar || operand.place == Place::Vector);
}

} // namespace qcc::emulator::isa
