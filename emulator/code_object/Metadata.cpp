#include "emulator/code_object/Metadata.h"

#include "emulator/code_object/MessagePack.h"

#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <limits>

namespace qcc::emulator {
namespace {

using namespace llvm;

/// A larger argument segment than any toolchain writes; keeps hostile sizes from being allocated.
constexpr uint64_t maxKernargBytes = 1 << 20;

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

StringRef text(const PackedValue &map, std::string_view key) {
  const PackedValue *value = map.find(key);
  return value && value->kind == PackedValue::Kind::Text ? StringRef(value->text) : StringRef();
}

/// A number that fits 32 bits; `fallback` when the key is absent or holds something else.
uint32_t number(const PackedValue &map, std::string_view key, uint32_t fallback) {
  const PackedValue *value = map.find(key);
  bool fits = value && value->kind == PackedValue::Kind::Number &&
              value->number <= std::numeric_limits<uint32_t>::max();
  return fits ? static_cast<uint32_t>(value->number) : fallback;
}

/// The items of an array; none when the key is absent or holds something else.
ArrayRef<PackedValue> list(const PackedValue &map, std::string_view key) {
  const PackedValue *value = map.find(key);
  return value && value->kind == PackedValue::Kind::Array ? ArrayRef<PackedValue>(value->items)
                                                          : ArrayRef<PackedValue>();
}

/// Hidden arguments that are not listed ask for a service that this device does not offer.
ArgumentKind kindOf(StringRef valueKind) {
  return StringSwitch<ArgumentKind>(valueKind)
      .Case("hidden_block_count_x", ArgumentKind::BlockCountX)
      .Case("hidden_block_count_y", ArgumentKind::BlockCountY)
      .Case("hidden_block_count_z", ArgumentKind::BlockCountZ)
      .Case("hidden_group_size_x", ArgumentKind::GroupSizeX)
      .Case("hidden_group_size_y", ArgumentKind::GroupSizeY)
      .Case("hidden_group_size_z", ArgumentKind::GroupSizeZ)
      .Case("hidden_remainder_x", ArgumentKind::RemainderX)
      .Case("hidden_remainder_y", ArgumentKind::RemainderY)
      .Case("hidden_remainder_z", ArgumentKind::RemainderZ)
      .Case("hidden_global_offset_x", ArgumentKind::GlobalOffsetX)
      .Case("hidden_global_offset_y", ArgumentKind::GlobalOffsetY)
      .Case("hidden_global_offset_z", ArgumentKind::GlobalOffsetZ)
      .Case("hidden_grid_dims", ArgumentKind::GridDims)
      .Case("hidden_dynamic_lds_size", ArgumentKind::DynamicLdsSize)
      .Case("hidden_hostcall_buffer", ArgumentKind::HostCallBuffer)
      .Case("hidden_printf_buffer", ArgumentKind::PrintfBuffer)
      .Default(valueKind.starts_with("hidden_") ? ArgumentKind::Zero : ArgumentKind::Explicit);
}

Error readArguments(const PackedValue &kernel, KernelInfo &info) {
  for (const PackedValue &entry : list(kernel, ".args")) {
    KernelArgument argument{number(entry, ".offset", 0), number(entry, ".size", 0),
                            kindOf(text(entry, ".value_kind"))};
    if (uint64_t(argument.offset) + argument.size > info.kernargBytes) {
      return failure("argument " + Twine(info.arguments.size()) + " of kernel " + info.name +
                     " lies outside its argument segment");
    }
    info.arguments.push_back(argument);
  }
  return Error::success();
}

void readRequiredSize(const PackedValue &kernel, KernelInfo &info) {
  ArrayRef<PackedValue> sizes = list(kernel, ".reqd_workgroup_size");
  for (size_t axis = 0; sizes.size() == 3 && axis < 3; ++axis) {
    info.requiredWorkgroupSize[axis] = static_cast<uint32_t>(sizes[axis].number);
  }
}

Expected<KernelInfo> readKernel(const PackedValue &kernel) {
  KernelInfo info;
  StringRef symbol = text(kernel, ".symbol");
  if (!symbol.consume_back(".kd")) {
    return failure("a kernel's metadata names no descriptor symbol");
  }
  info.name = symbol.str();
  info.hasMetadata = true;
  info.kernargBytes = number(kernel, ".kernarg_segment_size", 0);
  if (info.kernargBytes > maxKernargBytes) {
    return failure("kernel " + info.name + " asks for " + Twine(info.kernargBytes) +
                   " bytes of arguments");
  }
  info.maxFlatWorkgroupSize =
      std::min(number(kernel, ".max_flat_workgroup_size", info.maxFlatWorkgroupSize),
               info.maxFlatWorkgroupSize);
  readRequiredSize(kernel, info);
  if (Error error = readArguments(kernel, info)) {
    return std::move(error);
  }
  return info;
}

/// An entry of HIP is "0:0:<hash in hexadecimal>,<format>"; those of OpenCL count arguments in
/// place of the zeros and are not for this device's printf.
void addPrintfFormat(StringRef entry, PrintfFormats &formats) {
  uint64_t hash = 0;
  auto [number, format] = entry.split(',');
  if (number.consume_front("0:0:") && !number.getAsInteger(16, hash)) {
    formats[hash] = format.str();
  }
}

} // namespace

Expected<Metadata> readMetadata(Bytes document) {
  Metadata metadata;
  if (document.size() == 0) {
    return metadata;
  }
  Expected<PackedValue> root = readMessagePack(document);
  if (!root) {
    return failure("the metadata note is no MessagePack document: " + toString(root.takeError()));
  }
  for (const PackedValue &entry : list(*root, "amdhsa.kernels")) {
    Expected<KernelInfo> kernel = readKernel(entry);
    if (!kernel) {
      return kernel.takeError();
    }
    metadata.kernels.push_back(std::move(*kernel));
  }
  for (const PackedValue &entry : list(*root, "amdhsa.printf")) {
    addPrintfFormat(entry.text, metadata.printfFormats);
  }
  return metadata;
}

} // namespace qcc::emulator
