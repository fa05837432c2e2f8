#include "compiler/weights/WeightFiles.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace qcc;

/// One file's read-only mapping, unmapped when destroyed.
struct WeightFiles::MappedFile {
  const uint8_t *data = nullptr;
  uint64_t size = 0;

  ~MappedFile() {
    if (data) {
      munmap(const_cast<uint8_t *>(data), size);
    }
  }
};

static llvm::Error systemError(llvm::StringRef path, const char *action) {
  return llvm::createStringError("cannot " + llvm::Twine(action) + " the weight file '" + path +
                                 "': " + std::strerror(errno));
}

/// Maps `path` into `data` and `size`; an empty file maps to no bytes.
static llvm::Error mapFile(const std::string &path, const uint8_t *&data, uint64_t &size) {
  // Non-blocking, lest a pipe of that name waits for a writer.
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    return systemError(path, "open");
  }
  struct stat status = {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(file);
    return llvm::createStringError("the weight file '" + path + "' is not a regular file");
  }
  size = static_cast<uint64_t>(status.st_size);
  void *mapping = size == 0 ? nullptr : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapping == MAP_FAILED) {
    return systemError(path, "map");
  }
  data = static_cast<const uint8_t *>(mapping);
  return llvm::Error::success();
}

WeightFiles::WeightFiles(std::string folder) : folder(std::move(folder)) {}
WeightFiles::~WeightFiles() = default;

llvm::Expected<llvm::ArrayRef<uint8_t>> WeightFiles::bytes(qnt::SourceAttr source) {
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<MappedFile> &file = files[source.getFile()];
  llvm::SmallString<256> path(folder);
  if (llvm::sys::path::is_absolute(source.getFile())) {
    path.clear();
  }
  llvm::sys::path::append(path, source.getFile());
  if (!file) {
    auto mapped = std::make_unique<MappedFile>();
    if (llvm::Error error = mapFile(path.str().str(), mapped->data, mapped->size)) {
      return std::move(error);
    }
    file = std::move(mapped);
  }
  uint64_t offset = source.getOffset(), count = source.getBytes();
  if (offset > file->size || count > file->size - offset) {
    return llvm::createStringError("the weight file '" + path.str() + "' has " +
                                   llvm::Twine(file->size) + " bytes, but the model reads " +
                                   llvm::Twine(count) + " bytes at offset " + llvm::Twine(offset) +
                                   ": copy the whole file again");
  }
  return llvm::ArrayRef<uint8_t>(file->data + offset, count);
}

void WeightFiles::dropBehind(llvm::ArrayRef<uint8_t> bytes) {
  // Only whole pages inside the range: their neighbours may still be wanted.
  static const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  uintptr_t begin = reinterpret_cast<uintptr_t>(bytes.data());
  uintptr_t first = (begin + page - 1) / page * page;
  uintptr_t last = (begin + bytes.size()) / page * page;
  if (first < last) {
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
  }
}
