#include "dialects/program/Program.h"

#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/DialectImplementation.h"

#include "dialects/program/ProgramDialect.cpp.inc"
#include "dialects/program/ProgramEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/program/ProgramAttributes.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/program/ProgramTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/program/ProgramOps.cpp.inc"

using namespace mlir;
using namespace qcc;
using namespace qcc::program;

void ProgramDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/program/ProgramAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/program/ProgramTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/program/ProgramOps.cpp.inc"
      >();
}

LogicalResult WeightOp::verify() {
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield || !isa<qnt::WeightType>(yield.getValue().getType())) {
    return emitOpError("yields one weight");
  }
  return success();
}

qnt::WeightType WeightOp::getWeightType() {
  auto yield = cast<YieldOp>(getBody().front().getTerminator());
  return cast<qnt::WeightType>(yield.getValue().getType());
}
