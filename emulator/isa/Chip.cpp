#include "emulator/isa/Chip.h"

namespace qcc::emulator::isa {

namespace {
// Source: LLVM AMDGPUUsage, "Processors" and "Kernel Descriptor"; AMD's ISA manuals.
// Columns: name, major, matrix cores, architected scratch, ids in TTMP, preload, keeps upper half,
//          FNUZ, MFMA flushes halves, VGPR granule of the descriptor wave64, wave32, LDS bytes.
// Which chip flushes: PyTorch, "Numerical accuracy", "Reduced precision FP16 and BF16 GEMMs and
// convolutions on AMD Instinct MI200 devices".
constexpr ChipRow rows[] = {
    {"gfx90a", 9, true, false, false, true, false, false, true, 8, 0, 64 * 1024},
    {"gfx942", 9, true, true, false, true, false, true, false, 8, 0, 64 * 1024},
    {"gfx950", 9, true, true, false, true, false, false, false, 8, 0, 160 * 1024},
    {"gfx1100", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1101", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1102", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1103", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1150", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1151", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1152", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1153", 11, false, true, false, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1200", 12, false, true, true, false, true, false, false, 4, 8, 64 * 1024},
    {"gfx1201", 12, false, true, true, false, true, false, false, 4, 8, 64 * 1024},
};
} // namespace

const ChipRow *findChip(std::string_view name) {
  for (const ChipRow &row : rows) {
    if (name == row.name) {
      return &row;
    }
  }
  return nullptr;
}

} // namespace qcc::emulator::isa
