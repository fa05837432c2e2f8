#include "emulator/code_object/Metadata.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/BinaryFormat/MsgPackDocument.h"

#include <limits>

namespace qcc::emulator {
namespace {

using namespace llvm;
using msgpack::DocNode;
using msgpack::MapDocNode;

/// A larger argument segment than any toolchain writes; keeps hostile sizes from being allocated.
constexpr uint64_t maxKernargBytes = 1 << 20;

Error failure(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

StringRef text(MapDocNode map, StringRef key) {
  auto it = map.find(key);
  return it != map.end() && it->second.isString() ? it->second.getString() : StringRef();
}

/// A number that fits 32 bits; `fallback` when the key is absent or holds something else.
uint32_t number(MapDocNode map, StringRef key, uint32_t fallback) {
  auto it = map.find(key);
  if (it == map.end()) {
    return fallback;
  }
  DocNode &node = it->second;
  if (node.getKind() == msgpack::Type::UInt &&
      node.getUInt() <= std::numeric_limits<uint32_t>::max()) {
    return static_cast<uint32_t>(node.getUInt());
  }
  if (node.getKind() == msgpack::Type::Int && node.getInt() >= 0 &&
      node.getInt() <= std::numeric_limits<uint32_t>::max()) {
    return static_cast<uint32_t>(node.getInt());
  }
  return fallback;
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
      .Default(valueKind.starts_with("hidden_") ? ArgumentKind::Zero : ArgumentKind::Explicit);
}

Error readArguments(MapDocNode kernel, KernelInfo &info) {
  auto it = kernel.find(".args");
  if (it == kernel.end() || !it->second.isArray()) {
    return Error::success();
  }
  for (DocNode &node : it->second.getArray()) {
    if (!node.isMap()) {
      return failure("an argument of kernel " + info.name + " is not described by a map");
    }
    MapDocNode entry = node.getMap();
    StringRef valueKind = text(entry, ".value_kind");
    KernelArgument argument{number(entry, ".offset", 0), number(entry, ".size", 0),
                            kindOf(valueKind)};
    if (uint64_t(argument.offset) + argument.size > info.kernargBytes) {
      return failure("argument " + Twine(info.arguments.size()) + " of kernel " + info.name +
                     " lies outside its argument segment");
    }
    info.needsPrintf |= valueKind == "hidden_hostcall_buffer" || valueKind == "hidden_printf_buffer";
    info.arguments.push_back(argument);
  }
  return Error::success();
}

void readRequiredSize(MapDocNode kernel, KernelInfo &info) {
  auto it = kernel.find(".reqd_workgroup_size");
  if (it == kernel.end() || !it->second.isArray() || it->second.getArray().size() != 3) {
    return;
  }
  for (size_t i = 0; i < 3; ++i) {
    DocNode &node = it->second.getArray()[i];
    if (node.getKind() == msgpack::Type::UInt) {
      info.requiredWorkgroupSize[i] = static_cast<uint32_t>(node.getUInt());
    }
  }
}

Expected<KernelInfo> readKernel(MapDocNode kernel) {
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
  info.maxFlatWorkgroupSize = number(kernel, ".max_flat_workgroup_size", 1024);
  info.waveSize = number(kernel, ".wavefront_size", 0);
  info.vgprs = number(kernel, ".vgpr_count", 0);
  info.agprs = number(kernel, ".agpr_count", 0);
  info.sgprs = number(kernel, ".sgpr_count", 0);
  readRequiredSize(kernel, info);
  if (Error error = readArguments(kernel, info)) {
    return std::move(error);
  }
  return info;
}

} // namespace

Expected<std::vector<KernelInfo>> readKernelMetadata(Bytes document) {
  std::vector<KernelInfo> kernels;
  if (document.size() == 0) {
    return kernels;
  }
  std::string_view blob = document.text();
  msgpack::Document parsed;
  if (!parsed.readFromBlob(StringRef(blob.data(), blob.size()), /*Multi=*/false) ||
      !parsed.getRoot().isMap()) {
    return failure("the metadata note is not a MessagePack map");
  }
  MapDocNode root = parsed.getRoot().getMap();
  auto list = root.find("amdhsa.kernels");
  if (list == root.end() || !list->second.isArray()) {
    return kernels;
  }
  for (DocNode &node : list->second.getArray()) {
    if (!node.isMap()) {
      return failure("a kernel's metadata is not a map");
    }
    Expected<KernelInfo> kernel = readKernel(node.getMap());
    if (!kernel) {
      return kernel.takeError();
    }
    kernels.push_back(std::move(*kernel));
  }
  return kernels;
}

} // namespace qcc::emulator
