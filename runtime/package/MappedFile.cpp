#include "runtime/package/MappedFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace qcc::runtime {

/// The status of a failed system call on `path`; reads errno.
static Status systemError(const std::string &path, const char *action) {
  StatusCode code = errno == ENOENT ? StatusCode::NotFound : StatusCode::IoError;
  return {code, path + ": cannot " + action + " it: " + std::strerror(errno) + "."};
}

/// Maps the open file `descriptor`, which the caller closes.
static Result<std::span<const uint8_t>> mapDescriptor(int descriptor, const std::string &path) {
  struct stat info;
  if (fstat(descriptor, &info) != 0) {
    return systemError(path, "inspect");
  }
  if (!S_ISREG(info.st_mode)) {
    return {StatusCode::IoError,
            path + ": this is not a regular file; name a file that qcc wrote."};
  }
  if (info.st_size == 0) {
    return {StatusCode::Corrupt, path + ": the file is empty; compile the model again."};
  }
  auto size = static_cast<size_t>(info.st_size);
  void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) {
    return systemError(path, "map");
  }
  return std::span(static_cast<const uint8_t *>(address), size);
}

Result<MappedFile> MappedFile::open(const std::string &path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return systemError(path, "open");
  }
  auto content = mapDescriptor(descriptor, path);
  close(descriptor);
  if (!content) {
    return content.status();
  }
  MappedFile file;
  file.content = *content;
  return file;
}

MappedFile::MappedFile(MappedFile &&other) noexcept : content(std::exchange(other.content, {})) {}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept {
  std::swap(content, other.content);
  return *this;
}

MappedFile::~MappedFile() {
  if (!content.empty()) {
    munmap(const_cast<uint8_t *>(content.data()), content.size());
  }
}

void MappedFile::dropPages(std::span<const uint8_t> range) const {
  auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  uintptr_t begin = (reinterpret_cast<uintptr_t>(range.data()) + page - 1) / page * page;
  uintptr_t end = reinterpret_cast<uintptr_t>(range.data() + range.size()) / page * page;
  if (begin < end) {
    // Advice only: when the system does not take it, nothing but memory is lost.
    (void)madvise(reinterpret_cast<void *>(begin), end - begin, MADV_DONTNEED);
  }
}

} // namespace qcc::runtime
