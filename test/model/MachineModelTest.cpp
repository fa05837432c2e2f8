#include "compiler/model/MachineModel.h"

#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::model;

namespace {

const Chip &mi300x() {
  return *findChip("gfx942");
}

TEST(MachineModel, MemoryBoundsWhatStreams) {
  // 4.87 GB at 4870 GB/s take a millisecond; the 5300 GB/s of the specification would take 0.919 of
  // it.
  Projection projected = project({.hbmBytes = 4.87e9, .bytesInFlight = 1e9}, mi300x());
  EXPECT_NEAR(projected.microseconds, 1000, 1e-6);
  EXPECT_EQ(projected.limit, "memory");
  EXPECT_NEAR(shareOfRoof(4.87e9, projected.microseconds, mi300x()), 4870.0 / 5300, 1e-9);
}

TEST(MachineModel, LatencyBoundsWhatHasLittleUnderWay) {
  // A megabyte, 100 kB at a time, each 800 ns.
  Projection projected = project({.hbmBytes = 1e6, .bytesInFlight = 1e5}, mi300x());
  EXPECT_NEAR(projected.microseconds, 8, 1e-9);
  EXPECT_EQ(projected.limit, "latency");
}

TEST(MachineModel, TheMostLoadedUnitBounds) {
  // 2100 cycles at 2100 MHz are a microsecond.
  Projection projected = project({.hbmBytes = 1,
                                  .bytesInFlight = 1e6,
                                  .vectorCycles = 2100,
                                  .matrixCycles = 8400,
                                  .ldsCycles = 4200,
                                  .requestCycles = 6300},
                                 mi300x());
  EXPECT_NEAR(projected.vector, 1, 1e-9);
  EXPECT_NEAR(projected.lds, 2, 1e-9);
  EXPECT_NEAR(projected.requests, 3, 1e-9);
  EXPECT_NEAR(projected.microseconds, 4, 1e-9);
  EXPECT_EQ(projected.limit, "matrix");
}

} // namespace
