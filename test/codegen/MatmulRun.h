// One matmul kernel on tensors, as text, compiled and run on the emulated device.
#pragma once

#include "compiler/codegen/CodeObject.h"
#include "dialects/lm/Lm.h"
#include "dialects/tile/Tile.h"
#include "emulator/hip_api/Emulated.h"
#include "mlir/Parser/Parser.h"
#include "passes/tile/Passes.h"
#include "passes/translate/Passes.h"
#include "test/emulator/hip_api/HipCalls.h"

#include <array>
#include <gtest/gtest.h>
#include <span>

namespace qcc::test {

inline void check(hipError_t error) {
  ASSERT_EQ(error, hipSuccess) << qccEmulatedLastError();
}

inline void *upload(std::span<const std::byte> bytes) {
  void *buffer = nullptr;
  check(hipMalloc(&buffer, bytes.size()));
  check(hipMemcpyHtoD(buffer, bytes.data(), bytes.size()));
  return buffer;
}

/// The code object of the kernels in `source`.
inline llvm::Expected<codegen::CodeObject> compileMatmul(const std::string &source,
                                                         const Chip &chip) {
  mlir::DialectRegistry registry;
  registry.insert<tile::TileDialect, lm::LmDialect, qnt::QntDialect>();
  codegen::registerTranslations(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
  mlir::PassManager manager(&context);
  manager.addPass(tile::createLowerMatmulKernels({chip.waveSize}));
  translate::buildTranslateStage(manager, chip);
  if (!module || mlir::failed(manager.run(*module))) {
    return llvm::createStringError("the kernel is not lowered");
  }
  return codegen::emitCodeObject(*module, chip);
}

/// How a kernel is started.
struct MatmulLaunch {
  std::array<unsigned, 2> workgroups;
  unsigned workItems;                 // of a workgroup
  size_t workspace = 0, counters = 0; // bytes, and words
};

/// Runs kernel @k of `source` on rows, weights and state memory, and overwrites `result` with what
/// it leaves there. It must not spill, and leaves its counters at zero. The workspace holds NaN.
inline void runMatmul(const std::string &source, const Chip &chip, const MatmulLaunch &launch,
                      std::array<std::span<const std::byte>, 3> inputs,
                      std::span<std::byte> result) {
  auto object = compileMatmul(source, chip);
  if (!object) {
    ADD_FAILURE() << llvm::toString(object.takeError());
    return;
  }
  EXPECT_EQ(object->kernels[0].vgprSpills, 0u);
  EXPECT_EQ(object->kernels[0].scratchBytes, 0u);
  EXPECT_EQ(qccEmulatedSetChip(chip.name.data()), 0);
  hipModule_t loaded = nullptr;
  hipFunction_t function = nullptr;
  check(hipModuleLoadData(&loaded, object->bytes.data()));
  check(hipModuleGetFunction(&function, loaded, "k"));
  std::vector<std::byte> workspace(std::max<size_t>(launch.workspace, 1), std::byte{0xFF});
  std::vector<uint32_t> counters(std::max<size_t>(launch.counters, 1), 0);
  void *buffers[] = {upload(inputs[0]), upload(inputs[1]),
                     upload(inputs[2]), upload(result),
                     upload(workspace), upload(std::as_bytes(std::span(counters)))};
  void *arguments[] = {&buffers[0], &buffers[1], &buffers[2],
                       &buffers[3], &buffers[4], &buffers[5]};
  check(hipModuleLaunchKernel(function, launch.workgroups[0], launch.workgroups[1], 1,
                              launch.workItems, 1, 1, 0, nullptr, arguments, nullptr));
  check(hipDeviceSynchronize());
  check(hipMemcpyDtoH(result.data(), buffers[3], result.size()));
  check(hipMemcpyDtoH(counters.data(), buffers[5], 4 * counters.size()));
  EXPECT_EQ(counters, std::vector<uint32_t>(counters.size(), 0));
  for (void *buffer : buffers) {
    check(hipFree(buffer));
  }
  check(hipModuleUnload(loaded));
}

} // namespace qcc::test
