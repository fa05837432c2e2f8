// Writes a float32 matrix row by row in NumPy's .npy format, version 1.0 (NumPy Enhancement
// Proposal 1).
#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <string>

namespace qcc::qrun {

/// The file appears under its name when finish() is called, and not at all without it. Errors are
/// thrown as qcc::api::Error (QCC_IO_ERROR).
class NpyWriter {
public:
  /// Opens a temporary file beside `path` for rows of `columns` values.
  NpyWriter(const std::string &path, uint32_t columns);
  ~NpyWriter();
  NpyWriter(const NpyWriter &) = delete;
  NpyWriter &operator=(const NpyWriter &) = delete;

  void append(std::span<const float> row);
  void finish();

private:
  void writeHeader();
  [[noreturn]] void fail(const char *action) const;

  std::string path;
  std::string temporary;
  std::ofstream stream;
  uint64_t rows = 0;
  uint32_t columns;
  bool finished = false;
};

} // namespace qcc::qrun
