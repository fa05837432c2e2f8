// The program dialect: device memories and launch sequences (see Program.td).
#pragma once

#include "dialects/tile/Tile.h"

#include "dialects/program/ProgramDialect.h.inc"
#include "dialects/program/ProgramEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/program/ProgramAttributes.h.inc"
#define GET_TYPEDEF_CLASSES
#include "dialects/program/ProgramTypes.h.inc"
#define GET_OP_CLASSES
#include "dialects/program/ProgramOps.h.inc"
