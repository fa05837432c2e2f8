#include "passes/tile/KernelLowering.h"

#include "dialects/qnt/PackedWeight.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::tile;

//===-- State memory ---------------------------------------------------------------------------------===//

Value StateMemory::word(Value offset) {
  return b.load(buffer, offset, b.getI32Type(), 1, /*streaming=*/false, /*invariant=*/true);
}

Value StateMemory::offsetOf(int64_t array, Value row) {
  constexpr int64_t header = 16;
  return b.add(b.mul(row, 4), header + array * 4 * capacity);
}

void StateMemory::advance(Value row, Value token) {
  b.store(token, buffer, offsetOf(0, row));
  // Not `position`, whose load says that nobody writes there.
  Value offset = offsetOf(2, row);
  b.store(b.add(b.load(buffer, offset, b.getI32Type()), 1), buffer, offset);
}

void StateMemory::storeSampled(Value row, Value token) { b.store(token, buffer, offsetOf(4, row)); }

//===-- Signature ------------------------------------------------------------------------------------===//

KernelLowering::KernelLowering(KernelOp kernel, int64_t waveSize)
    : kernel(kernel), waveSize(waveSize), b(kernel.getLoc(), kernel.getContext()),
      schedule(kernel.getSchedule()) {
  auto pointer = BufferType::get(kernel.getContext(), Space::global);
  newBody = new Block();
  for (BlockArgument argument : kernel.getBody().getArguments()) {
    buffers[argument] = newBody->addArgument(pointer, argument.getLoc());
  }
  for (Type result : kernel.getFunctionType().getResults()) {
    bool isStored = isa<RankedTensorType, qnt::ActivationType>(result);
    resultBuffers.push_back(isStored ? newBody->addArgument(pointer, kernel.getLoc()) : Value());
  }
  auto own = [&](bool has) { return has ? newBody->addArgument(pointer, kernel.getLoc()) : Value(); };
  workspace = own(kernel.getWorkspace().has_value());
  counters = own(kernel.getCounters().has_value());
  kernel.getBody().push_back(newBody);
  b.setInsertionPointToStart(newBody);
}

void KernelLowering::finish(int64_t workgroup, ArrayRef<int64_t> grid) {
  b.setInsertionPointToEnd(newBody);
  ReturnOp::create(b, ValueRange{});
  kernel.getBody().front().dropAllUses();
  kernel.getBody().front().erase();
  kernel.setFunctionType(b.getFunctionType(newBody->getArgumentTypes(), {}));
  kernel.setWorkgroup(workgroup);
  kernel.setGrid(grid);
}

StateMemory KernelLowering::state() {
  for (auto [argument, buffer] : buffers) {
    if (isa<lm::BatchType>(argument.getType())) {
      return StateMemory(b, buffer, kernel.getRowCapacity());
    }
  }
  llvm_unreachable("the planner gives every kernel the batch");
}

Value KernelLowering::arriveLast(Value isFirstItem, Value counter, Value expected) {
  Value ticket = SharedOp::create(b, BufferType::get(b.getContext(), Space::shared), 4);
  BarrierOp::create(b, /*global=*/true);
  b.when(isFirstItem, [&] {
    Value before = ArriveOp::create(b, b.getI32Type(), countersBuffer(), counter);
    b.store(before, ticket, b.i32(0));
    b.when(b.equal(b.add(before, 1), expected),
           [&] { b.store(b.i32(0), countersBuffer(), counter); });
  });
  BarrierOp::create(b, /*global=*/true);
  return b.equal(b.add(b.load(ticket, b.i32(0), b.getI32Type()), 1), expected);
}

//===-- Elements -------------------------------------------------------------------------------------===//

/// row * features + feature, in bytes. Tensors hold at most 4 GB.
static Value elementOffset(LaneBuilder &b, RankedTensorType type, Value row, Value feature) {
  Value index = b.add(b.mul(row, type.getDimSize(1)), feature);
  return b.mul(index, bytesOf(type.getElementType()));
}

Value KernelLowering::loadActivation(Value argument, Value row, Value feature) {
  auto type = cast<RankedTensorType>(argument.getType());
  Value offset = elementOffset(b, type, row, feature);
  return b.toF32(b.load(bufferOf(argument), offset, type.getElementType()));
}

void KernelLowering::storeActivation(Value value, RankedTensorType type, Value buffer, Value row,
                                     Value feature) {
  b.store(b.fromF32(value, type.getElementType()), buffer, elementOffset(b, type, row, feature));
}

/// Element `column` of a plain row that starts at byte `base`: an unsigned integer as stored, or a float.
static Value loadPlain(LaneBuilder &b, Value buffer, Value base, Value column, qnt::Encoding encoding) {
  int64_t bits = qnt::bitsOf(encoding);
  Type stored = qnt::elementTypeOf(encoding, b.getContext());
  if (bits >= 8) {
    Value offset = b.add(base, b.mul(column, bits / 8));
    Value element = b.load(buffer, offset, stored, 1, false, /*invariant=*/true);
    return isa<FloatType>(stored) ? b.toF32(element)
                                  : arith::ExtUIOp::create(b, b.getI32Type(), element).getResult();
  }
  int64_t perByte = 8 / bits;
  Value byte = b.load(buffer, b.add(base, b.div(column, perByte)), b.getI8Type(), 1, false, true);
  Value word = arith::ExtUIOp::create(b, b.getI32Type(), byte);
  Value shifted = arith::ShRUIOp::create(b, word, b.mul(b.rem(column, perByte), bits));
  return b.rem(shifted, int64_t(1) << bits);
}

