// A view of bytes from outside whose every read is checked against its end.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace qcc::emulator {

/// Bytes of a file or of a program's memory. Offsets are bytes from the view's start; no offset or
/// size, however large, leads to a read outside the view.
class Bytes {
public:
  Bytes() = default;
  explicit Bytes(std::span<const uint8_t> bytes) : bytes(bytes) {}

  uint64_t size() const { return bytes.size(); }
  const uint8_t *data() const { return bytes.data(); }

  /// Whether [offset, offset + count) lies inside.
  bool contains(uint64_t offset, uint64_t count) const {
    return offset <= bytes.size() && count <= bytes.size() - offset;
  }

  /// [offset, offset + count), or nothing when it does not lie inside.
  std::optional<Bytes> slice(uint64_t offset, uint64_t count) const {
    if (!contains(offset, count)) {
      return std::nullopt;
    }
    return Bytes(bytes.subspan(offset, count));
  }

  /// Reads a trivially copyable value, little endian as the host is; false when it does not fit.
  template <typename T> bool read(uint64_t offset, T &value) const {
    if (!contains(offset, sizeof(T))) {
      return false;
    }
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return true;
  }

  /// The zero-terminated string at `offset`, or nothing when it runs past the end.
  std::optional<std::string_view> string(uint64_t offset) const {
    if (offset >= bytes.size()) {
      return std::nullopt;
    }
    const auto *begin = reinterpret_cast<const char *>(bytes.data() + offset);
    const void *end = std::memchr(begin, 0, bytes.size() - offset);
    if (!end) {
      return std::nullopt;
    }
    return std::string_view(begin, static_cast<const char *>(end) - begin);
  }

  std::string_view text() const {
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
  }

private:
  std::span<const uint8_t> bytes;
};

} // namespace qcc::emulator
