// Growing a kernel: moving operations into an lm.fused while values keep their meaning.
#pragma once

#include "dialects/lm/Lm.h"
#include "mlir/IR/PatternMatch.h"

namespace qcc::fuse {

/// Wraps consecutive `ops` (in order) into one lm.fused in place of the last; results are all values that
/// are used outside.
lm::FusedOp wrapOperations(mlir::RewriterBase &rewriter, llvm::StringRef kind,
                           llvm::ArrayRef<mlir::Operation *> ops);

/// Moves `user`, which uses results of `kernel` and values that dominate it, to the kernel's end. Returns
/// the kernel that takes the old one's place, since its results change.
lm::FusedOp pullUser(mlir::RewriterBase &rewriter, lm::FusedOp kernel, mlir::Operation *user);

/// Copies `producer` to the kernel's beginning and lets the kernel use the copy; erases the original when
/// nothing else uses it.
void pullProducer(mlir::RewriterBase &rewriter, lm::FusedOp kernel, mlir::Operation *producer);

/// What a result of the kernel is inside it.
mlir::Value yieldedValue(mlir::OpResult result);

} // namespace qcc::fuse
