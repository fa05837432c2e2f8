#include "emulator/code_object/MessagePack.h"

#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/MsgPackReader.h"

namespace qcc::emulator {
namespace {

using namespace llvm;

/// AMDGPU metadata nests four deep.
constexpr unsigned maxDepth = 32;

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

Expected<PackedValue> readValue(msgpack::Reader &reader, unsigned depth) {
  msgpack::Object object;
  Expected<bool> more = reader.read(object);
  if (!more) {
    return more.takeError();
  }
  if (!*more || depth > maxDepth) {
    return failure(*more ? "it nests too deep" : "it is cut off");
  }
  PackedValue value;
  uint64_t items = 0;
  switch (object.Kind) {
  case msgpack::Type::UInt:
    value.kind = PackedValue::Kind::Number;
    value.number = object.UInt;
    break;
  case msgpack::Type::Int:
    value.kind = object.Int < 0 ? PackedValue::Kind::None : PackedValue::Kind::Number;
    value.number = static_cast<uint64_t>(object.Int);
    break;
  case msgpack::Type::String:
    value.kind = PackedValue::Kind::Text;
    value.text = std::string_view(object.Raw.data(), object.Raw.size());
    break;
  case msgpack::Type::Array:
    value.kind = PackedValue::Kind::Array;
    items = object.Length;
    break;
  case msgpack::Type::Map:
    value.kind = PackedValue::Kind::Map;
    items = 2 * uint64_t(object.Length);
    break;
  default:
    break;
  }
  // A length that lies ends at the document's end: nothing is reserved for it.
  for (uint64_t i = 0; i < items; ++i) {
    Expected<PackedValue> item = readValue(reader, depth + 1);
    if (!item) {
      return item.takeError();
    }
    value.items.push_back(std::move(*item));
  }
  return value;
}

} // namespace

const PackedValue *PackedValue::find(std::string_view key) const {
  for (size_t i = 0; kind == Kind::Map && i + 1 < items.size(); i += 2) {
    if (items[i].kind == Kind::Text && items[i].text == key) {
      return &items[i + 1];
    }
  }
  return nullptr;
}

Expected<PackedValue> readMessagePack(Bytes document) {
  std::string_view text = document.text();
  msgpack::Reader reader(StringRef(text.data(), text.size()));
  return readValue(reader, 0);
}

} // namespace qcc::emulator
