#include "emulator/counters/CycleModel.h"

#include "emulator/code_object/Chips.h"
#include "emulator/isa/Instruction.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace qcc::emulator {

namespace {

struct ModelRow {
  uint8_t major;
  CycleModel model;
};

// Columns: vector lanes, slot cycles, transcendental, wide multiply, double precision, matrix unit
// apart, address lanes, cache bytes.
constexpr ModelRow modelRows[] = {
    {9, {16, 4, 4, 4, 1, true, 16, 64}},
    {11, {32, 1, 4, 4, 16, false, 16, 64}},
    {12, {32, 1, 4, 4, 32, false, 16, 64}},
};

/// Dense multiply-adds of WMMA count as two operations; a SIMD does so many a cycle, by the bits of
/// the elements of A.
struct WmmaRow {
  uint8_t major;
  unsigned bits;
  uint32_t operations;
};
constexpr WmmaRow wmmaRows[] = {
    {11, 16, 256}, {11, 8, 256}, {11, 4, 512}, {12, 16, 512}, {12, 8, 1024}, {12, 4, 2048},
};

constexpr uint32_t cyclesOfPass = 4;

bool startsWith(const std::string &text, std::string_view prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

std::string mnemonicOf(const isa::Instruction &i) {
  return i.text.substr(0, i.text.find(' '));
}

/// Takes a number and the character behind it off the front of `text`.
bool takeNumber(std::string_view &text, char behind, unsigned &number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const size_t taken = static_cast<size_t>(end - text.data());
  if (error != std::errc() || taken == text.size() || *end != behind) {
    return false;
  }
  text.remove_prefix(taken + 1);
  return true;
}

/// The sizes in a matrix instruction's name, "v_wmma_f32_16x16x16_f16", and the types behind them.
struct MatrixName {
  unsigned m = 0, n = 0, k = 0;
  std::string_view type;

  explicit MatrixName(std::string_view mnemonic) {
    for (size_t at = mnemonic.find('_'); at != std::string_view::npos;
         at = mnemonic.find('_', at + 1)) {
      type = mnemonic.substr(at + 1);
      if (takeNumber(type, 'x', m) && takeNumber(type, 'x', n) && takeNumber(type, '_', k)) {
        return;
      }
    }
  }
  uint32_t operations() const { return 2 * m * n * k; }
};

/// v_wmma_*, v_swmmac_*.
uint32_t wmmaCycles(const isa::ChipRow &chip, const std::string &mnemonic) {
  const MatrixName name(mnemonic); // both sides have as many bits
  const unsigned bits = name.type.ends_with("16") ? 16 : name.type.ends_with("8") ? 8 : 4;
  const uint32_t sparse = startsWith(mnemonic, "v_swmmac") ? 2 : 1;
  for (const WmmaRow &row : wmmaRows) {
    if (row.major == chip.major && row.bits == bits) {
      return name.operations() / (row.operations * sparse);
    }
  }
  return 0;
}

/// v_mfma_*_f8f6f4: twice as fast when neither side has elements of 8 bits. LLVM tells the two
/// apart only while it compiles.
uint32_t narrowFormatCycles(const isa::Instruction &i) {
  constexpr uint32_t operations = 2048; // a cycle and SIMD, with 8 bits
  const auto format = [&](const std::string &side) {
    const size_t at = i.text.find(side);
    return at == std::string::npos ? '0' : i.text[at + side.size()];
  };
  const bool eightBits = format("cbsz:") < '2' || format("blgp:") < '2';
  const std::string mnemonic = mnemonicOf(i);
  return MatrixName(mnemonic).operations() / (eightBits ? operations : 2 * operations);
}

/// How many times longer than a plain one a vector instruction takes.
uint32_t vectorFactor(const CycleModel &model, const isa::Instruction &i) {
  const std::string mnemonic = mnemonicOf(i);
  uint32_t factor = 1;
  if (mnemonic.find("_f64") != std::string::npos) {
    factor = model.doublePrecision;
  }
  if (i.facts.unit == isa::InstructionClass::Transcendental) {
    return factor * model.transcendental;
  }
  for (std::string_view wide : {"v_mul_lo_u32", "v_mul_hi_u32", "v_mul_hi_i32", "v_mad_u64_u32",
                                "v_mad_i64_i32", "v_mad_co_u64_u32", "v_mad_co_i64_i32"}) {
    if (startsWith(mnemonic, wide)) {
      return model.wideMultiply;
    }
  }
  return factor;
}

/// Adds the cycles of one instruction to the units that it holds.
void addCycles(const LaunchCounters &counters, const CycleModel &model, const InstructionRecord &r,
               CycleEstimate::Units &units) {
  const double executions = double(r.counts.executions);
  switch (r.unit) {
  case isa::InstructionClass::Vector:
  case isa::InstructionClass::Transcendental:
    units.vector += executions * r.issueCycles;
    break;
  case isa::InstructionClass::Matrix:
    (model.matrixUnitApart ? units.matrix : units.vector) += executions * r.matrixCycles;
    break;
  case isa::InstructionClass::Lds:
    units.lds += executions * r.issueCycles;
    break;
  default:
    units.scalar += executions * r.issueCycles;
    break;
  }
  units.lds += double(r.counts.lds.cycles);
  units.memory += double(r.counts.memoryCycles);
}

CycleEstimate::Units scaled(const CycleEstimate::Units &u, double perSimd, double perComputeUnit) {
  return {u.vector * perSimd, u.matrix * perSimd, u.scalar * perSimd, u.lds * perComputeUnit,
          u.memory * perComputeUnit};
}

void findBound(CycleEstimate &estimate) {
  const CycleEstimate::Units &u = estimate.busiest;
  const std::pair<double, std::string_view> units[] = {
      {u.vector, "vector"}, {u.matrix, "matrix"}, {u.scalar, "scalar"},
      {u.lds, "LDS"},       {u.memory, "memory"},
  };
  for (const auto &[cycles, name] : units) {
    if (cycles > estimate.bound) {
      estimate.bound = cycles;
      estimate.limit = name;
    }
  }
}

} // namespace

const CycleModel &cycleModelOf(const isa::ChipRow &chip) {
  for (const ModelRow &row : modelRows) {
    if (row.major == chip.major) {
      return row.model;
    }
  }
  return modelRows[0].model;
}

uint32_t matrixCycles(const isa::ChipRow &chip, const isa::Instruction &i) {
  if (i.facts.unit != isa::InstructionClass::Matrix) {
    return 0;
  }
  const std::string mnemonic = mnemonicOf(i);
  if (mnemonic.ends_with("_f8f6f4")) {
    return narrowFormatCycles(i);
  }
  return chip.matrixCores ? i.facts.matrixPasses * cyclesOfPass : wmmaCycles(chip, mnemonic);
}

uint32_t issueCycles(const isa::ChipRow &chip, const isa::Instruction &i, uint32_t lanes) {
  const CycleModel &model = cycleModelOf(chip);
  constexpr uint32_t crossbarLanes = 32;
  switch (i.facts.unit) {
  case isa::InstructionClass::Vector:
  case isa::InstructionClass::Transcendental:
    return lanes / model.vectorLanes * vectorFactor(model, i);
  case isa::InstructionClass::Lds:
    return i.describe == nullptr ? lanes / crossbarLanes : 0; // moves between lanes
  case isa::InstructionClass::Matrix:
  case isa::InstructionClass::Global:
  case isa::InstructionClass::Flat:
  case isa::InstructionClass::Scratch:
    return 0;
  default:
    return model.slotCycles;
  }
}

uint32_t memoryCycles(const CycleModel &model, uint32_t waveLanes, uint32_t lines64) {
  return std::max(waveLanes / model.addressLanes, lines64 * 64 / model.cacheLineBytes);
}

CycleEstimate estimateCycles(const LaunchCounters &counters, uint64_t workgroups) {
  CycleEstimate estimate;
  const isa::ChipRow *row = isa::findChip(counters.chip);
  if (row == nullptr || counters.waves == 0) {
    return estimate;
  }
  CycleEstimate::Units all;
  for (const InstructionRecord &record : counters.instructions) {
    addCycles(counters, cycleModelOf(*row), record, all);
  }
  const double waves = double(counters.waves);
  estimate.wave = scaled(all, 1 / waves, 1 / waves);
  const CycleEstimate::Units &w = estimate.wave;
  estimate.waveSum = w.vector + w.matrix + w.scalar + w.lds + w.memory;
  const Chip *chip = findChip(counters.chip);
  if (chip != nullptr) {
    const uint64_t simds =
        uint64_t(chip->simdsPerMultiprocessor) * chip->multiprocessors / chip->computeUnits;
    const uint64_t wavesOfGroup = counters.waves / counters.workgroups;
    const uint64_t groups = workgroups != 0 ? workgroups : counters.workgroups / counters.launches;
    const uint64_t onUnit = (groups + chip->computeUnits - 1) / chip->computeUnits * wavesOfGroup;
    estimate.wavesOnBusiestSimd = (onUnit + simds - 1) / simds;
    estimate.busiest = scaled(w, double(estimate.wavesOnBusiestSimd), double(onUnit));
    findBound(estimate);
  }
  return estimate;
}

} // namespace qcc::emulator