Value KernelLowering::loadWeight(Value weight, Value row, Value column) {
  auto type = cast<qnt::WeightType>(weight.getType());
  Value buffer = bufferOf(weight);
  int64_t bits = qnt::bitsOf(type.getEncoding());
  int64_t rowBytes = llvm::divideCeil(type.getColumns() * bits, 8);
  Value base = row ? b.mul(row, rowBytes) : b.i32(0);
  Value element = loadPlain(b, buffer, base, column, type.getEncoding());
  if (!type.isQuantized()) {
    return element;
  }
  qnt::PackedWeight packed(type);
  Value block = b.div(column, type.getBlock());
  Value index = row ? b.add(b.mul(row, type.getBlocksPerRow()), block) : block;
  auto part = [&](int64_t offset) {
    return loadPlain(b, buffer, b.i32(offset), index, type.getScale());
  };
  Value zero = type.getZero() == qnt::Encoding::none ? b.f32(packed.implicitZero())
                                                     : part(packed.zerosOffset());
  Value value = arith::UIToFPOp::create(b, b.getF32Type(), element);
  return b.mulf(b.subf(value, zero), part(packed.scalesOffset()));
}

SmallVector<Value> KernelLowering::normWeights(qnt::QuantizeOp op, Value channel, int64_t count) {
  SmallVector<Value> weights;
  for (int64_t i = 0; op.getWeight() && i < count; ++i) {
    weights.push_back(loadWeight(op.getWeight(), b.add(channel, i)));
  }
  return weights;
}

Value KernelLowering::cachePlace(lm::CacheType type, Value row, Value head) {
  StateMemory memory = state();
  Value sequence = b.add(b.mul(memory.slot(row), type.getHeads()), head);
  return b.add(b.mul(sequence, type.getPositions()), memory.position(row));
}

Value KernelLowering::cacheOffset(lm::CacheType type, bool isValue, Value row, Value feature) {
  int64_t size = type.getHeadSize(), bytes = bytesOf(type.getElementType());
  // A cache of many long sequences passes 4 GB: 64-bit offsets.
  Value offset = b.mul(b.wide(cachePlace(type, row, b.div(feature, size))), b.i64(size * bytes));
  offset = b.add(offset, b.wide(b.mul(b.rem(feature, size), bytes)));
  return isValue ? b.add(offset, b.i64(type.getHalfBytes())) : offset;
}

void KernelLowering::storeCache(Value value, lm::CacheType type, Value buffer, bool isValue, Value row,
                                Value feature) {
  b.store(b.fromF32(value, type.getElementType()), buffer, cacheOffset(type, isValue, row, feature));
}

//===-- Elementwise operations -----------------------------------------------------------------------===//

Value ElementEvaluator::sigmoid(Value x) {
  Value one = b.f32(1);
  return b.divf(one, b.addf(one, b.exp(b.subf(b.f32(0), x))));
}

Value ElementEvaluator::gelu(Value x) {
  // 0.5 (1 + tanh(u)) = sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3).
  Value cube = b.mulf(b.mulf(x, x), x);
  Value inner = b.fma(b.f32(0.044715), cube, x);
  return b.mulf(x, sigmoid(b.mulf(b.f32(2 * 0.7978845608028654), inner)));
}

FailureOr<Value> ElementEvaluator::at(Value value, Value row, Value feature) {
  if (Value known = leaf(value, row, feature)) {
    return known;
  }
  Operation *op = value.getDefiningOp();
  if (!op) {
    return failure();
  }
  auto operand = [&](unsigned i) { return at(op->getOperand(i), row, feature); };
  if (isa<lm::AddOp, lm::MulOp>(op)) {
    FailureOr<Value> lhs = operand(0), rhs = operand(1);
    if (failed(lhs) || failed(rhs)) {
      return failure();
    }
    return isa<lm::AddOp>(op) ? b.addf(*lhs, *rhs) : b.mulf(*lhs, *rhs);
  }
  if (!isa<lm::SigmoidOp, lm::SiluOp, lm::GeluOp, lm::ScaleOp, lm::CastOp, lm::SliceOp>(op)) {
    return failure();
  }
  if (auto slice = dyn_cast<lm::SliceOp>(op)) {
    return at(slice.getInput(), row, b.add(feature, slice.getOffset()));
  }
  FailureOr<Value> x = operand(0);
  if (failed(x)) {
    return failure();
  }
  Value result =
      TypeSwitch<Operation *, Value>(op)
      .Case([&](lm::SigmoidOp) { return sigmoid(*x); })
      .Case([&](lm::SiluOp) { return b.mulf(*x, sigmoid(*x)); })
      .Case([&](lm::GeluOp) { return gelu(*x); })
      .Case([&](lm::ScaleOp op) { return b.mulf(*x, b.f32(op.getFactor().convertToDouble())); })
      .Case([&](lm::CastOp op) {
        // A narrowing cast inside a kernel rounds as it would between kernels.
        Type element = getElementTypeOrSelf(op.getType());
        return b.toF32(b.fromF32(*x, element));
      });
  return result;
}

Value qcc::tile::rotate(LaneBuilder &b, Value own, Value partner, Value isSecond, Value cos, Value sin) {
  Value signedSin = b.select(isSecond, sin, b.subf(b.f32(0), sin));
  return b.fma(partner, signedSin, b.mulf(own, cos));
}
