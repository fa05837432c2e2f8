#include "compiler/chips/Chips.h"

#include "llvm/ADT/STLExtras.h"

using namespace qcc;

// Sources of the figures:
// * Registers, granules, waves a SIMD, addressable registers, wave size and LDS a workgroup: LLVM
// 22,
//   llvm/lib/Target/AMDGPU/AMDGPU.td (FeatureISAVersion*, Feature1_5xVGPRs,
//   AddressableLocalMemorySize) and Utils/AMDGPUBaseInfo.cpp (getTotalNumVGPRs,
//   getVGPRAllocGranule, getMaxWavesPerEU).
// * Instructions: what llvm-mc 22 accepts for the processor. Operands of matrix instructions: AMD's
//   instruction set manuals of CDNA3, RDNA3 and RDNA4, and its matrix instruction calculator. Their
//   cycles follow from the peaks of the data sheets, those of vector instructions from the manuals.
// * Compute units, clock, bandwidth: AMD's data sheet of the named product.
// * Last cache: ROCm's documentation, "GPU hardware specifications": the columns L3 Cache and
//   Infinity Cache, and of MI210, which has neither, L2 Cache.
// * Launches: 4.5 us, published for MI300X (blog.kog.ai, the monokernel article). No figure of the
//   other chips is known, so that all rows hold this one.
// * Read bandwidth: 4870 GB/s for MI300X is the best read published (rocm-libraries pull request
//   12329, a matrix-vector product of 76032 x 13312); the others hold 90 % of the specification.
// * Memory latency: 800 ns is assumed for all, since no figure under load is known.
// * Grid barriers: 0.9 us, published in the same article for all workgroups of an MI300X.
static constexpr unsigned mebibyte = 1 << 20;
static constexpr double launchMicroseconds = 4.5;
static constexpr double gridBarrierMicroseconds = 0.9;
static constexpr double memoryNanoseconds = 800;

static constexpr Instructions cdna2 = {
    .dot2F32F16 = true,
    .dot2F32Bf16 = false,
    .dot4 = Dot4Kind::sameSigns,
    .convertBf16 = false,
    .convertFp8 = Fp8Conversion::none,
    .packedF32 = true,
    .rowBroadcast = true,
    .rowXmask = false,
    .permlaneX16 = false,
    .permlaneSwap = false,
    .vop3Literal = false,
    .matrix = MatrixFamily::mfmaCdna2,
    .matrixOfHalves =
        {.rows = 32, .columns = 32, .depth = 8, .depthLanes = 2, .rowRun = 4, .cycles = 64},
    .matrixOfBytes =
        {.rows = 32, .columns = 32, .depth = 8, .depthLanes = 2, .rowRun = 4, .cycles = 64},
    .matrixOfFewRows =
        {.rows = 16, .columns = 16, .depth = 16, .depthLanes = 4, .rowRun = 4, .cycles = 32},
};

static constexpr Instructions cdna3 = [] {
  Instructions has = cdna2;
  has.convertFp8 = Fp8Conversion::fnuz;
  has.matrix = MatrixFamily::mfmaCdna3;
  has.matrixOfHalves.cycles = 32;
  has.matrixOfBytes.depth = 16;
  has.matrixOfBytes.cycles = 32;
  has.matrixOfFewRows.cycles = 16;
  return has;
}();

static constexpr Instructions cdna4 = [] {
  Instructions has = cdna3;
  has.dot2F32Bf16 = true;
  has.convertBf16 = true;
  has.convertFp8 = Fp8Conversion::ocp;
  has.permlaneSwap = true;
  has.matrix = MatrixFamily::mfmaCdna4;
  has.matrixOfHalves.depth = 16;
  has.matrixOfBytes.depth = 32;
  has.matrixOfFewRows.depth = 32;
  return has;
}();

static constexpr Instructions rdna3 = {
    .dot2F32F16 = true,
    .dot2F32Bf16 = true,
    .dot4 = Dot4Kind::mixedSigns,
    .convertBf16 = false,
    .convertFp8 = Fp8Conversion::none,
    .packedF32 = false,
    .rowBroadcast = false,
    .rowXmask = true,
    .permlaneX16 = true,
    .permlaneSwap = false,
    .vop3Literal = true,
    .matrix = MatrixFamily::wmmaRdna3,
    .matrixOfHalves =
        {.rows = 16, .columns = 16, .depth = 16, .depthLanes = 1, .rowRun = 1, .cycles = 32},
    .matrixOfBytes =
        {.rows = 16, .columns = 16, .depth = 16, .depthLanes = 1, .rowRun = 1, .cycles = 32},
    .matrixOfFewRows =
        {.rows = 16, .columns = 16, .depth = 16, .depthLanes = 1, .rowRun = 1, .cycles = 32},
};

