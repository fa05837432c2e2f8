#include "compiler/codegen/LlvmModule.h"
#include "compiler/codegen/Target.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"

using namespace llvm;
using namespace qcc;

/// The value of the module flag for code object version 5 (LLVM's AMDGPU usage guide).
static constexpr uint32_t codeObjectVersion5 = 500;

/// Runs LLVM's standard pipeline for the level, with the target's own passes in it.
static void optimize(Module &module, TargetMachine &machine, unsigned level) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager callGraph;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  const OptimizationLevel levels[] = {OptimizationLevel::O0, OptimizationLevel::O1,
                                      OptimizationLevel::O2, OptimizationLevel::O3};
  ModulePassManager passes = level == 0 ? builder.buildO0DefaultPipeline(OptimizationLevel::O0)
                                        : builder.buildPerModuleDefaultPipeline(levels[level]);
  passes.run(module, modules);
}

/// Refuses functions that nothing defines: no library is linked.
static Error checkDefined(const Module &module) {
  for (const Function &function : module) {
    if (function.isDeclaration() && !function.isIntrinsic()) {
      return createStringError("'" + module.getName() + "' calls '" + function.getName() +
                               "', which is defined nowhere");
    }
  }
  return Error::success();
}

Expected<std::unique_ptr<Module>> codegen::buildLlvmModule(mlir::ModuleOp module,
                                                           LLVMContext &context, StringRef name,
                                                           TargetMachine &machine,
                                                           unsigned optimization) {
  std::unique_ptr<Module> result = mlir::translateModuleToLLVMIR(module, context, name);
  if (!result) {
    return createStringError("'" + name + "' could not be translated to LLVM IR");
  }
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  result->addModuleFlag(Module::Error, "amdhsa_code_object_version", codeObjectVersion5);
  optimize(*result, machine, optimization);
  if (Error error = checkDefined(*result)) {
    return error;
  }
  return result;
}

Expected<SmallVector<char, 0>> codegen::generateCode(std::unique_ptr<Module> module,
                                                     TargetMachine &machine, CodeGenFileType type) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type)) {
    return createStringError("LLVM cannot emit this kind of file for " + machine.getTargetCPU());
  }
  passes.run(*module);
  return bytes;
}
