#include "compiler/codegen/CodeObject.h"
#include "compiler/codegen/CheckCodeObject.h"
#include "compiler/codegen/Link.h"
#include "compiler/codegen/LlvmModule.h"
#include "compiler/codegen/Metadata.h"
#include "compiler/codegen/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/ROCDL/ROCDLToLLVMIRTranslation.h"

using namespace llvm;
using namespace qcc;
using namespace qcc::codegen;

using Bytes = SmallVector<char, 0>;

void codegen::registerTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerROCDLDialectTranslation(registry);
}

/// A module of `kernel` alone with the globals that it names.
static mlir::OwningOpRef<mlir::ModuleOp> extractKernel(mlir::LLVM::LLVMFuncOp kernel) {
  mlir::OwningOpRef<mlir::ModuleOp> result(mlir::ModuleOp::create(kernel.getLoc()));
  mlir::OpBuilder builder(result->getBodyRegion());
  SmallPtrSet<mlir::Operation *, 4> copied;
  kernel.walk([&](mlir::LLVM::AddressOfOp address) {
    auto global = mlir::SymbolTable::lookupNearestSymbolFrom<mlir::LLVM::GlobalOp>(
        address, address.getGlobalNameAttr());
    if (global && copied.insert(global).second) {
      builder.clone(*global);
    }
  });
  builder.clone(*kernel);
  return result;
}

/// The object file of one kernel.
static Expected<Bytes> compileKernel(mlir::ModuleOp module, StringRef name, const Chip &chip,
                                     const EmitOptions &options) {
  LLVMContext context;
  auto machine = createMachine(chip, options.optimization);
  if (!machine) {
    return machine.takeError();
  }
  auto ir = buildLlvmModule(module, context, name, **machine, options.optimization);
  if (!ir) {
    return ir.takeError();
  }
  return generateCode(std::move(*ir), **machine, CodeGenFileType::ObjectFile);
}

/// The object files of all kernels, in their order, compiled on the context's threads. A kernel is
/// compiled by itself whatever the number of threads, so that the result does not depend on it.
static Expected<std::vector<Bytes>> compileKernels(mlir::ModuleOp module, const Chip &chip,
                                                   const EmitOptions &options) {
  auto kernels = llvm::to_vector(module.getOps<mlir::LLVM::LLVMFuncOp>());
  std::vector<mlir::OwningOpRef<mlir::ModuleOp>> parts;
  for (mlir::LLVM::LLVMFuncOp kernel : kernels) {
    parts.push_back(extractKernel(kernel));
  }
  std::vector<Bytes> objects(kernels.size());
  std::vector<std::string> messages(kernels.size());
  mlir::parallelFor(module.getContext(), 0, kernels.size(), [&](size_t i) {
    auto object = compileKernel(*parts[i], kernels[i].getSymName(), chip, options);
    if (object) {
      objects[i] = std::move(*object);
    } else {
      messages[i] = toString(object.takeError());
    }
  });
  for (const std::string &message : messages) {
    if (!message.empty()) {
      return createStringError(message);
    }
  }
  return objects;
}

Expected<CodeObject> codegen::emitCodeObject(mlir::ModuleOp module, const Chip &chip,
                                             const EmitOptions &options) {
  auto objects = compileKernels(module, chip, options);
  if (!objects) {
    return objects.takeError();
  }
  if (objects->empty()) {
    return createStringError("the module has no kernel");
  }
  auto metadata = mergeMetadata(*objects);
  if (!metadata) {
    return metadata.takeError();
  }
  objects->push_back(std::move(*metadata));
  auto bytes = linkObjects(*objects);
  if (!bytes) {
    return bytes.takeError();
  }
  if (Error error = checkCodeObject(*bytes, chip)) {
    return error;
  }
  auto resources = readResources(*bytes);
  if (!resources) {
    return resources.takeError();
  }
  return CodeObject{std::move(*bytes), std::move(*resources)};
}

/// Calls `finish` with the optimized LLVM module of all kernels and its machine.
static Expected<std::string> withLlvmModule(
    mlir::ModuleOp module, const Chip &chip, const EmitOptions &options,
    function_ref<Expected<std::string>(std::unique_ptr<Module>, TargetMachine &)> finish) {
  LLVMContext context;
  auto machine = createMachine(chip, options.optimization);
  if (!machine) {
    return machine.takeError();
  }
  auto ir = buildLlvmModule(module, context, "kernels", **machine, options.optimization);
  if (!ir) {
    return ir.takeError();
  }
  return finish(std::move(*ir), **machine);
}

Expected<std::string> codegen::emitLlvmIr(mlir::ModuleOp module, const Chip &chip,
                                          const EmitOptions &options) {
  return withLlvmModule(module, chip, options,
                        [](std::unique_ptr<Module> ir, TargetMachine &) -> Expected<std::string> {
                          std::string text;
                          raw_string_ostream stream(text);
                          ir->print(stream, nullptr);
                          return text;
                        });
}

Expected<std::string> codegen::emitIsa(mlir::ModuleOp module, const Chip &chip,
                                       const EmitOptions &options) {
  return withLlvmModule(
      module, chip, options,
      [](std::unique_ptr<Module> ir, TargetMachine &machine) -> Expected<std::string> {
        auto text = generateCode(std::move(ir), machine, CodeGenFileType::AssemblyFile);
        if (!text) {
          return text.takeError();
        }
        return std::string(text->begin(), text->end());
      });
}