static constexpr Instructions rdna4 = [] {
  Instructions has = rdna3;
  has.convertFp8 = Fp8Conversion::ocp;
  has.matrix = MatrixFamily::wmmaRdna4;
  has.matrixOfHalves.depthLanes = 2;
  has.matrixOfHalves.rowRun = 8;
  has.matrixOfHalves.cycles = 16;
  has.matrixOfFewRows = has.matrixOfHalves;
  has.matrixOfBytes = has.matrixOfHalves;
  has.matrixOfBytes.cycles = 8;
  return has;
}();

/// What the CDNA chips since CDNA2 share: 512 registers a lane and SIMD, half of them addressed as
/// accumulators; eight waves.
static constexpr Chip cdnaChip(llvm::StringLiteral name, llvm::StringLiteral product,
                               unsigned computeUnits, unsigned ldsBytes, unsigned clockMhz,
                               unsigned lastCacheBytes, double bandwidth, double readBandwidth,
                               Instructions has) {
  return {.name = name,
          .product = product,
          .waveSize = 64,
          .computeUnits = computeUnits,
          .simdsPerUnit = 4,
          .vectorCycles = 4,
          .wavesPerSimd = 8,
          .ldsBytes = ldsBytes,
          .ldsBytesPerUnit = ldsBytes,
          .vgprs = 512,
          .vgprGranule = 8,
          .vgprsPerWave = 256,
          .sgprsPerWave = 102,
          .clockMhz = clockMhz,
          .lastCacheBytes = lastCacheBytes,
          .bandwidth = bandwidth,
          .readBandwidth = readBandwidth,
          .memoryNanoseconds = memoryNanoseconds,
          .launchMicroseconds = launchMicroseconds,
          .gridBarrierMicroseconds = gridBarrierMicroseconds,
          .has = has};
}

/// What the RDNA chips of the table share: waves of 32, 1536 registers a lane and SIMD ("1.5x
/// VGPRs"), sixteen waves, 128 KiB of LDS for each pair of compute units.
static constexpr Chip rdnaChip(llvm::StringLiteral name, llvm::StringLiteral product,
                               unsigned computeUnits, unsigned clockMhz, unsigned lastCacheBytes,
                               double bandwidth, Instructions has) {
  return {.name = name,
          .product = product,
          .waveSize = 32,
          .computeUnits = computeUnits,
          .simdsPerUnit = 2,
          .vectorCycles = 1,
          .wavesPerSimd = 16,
          .ldsBytes = 65536,
          .ldsBytesPerUnit = 65536,
          .vgprs = 1536,
          .vgprGranule = 24,
          .vgprsPerWave = 256,
          .sgprsPerWave = 106,
          .clockMhz = clockMhz,
          .lastCacheBytes = lastCacheBytes,
          .bandwidth = bandwidth,
          .readBandwidth = 0.9 * bandwidth,
          .memoryNanoseconds = memoryNanoseconds,
          .launchMicroseconds = launchMicroseconds,
          .gridBarrierMicroseconds = gridBarrierMicroseconds,
          .has = has};
}

static constexpr Chip chips[] = {
    // HBM2e, 4096 bits at 3.2 Gbit/s.
    cdnaChip("gfx90a", "Instinct MI210", 104, 65536, 1700, 8 * mebibyte, 1638.4, 0.9 * 1638.4,
             cdna2),
    // HBM3, 8192 bits at 5.2 Gbit/s.
    cdnaChip("gfx942", "Instinct MI300X", 304, 65536, 2100, 256 * mebibyte, 5300, 4870, cdna3),
    // HBM3E, 8192 bits at 8 Gbit/s; LDS grew to 160 KiB.
    cdnaChip("gfx950", "Instinct MI355X", 256, 163840, 2400, 256 * mebibyte, 8000, 0.9 * 8000,
             cdna4),
    // GDDR6, 384 bits at 20 Gbit/s.
    rdnaChip("gfx1100", "Radeon RX 7900 XTX", 96, 2500, 96 * mebibyte, 960, rdna3),
    // LPDDR5X-8000, 256 bits.
    rdnaChip("gfx1151", "Radeon 8060S (Ryzen AI Max+ 395)", 40, 2900, 32 * mebibyte, 256, rdna3),
    // GDDR6, 256 bits at 20 Gbit/s.
    rdnaChip("gfx1201", "Radeon AI PRO R9700", 64, 2920, 64 * mebibyte, 640, rdna4),
};

const Chip *qcc::findChip(llvm::StringRef name) {
  const Chip *found = llvm::find_if(chips, [&](const Chip &chip) { return chip.name == name; });
  return found == std::end(chips) ? nullptr : found;
}

llvm::ArrayRef<Chip> qcc::allChips() {
  return chips;
}
