// What was compiled, for people (a table) and for scripts (JSON).
#pragma once

#include "compiler/Options.h"
#include "compiler/chips/Chips.h"
#include "compiler/codegen/CodeObject.h"
#include "compiler/package/ArtifactReport.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc {

struct Summary {
  const Options &options;
  const Chip &chip;
  const codegen::CodeObject &code;
  const package::ArtifactReport &artifact;
  bool hasTokenizer;
};

/// Prints `summary` to `out`: one JSON object when options.json, else a table.
void printSummary(const Summary &summary, llvm::raw_ostream &out);

} // namespace qcc
