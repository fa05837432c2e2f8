#include "runtime/session/PersistentLaunch.h"

#include "runtime/session/CommandList.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace qcc::runtime {

namespace {

template <typename T> void put(std::vector<uint8_t> &to, size_t offset, T value) {
  std::memcpy(to.data() + offset, &value, sizeof(value));
}

uint32_t phaseOf(std::string_view kernel, const fb::Persistent &source) {
  const auto &phases = *source.phases();
  auto found = std::find_if(phases.begin(), phases.end(),
                            [&](const auto *phase) { return phase->string_view() == kernel; });
  return static_cast<uint32_t>(found - phases.begin()); // CheckProgram has seen that it is there
}

/// Whether one launch a step is wanted: QCC_PERSISTENT=on or off says so. Otherwise it is where
/// launches cost time, which they do not on the emulated device.
bool isWanted(const Device &device) {
  const char *text = std::getenv("QCC_PERSISTENT");
  const std::string_view choice = text ? text : "";
  return choice == "on" || (choice != "off" && !device.hip().isEmulated());
}

/// Whether the driver has what a launch needs whose workgroups wait for one another.
bool canCooperate(const Device &device) {
  const hip::Library &hip = device.hip();
  int cooperates = 0;
  return hip->hipModuleLaunchCooperativeKernel && hip->hipDeviceGetAttribute &&
         hip->hipModuleOccupancyMaxActiveBlocksPerMultiprocessor &&
         device.attribute(hip::attributeCooperativeLaunch, cooperates).ok() && cooperates != 0;
}

Status copyToDevice(const Device &device, void *to, const std::vector<uint8_t> &from) {
  QCC_TRY(device.check(device.hip()->hipMemcpyHtoDAsync(to, from.data(), from.size(), nullptr),
                       "hipMemcpyHtoDAsync", "sending the commands of a step"));
  return device.check(device.hip()->hipStreamSynchronize(nullptr), "hipStreamSynchronize",
                      "sending the commands of a step");
}

} // namespace

Result<std::unique_ptr<PersistentLaunch>>
PersistentLaunch::bind(const LoadedModel &model, const fb::Persistent *source,
                       std::span<const PersistentCommand> commands) {
  std::unique_ptr<PersistentLaunch> launch;
  if (!source || !isWanted(*model.device()) || !canCooperate(*model.device())) {
    return launch;
  }
  launch = std::make_unique<PersistentLaunch>();
  launch->name = source->kernel()->str();
  launch->workgroup = source->workgroup();
  QCC_TRY_ASSIGN(launch->function, model.kernel(launch->name.c_str()));
  QCC_TRY(launch->reserve(model, *source));
  if (launch->grid == 0) {
    return std::unique_ptr<PersistentLaunch>();
  }
  QCC_TRY(launch->write(model, *source, commands));
  return launch;
}

/// As many workgroups as run at the same time, but no more than have work.
Status PersistentLaunch::reserve(const LoadedModel &model, const fb::Persistent &source) {
  const Device &device = *model.device();
  int units = 0, each = 0;
  QCC_TRY(device.attribute(hip::attributeMultiprocessorCount, units));
  QCC_TRY(device.check(device.hip()->hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(
                           &each, function, static_cast<int>(workgroup), 0),
                       "hipModuleOccupancyMaxActiveBlocksPerMultiprocessor",
                       "looking at the kernel " + name));
  const uint64_t resident = uint64_t(std::max(units, 0)) * uint64_t(std::max(each, 0));
  grid = static_cast<unsigned>(std::min<uint64_t>(resident, source.workgroups()));
  return {};
}

Status PersistentLaunch::write(const LoadedModel &model, const fb::Persistent &source,
                               std::span<const PersistentCommand> commands) {
  const size_t stride = CommandList::commandBytes(source.command_arguments());
  std::vector<uint8_t> bytes(CommandList::headerBytes + stride * commands.size());
  put(bytes, CommandList::countAt, static_cast<uint32_t>(commands.size()));
  put(bytes, CommandList::workgroupsAt, static_cast<uint32_t>(grid));
  for (size_t index = 0; index < commands.size(); ++index) {
    const size_t at = CommandList::headerBytes + index * stride;
    put(bytes, at + CommandList::phaseAt, phaseOf(commands[index].kernel, source));
    std::memcpy(bytes.data() + at + CommandList::argumentAt(0), commands[index].addresses.data(),
                commands[index].addresses.size_bytes());
  }
  QCC_TRY_ASSIGN(list, allocateDevice(model.device(), bytes.size(), "the commands of a step"));
  QCC_TRY_ASSIGN(barrier,
                 allocateDevice(model.device(), CommandList::barrierBytes, "a grid barrier"));
  QCC_TRY(copyToDevice(*model.device(), list.get(), bytes));
  return copyToDevice(*model.device(), barrier.get(),
                      std::vector<uint8_t>(CommandList::barrierBytes));
}

Status PersistentLaunch::enqueue(const Device &device, hip::Stream stream) const {
  void *addresses[] = {list.get(), barrier.get()};
  void *arguments[] = {&addresses[0], &addresses[1]};
  hip::Error error = device.hip()->hipModuleLaunchCooperativeKernel(function, grid, 1, 1, workgroup,
                                                                    1, 1, 0, stream, arguments);
  return device.check(error, "hipModuleLaunchCooperativeKernel", "launching " + name);
}

} // namespace qcc::runtime
