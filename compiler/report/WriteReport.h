// Writes reports into files.
#pragma once

#include "compiler/package/OutputFile.h"
#include "compiler/report/ModelReport.h"

namespace qcc::report {

/// Files that a report goes to: a page where the name ends in .html, JSON where it ends in .json.
/// They are opened before the work, so that a path that cannot be written is known first, and
/// appear when they are whole.
class ReportFiles {
public:
  /// Fails with one sentence that names the path.
  static llvm::Expected<ReportFiles> create(llvm::ArrayRef<std::string> paths);

  llvm::Error write(const ModelReport &report);

private:
  struct File {
    bool isPage;
    package::OutputFile file;
  };
  std::vector<File> files;
};

} // namespace qcc::report
