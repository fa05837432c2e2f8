// The tables of vector instructions that one host instruction set's sources provide, a family each.
#pragma once

#include "emulator/isa/lane/LaneSet.h"

namespace qcc::emulator::isa::QCC_LANE_SET {

RowList integerRows();
RowList integer16Rows();
RowList byteRows();
RowList floatRows();
RowList doubleRows();
RowList halfRows();
RowList packedRows();
RowList compareIntegerRows();
RowList compareFloatRows();
RowList convertRows();
RowList dotRows();
RowList transcendentalRows();

void runPlain(Wave &w, const Instruction &i);
void runModified(Wave &w, const Instruction &i);
void runCompareExec(Wave &w, const Instruction &i);
void runDual(Wave &w, const Instruction &i);
void runMatrix(Wave &w, const Instruction &i);
void runScaledConversion(Wave &w, const Instruction &i);

AddressSpan spanOf(const Addresses &a);
void loadAll(Wave &w, const Transfer &t, unsigned reg, const Addresses &a);
void storeAll(Wave &w, const Transfer &t, unsigned reg, const Addresses &a);

} // namespace qcc::emulator::isa::QCC_LANE_SET
