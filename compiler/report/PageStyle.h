// The style sheet of the report's page: light and dark by what the reader's system prefers, columns
// that scroll where a screen is narrow.
#pragma once

#include "llvm/ADT/StringRef.h"

namespace qcc::report {

extern const llvm::StringLiteral pageStyle;

/// Colours of series, which the style sheet defines for both schemes: "var(--series-0)" and so on.
inline constexpr unsigned seriesColours = 8;

} // namespace qcc::report
