// The report as JSON: the same figures as the page, with names for their units.
#pragma once

#include "compiler/report/ModelReport.h"

namespace qcc::report {

/// An object {notice, compiler, model, target, product, activations, kv_cache, max_batch,
/// max_context, constants, kernels, tokens}; every name that starts with "projected", and every
/// "share_of_roof", is a projection.
std::string toJson(const ModelReport &report);

} // namespace qcc::report
