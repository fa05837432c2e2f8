// The lm dialect: a language-model decoder on whole tensors (see Lm.td).
#pragma once

#include "dialects/qnt/Qnt.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

#include "dialects/lm/LmDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/lm/LmTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/lm/LmOps.h.inc"
