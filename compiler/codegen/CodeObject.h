// From the translated module to a loadable code object of one chip: LLVM's AMDGPU back end and lld,
// both in process. The same module and options give the same bytes, whatever the number of threads.
#pragma once

#include "compiler/chips/Chips.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace qcc::codegen {

/// What one kernel takes from the chip, as the back end states it in the code object.
struct KernelResources {
  std::string name;      ///< Symbol without ".kd".
  uint32_t vgprs;        ///< Vector registers, accumulators included.
  uint32_t sgprs;        ///< Scalar registers.
  uint32_t vgprSpills;   ///< Vector registers written to scratch for want of room.
  uint32_t sgprSpills;   ///< Scalar registers moved away for want of room.
  uint32_t scratchBytes; ///< Scratch memory of a work-item, bytes.
  uint32_t ldsBytes;     ///< LDS of a workgroup, bytes.
  uint32_t kernargBytes; ///< Size of the argument block, bytes.
  uint32_t workgroup;    ///< Work-items of a workgroup.
  uint64_t codeBytes;    ///< Size of the code, bytes.
};

/// A code object and what its kernels take, in the order of the module.
struct CodeObject {
  std::vector<uint8_t> bytes;
  std::vector<KernelResources> kernels;
};

/// How code is generated.
struct EmitOptions {
  /// LLVM's level, 0 to 3.
  unsigned optimization = 3;
};

/// Registers what the functions below need of MLIR's translation to LLVM IR.
void registerTranslations(mlir::DialectRegistry &registry);

/// The code object of `module`, which holds the LLVM dialect as the translate stage left it: code
/// object version 5, an ELF shared object that a HIP module loader takes as it is. Kernels are
/// compiled in parallel on the context's threads. The result has passed checkCodeObject. Errors
/// name the kernel.
llvm::Expected<CodeObject> emitCodeObject(mlir::ModuleOp module, const Chip &chip,
                                          const EmitOptions &options = {});

/// The module's LLVM IR after optimization, as text.
llvm::Expected<std::string> emitLlvmIr(mlir::ModuleOp module, const Chip &chip,
                                       const EmitOptions &options = {});

/// The module's instructions as assembler text.
llvm::Expected<std::string> emitIsa(mlir::ModuleOp module, const Chip &chip,
                                    const EmitOptions &options = {});

} // namespace qcc::codegen
