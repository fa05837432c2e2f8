#include "compiler/model/MachineModel.h"

#include <utility>

using namespace qcc;
using namespace qcc::model;

// 1 GB/s is 1000 bytes a microsecond, 1 MHz is a cycle a microsecond.
static double microsecondsOf(double bytes, double gigabytesASecond) {
  return bytes / (gigabytesASecond * 1e3);
}

Projection model::project(const KernelWork &work, const Chip &chip) {
  Projection result;
  result.memory = microsecondsOf(work.hbmBytes - work.prefetchedBytes, chip.readBandwidth);
  result.latency = work.bytesInFlight > 0
                       ? work.hbmBytes / work.bytesInFlight * chip.memoryNanoseconds * 1e-3
                       : 0;
  result.vector = work.vectorCycles / chip.clockMhz;
  result.lds = work.ldsCycles / chip.clockMhz;
  result.requests = work.requestCycles / chip.clockMhz;
  result.matrix = work.matrixCycles / chip.clockMhz;
  const std::pair<double, llvm::StringRef> parts[] = {
      {result.memory, "memory"}, {result.latency, "latency"},   {result.vector, "vector"},
      {result.lds, "lds"},       {result.requests, "requests"}, {result.matrix, "matrix"}};
  for (const auto &[time, name] : parts) {
    if (time > result.microseconds) {
      result.microseconds = time;
      result.limit = name;
    }
  }
  return result;
}

double model::shareOfRoof(double leastBytes, double microseconds, const Chip &chip) {
  return microsecondsOf(leastBytes, chip.bandwidth) / microseconds;
}
