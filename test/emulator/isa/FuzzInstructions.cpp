// Runs any words as a kernel: it may end in whatever status, and must not harm the host.
#include "test/emulator/isa/FuzzInstructions.h"

#include "emulator/isa/Dispatch.h"
#include "emulator/memory/AllocationTable.h"

#include <cstdlib>
#include <cstring>
#include <vector>

using namespace qcc::emulator;
using namespace qcc::emulator::test;

namespace {

constexpr size_t argumentBytes = 256, memoryBytes = 1 << 16;
constexpr uint64_t instructionLimit = 400;

/// Memory that the kernel is given; every argument points into it.
struct Memory {
  alignas(4096) uint8_t bytes[memoryBytes] = {};
  uint64_t arguments[argumentBytes / sizeof(uint64_t)];

  Memory() {
    auto begin = reinterpret_cast<uint64_t>(bytes);
    AllocationTable::get().insert({{begin, begin + memoryBytes}, MemoryKind::Device, 0, 0});
    for (uint64_t &argument : arguments) {
      argument = begin + memoryBytes / 2;
    }
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static auto *memory = new Memory;
  FuzzedKernel input;
  if (size < sizeof(input) + sizeof(uint32_t)) {
    return -1;
  }
  std::memcpy(&input, data, sizeof(input));
  // A copy of exactly the code's size, so that a read past its end is seen.
  std::vector<uint8_t> code(data + sizeof(input), data + size);
  Kernel kernel;
  kernel.name = "fuzzed";
  kernel.chip = fuzzedChips[input.chip % fuzzedChips.size()];
  kernel.code = code.data();
  kernel.codeBytes = code.size();
  kernel.descriptor.groupSegmentFixedSize = 4096;
  kernel.descriptor.privateSegmentFixedSize = 256;
  kernel.descriptor.kernargSize = argumentBytes;
  kernel.descriptor.computePgmRsrc1 = input.computePgmRsrc1;
  kernel.descriptor.computePgmRsrc2 = input.computePgmRsrc2;
  kernel.descriptor.computePgmRsrc3 = input.computePgmRsrc3;
  kernel.descriptor.kernelCodeProperties = input.kernelCodeProperties;
  kernel.descriptor.kernargPreload = input.kernargPreload;
  Dispatch dispatch;
  dispatch.kernel = &kernel;
  dispatch.workgroupSize = {uint32_t(input.workItems) + 1, 1, 1};
  dispatch.kernarg = memory->arguments;
  dispatch.instructionLimit = instructionLimit;
  DispatchResult result = runDispatch(dispatch);
  forgetCode(code.data(), code.size());
  if (result.ok() != result.message.empty()) {
    std::abort(); // a failure says why
  }
  return 0;
}
