#include "runtime/tools/Npy.h"

#include "runtime/qcc_runtime.hpp"

#include <cstdio>
#include <unistd.h>

namespace qcc::qrun {

/// The header's size in the file, a multiple of 64: the number of rows is filled in at the end.
constexpr size_t headerBytes = 128;

void NpyWriter::fail(const char *action) const {
  throw api::Error(QCC_IO_ERROR, (path + ": cannot " + action + " it.").c_str());
}

NpyWriter::NpyWriter(const std::string &path, uint32_t columns)
    : path(path), temporary(path + "." + std::to_string(getpid()) + ".tmp"),
      stream(temporary, std::ios::binary), columns(columns) {
  if (!stream) {
    fail("create");
  }
  writeHeader();
}

NpyWriter::~NpyWriter() {
  if (!finished) {
    stream.close();
    std::remove(temporary.c_str());
  }
}

void NpyWriter::writeHeader() {
  constexpr std::string_view magic("\x93NUMPY\x01\x00", 8);
  std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                           std::to_string(rows) + ", " + std::to_string(columns) + "), }";
  size_t dictionaryBytes = headerBytes - magic.size() - 2;
  dictionary.resize(dictionaryBytes - 1, ' ');
  dictionary += '\n';
  stream << magic << char(dictionaryBytes & 0xff) << char(dictionaryBytes >> 8) << dictionary;
}

void NpyWriter::append(std::span<const float> row) {
  stream.write(reinterpret_cast<const char *>(row.data()), row.size_bytes());
  ++rows;
}

void NpyWriter::finish() {
  stream.seekp(0);
  writeHeader();
  stream.close();
  if (!stream || std::rename(temporary.c_str(), path.c_str()) != 0) {
    fail("write");
  }
  finished = true;
}

} // namespace qcc::qrun
