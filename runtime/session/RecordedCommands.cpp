#include "runtime/session/RecordedCommands.h"

namespace qcc::runtime {

Status RecordedCommands::record(const std::shared_ptr<const Device> &device, hip::Stream stream,
                                const std::function<Status()> &enqueue) {
  const hip::Library &hip = device->hip();
  QCC_TRY(device->check(hip->hipStreamBeginCapture(stream, hip::captureThreadLocal),
                        "hipStreamBeginCapture", "recording a step"));
  Status enqueued = enqueue();
  // Ended in any case, so that the stream can be used after an error.
  hip::Graph captured = nullptr;
  hip::Error ended = hip->hipStreamEndCapture(stream, &captured);
  DeviceGraph owner(device, captured);
  QCC_TRY(enqueued);
  QCC_TRY(device->check(ended, "hipStreamEndCapture", "recording a step"));
  hip::GraphExec ready = nullptr;
  QCC_TRY(device->check(hip->hipGraphInstantiate(&ready, captured, nullptr, nullptr, 0),
                        "hipGraphInstantiate", "making a graph of a step"));
  graph = DeviceGraphExec(device, ready);
  return {};
}

Status RecordedCommands::run(const std::shared_ptr<const Device> &device, hip::Stream stream,
                             const std::function<Status()> &enqueue) {
  if (device->hip().missingGraphFunction()) {
    return enqueue();
  }
  if (!graph.get()) {
    QCC_TRY(record(device, stream, enqueue));
  }
  return device->check(device->hip()->hipGraphLaunch(graph.get(), stream), "hipGraphLaunch",
                       "running a step");
}

} // namespace qcc::runtime
