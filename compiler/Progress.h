// Says how far long work is: a bar on a terminal, plain lines elsewhere, and nothing for work that
// is over in two seconds.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <functional>
#include <string>

namespace qcc {

class Progress {
public:
  /// Seconds from any fixed moment.
  using Clock = std::function<double()>;

  /// Reports to `out`; `terminal` says whether that is one. `clock` is the steady clock unless
  /// given.
  Progress(llvm::raw_ostream &out, bool terminal, Clock clock = {});

  /// Reports on stderr.
  static Progress onStandardError();
  /// Reports nowhere.
  static Progress silent();

  /// Starts work called `what` on `total` of what `unit` names ("kernels"), or on so many bytes
  /// when it is empty. Work that was under way ends.
  void begin(llvm::StringRef what, uint64_t total, llvm::StringRef unit = "");
  /// `more` are done. Called by one thread at a time.
  void advance(uint64_t more);
  /// The work is over, done or not; what was shown is completed by a new line.
  void end();

private:
  void draw(unsigned percent);
  std::string size() const;

  llvm::raw_ostream *out;
  bool terminal;
  Clock clock;
  std::string what, unit;
  uint64_t total = 0, done = 0;
  double started = 0;
  unsigned shown = 0; // percent
  bool visible = false;
};

} // namespace qcc
