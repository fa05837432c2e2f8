// The chips that the emulated device can be: one row each, with what the HIP API reports about the
// chip and what decides whether a kernel fits on it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace qcc::emulator {

/// A row of the chip table. Sources: LLVM's AMDGPU target description (registers, granules, LDS,
/// waves), AMD's product pages (compute units, clocks, memory).
struct Chip {
  std::string_view name;      // processor name as LLVM spells it
  std::string_view product;   // what hipGetDeviceProperties names
  uint32_t elfMachine;        // EF_AMDGPU_MACH of the ELF header's e_flags
  uint32_t genericElfMachine; // the generic processor that covers it, 0 for none
  uint32_t major, minor;      // compute capability as HIP reports it
  uint32_t waveSize;          // lanes, of the default mode
  uint32_t computeUnits;
  uint32_t multiprocessors; // as HIP counts them: compute units, or workgroup processors
  uint32_t simdsPerMultiprocessor;
  uint32_t maxWavesPerSimd;
  uint32_t vgprsPerSimd;         // registers a lane, shared by the waves of a SIMD at `waveSize`
  uint32_t vgprGranule;          // at `waveSize`
  uint32_t vgprsPerWave;         // that a wave can have at most, accumulation registers included
  uint64_t scratchPerWave;       // bytes, at most
  bool sgprsLimitWaves;          // 800 scalar registers a SIMD; else every wave has its own set
  uint64_t ldsPerWorkgroup;      // bytes
  uint64_t ldsPerMultiprocessor; // bytes
  uint32_t ldsGranule;           // bytes
  uint64_t memoryBytes;
  uint32_t clockKhz;
  uint32_t memoryClockKhz;
  uint32_t memoryBusBits;
  uint32_t l2Bytes;
  uint32_t timerKhz; // of wall_clock64() and s_memrealtime
};

/// All rows.
std::span<const Chip> chips();

/// The row of a processor name without target features ("gfx942"), or null.
const Chip *findChip(std::string_view name);

/// The row whose own or generic machine is `elfMachine`; the first when a generic covers several.
/// Null when no emulated chip runs such code.
const Chip *findChipOfMachine(uint32_t elfMachine);

/// Whether code of the ELF machine runs on the chip: its own, or the generic that covers it.
bool runsMachine(const Chip &chip, uint32_t elfMachine);

} // namespace qcc::emulator
