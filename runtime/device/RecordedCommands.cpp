#include "runtime/device/RecordedCommands.h"

namespace qcc::runtime {

Status RecordedCommands::record(const std::shared_ptr<const Device> &device, hip::Stream stream,
                                size_t count, const std::function<Status()> &enqueue) {
  const hip::Library &hip = device->hip();
  if (const char *missing = hip.missingGraphFunction()) {
    return {StatusCode::Unavailable,
            "The HIP library " + hip.path() + " has no function " + missing + "."};
  }
  QCC_TRY(device->check(hip->hipStreamBeginCapture(stream, hip::captureThreadLocal),
                        "hipStreamBeginCapture", "recording a step"));
  Status enqueued = enqueue();
  // Ended in any case, so that the stream can be used after an error.
  hip::Graph captured = nullptr;
  hip::Error ended = hip->hipStreamEndCapture(stream, &captured);
  DeviceGraph owner(device, captured);
  QCC_TRY(enqueued);
  QCC_TRY(device->check(ended, "hipStreamEndCapture", "recording a step"));
  // Drivers that cannot record a kind of launch may run it instead, and leave it out.
  size_t recorded = 0;
  QCC_TRY(device->check(hip->hipGraphGetNodes(captured, nullptr, &recorded), "hipGraphGetNodes",
                        "counting the recorded commands"));
  if (recorded != count) {
    return {StatusCode::Unavailable, "The HIP library " + hip.path() + " recorded " +
                                         std::to_string(recorded) + " of " + std::to_string(count) +
                                         " commands."};
  }
  hip::GraphExec ready = nullptr;
  QCC_TRY(device->check(hip->hipGraphInstantiate(&ready, captured, nullptr, nullptr, 0),
                        "hipGraphInstantiate", "making a graph of a step"));
  graph = DeviceGraphExec(device, ready);
  return {};
}

Status RecordedCommands::run(const std::shared_ptr<const Device> &device, hip::Stream stream,
                             size_t count, const std::function<Status()> &enqueue) {
  if (!graph.get() && reason.empty()) {
    reason = record(device, stream, count, enqueue).message;
  }
  if (!graph.get()) {
    return enqueue(); // what was wrong with the commands themselves comes out here
  }
  return device->check(device->hip()->hipGraphLaunch(graph.get(), stream), "hipGraphLaunch",
                       "running a step");
}

} // namespace qcc::runtime
