// Binds vector ALU instructions to the rows of the lane tables.
#include "emulator/isa/Wave.h"
#include "emulator/isa/decode/Families.h"
#include "emulator/isa/decode/LaneControl.h"
#include "emulator/isa/decode/VectorNames.h"
#include "emulator/isa/lane/LaneSet.h"
#include "emulator/isa/run/FloatMode.h"

#include <bit>

namespace qcc::emulator::isa {

namespace {

bool is16(Type t) {
  return t == Type::F16 || t == Type::B16 || t == Type::BF16;
}

bool isPacked(Type t) {
  return t == Type::PkF16 || t == Type::PkB16 || t == Type::PkBF16 || t == Type::PkF32;
}

bool isCompareExec(const AssemblyLine &line) {
  return line.mnemonic.starts_with("v_cmpx_");
}

/// v_bitop3_*: the last source is the modifier bitop3, which the text leaves out when it is 0.
bool hasTruthTable(const VectorRow &row) {
  return std::string_view(row.name).starts_with("v_bitop3_");
}

/// v_cvt_sr_fp8_f32 and v_cvt_sr_bf8_f32 write one byte of their result.
bool writesByte(std::string_view rowName) {
  return rowName.starts_with("v_cvt_sr_fp8_") || rowName.starts_with("v_cvt_sr_bf8_");
}

/// Destinations: a register, a register and a mask, or a mask alone; gives the operands used, or
/// -1.
int takeResults(const AssemblyLine &line, const DecodeContext &context, const VectorRow &row,
                Instruction &i) {
  int at = 0;
  if (row.result != Type::Mask) {
    if (!takeDestination(line, at++, i.dst) || i.dst.place != Place::Vector) {
      return -1;
    }
    return !row.writesMask || takeDestination(line, at++, i.dst2) ? at : -1;
  }
  if (isCompareExec(line) && context.chip->major > 9) {
    return at; // EXEC is the only result
  }
  return takeDestination(line, at++, i.dst2) ? at : -1;
}

bool takeSources(const AssemblyLine &line, const DecodeContext &context, const VectorRow &row,
                 size_t at, Instruction &i) {
  i.sourceCount = row.sources;
  const bool truthTable = hasTruthTable(row);
  const unsigned fromText = row.sources - (row.accumulates || truthTable ? 1 : 0);
  for (unsigned n = 0; n < fromText; ++n, ++at) {
    Operand &o = i.src[n];
    if (!takeOperand(line, at, row.source[n], o) || o.place == Place::None) {
      return false;
    }
    if ((o.negate || o.absolute) && isPacked(row.source[n])) {
      return false; // neg_lo and neg_hi say it for pairs; what this would mean is not defined
    }
    if (o.place == Place::Constant) {
      o.splat = context.splats->splat(o.value);
    }
  }
  if (row.accumulates) {
    i.src[fromText] = i.dst;
  }
  if (truthTable) {
    i.src[fromText].place = Place::Constant;
    i.src[fromText].splat = context.splats->splat(static_cast<uint64_t>(line.integer("bitop3")));
  }
  if (!row.readsMask) {
    return at == line.operands.size();
  }
  if (at < line.operands.size()) {
    return takeOperand(line, at, Type::Mask, i.carry) && at + 1 == line.operands.size();
  }
  i.carry.place = Place::Scalar; // v_div_fmas and VOPD's v_cndmask do not name VCC
  i.carry.index = SlotVcc;
  i.carry.dwords = context.lanes == 64 ? 2 : 1;
  return true;
}

int8_t outputScale(const AssemblyLine &line) {
  if (line.has("mul")) {
    return line.integer("mul") == 4 ? 2 : 1;
  }
  return line.has("div") ? -1 : 0;
}

/// Modifiers of the line; false when one of them cannot be honoured.
bool takeModifiers(const AssemblyLine &line, const DecodeContext &context, std::string_view rowName,
                   const VectorRow &row, Instruction &i) {
  Modifiers &mod = i.mod;
  const bool mix = row.source[0] == Type::Mix;
  const unsigned textSources = row.sources - (row.accumulates || hasTruthTable(row) ? 1 : 0);
  const unsigned opSel = line.bits("op_sel", 0);
  mod.opSel = static_cast<uint8_t>(opSel & ((1u << textSources) - 1));
  mod.opSelHi =
      static_cast<uint8_t>(line.bits("op_sel_hi", mix ? 0 : 7) | (row.accumulates ? 4 : 0));
  mod.negLo = static_cast<uint8_t>(line.bits("neg_lo", 0));
  mod.negHi = static_cast<uint8_t>(line.bits("neg_hi", 0));
  mod.clamp = line.has("clamp") && !rowName.ends_with(" clamp") && row.result != Type::Mask;
  mod.outputScale = outputScale(line);
  if (mod.clamp && (row.result == Type::B32 || row.result == Type::B16 ||
                    row.result == Type::PkB16 || row.result == Type::B64)) {
    return false;
  }
  if (is16(row.result)) {
    i.resultHalf = i.dst.half >= 0 ? i.dst.half == 1 : (opSel >> textSources) & 1;
    i.resultHalf |= rowName.starts_with("v_fma_mixhi");
    i.keepOtherHalf = keepsOtherHalf(line.mnemonic, *context.chip) || i.resultHalf != 0;
  }
  if (line.has("byte_sel") || writesByte(rowName)) {
    mod.sdwa = true; // a byte of the source, or of the result, as SDWA selects one
    const unsigned byte = line.has("byte_sel") ? static_cast<unsigned>(line.integer("byte_sel"))
                                               : line.bits("op_sel", 0) >> 2;
    const Select select = static_cast<Select>(static_cast<unsigned>(Select::Byte0) + (byte & 3));
    const bool toResult = writesByte(rowName);
    (toResult ? mod.resultSelect : mod.sourceSelect[0]) = select;
    mod.unused = Unused::Preserve;
  }
  if (line.encoding == "sdwa") {
    parseSdwa(line, mod);
  }
  if (line.encoding == "dpp" || line.encoding == "e64_dpp") {
    mod.permutation = parsePermutation(line, context);
    return mod.permutation != nullptr;
  }
  return true;
}

bool isModified(const VectorRow &row, const Instruction &i) {
  const Modifiers &mod = i.mod;
  bool changed = mod.clamp || mod.outputScale != 0 || mod.sdwa || mod.permutation ||
                 i.keepOtherHalf || i.resultHalf != 0 || row.source[0] == Type::Mix ||
                 row.source[1] == Type::Mix || row.source[2] == Type::Mix || mod.opSel != 0;
  for (unsigned n = 0; n < row.sources; ++n) {
    const Operand &o = i.src[n];
    const bool pair = isPacked(row.source[n]);
    changed |= o.negate || o.absolute || o.signExtend || o.half == 1 ||
               (pair && ((mod.opSelHi >> n) & 1) == 0) || ((mod.negLo | mod.negHi) >> n & 1) != 0;
  }
  return changed;
}

/// Whether MODE's fields for half and double precision decide, by the type of the result, or of
/// what is compared. Moves take no part.
bool isHalfOrDouble(std::string_view rowName, const VectorRow &row) {
  const Type type = row.result == Type::Mask ? row.source[0] : row.result;
  return (type == Type::F16 || type == Type::PkF16 || type == Type::F64) &&
         !rowName.starts_with("v_mov_");
}

/// Executes under MODE's fields for half and double precision.
template <Handler LaneSet::*Run> void runHalfOrDouble(Wave &w, const Instruction &i) {
  const uint32_t own = halfAndDoubleMode(w.mode);
  constexpr uint32_t denormals = 0xc0;
  // The plain handler does not flush denormal halves.
  const Handler run = (w.mode & denormals) == denormals || Run == &LaneSet::compareExec
                          ? laneSet().*Run
                          : laneSet().modified;
  if (own == w.mode) {
    run(w, i);
    return;
  }
  applyFloatMode(own);
  run(w, i);
  applyFloatMode(w.mode);
}

/// The largest value of an 8-bit float that the row converts to, or 0.
float largestSmallFloat(std::string_view rowName) {
  const bool fnuz = rowName.ends_with(" fnuz");
  const bool fp8 = rowName.find("_fp8_f32") != std::string_view::npos;
  const bool bf8 = rowName.find("_bf8_f32") != std::string_view::npos;
  return fp8 ? (fnuz ? 240.0f : 448.0f) : bf8 ? 57344.0f : 0.0f;
}

Handler handlerOf(const AssemblyLine &line, const VectorRow &row, Instruction &i) {
  const LaneSet &set = laneSet();
  i.detail[1] = std::bit_cast<uint32_t>(largestSmallFloat(row.name)); // where MODE may saturate
  const bool modified = isModified(row, i) || i.detail[1] != 0;
  if (!isHalfOrDouble(row.name, row)) {
    return isCompareExec(line) ? set.compareExec : modified ? set.modified : set.plain;
  }
  i.detail[0] = 1; // to the lane code: halves follow MODE
  return isCompareExec(line) ? runHalfOrDouble<&LaneSet::compareExec>
         : modified          ? runHalfOrDouble<&LaneSet::modified>
                             : runHalfOrDouble<&LaneSet::plain>;
}

bool bindOne(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  const std::string name = vectorRowName(line, context);
  const VectorRow *row = findVectorRow(name.c_str());
  if (row == nullptr) {
    return false;
  }
  i.row = row;
  i.kernel = row->kernel;
  const int at = takeResults(line, context, *row, i);
  if (at < 0 || !takeSources(line, context, *row, static_cast<size_t>(at), i) ||
      !takeModifiers(line, context, row->name, *row, i)) {
    return false;
  }
  i.execute = handlerOf(line, *row, i);
  return true;
}

} // namespace

bool bindVector(const AssemblyLine &line, const DecodeContext &context, Instruction &i) {
  if (!line.mnemonic.starts_with("v_")) {
    return false;
  }
  const size_t both = i.text.find(" :: ");
  if (both == std::string::npos) {
    return bindOne(line, context, i);
  }
  i.second = std::make_unique<Instruction>();
  const std::string_view text = i.text;
  const AssemblyLine first = splitAssembly(text.substr(0, both));
  const AssemblyLine second = splitAssembly(text.substr(both + 4));
  if (!bindOne(first, context, i) || !bindOne(second, context, *i.second)) {
    return false;
  }
  i.execute = laneSet().dual;
  return true;
}

} // namespace qcc::emulator::isa
