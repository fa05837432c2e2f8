#include "passes/plan/Passes.h"
#include "passes/plan/ProgramBuilder.h"

namespace qcc::plan {
#define GEN_PASS_DEF_CONVERTLMTOPROGRAM
#include "passes/plan/Passes.h.inc"

using namespace mlir;

namespace {

/// The argument whose memory an operation's result takes over, if it does.
Value overwrittenBy(Value result) {
  if (auto append = result.getDefiningOp<lm::AppendOp>()) {
    return append.getCache();
  }
  if (auto sample = result.getDefiningOp<lm::SampleOp>()) {
    return result == sample.getNext() ? Value(sample.getBatch()) : Value(sample.getSampler());
  }
  return {};
}

/// Bytes of a kernel's result, a tensor or quantized rows.
int64_t bytesOf(Type type) {
  if (auto quantized = dyn_cast<qnt::ActivationType>(type)) {
    return quantized.getBytes();
  }
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getNumElements() * tensor.getElementTypeBitWidth() / 8;
}

/// One entry-point function on its way to a launch sequence.
class EntryPointLowering {
public:
  EntryPointLowering(ProgramBuilder &program, func::FuncOp function)
      : program(program), function(function), b(function.getContext()),
        bufferType(program::BufferType::get(function.getContext())) {}

  void run();

private:
  void placeArguments();
  void launch(lm::FusedOp kernel);
  Value bufferOf(Value value);
  Value place(program::Memory memory, int64_t offset);

  ProgramBuilder &program;
  func::FuncOp function;
  OpBuilder b;
  Type bufferType;
  llvm::DenseMap<Value, Value> buffers;
};

Value EntryPointLowering::place(program::Memory memory, int64_t offset) {
  return program::ViewOp::create(b, function.getLoc(), bufferType, memory, offset);
}

/// The batch is the state memory; caches follow one another in theirs; the sampler has its own.
void EntryPointLowering::placeArguments() {
  int64_t cacheOffset = 0;
  for (BlockArgument argument : function.getArguments()) {
    if (auto cache = dyn_cast<lm::CacheType>(argument.getType())) {
      buffers[argument] = place(program::Memory::kv_cache, cacheOffset);
      cacheOffset += llvm::alignTo(cache.getBytes(), 256);
    } else if (auto sampler = dyn_cast<lm::SamplerType>(argument.getType())) {
      buffers[argument] = place(program::Memory::sampler, 0);
      program.noteSamplerBytes(sampler.getSlots() * sampler.getSlotBytes());
    } else {
      buffers[argument] = place(program::Memory::state, 0);
    }
  }
  program.noteCacheBytes(cacheOffset);
}

Value EntryPointLowering::bufferOf(Value value) {
  Value &buffer = buffers[value];
  if (!buffer) {
    // Weights are the only values that no argument or launch has placed.
    buffer = program::WeightRefOp::create(b, value.getLoc(), bufferType, program.weight(value));
  }
  return buffer;
}

void EntryPointLowering::launch(lm::FusedOp kernel) {
  OutlinedKernel outlined = program.outline(kernel, function.getName());
  SmallVector<Value> arguments;
  for (Value input : outlined.inputs) {
    arguments.push_back(bufferOf(input));
  }
  Operation *end = kernel.getBody().front().getTerminator();
  for (auto [inner, result] : llvm::zip(end->getOperands(), kernel.getResults())) {
    if (Value overwritten = overwrittenBy(inner)) {
      buffers[result] = bufferOf(overwritten);
      continue;
    }
    bool isLogits = llvm::any_of(result.getUsers(), [](Operation *user) { return isa<func::ReturnOp>(user); });
    int64_t bytes = bytesOf(result.getType());
    buffers[result] = isLogits ? place(program::Memory::logits, 0)
                               : program::AllocateOp::create(b, kernel.getLoc(), bufferType, bytes).getResult();
    arguments.push_back(buffers[result]);
  }
  if (auto bytes = outlined.kernel.getWorkspace()) {
    arguments.push_back(program::AllocateOp::create(b, kernel.getLoc(), bufferType, *bytes));
  }
  if (auto words = outlined.kernel.getCounters()) {
    arguments.push_back(program::CountersOp::create(b, kernel.getLoc(), bufferType, *words));
  }
  program::LaunchOp::create(b, kernel.getLoc(), outlined.kernel.getSymName(), arguments,
                            kernel.getKind() == "sample");
}

void EntryPointLowering::run() {
  b.setInsertionPoint(function);
  int64_t rows = function->getAttrOfType<IntegerAttr>("program.entry_rows").getInt();
  auto entry = program::EntryPointOp::create(b, function.getLoc(), function.getName(), rows,
                                              /*persistent=*/FlatSymbolRefAttr());
  b.setInsertionPointToStart(&entry.getBody().emplaceBlock());
  placeArguments();
  for (auto kernel : function.getBody().front().getOps<lm::FusedOp>()) {
    launch(kernel);
  }
  function.erase();
}

struct ConvertLmToProgram : impl::ConvertLmToProgramBase<ConvertLmToProgram> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!module->hasAttr("program.limits")) {
      module.emitError("has no program.limits: entry points come first");
      return signalPassFailure();
    }
    ProgramBuilder program(module);
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (!function->hasAttr("program.entry_rows")) {
        function.emitError("has no program.entry_rows: it is no entry point");
        return signalPassFailure();
      }
      for (auto kernel : function.getBody().front().getOps<lm::FusedOp>()) {
        if (!kernel->hasAttr("tile.schedule")) {
          kernel.emitError("has no schedule");
          return signalPassFailure();
        }
      }
      EntryPointLowering(program, function).run();
    }
    program.finish();
  }
};

} // namespace
} // namespace qcc::plan
