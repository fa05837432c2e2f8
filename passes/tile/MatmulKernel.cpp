#include "passes/tile/MatmulKernel.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

/// The matmuls that `value` is computed from, and the rotation on the way, if any.
static void collectRoots(Value value, llvm::SetVector<Operation *> &roots, lm::RopeOp &rope) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    return;
  }
  if (isa<qnt::MatmulOp>(op)) {
    roots.insert(op);
    return;
  }
  if (auto rotation = dyn_cast<lm::RopeOp>(op)) {
    rope = rotation;
  }
  for (Value operand : op->getOperands()) {
    if (isa<RankedTensorType>(operand.getType())) {
      collectRoots(operand, roots, rope);
    }
  }
}

/// Follows the rows of the matmuls back to a kernel argument.
static LogicalResult readPrologue(Value lhs, MatmulKernel &kernel) {
  while (Operation *op = lhs.getDefiningOp()) {
    if (auto norm = dyn_cast<lm::RmsNormOp>(op); norm && !kernel.norm && !norm.getGroup()) {
      kernel.norm = norm;
      lhs = norm.getInput();
    } else if (auto scale = dyn_cast<qnt::ScaleByNormOp>(op); scale && !kernel.scale) {
      kernel.scale = scale;
      lhs = scale.getInput();
    } else if (auto select = dyn_cast<lm::SelectRowsOp>(op)) {
      kernel.selectsRows = true;
      lhs = select.getInput();
    } else {
      return op->emitError("a matmul kernel takes its rows from an argument, a norm or select_rows");
    }
  }
  kernel.input = lhs;
  return success();
}

static SmallVector<MatmulSink> collectSinks(KernelOp kernel) {
  SmallVector<MatmulSink> sinks;
  Operation *end = kernel.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(end->getOperands())) {
    if (auto append = value.getDefiningOp<lm::AppendOp>()) {
      sinks.push_back({append.getKey(), 0, append, false});
      sinks.push_back({append.getValue(), 0, append, true});
    } else if (auto quantize = value.getDefiningOp<qnt::QuantizeOp>()) {
      sinks.push_back({quantize.getInput(), static_cast<unsigned>(index), {}, false, quantize});
    } else if (isa<RankedTensorType>(value.getType())) {
      sinks.push_back({value, static_cast<unsigned>(index), {}, false});
    }
  }
  return sinks;
}

/// Puts a sink into the segment that has its matmuls, or into one of its own.
static LogicalResult placeSink(MatmulSink sink, KernelOp op, MatmulKernel &kernel) {
  llvm::SetVector<Operation *> roots;
  lm::RopeOp rope;
  collectRoots(sink.value, roots, rope);
  if (roots.empty()) {
    return op.emitError("a matmul kernel's results come from its matmuls");
  }
  for (MatmulSegment &segment : kernel.segments) {
    bool shares = llvm::any_of(segment.roots, [&](MatmulRoot &r) { return roots.contains(r.op); });
    if (!shares) {
      continue;
    }
    if (segment.rope != rope) {
      return sink.value.getDefiningOp()->emitError("a matmul is used both rotated and not");
    }
    segment.sinks.push_back(sink);
    for (Operation *root : roots) {
      if (llvm::none_of(segment.roots, [&](MatmulRoot &r) { return r.op == root; })) {
        segment.roots.emplace_back(cast<qnt::MatmulOp>(root));
      }
    }
    return success();
  }
  MatmulSegment segment;
  segment.rope = rope;
  segment.sinks.push_back(sink);
  for (Operation *root : roots) {
    segment.roots.emplace_back(cast<qnt::MatmulOp>(root));
  }
  kernel.segments.push_back(std::move(segment));
  return success();
}

/// The matmuls of a segment share lanes: column c of each is in the same lane.
static LogicalResult verifySegment(MatmulSegment &segment) {
  MatmulRoot &first = segment.roots.front();
  for (MatmulRoot &root : segment.roots) {
    bool sameLanes = root.layout.getColumns() == first.layout.getColumns() &&
                     root.layout.getColumnsPerLane() == first.layout.getColumnsPerLane();
    bool sameRuns = root.packed.elementsPerLoad() == first.packed.elementsPerLoad() &&
                    root.packed.runLoads() == first.packed.runLoads();
    if (!sameLanes || !sameRuns || root.type().getRows() != first.type().getRows()) {
      return root.op.emitError("matmuls that are combined have one layout and one width");
    }
  }
  if (segment.rope && first.layout.getColumns() < 2) {
    return first.op.emitError("a rotation needs two columns in a wave");
  }
  return success();
}

FailureOr<MatmulKernel> MatmulKernel::analyze(KernelOp kernel) {
  MatmulKernel result;
  Value lhs;
  for (auto root : kernel.getBody().front().getOps<qnt::MatmulOp>()) {
    if (!isa_and_present<qnt::TiledAttr>(root.getWeight().getType().getLayout())) {
      return root.emitError("a matmul kernel reads a packed weight");
    }
    bool quantized = isa<qnt::ActivationType>(root.getLhs().getType());
    if (quantized != (MatmulRoot(root).layout.getOrder() == "bytes")) {
      return root.emitError("quantized rows go with weights in the order bytes, and only they");
    }
    if (lhs && root.getLhs() != lhs) {
      return root.emitError("the matmuls of a kernel share their rows");
    }
    lhs = root.getLhs();
  }
  if (!lhs) {
    return kernel.emitError("a matmul kernel has a matmul");
  }
  if (failed(readPrologue(lhs, result))) {
    return failure();
  }
  for (MatmulSink sink : collectSinks(kernel)) {
    if (failed(placeSink(sink, kernel, result))) {
      return failure();
    }
  }
  if (result.segments.empty()) {
    return kernel.emitError("a matmul kernel has a result");
  }
  for (MatmulSegment &segment : result.segments) {
    if (failed(verifySegment(segment))) {
      return failure();
    }
  }
  return result;
}
