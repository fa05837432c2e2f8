// One compilation, from a model file to an artifact.
#pragma once

#include "compiler/Options.h"
#include "compiler/Progress.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc {

/// Does what `options` asks and returns an ExitCode. Results go to `out`, errors (one sentence each) and progress
/// to stderr. Nothing half-written is left behind.
int compile(const Options &options, llvm::raw_ostream &out);

} // namespace qcc
