// The translated MLIR module as LLVM IR, optimized, and its code.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace qcc::codegen {

/// `module` as LLVM IR for `machine`, named `name`, marked as code object version 5 and optimized
/// at LLVM's `optimization` level. An error names each function that is called and defined nowhere.
llvm::Expected<std::unique_ptr<llvm::Module>>
buildLlvmModule(mlir::ModuleOp module, llvm::LLVMContext &context, llvm::StringRef name,
                llvm::TargetMachine &machine, unsigned optimization);

/// The object file or assembler text of `module`, which is consumed: the back end changes it.
llvm::Expected<llvm::SmallVector<char, 0>> generateCode(std::unique_ptr<llvm::Module> module,
                                                        llvm::TargetMachine &machine,
                                                        llvm::CodeGenFileType type);

} // namespace qcc::codegen
