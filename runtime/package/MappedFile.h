// A file mapped read-only into memory, whose pages can be dropped again once they were read.
#pragma once

#include "runtime/Status.h"

#include <cstdint>
#include <span>
#include <string>

namespace qcc::runtime {

class MappedFile {
public:
  MappedFile() = default;
  /// Maps the regular file at `path`. Errors: NotFound, IoError, Corrupt (an empty file).
  static Result<MappedFile> open(const std::string &path);

  MappedFile(MappedFile &&other) noexcept;
  MappedFile &operator=(MappedFile &&other) noexcept;
  ~MappedFile();

  /// The content, valid while this object lives.
  std::span<const uint8_t> bytes() const { return content; }

  /// Tells the system that `range`, part of bytes(), will not be read again soon: its whole pages
  /// stop counting as this process's memory. Reading them again maps them again.
  void dropPages(std::span<const uint8_t> range) const;

private:
  std::span<const uint8_t> content;
};

} // namespace qcc::runtime
