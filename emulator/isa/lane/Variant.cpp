// The tables and handlers of one host instruction set, collected.
#include "emulator/isa/lane/Tables.h"
#include "emulator/isa/memory/Access.h"

namespace qcc::emulator::isa::QCC_LANE_SET {

#define QCC_LANE_STRING_(X) #X
#define QCC_LANE_STRING(X) QCC_LANE_STRING_(X)

const LaneSet &set() {
  static const RowList tables[] = {
      integerRows(),      integer16Rows(), byteRows(),      floatRows(),   doubleRows(),
      halfRows(),         packedRows(),         convertRows(), compareIntegerRows(),
      compareFloatRows(), transcendentalRows(), dotRows(),
  };
  static const LaneSet lanes = {QCC_LANE_STRING(QCC_LANE_SET),
                                tables,
                                sizeof tables / sizeof tables[0],
                                runPlain,
                                runModified,
                                runCompareExec,
                                runDual,
                                runMatrix,
                                runScaledConversion,
                                spanOf,
                                loadAll,
                                storeAll};
  return lanes;
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
