#include "compiler/interpret/Npy.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileOutputBuffer.h"
#include "llvm/Support/MemoryBuffer.h"

#include <bit>
#include <string_view>

using namespace llvm;
using namespace qcc;

static_assert(std::endian::native == std::endian::little, "elements are copied as they are");

static constexpr std::string_view magic("\x93NUMPY\x01\0", 8);
static constexpr size_t prefixBytes = magic.size() + 2; // and the header's length
static constexpr size_t alignment = 64;

static std::string headerOf(ArrayRef<int64_t> shape) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int64_t extent : shape) {
    header += std::to_string(extent) + ", ";
  }
  header += "), }";
  size_t total = alignTo(prefixBytes + header.size() + 1, alignment);
  header.append(total - prefixBytes - header.size() - 1, ' ');
  return header + "\n";
}

Error qcc::writeNpy(StringRef path, ArrayRef<int64_t> shape, ArrayRef<float> data) {
  std::string header = headerOf(shape);
  size_t dataBytes = data.size() * sizeof(float);
  auto file = FileOutputBuffer::create(path, prefixBytes + header.size() + dataBytes);
  if (!file) {
    return createStringError("cannot write '" + path + "': " + toString(file.takeError()));
  }
  uint8_t *out = copy(magic, (*file)->getBufferStart());
  support::endian::write16le(out, header.size());
  out = copy(header, out + 2);
  std::memcpy(out, data.data(), dataBytes);
  return (*file)->commit();
}

/// The text after `key` and a colon in the header's dictionary.
static StringRef valueOf(StringRef header, StringRef key) {
  return header.split(key).second.ltrim(" :");
}

/// The extents of "(4, 48, 4096)", and their product. Fails when they are no numbers or overflow.
static bool parseShape(StringRef text, FloatArray &array, uint64_t &elements) {
  elements = 1;
  if (!text.consume_front("(")) {
    return false;
  }
  SmallVector<StringRef> extents;
  text.take_until([](char c) { return c == ')'; }).split(extents, ',', -1, /*KeepEmpty=*/false);
  for (StringRef part : extents) {
    uint64_t extent;
    if (part.trim().empty()) {
      continue;
    }
    if (part.trim().getAsInteger(10, extent) || extent > INT32_MAX || elements > INT32_MAX) {
      return false;
    }
    array.shape.push_back(extent);
    elements *= extent;
  }
  return true;
}

Expected<FloatArray> qcc::readNpy(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return createStringError("cannot read '" + path + "': " + buffer.getError().message());
  }
  StringRef bytes = (*buffer)->getBuffer();
  if (!bytes.starts_with(magic) || bytes.size() < prefixBytes) {
    return createStringError("'" + path + "' is not a .npy file of version 1.0");
  }
  size_t headerBytes = support::endian::read16le(bytes.data() + magic.size());
  StringRef header = bytes.substr(prefixBytes, headerBytes);
  if (!valueOf(header, "'descr'").starts_with("'<f4'") ||
      !valueOf(header, "'fortran_order'").starts_with("False")) {
    return createStringError("'" + path + "' does not hold float32 in row-major order");
  }
  FloatArray array;
  uint64_t elements = 0;
  StringRef data = bytes.drop_front(std::min(bytes.size(), prefixBytes + headerBytes));
  if (!parseShape(valueOf(header, "'shape'"), array, elements) ||
      data.size() != elements * sizeof(float)) {
    return createStringError("'" + path + "' has " + Twine(data.size()) +
                             " bytes of data, not what the shape in its header says");
  }
  array.data.resize(elements);
  std::memcpy(array.data.data(), data.data(), data.size());
  return array;
}
