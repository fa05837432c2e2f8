#include "passes/plan/ProgramBuilder.h"

#include "dialects/tile/AttentionPartition.h"
#include "dialects/tile/QuantizedColumns.h"
#include "dialects/tile/SplitSums.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::plan;

ProgramBuilder::ProgramBuilder(ModuleOp module) : module(module), b(module.getContext()) {
  b.setInsertionPointToEnd(module.getBody());
  auto limits = module->getAttrOfType<DictionaryAttr>("program.limits");
  rowCapacity = limits.getAs<IntegerAttr>("row_capacity").getInt();
  for (auto function : module.getOps<FunctionOpInterface>()) {
    names.insert(function.getName());
  }
}

StringRef ProgramBuilder::uniqueName(StringRef base) {
  std::string name = base.str();
  for (int count = 1; !names.insert(name).second; ++count) {
    name = (base + "_" + Twine(count)).str();
  }
  return b.getStringAttr(name).getValue();
}

/// The text of an operation without its locations: equal text, equal meaning.
static std::string textOf(Operation *op) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  op->print(stream, OpPrintingFlags().useLocalScope());
  return text;
}

//===-- Weights --------------------------------------------------------------------------------------===//

/// Copies the operations that make `weight` and returns the copy's value.
static Value cloneRecipe(OpBuilder &b, Value weight) {
  Operation *op = weight.getDefiningOp();
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    mapping.map(operand, cloneRecipe(b, operand));
  }
  return b.clone(*op, mapping)->getResult(0);
}

static qnt::ParameterOp parameterOf(Value weight) {
  Operation *op = weight.getDefiningOp();
  while (!isa<qnt::ParameterOp>(op)) {
    op = op->getOperand(0).getDefiningOp();
  }
  return cast<qnt::ParameterOp>(op);
}

StringRef ProgramBuilder::weight(Value weight) {
  auto op = program::WeightOp::create(b, weight.getLoc(), "weight", IntegerAttr());
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&op.getBody().emplaceBlock());
    program::YieldOp::create(b, weight.getLoc(), cloneRecipe(b, weight));
  }
  std::string &symbol = weights[textOf(op)];
  if (!symbol.empty()) {
    op.erase();
    return symbol;
  }
  symbol = uniqueName(parameterOf(weight).getName());
  op.setSymName(symbol);
  return symbol;
}

//===-- Kernels --------------------------------------------------------------------------------------===//

/// Values from around `fused` that its body uses, in order of use, and the batch in any case.
static SmallVector<Value> capturedValues(lm::FusedOp fused) {
  llvm::SetVector<Value> captured;
  fused.walk([&](Operation *op) {
    for (Value operand : op->getOperands()) {
      if (!fused->isProperAncestor(operand.getParentBlock()->getParentOp()) &&
          operand.getParentBlock()->getParentOp() != fused) {
        captured.insert(operand);
      }
    }
  });
  for (BlockArgument argument : fused->getBlock()->getArguments()) {
    if (isa<lm::BatchType>(argument.getType())) {
      captured.insert(argument);
    }
  }
  return captured.takeVector();
}

StringRef plan::roleOf(StringRef kind, Block &body) {
  if (kind != "matmul") {
    return kind;
  }
  auto has = [&](auto op) { return !body.getOps<decltype(op)>().empty(); };
  if (has(lm::AppendOp())) {
    return "matmul_qkv";
  }
  if (has(lm::SelectRowsOp())) {
    return "matmul_head";
  }
  return has(lm::MulOp()) ? "matmul_gate_up" : has(lm::AddOp()) ? "matmul_residual" : "matmul";
}

/// Memory for the columns of what a matmul kernel quantizes, and for sums of workgroups that share K.
static void reserveColumns(tile::KernelOp kernel) {
  Block &body = kernel.getBody().front();
  SmallVector<tile::QuantizedColumns> all = tile::quantizedColumnsOf(body);
  if (!all.empty()) {
    kernel.setWorkspace(all.back().workspace + all.back().workspaceBytes());
    kernel.setCounters(all.back().counter + all.back().counters());
  }
  if (auto sums = tile::splitSumsOf(body, kernel.getSchedule())) {
    kernel.setWorkspace(sums->workspace + sums->workspaceBytes());
    kernel.setCounters(sums->counter + sums->counters());
  }
}

tile::KernelOp ProgramBuilder::build(lm::FusedOp fused, ValueRange inputs) {
  auto type = b.getFunctionType(inputs.getTypes(), fused.getResultTypes());
  auto schedule = fused->getAttrOfType<tile::ScheduleAttr>("tile.schedule");
  auto kernel = tile::KernelOp::create(
      b, fused.getLoc(), b.getStringAttr("kernel"), TypeAttr::get(type), ArrayAttr(), ArrayAttr(),
      fused.getKindAttr(), schedule, b.getI64IntegerAttr(rowCapacity), IntegerAttr(),
      DenseI64ArrayAttr(), IntegerAttr(), IntegerAttr(), ArrayAttr(), ArrayAttr());
  Block &body = kernel.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs) {
    mapping.map(input, body.addArgument(input.getType(), fused.getLoc()));
  }
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&body);
  for (Operation &op : fused.getBody().front().without_terminator()) {
    b.clone(op, mapping);
  }
  SmallVector<Value> results;
  for (Value value : fused.getBody().front().getTerminator()->getOperands()) {
    results.push_back(mapping.lookup(value));
  }
  tile::ReturnOp::create(b, fused.getLoc(), results);
  for (auto attention : body.getOps<lm::AttentionOp>()) {
    tile::AttentionPartition partition(attention, schedule);
    if (partition.splits > 1) {
      kernel.setWorkspace(partition.workspaceBytes());
      kernel.setCounters(partition.counters());
    }
  }
  if (kernel.getKind() == "matmul") {
    reserveColumns(kernel);
  }
  return kernel;
}

OutlinedKernel ProgramBuilder::outline(lm::FusedOp fused, StringRef entry) {
  OutlinedKernel outlined;
  outlined.inputs = capturedValues(fused);
  tile::KernelOp kernel = build(fused, outlined.inputs);
  tile::KernelOp &known = kernels[textOf(kernel)];
  if (known) {
    kernel.erase();
  } else {
    known = kernel;
    known.setSymName(uniqueName((entry + "_" + roleOf(fused.getKind(), fused.getBody().front())).str()));
  }
  outlined.kernel = known;
  return outlined;
}

void ProgramBuilder::finish() {
  module->setAttr("program.kv_cache_bytes", b.getI64IntegerAttr(cacheBytes));
  module->setAttr("program.sampler_bytes", b.getI64IntegerAttr(samplerBytes));
}
