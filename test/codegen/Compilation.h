// Lane-level tile kernels as text, compiled for a chip: what the tests of code generation share.
#pragma once

#include "compiler/codegen/CodeObject.h"
#include "dialects/tile/Tile.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "passes/translate/Passes.h"

#include <string>

namespace qcc::test {

/// A fresh context, with or without threads.
class Compilation {
public:
  explicit Compilation(bool threads = true)
      : context(registry(), threads ? mlir::MLIRContext::Threading::ENABLED
                                    : mlir::MLIRContext::Threading::DISABLED) {}

  /// The code object of the kernels in `source`.
  llvm::Expected<codegen::CodeObject> compile(const std::string &source, const Chip &chip) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
    mlir::PassManager manager(&context);
    translate::buildTranslateStage(manager, chip);
    if (!module || mlir::failed(manager.run(*module))) {
      return llvm::createStringError("the translate stage failed");
    }
    return codegen::emitCodeObject(*module, chip);
  }

private:
  static mlir::DialectRegistry registry() {
    mlir::DialectRegistry registry;
    registry.insert<tile::TileDialect, mlir::arith::ArithDialect, mlir::math::MathDialect,
                    mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
    codegen::registerTranslations(registry);
    return registry;
  }

  mlir::MLIRContext context;
};

} // namespace qcc::test
