// Binds scalar instructions to the rows of the scalar tables.
#include "emulator/isa/scalar/Control.h"
#include "emulator/isa/scalar/Indexed.h"
#include "emulator/isa/scalar/ScalarOps.h"

#include <string_view>
#include <unordered_map>

namespace qcc::emulator::isa {

namespace {

const scalar::ScalarRow *findRow(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const scalar::ScalarRow *> map;
    for (const scalar::ScalarRows &table :
         {scalar::integerRows(), scalar::bitRows(), scalar::maskRows(), scalar::floatRows()}) {
      for (size_t n = 0; n < table.count; ++n) {
        map.emplace(table.rows[n].name, &table.rows[n]);
      }
    }
    return map;
  }();
  auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

/// 16-bit constants of SOPK are printed without their sign; operands of float instructions may
/// carry sign modifiers, which no scalar handler applies.
bool isPlain(const Operand &o) {
  return !o.negate && !o.absolute;
}

} // namespace

bool bindScalar(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  if (!line.mnemonic.starts_with("s_") && !line.mnemonic.starts_with("v_s_")) {
    return false;
  }
  if (scalar::bindControl(line, context, i) || scalar::bindIndexed(line, context, i)) {
    return true;
  }
  const scalar::ScalarRow *row = findRow(line.mnemonic);
  if (row == nullptr) {
    return false;
  }
  size_t at = 0;
  if (row->hasResult && !takeDestination(line, at++, i.dst)) {
    return false;
  }
  unsigned source = 0;
  if (row->readsOld) {
    i.src[source++] = i.dst;
  }
  for (; source < row->sources; ++source, ++at) {
    if (!takeOperand(line, at, row->source[source], i.src[source]) || !isPlain(i.src[source])) {
      return false;
    }
  }
  i.execute = row->handler;
  return at == line.operands.size();
}

} // namespace qcc::emulator::isa
