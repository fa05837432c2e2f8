// The vector instructions as tables of lane functions. The sources of this folder are compiled once
// for each of several host instruction sets; `laneSet` chooses one at run time.
#pragma once

#include "emulator/isa/Instruction.h"

#include <cstddef>
#include <cstdint>

namespace qcc::emulator::isa {

struct Addresses;
struct AddressSpan;
struct Transfer;

/// What a lane kernel works on. Registers of more than one dword lie `laneStride` words apart.
struct LaneArgs {
  uint32_t *d = nullptr;
  const uint32_t *s[4] = {nullptr, nullptr, nullptr, nullptr};
  uint64_t maskIn = 0;  // carry in, or the condition of a select
  uint64_t maskOut = 0; // carry out, or the result of a comparison
  uint32_t lanes = 64;
};

/// One vector instruction.
struct VectorRow {
  const char *name; // mnemonic without encoding; a name that ends in " clamp" serves that modifier
  LaneKernel kernel;
  Type result;
  Type source[4];
  uint8_t sources;  // taken from the text, or the destination when `accumulates`
  bool writesMask;  // carry out or comparison
  bool readsMask;   // carry in or select
  bool accumulates; // the last source is the destination
};

struct RowList {
  const VectorRow *rows;
  size_t count;
};

/// Handlers that the decoder picks from, all of one host instruction set.
struct LaneSet {
  const char *name; // "avx512", "avx2", "baseline"
  const RowList *tables;
  size_t tableCount;
  Handler plain;            // no modifiers
  Handler modified;         // any modifier
  Handler compareExec;      // v_cmpx: result goes to EXEC (and to dst2 when it is there)
  Handler dual;             // VOPD
  Handler matrix;           // MFMA, SMFMAC, WMMA, SWMMAC
  Handler scaledConversion; // v_cvt_scalef32_*
  // Inner loops of memory instructions; addresses are host addresses known to be good.
  AddressSpan (*spanOf)(const Addresses &a);
  void (*loadAll)(Wave &w, const Transfer &t, unsigned reg, const Addresses &a);
  void (*storeAll)(Wave &w, const Transfer &t, unsigned reg, const Addresses &a);
};

/// The set that suits this host best; QCC_EMULATOR_SIMD=baseline|avx2|avx512 overrides it.
const LaneSet &laneSet();

/// Looks a mnemonic up; null when it is not known.
const VectorRow *findVectorRow(const char *name);

} // namespace qcc::emulator::isa
