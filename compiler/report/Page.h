// The report as one HTML page that needs nothing else: no network, no script, no font.
#pragma once

#include "compiler/report/ModelReport.h"
#include "llvm/Support/raw_ostream.h"

namespace qcc::report {

void writePage(const ModelReport &report, llvm::raw_ostream &out);

} // namespace qcc::report
