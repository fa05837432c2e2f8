#include "runtime/session/LaunchPlan.h"

namespace qcc::runtime {

static std::array<unsigned, 3> dimensions(const flatbuffers::Vector<uint32_t> &values) {
  return {values[0], values[1], values[2]};
}

Result<LaunchPlan::Launch> LaunchPlan::bindLaunch(const LoadedModel &model,
                                                  const fb::Launch &source,
                                                  const MemoryBases &bases) {
  Launch launch;
  launch.kernel = source.kernel()->str();
  QCC_TRY_ASSIGN(launch.function, model.kernel(launch.kernel.c_str()));
  launch.grid = dimensions(*source.grid());
  launch.workgroup = dimensions(*source.workgroup());
  for (const fb::Argument *argument : *source.arguments()) {
    launch.addresses.push_back(static_cast<char *>(bases[size_t(argument->memory())]) +
                               argument->offset());
  }
  for (void *&address : launch.addresses) {
    launch.arguments.push_back(&address);
  }
  return launch;
}

Result<LaunchPlan> LaunchPlan::bind(const LoadedModel &model, const fb::EntryPoint &entry,
                                    const MemoryBases &bases) {
  LaunchPlan plan;
  plan.capacity = entry.row_capacity();
  for (const fb::Launch *source : *entry.launches()) {
    QCC_TRY_ASSIGN(Launch launch, bindLaunch(model, *source, bases));
    plan.launches.push_back(std::move(launch));
  }
  if (entry.sampling()) {
    for (const fb::Launch *source : *entry.sampling()) {
      QCC_TRY_ASSIGN(Launch launch, bindLaunch(model, *source, bases));
      plan.sampling.push_back(std::move(launch));
    }
  }
  QCC_TRY(plan.bindPersistent(model, entry.persistent()));
  return plan;
}

Status LaunchPlan::bindPersistent(const LoadedModel &model, const fb::Persistent *source) {
  std::vector<PersistentCommand> commands;
  for (const Launch &launch : launches) {
    commands.push_back({launch.kernel, launch.addresses});
  }
  QCC_TRY_ASSIGN(persistent, PersistentLaunch::bind(model, source, commands));
  return {};
}

Status LaunchPlan::enqueue(const Device &device, hip::Stream stream, bool sample) const {
  QCC_TRY(persistent ? persistent->enqueue(device, stream) : enqueueAll(device, stream, launches));
  return sample ? enqueueAll(device, stream, sampling) : Status{};
}

Status LaunchPlan::enqueueAll(const Device &device, hip::Stream stream,
                              const std::vector<Launch> &launches) {
  for (const Launch &launch : launches) {
    // The driver copies the arguments before it returns and does not write to them.
    auto **arguments = const_cast<void **>(launch.arguments.data());
    hip::Error error = device.hip()->hipModuleLaunchKernel(
        launch.function, launch.grid[0], launch.grid[1], launch.grid[2], launch.workgroup[0],
        launch.workgroup[1], launch.workgroup[2], 0, stream, arguments, nullptr);
    if (error != hip::success) {
      return device.check(error, "hipModuleLaunchKernel", "launching " + launch.kernel);
    }
  }
  return {};
}

} // namespace qcc::runtime
