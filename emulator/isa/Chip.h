// Facts of the chips that the instruction set depends on, one row a chip.
#pragma once

#include <cstdint>
#include <string_view>

namespace qcc::emulator::isa {

struct ChipRow {
  const char *name;            // as LLVM spells it
  uint8_t major;               // 9, 11, 12
  bool matrixCores;            // accumulation registers and MFMA
  bool architectedFlatScratch; // no flat-scratch set-up by the kernel
  bool workgroupIdInTtmp;      // gfx12: ids come in TTMP9 and TTMP7
  bool kernargPreload;         // entry lies 256 bytes further when arguments are preloaded
  bool keepsUpperHalf;         // 16-bit results leave the upper half of the register alone
  bool smallFloatFnuz;         // 8-bit floats are FNUZ, not OCP
  bool matrixFlushesHalves;    // f16 and bf16 MFMA take denormal inputs and results as zero
  uint8_t vgprGranule64;       // registers a granule as RSRC1 encodes it, wave64
  uint8_t vgprGranule32;       // the same, wave32; 0: the chip has no wave32
  uint32_t ldsBytes;           // a workgroup can have
};

/// The row of a chip, or null when the emulator does not know the chip.
const ChipRow *findChip(std::string_view name);

} // namespace qcc::emulator::isa
