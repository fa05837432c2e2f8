// The roofline (Williams, Waterman and Patterson 2009) of a report's kernels, as inline SVG:
// operations a second over operations a byte, both on logarithmic axes.
#pragma once

#include "compiler/report/HtmlWriter.h"
#include "compiler/report/ModelReport.h"

namespace qcc::report {

/// Multiplications and additions of 16-bit floats that the chip's matrix units do in a second.
double matrixPeak(const Chip &chip);

/// Writes the plot and its legend.
void writeRoofline(const ModelReport &report, HtmlWriter &html);

} // namespace qcc::report
