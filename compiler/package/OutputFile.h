// A file that appears under its name only when it is complete: written under a temporary name in
// the same folder, removed on failure and on signals.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"

#include <cstdint>
#include <optional>
#include <string>

namespace qcc::package {

class OutputFile {
public:
  /// Opens a temporary file beside `path` and reserves `bytes` for it, so that a full disk is known
  /// before the work. Errors are one sentence naming `path`.
  static llvm::Expected<OutputFile> create(llvm::StringRef path, uint64_t bytes);
  OutputFile(OutputFile &&) = default;
  /// Removes the file unless it was kept.
  ~OutputFile();

  /// Writes `bytes` at `offset`. Any thread may write.
  llvm::Error write(uint64_t offset, llvm::ArrayRef<uint8_t> bytes) const;

  /// Gives the file its name, in place of any file that had it.
  llvm::Error keep();

private:
  OutputFile(std::string path, llvm::sys::fs::TempFile file)
      : path(std::move(path)), file(std::move(file)) {}
  llvm::Error systemError(int code) const;

  std::string path;
  std::optional<llvm::sys::fs::TempFile> file;
};

} // namespace qcc::package
