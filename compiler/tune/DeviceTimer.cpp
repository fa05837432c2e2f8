#include "compiler/tune/DeviceTimer.h"

#include "compiler/model/CountedRun.h"
#include "compiler/tune/TimingPlan.h"

#include "llvm/Support/MathExtras.h"

#include <random>

using namespace qcc;
using namespace qcc::tune;
namespace hip = qcc::runtime::hip;

char DeviceError::ID;

static llvm::Error errorOf(const Status &status) {
  return llvm::make_error<DeviceError>(status.message);
}

/// Bits at random, but for bit 6 of each byte, which is 0: whatever reads floats of 8, 16 or 32
/// bits finds finite ones.
static std::vector<uint8_t> randomBits(size_t bytes) {
  std::mt19937 generator{1}; // the same in every run
  std::vector<uint8_t> bits(bytes);
  for (uint8_t &byte : bits) {
    byte = static_cast<uint8_t>(generator() & 0xbf);
  }
  return bits;
}

static bool isWeight(const model::PlannedKernel &kernel, size_t argument) {
  return llvm::is_contained(kernel.weightInputs, static_cast<int64_t>(argument));
}

/// Bytes from one copy of all of the kernel's weights to the next.
static uint64_t copyBytes(const model::PlannedKernel &kernel) {
  uint64_t bytes = 0;
  for (int64_t argument : kernel.weightInputs) {
    bytes += llvm::alignTo(kernel.argumentBytes[argument], 256);
  }
  return bytes;
}

//===-- The device and its memory ------------------------------------------------------------===//

llvm::Expected<std::unique_ptr<DeviceTimer>> DeviceTimer::open(const Chip &chip,
                                                               const std::string &library) {
  std::unique_ptr<DeviceTimer> timer(new DeviceTimer(chip));
  if (Status status = timer->start(library); !status.ok()) {
    return errorOf(status);
  }
  return timer;
}

Status DeviceTimer::start(const std::string &library) {
  constexpr size_t patternBytes = size_t(4) << 20;
  QCC_TRY_ASSIGN(device, runtime::Device::open({.name = "auto",
                                                .chip = chip.name.str(),
                                                .library = library,
                                                .gpuOnly = true,
                                                .otherwise = "use --autotune=model"}));
  QCC_TRY(device->prepareFor(chip.name.str()));
  QCC_TRY_ASSIGN(stream, createStream(device));
  QCC_TRY_ASSIGN(begin, createEvent(device));
  QCC_TRY_ASSIGN(end, createEvent(device));
  random = randomBits(patternBytes);
  zeros.assign(patternBytes, 0);
  return {};
}

/// Writes `pattern` to `to`, again and again.
Status DeviceTimer::fill(void *to, uint64_t bytes, llvm::ArrayRef<uint8_t> pattern) {
  for (uint64_t done = 0; done < bytes; done += pattern.size()) {
    hip::Error error = device->hip()->hipMemcpyHtoDAsync(
        static_cast<char *>(to) + done, pattern.data(),
        std::min<uint64_t>(pattern.size(), bytes - done), stream.get());
    QCC_TRY(device->check(error, "hipMemcpyHtoDAsync", "filling memory to measure with"));
  }
  return device->check(device->hip()->hipStreamSynchronize(stream.get()), "hipStreamSynchronize",
                       "filling memory to measure with");
}

/// The emulated device has no cache that a copy could stay in.
uint64_t DeviceTimer::copiesOf(const model::PlannedKernel &kernel) const {
  return tune::copiesOf(copyBytes(kernel), device->info().emulated ? 0 : chip.lastCacheBytes);
}

Status DeviceTimer::reserveWeights(llvm::ArrayRef<CompiledKernel> forms) {
  uint64_t needed = 0;
  for (const CompiledKernel &form : forms) {
    needed = std::max(needed, copiesOf(form.kernel) * copyBytes(form.kernel));
  }
  if (needed <= weightBytes) {
    return {};
  }
  weights = {}; // before there is more
  weightBytes = 0;
  QCC_TRY_ASSIGN(weights, allocateDevice(device, needed, "more weights than caches hold"));
  weightBytes = needed;
  return fill(weights.get(), needed, random);
}

/// The most bytes that any of `forms` has behind each pointer: workspaces differ.
static std::vector<int64_t> argumentBytesOf(llvm::ArrayRef<CompiledKernel> forms) {
  std::vector<int64_t> most;
  for (const CompiledKernel &form : forms) {
    const std::vector<int64_t> &bytes = form.kernel.argumentBytes;
    most.resize(std::max(most.size(), bytes.size()));
    std::transform(bytes.begin(), bytes.end(), most.begin(), most.begin(),
                   [](int64_t own, int64_t other) { return std::max(own, other); });
  }
  return most;
}

Result<DeviceTimer::Arguments> DeviceTimer::allocateArguments(llvm::ArrayRef<CompiledKernel> forms,
                                                              int64_t batch) {
  const model::PlannedKernel &kernel = forms.front().kernel;
  Arguments arguments;
  for (auto [index, size] : llvm::enumerate(argumentBytesOf(forms))) {
    runtime::DeviceMemory &memory = arguments.emplace_back();
    if (isWeight(kernel, index)) {
      continue;
    }
    QCC_TRY_ASSIGN(memory, allocateDevice(device, size, "an argument of a measured kernel"));
    auto argument = static_cast<int64_t>(index);
    if (argument == kernel.stateArgument) {
      std::vector<uint8_t> state(size);
      model::writeState({.rows = batch, .sequences = batch}, state);
      QCC_TRY(fill(memory.get(), size, state));
    } else {
      QCC_TRY(fill(memory.get(), size, argument < kernel.inputs ? random : zeros));
    }
  }
  return arguments;
}

