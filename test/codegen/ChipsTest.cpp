#include "compiler/chips/Chips.h"

#include <gtest/gtest.h>

using namespace qcc;

TEST(Chips, EveryRowIsFoundByItsName) {
  for (const Chip &chip : allChips()) {
    EXPECT_EQ(findChip(chip.name), &chip);
  }
  EXPECT_EQ(findChip("gfx000"), nullptr);
  EXPECT_EQ(findChip(""), nullptr);
}

TEST(Chips, RowsAreConsistent) {
  for (const Chip &chip : allChips()) {
    SCOPED_TRACE(chip.name.str());
    EXPECT_TRUE(chip.waveSize == 32 || chip.waveSize == 64);
    EXPECT_GE(chip.ldsBytesPerUnit, chip.ldsBytes);
    EXPECT_EQ(chip.vgprs % chip.vgprGranule, 0u);
    EXPECT_GE(chip.vgprs, chip.vgprsPerWave);
    EXPECT_GT(chip.bandwidth, 0);
    EXPECT_GT(chip.launchMicroseconds, chip.gridBarrierMicroseconds);
    EXPECT_GT(chip.gridBarrierMicroseconds, 0);
    // Row broadcasts cross the rows of a wave of 64; permlanex16 is their replacement.
    EXPECT_NE(chip.has.rowBroadcast, chip.has.permlaneX16);
    EXPECT_EQ(chip.has.rowBroadcast, chip.waveSize == 64);
  }
}
