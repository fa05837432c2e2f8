// The machine model: how long a kernel takes on a chip that nobody measured. Whatever comes out is
// a projection, and is called one wherever it is printed.
//
// A kernel takes as long as the most loaded of what it uses, none of which waits for another:
//
//   memory     bytes of HBM / the bandwidth that reads reach
//   latency    bytes of HBM / bytes under way at once * memory latency (Little's law)
//   vector     issue cycles of the busiest SIMD / clock
//   lds        cycles of the busiest compute unit's LDS / clock
//   requests   cycles of the busiest compute unit's memory pipeline / clock
//   matrix     cycles of the busiest SIMD's matrix unit / clock
//
// Bytes and cycles are counted by the emulated device from executed instructions, never assumed;
// the chip's figures are a row of compiler/chips, which names their sources. A token takes its
// kernels' times and a launch for each kernel. Shares are of the time that the least possible bytes
// take at the bandwidth of the specification.
//
// In a persistent launch a token takes a grid barrier for each kernel but the first. While it is
// passed, waves touch weights that the next kernel reads first: as many bytes as memory delivers in
// the time of the barrier, or all that are touched where that is less, count as read. The kernel
// finds them in a cache, the L2 of its compute units or one behind it, which has them faster than
// memory would; nothing else of its time becomes less.
#pragma once

#include "compiler/chips/Chips.h"

namespace qcc::model {

/// What a kernel asks of the chip, as counted.
struct KernelWork {
  double hbmBytes = 0;      ///< Of distinct lines, read and written.
  double bytesInFlight = 0; ///< That all resident waves together keep under way.
  double vectorCycles = 0;  ///< Of the busiest SIMD.
  double matrixCycles = 0;
  double ldsCycles = 0; ///< Of the busiest compute unit.
  double requestCycles = 0;
  double prefetchedBytes = 0; ///< Of `hbmBytes`, those that are read before it begins.
};

/// The projected time, microseconds, and its parts.
struct Projection {
  double memory = 0, latency = 0, vector = 0, lds = 0, requests = 0, matrix = 0;
  double microseconds = 0; ///< The largest of them.
  llvm::StringRef limit;   ///< Its name.
};

Projection project(const KernelWork &work, const Chip &chip);

/// What `leastBytes` take at the bandwidth of the specification, as a share of `microseconds`.
double shareOfRoof(double leastBytes, double microseconds, const Chip &chip);

} // namespace qcc::model
