// Times kernels on the device that a HIP library has. Memory holds bits at random, since time and
// power depend on what toggles; weights are cold (TimingPlan.h).
//
// A sample is a number of launches between two events, as a HIP graph where the library has graphs:
// given one by one, short kernels would wait for the host. The forms of a kernel take turns, so
// that a clock that drifts does to all of them alike, and the median of each counts.
#pragma once

#include "compiler/tune/CompiledKernel.h"
#include "runtime/device/Buffers.h"
#include "runtime/device/RecordedCommands.h"

namespace qcc::tune {

/// There is no device, or none of the chip, or it failed: one sentence.
class DeviceError : public llvm::ErrorInfo<DeviceError> {
public:
  static char ID;
  explicit DeviceError(std::string message) : message(std::move(message)) {}
  void log(llvm::raw_ostream &out) const override { out << message; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

private:
  std::string message;
};

class DeviceTimer {
public:
  /// Opens the first GPU of `chip`. The emulated device serves where it is the HIP library, which
  /// is at `library` or, when that is empty, where the runtime looks (runtime/hip/Library.h).
  /// Error: DeviceError.
  static llvm::Expected<std::unique_ptr<DeviceTimer>> open(const Chip &chip,
                                                           const std::string &library = "");

  /// What is measured on, for people.
  std::string description() const { return device->info().description; }

  /// The microseconds that a launch of each of `forms` takes, what a launch costs included. They
  /// are forms of one kernel: all but their weights is the same. `batch`: rows of the step. Error:
  /// DeviceError.
  llvm::Expected<std::vector<double>> time(llvm::ArrayRef<CompiledKernel> forms, int64_t batch);

  /// Samples of a form, of which the median counts, and how long one lasts at least. Events have a
  /// resolution of about a microsecond.
  static constexpr int sampleCount = 7;
  static constexpr double sampleMicroseconds = 10000;
  /// Launches of a sample at most, but for one turn through all copies: what a graph is good for.
  static constexpr uint64_t mostLaunches = 4096;

private:
  /// A form that is ready to be launched.
  struct Loaded {
    const model::PlannedKernel *kernel = nullptr;
    runtime::DeviceModule module;
    runtime::hip::Function function = nullptr;
    std::vector<std::vector<void *>> turns; // what the pointers point to, for each copy of weights
    uint64_t launches = 0;                  // of a sample
    runtime::RecordedCommands sample;
  };
  /// Memory behind each pointer but those to weights.
  using Arguments = std::vector<runtime::DeviceMemory>;

  explicit DeviceTimer(const Chip &chip) : chip(chip) {}
  Status start(const std::string &library);
  Result<std::vector<double>> measure(llvm::ArrayRef<CompiledKernel> forms, int64_t batch);

  uint64_t copiesOf(const model::PlannedKernel &kernel) const;
  Status reserveWeights(llvm::ArrayRef<CompiledKernel> forms);
  Result<Arguments> allocateArguments(llvm::ArrayRef<CompiledKernel> forms, int64_t batch);
  Status fill(void *to, uint64_t bytes, llvm::ArrayRef<uint8_t> pattern);

  Result<Loaded> load(const CompiledKernel &form, const Arguments &arguments);
  Status launch(const Loaded &form, uint64_t count);
  Status chooseLaunches(Loaded &form);
  Result<double> timeOf(llvm::function_ref<Status()> work);

  const Chip &chip;
  std::shared_ptr<runtime::Device> device;
  runtime::DeviceStream stream;
  runtime::DeviceEvent begin, end;
  std::vector<uint8_t> random, zeros;
  runtime::DeviceMemory weights; // room for all copies of the largest form so far
  uint64_t weightBytes = 0;
};

} // namespace qcc::tune
