// The qnt dialect: quantized weights as types (see Qnt.td).
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/qnt/QntDialect.h.inc"
#include "dialects/qnt/QntEnums.h.inc"

namespace qcc::qnt {
/// Bits of one element; 0 for Encoding::none.
unsigned bitsOf(Encoding encoding);
bool isFloat(Encoding encoding);
/// Unsigned integer encodings, whose default zero point is the midpoint 2^(bits-1).
bool isUnsigned(Encoding encoding);
/// f32, f16 or bf16 as an MLIR type; integers as signless integers of their width.
mlir::Type elementTypeOf(Encoding encoding, mlir::MLIRContext *context);
/// The encoding of f32, f16 or bf16, else Encoding::none.
Encoding encodingOf(mlir::Type type);
} // namespace qcc::qnt

#define GET_ATTRDEF_CLASSES
#include "dialects/qnt/QntAttributes.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/qnt/QntTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/qnt/QntOps.h.inc"
