#include "compiler/package/OutputFile.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

using namespace qcc::package;

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code code) {
  llvm::StringRef mend =
      code == std::errc::no_space_on_device ? ": free some space or name another folder" : "";
  return llvm::createStringError(code, "cannot write '" + path + "': " + code.message() + mend);
}

llvm::Error OutputFile::systemError(int code) const {
  return cannotWrite(path, std::error_code(code, std::generic_category()));
}

llvm::Expected<OutputFile> OutputFile::create(llvm::StringRef path, uint64_t bytes) {
  auto temporary = llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!temporary) {
    return cannotWrite(path, llvm::errorToErrorCode(temporary.takeError()));
  }
  OutputFile file(path.str(), std::move(*temporary));
  int descriptor = file.file->FD;
  if (ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) {
    return file.systemError(errno);
  }
  // Not every file system can reserve; one that cannot reports a full disk when writing.
  if (fallocate(descriptor, 0, 0, static_cast<off_t>(bytes)) != 0 && errno == ENOSPC) {
    return file.systemError(ENOSPC);
  }
  return file;
}

OutputFile::~OutputFile() {
  if (file) {
    llvm::consumeError(file->discard());
  }
}

llvm::Error OutputFile::write(uint64_t offset, llvm::ArrayRef<uint8_t> bytes) const {
  while (!bytes.empty()) {
    ssize_t written = pwrite(file->FD, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return systemError(written < 0 ? errno : EIO);
    }
    offset += static_cast<uint64_t>(written);
    bytes = bytes.drop_front(static_cast<size_t>(written));
  }
  return llvm::Error::success();
}

llvm::Error OutputFile::keep() {
  llvm::Error error = file->keep(path);
  file.reset();
  return error ? cannotWrite(path, llvm::errorToErrorCode(std::move(error)))
               : llvm::Error::success();
}
