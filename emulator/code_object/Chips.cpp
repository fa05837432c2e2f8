#include "emulator/code_object/Chips.h"

#include "llvm/BinaryFormat/ELF.h"

namespace qcc::emulator {
namespace {

constexpr uint64_t kib = 1024;
constexpr uint64_t mib = 1024 * kib;
constexpr uint64_t gib = 1024 * mib;

/// Fields of COMPUTE_TMPRING_SIZE: 13 bits of KiB, 15 and 18 bits of 256 bytes (LLVM,
/// GCNSubtarget::getMaxWaveScratchSize).
constexpr uint64_t scratchOfGfx9 = ((1 << 13) - 1) * kib;
constexpr uint64_t scratchOfGfx11 = ((1 << 15) - 1) * 256;
constexpr uint64_t scratchOfGfx12 = ((1 << 18) - 1) * 256;

using namespace llvm::ELF;

constexpr Chip rows[] = {
    {.name = "gfx90a",
     .product = "AMD Instinct MI250X (emulated)",
     .elfMachine = EF_AMDGPU_MACH_AMDGCN_GFX90A,
     .genericElfMachine = 0,
     .major = 9,
     .minor = 0,
     .waveSize = 64,
     .computeUnits = 110,
     .multiprocessors = 110,
     .simdsPerMultiprocessor = 4,
     .maxWavesPerSimd = 8,
     .vgprsPerSimd = 512,
     .vgprGranule = 8,
     .vgprsPerWave = 512,
     .scratchPerWave = scratchOfGfx9,
     .sgprsLimitWaves = true,
     .ldsPerWorkgroup = 64 * kib,
     .ldsPerMultiprocessor = 64 * kib,
     .ldsGranule = 512,
     .memoryBytes = 64 * gib,
     .clockKhz = 1700000,
     .memoryClockKhz = 1600000,
     .memoryBusBits = 4096,
     .l2Bytes = 8 * mib,
     .timerKhz = 100000},
    {.name = "gfx942",
     .product = "AMD Instinct MI300X (emulated)",
     .elfMachine = EF_AMDGPU_MACH_AMDGCN_GFX942,
     .genericElfMachine = EF_AMDGPU_MACH_AMDGCN_GFX9_4_GENERIC,
     .major = 9,
     .minor = 4,
     .waveSize = 64,
     .computeUnits = 304,
     .multiprocessors = 304,
     .simdsPerMultiprocessor = 4,
     .maxWavesPerSimd = 8,
     .vgprsPerSimd = 512,
     .vgprGranule = 8,
     .vgprsPerWave = 512,
     .scratchPerWave = scratchOfGfx9,
     .sgprsLimitWaves = true,
     .ldsPerWorkgroup = 64 * kib,
     .ldsPerMultiprocessor = 64 * kib,
     .ldsGranule = 512,
     .memoryBytes = 192 * gib,
     .clockKhz = 2100000,
     .memoryClockKhz = 1300000,
     .memoryBusBits = 8192,
     .l2Bytes = 4 * mib,
     .timerKhz = 100000},
    {.name = "gfx950",
     .product = "AMD Instinct MI355X (emulated)",
     .elfMachine = EF_AMDGPU_MACH_AMDGCN_GFX950,
     .genericElfMachine = EF_AMDGPU_MACH_AMDGCN_GFX9_4_GENERIC,
     .major = 9,
     .minor = 5,
     .waveSize = 64,
     .computeUnits = 256,
     .multiprocessors = 256,
     .simdsPerMultiprocessor = 4,
     .maxWavesPerSimd = 8,
     .vgprsPerSimd = 512,
     .vgprGranule = 8,
     .vgprsPerWave = 512,
     .scratchPerWave = scratchOfGfx9,
     .sgprsLimitWaves = true,
     .ldsPerWorkgroup = 160 * kib,
     .ldsPerMultiprocessor = 160 * kib,
     .ldsGranule = 1280,
     .memoryBytes = 288 * gib,
     .clockKhz = 2400000,
     .memoryClockKhz = 1900000,
     .memoryBusBits = 8192,
     .l2Bytes = 4 * mib,
     .timerKhz = 100000},
    {.name = "gfx1100",
     .product = "AMD Radeon RX 7900 XTX (emulated)",
     .elfMachine = EF_AMDGPU_MACH_AMDGCN_GFX1100,
     .genericElfMachine = EF_AMDGPU_MACH_AMDGCN_GFX11_GENERIC,
     .major = 11,
     .minor = 0,
     .waveSize = 32,
     .computeUnits = 96,
     .multiprocessors = 48,
     .simdsPerMultiprocessor = 4,
     .maxWavesPerSimd = 16,
     .vgprsPerSimd = 1536,
     .vgprGranule = 24,
     .vgprsPerWave = 256,
     .scratchPerWave = scratchOfGfx11,
     .sgprsLimitWaves = false,
     .ldsPerWorkgroup = 64 * kib,
     .ldsPerMultiprocessor = 128 * kib,
     .ldsGranule = 1024,
     .memoryBytes = 24 * gib,
     .clockKhz = 2500000,
     .memoryClockKhz = 1250000,
     .memoryBusBits = 384,
     .l2Bytes = 6 * mib,
     .timerKhz = 100000},
    {.name = "gfx1151",
     .product = "AMD Radeon 8060S (emulated)",
     .elfMachine = EF_AMDGPU_MACH_AMDGCN_GFX1151,
     .genericElfMachine = EF_AMDGPU_MACH_AMDGCN_GFX11_GENERIC,
     .major = 11,
     .minor = 5,
     .waveSize = 32,
     .computeUnits = 40,
     .multiprocessors = 20,
     .simdsPerMultiprocessor = 4,
     .maxWavesPerSimd = 16,
     .vgprsPerSimd = 1536,
     .vgprGranule = 24,
     .vgprsPerWave = 256,
     .scratchPerWave = scratchOfGfx11,
     .sgprsLimitWaves = false,
     .ldsPerWorkgroup = 64 * kib,
     .ldsPerMultiprocessor = 128 * kib,
     .ldsGranule = 1024,
     .memoryBytes = 96 * gib,
     .clockKhz = 2900000,
     .memoryClockKhz = 1000000,
     .memoryBusBits = 256,
     .l2Bytes = 2 * mib,
     .timerKhz = 100000},
    {.name = "gfx1201",
     .product = "AMD Radeon RX 9070 XT (emulated)",
     .elfMachine = EF_AMDGPU_MACH_AMDGCN_GFX1201,
     .genericElfMachine = EF_AMDGPU_MACH_AMDGCN_GFX12_GENERIC,
     .major = 12,
     .minor = 0,
     .waveSize = 32,
     .computeUnits = 64,
     .multiprocessors = 32,
     .simdsPerMultiprocessor = 4,
     .maxWavesPerSimd = 16,
     .vgprsPerSimd = 1536,
     .vgprGranule = 24,
     .vgprsPerWave = 256,
     .scratchPerWave = scratchOfGfx12,
     .sgprsLimitWaves = false,
     .ldsPerWorkgroup = 64 * kib,
     .ldsPerMultiprocessor = 128 * kib,
     .ldsGranule = 1024,
     .memoryBytes = 16 * gib,
     .clockKhz = 2970000,
     .memoryClockKhz = 1258000,
     .memoryBusBits = 256,
     .l2Bytes = 8 * mib,
     .timerKhz = 100000},
};

} // namespace

std::span<const Chip> chips() {
  return rows;
}

const Chip *findChip(std::string_view name) {
  for (const Chip &chip : rows) {
    if (chip.name == name) {
      return &chip;
    }
  }
  return nullptr;
}

const Chip *findChipOfMachine(uint32_t elfMachine) {
  for (const Chip &chip : rows) {
    if (runsMachine(chip, elfMachine)) {
      return &chip;
    }
  }
  return nullptr;
}

bool runsMachine(const Chip &chip, uint32_t elfMachine) {
  return chip.elfMachine == elfMachine ||
         (chip.genericElfMachine != 0 && chip.genericElfMachine == elfMachine);
}

} // namespace qcc::emulator
