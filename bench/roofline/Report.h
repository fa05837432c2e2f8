// What qcc-bench roofline found, as a table and as JSON.
#pragma once

#include "compiler/model/Token.h"

#include <ostream>

namespace qcc::bench {

struct RooflineReport {
  std::vector<model::KernelRow> kernels;
  std::vector<model::TokenRow> tokens;
};

void printTable(const RooflineReport &report, std::ostream &out);
void printJson(const RooflineReport &report, std::ostream &out);

} // namespace qcc::bench
