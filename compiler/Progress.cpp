#include "compiler/Progress.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <chrono>

using namespace qcc;

/// Work shorter than this, in seconds, is not reported.
static constexpr double quietTime = 2.0;

/// Percent from one plain line to the next.
static constexpr unsigned lineStep = 10;

static double steadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Progress::Progress(llvm::raw_ostream &out, bool terminal, Clock clock)
    : out(&out), terminal(terminal), clock(clock ? std::move(clock) : Clock(steadySeconds)) {}

Progress Progress::onStandardError() {
  return Progress(llvm::errs(), llvm::errs().is_displayed());
}

Progress Progress::silent() {
  return Progress(llvm::nulls(), false);
}

void Progress::begin(llvm::StringRef name, uint64_t size, llvm::StringRef counted) {
  end();
  what = name.str();
  unit = counted.str();
  total = size;
  done = 0;
  shown = 0;
  started = clock();
}

void Progress::advance(uint64_t more) {
  done = std::min(total, done + more);
  auto percent = total == 0 ? 100 : static_cast<unsigned>(100.0 * double(done) / double(total));
  unsigned step = terminal ? 1 : lineStep;
  if (percent / step == shown / step || clock() - started < quietTime) {
    return;
  }
  draw(percent);
  shown = percent;
  visible = true;
}

/// "100 MB", or "12 kernels".
std::string Progress::size() const {
  constexpr double megabyte = 1e6;
  return unit.empty() ? llvm::formatv("{0:F0} MB", double(total) / megabyte).str()
                      : std::to_string(total) + " " + unit;
}

void Progress::draw(unsigned percent) {
  if (!terminal) {
    *out << what << ": " << percent << " % of " << size() << "\n";
    return;
  }
  constexpr unsigned width = 40;
  unsigned filled = percent * width / 100;
  *out << '\r' << what << " [" << std::string(filled, '#') << std::string(width - filled, '.')
       << "] " << llvm::format("%3u %% of ", percent) << size();
  out->flush();
}

void Progress::end() {
  if (visible && terminal) {
    *out << '\n';
  }
  visible = false;
}