//===-- Launches and their time --------------------------------------------------------------===//

Result<DeviceTimer::Loaded> DeviceTimer::load(const CompiledKernel &form,
                                              const Arguments &arguments) {
  Loaded loaded;
  loaded.kernel = &form.kernel;
  hip::Module module = nullptr;
  QCC_TRY(device->check(device->hip()->hipModuleLoadData(&module, form.code.bytes.data()),
                        "hipModuleLoadData", "loading a kernel to measure"));
  loaded.module = runtime::DeviceModule(device, module);
  QCC_TRY(device->check(
      device->hip()->hipModuleGetFunction(&loaded.function, module, form.kernel.name.c_str()),
      "hipModuleGetFunction", "looking up " + form.kernel.name));
  auto *next = static_cast<char *>(weights.get());
  for (uint64_t copy = 0, copies = copiesOf(form.kernel); copy < copies; ++copy) {
    std::vector<void *> &addresses = loaded.turns.emplace_back();
    for (auto [index, bytes] : llvm::enumerate(form.kernel.argumentBytes)) {
      addresses.push_back(arguments[index].get());
      if (isWeight(form.kernel, index)) {
        addresses.back() = next;
        next += llvm::alignTo(bytes, 256);
      }
    }
  }
  return loaded;
}

Status DeviceTimer::launch(const Loaded &form, uint64_t count) {
  for (uint64_t index = 0; index < count; ++index) {
    std::vector<void *> addresses = form.turns[index % form.turns.size()];
    llvm::SmallVector<void *> arguments;
    for (void *&address : addresses) {
      arguments.push_back(&address);
    }
    const auto &[x, y, z] = form.kernel->grid;
    hip::Error error = device->hip()->hipModuleLaunchKernel(
        form.function, x, y, z, form.kernel->workgroup, 1, 1, /*sharedBytes=*/0, stream.get(),
        arguments.data(), /*extra=*/nullptr);
    QCC_TRY(device->check(error, "hipModuleLaunchKernel", "measuring " + form.kernel->name));
  }
  return {};
}

/// The microseconds that what `work` puts into the stream takes.
Result<double> DeviceTimer::timeOf(llvm::function_ref<Status()> work) {
  const hip::Library &hip = device->hip();
  const std::string purpose = "measuring a kernel";
  QCC_TRY(device->check(hip->hipEventRecord(begin.get(), stream.get()), "hipEventRecord", purpose));
  QCC_TRY(work());
  QCC_TRY(device->check(hip->hipEventRecord(end.get(), stream.get()), "hipEventRecord", purpose));
  QCC_TRY(device->check(hip->hipEventSynchronize(end.get()), "hipEventSynchronize", purpose));
  float milliseconds = 0;
  QCC_TRY(device->check(hip->hipEventElapsedTime(&milliseconds, begin.get(), end.get()),
                        "hipEventElapsedTime", purpose));
  return 1000.0 * milliseconds;
}

/// From the time of a turn, after one that brings the code and the clock up.
Status DeviceTimer::chooseLaunches(Loaded &form) {
  const uint64_t copies = form.turns.size();
  QCC_TRY(launch(form, copies));
  QCC_TRY_ASSIGN(double turn, timeOf([&] { return launch(form, copies); }));
  form.launches =
      launchesOf(copies, turn / static_cast<double>(copies), sampleMicroseconds, mostLaunches);
  return {};
}

Result<std::vector<double>> DeviceTimer::measure(llvm::ArrayRef<CompiledKernel> forms,
                                                 int64_t batch) {
  QCC_TRY(device->activate());
  QCC_TRY(reserveWeights(forms));
  QCC_TRY_ASSIGN(Arguments arguments, allocateArguments(forms, batch));
  std::vector<Loaded> loaded;
  for (const CompiledKernel &form : forms) {
    QCC_TRY_ASSIGN(Loaded one, load(form, arguments));
    QCC_TRY(chooseLaunches(one));
    loaded.push_back(std::move(one));
  }
  std::vector<std::vector<double>> samples(loaded.size());
  for (int round = 0; round <= sampleCount; ++round) {
    for (auto [form, times] : llvm::zip_equal(loaded, samples)) {
      Loaded &current = form;
      QCC_TRY_ASSIGN(double sample, timeOf([&] {
                       return current.sample.run(device, stream.get(), current.launches,
                                                 [&] { return launch(current, current.launches); });
                     }));
      if (round > 0) { // the first records the graph
        times.push_back(sample / static_cast<double>(current.launches));
      }
    }
  }
  std::vector<double> medians;
  llvm::transform(samples, std::back_inserter(medians), medianOf);
  return medians;
}

llvm::Expected<std::vector<double>> DeviceTimer::time(llvm::ArrayRef<CompiledKernel> forms,
                                                      int64_t batch) {
  Result<std::vector<double>> medians = measure(forms, batch);
  if (!medians) {
    return errorOf(medians.status());
  }
  return *std::move(medians);
}
