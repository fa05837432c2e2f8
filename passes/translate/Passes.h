// The translate stage: lane-level tile kernels to the LLVM and ROCDL dialects (see Passes.td).
#pragma once

#include "compiler/chips/Chips.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace qcc::translate {

#define GEN_PASS_DECL
#include "passes/translate/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/translate/Passes.h.inc"

/// A new module with copies of the kernels of `program`, for this stage: launches refer to the
/// kernels' grids and workgroups, so that the program keeps its own.
mlir::OwningOpRef<mlir::ModuleOp> extractKernels(mlir::ModuleOp program);

/// Adds the stage to `manager`, which runs on a module of lane-level `tile.kernel`s. After it the
/// module holds one `llvm.func` for each kernel, with `chip`'s instructions, ready for LLVM's
/// AMDGPU back end.
void buildTranslateStage(mlir::OpPassManager &manager, const Chip &chip);

/// Registers the stage as the pass pipeline `translate{chip=...}` for qcc-opt.
void registerTranslatePipeline();

} // namespace qcc::translate
