#include "compiler/report/PageStyle.h"

// Text on background has a contrast of at least 7 to 1, series colours of at least 3 to 1
// (WCAG 2.2, 1.4.6 and 1.4.11), in both schemes.
constexpr llvm::StringLiteral qcc::report::pageStyle = R"(
:root{color-scheme:light dark;--back:#fff;--panel:#f4f5f7;--ink:#1a1c1f;--soft:#43484f;--line:#b9bec6;
--series-0:#0b62a8;--series-1:#b34700;--series-2:#1b7a3d;--series-3:#8a2f9c;--series-4:#a3243b;
--series-5:#5b6200;--series-6:#00707a;--series-7:#5d4b9e}
@media (prefers-color-scheme:dark){:root{--back:#15171a;--panel:#1f2226;--ink:#eceef1;--soft:#bcc2ca;
--line:#4a5058;--series-0:#6cb8f6;--series-1:#ff9d5c;--series-2:#6fd08c;--series-3:#dd9bea;
--series-4:#ff8fa3;--series-5:#c9cf6a;--series-6:#5fd0d9;--series-7:#b6a7f2}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--back);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
p,li{max-width:46rem}
.notice{border-left:.3rem solid var(--series-1);background:var(--panel);padding:.6rem .9rem}
.facts{color:var(--soft);margin:.25rem 0}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.3rem}
.scroll:focus-visible{outline:3px solid var(--series-0)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
caption{text-align:left;padding:.5rem .6rem;color:var(--soft)}
th,td{padding:.3rem .6rem;text-align:right;border-top:1px solid var(--line)}
td{white-space:nowrap}
thead th{background:var(--panel);vertical-align:bottom}
th:first-child,td.words{text-align:left}
tbody th{font-weight:600}
small{color:var(--soft)}
svg{display:block;width:100%;height:auto;max-width:60rem}
.plot svg{min-width:40rem}
svg text{fill:currentColor;font:13px system-ui,sans-serif}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;list-style:none}
.legend svg{display:inline-block;width:1rem;height:1rem;vertical-align:-.15rem}
@media print{body{max-width:none}.scroll{overflow:visible}}
)";
