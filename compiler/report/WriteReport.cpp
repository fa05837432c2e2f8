#include "compiler/report/WriteReport.h"

#include "compiler/report/Json.h"
#include "compiler/report/Page.h"

using namespace qcc;
using namespace qcc::report;

llvm::Expected<ReportFiles> ReportFiles::create(llvm::ArrayRef<std::string> paths) {
  ReportFiles result;
  for (llvm::StringRef path : paths) {
    auto file = package::OutputFile::create(path, 0);
    if (!file) {
      return file.takeError();
    }
    result.files.push_back({path.ends_with(".html"), std::move(*file)});
  }
  return result;
}

llvm::Error ReportFiles::write(const ModelReport &report) {
  for (File &output : files) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    if (output.isPage) {
      writePage(report, stream);
    } else {
      stream << toJson(report);
    }
    if (llvm::Error error = output.file.write(0, llvm::arrayRefFromStringRef(text))) {
      return error;
    }
    if (llvm::Error error = output.file.keep()) {
      return error;
    }
  }
  return llvm::Error::success();
}
