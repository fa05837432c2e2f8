// The texts of tables/, part of the compiler; ShippedTables.cpp is written when it is configured.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace qcc::tune {

struct ShippedTable {
  const char *chip, *text;
};

llvm::ArrayRef<ShippedTable> shippedTables();

} // namespace qcc::tune
