// The roofline (Williams, Waterman and Patterson 2009) of a report's kernels, as inline SVG:
// operations a second over operations a byte, both on logarithmic axes.
#pragma once

#include "compiler/report/HtmlWriter.h"
#include "compiler/report/ModelReport.h"

namespace qcc::report {

/// Multiplications and additions that the chip's matrix units do in a second: of bytes where kernels
/// of the report multiply bytes, else of 16-bit floats.
double matrixPeak(const ModelReport &report);

/// Writes the plot and its legend.
void writeRoofline(const ModelReport &report, HtmlWriter &html);

} // namespace qcc::report
