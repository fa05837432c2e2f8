#include "passes/tile/LaneBuilder.h"

#include "llvm/Support/MathExtras.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace qcc::tile;

/// The constant that `value` is, if it is one.
static std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant))) {
    return constant.getZExtValue();
  }
  return std::nullopt;
}

Value LaneBuilder::i32(int64_t value) {
  return arith::ConstantOp::create(*this, getI32IntegerAttr(static_cast<int32_t>(value)));
}

Value LaneBuilder::i64(int64_t value) {
  return arith::ConstantOp::create(*this, getI64IntegerAttr(value));
}

Value LaneBuilder::f32(double value) {
  return arith::ConstantOp::create(*this, getF32FloatAttr(value));
}

Value LaneBuilder::zeros(Type type) {
  return arith::ConstantOp::create(*this, getZeroAttr(type));
}

//===-- i32 ------------------------------------------------------------------------------------------===//

Value LaneBuilder::add(Value a, Value b) { return createOrFold<arith::AddIOp>(a, b); }

Value LaneBuilder::add(Value a, int64_t b) { return b == 0 ? a : add(a, i32(b)); }

Value LaneBuilder::offset(Value a, int64_t b) {
  return b == 0 ? a : createOrFold<arith::AddIOp>(a, i32(b), arith::IntegerOverflowFlags::nuw);
}

Value LaneBuilder::sub(Value a, Value b) { return createOrFold<arith::SubIOp>(a, b); }

Value LaneBuilder::mul(Value a, Value b) { return createOrFold<arith::MulIOp>(a, b); }

Value LaneBuilder::mul(Value a, int64_t b) {
  if (b == 1) {
    return a;
  }
  if (b > 0 && llvm::isPowerOf2_64(b)) {
    return createOrFold<arith::ShLIOp>(a, i32(llvm::Log2_64(b)));
  }
  return mul(a, i32(b));
}

Value LaneBuilder::div(Value a, int64_t b) {
  if (b == 1) {
    return a;
  }
  if (llvm::isPowerOf2_64(b)) {
    return createOrFold<arith::ShRUIOp>(a, i32(llvm::Log2_64(b)));
  }
  return createOrFold<arith::DivUIOp>(a, i32(b));
}

Value LaneBuilder::rem(Value a, int64_t b) {
  if (b == 1) {
    return i32(0);
  }
  if (llvm::isPowerOf2_64(b)) {
    return createOrFold<arith::AndIOp>(a, i32(b - 1));
  }
  return createOrFold<arith::RemUIOp>(a, i32(b));
}

Value LaneBuilder::minimum(Value a, Value b) { return createOrFold<arith::MinUIOp>(a, b); }

Value LaneBuilder::less(Value a, Value b) {
  return createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ult, a, b);
}

Value LaneBuilder::equal(Value a, Value b) {
  return createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, a, b);
}

Value LaneBuilder::both(Value a, Value b) { return createOrFold<arith::AndIOp>(a, b); }

Value LaneBuilder::select(Value condition, Value a, Value b) {
  return createOrFold<arith::SelectOp>(condition, a, b);
}

Value LaneBuilder::wide(Value a) { return createOrFold<arith::ExtUIOp>(getI64Type(), a); }

//===-- f32 ------------------------------------------------------------------------------------------===//

Value LaneBuilder::addf(Value a, Value b) { return createOrFold<arith::AddFOp>(a, b); }
Value LaneBuilder::subf(Value a, Value b) { return createOrFold<arith::SubFOp>(a, b); }
Value LaneBuilder::mulf(Value a, Value b) { return createOrFold<arith::MulFOp>(a, b); }
Value LaneBuilder::divf(Value a, Value b) { return createOrFold<arith::DivFOp>(a, b); }
Value LaneBuilder::maxf(Value a, Value b) { return createOrFold<arith::MaxNumFOp>(a, b); }

Value LaneBuilder::negf(Value a) { return createOrFold<arith::NegFOp>(a); }

Value LaneBuilder::fma(Value a, Value b, Value c) { return math::FmaOp::create(*this, a, b, c); }

Value LaneBuilder::exp(Value a) {
  // exp(x) = 2^(x log2 e): the chips have an instruction for powers of two.
  return exp2(mulf(a, f32(1.4426950408889634)));
}

Value LaneBuilder::exp2(Value a) { return math::Exp2Op::create(*this, a); }

Value LaneBuilder::splat(Value scalar, int64_t size) {
  return size == 1 ? scalar
                   : vector::BroadcastOp::create(*this, VectorType::get(size, scalar.getType()), scalar);
}

Value LaneBuilder::vectorOf(Type element, ArrayRef<double> values) {
  SmallVector<Attribute> attributes;
  for (double value : values) {
    attributes.push_back(FloatAttr::get(element, value));
  }
  if (values.size() == 1) {
    return arith::ConstantOp::create(*this, cast<TypedAttr>(attributes.front()));
  }
  auto type = VectorType::get(values.size(), element);
  return arith::ConstantOp::create(*this, DenseElementsAttr::get(type, attributes));
}

/// `type` with another element type.
static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? vector.clone(element) : element;
}

Value LaneBuilder::toF32(Value value) {
  if (getElementTypeOrSelf(value).isF32()) {
    return value;
  }
  Type wide = withElement(value.getType(), getF32Type());
  return getElementTypeOrSelf(value).isInteger() ? arith::SIToFPOp::create(*this, wide, value).getResult()
                                                 : arith::ExtFOp::create(*this, wide, value).getResult();
}

Value LaneBuilder::fromF32(Value value, Type element) {
  if (element.isF32()) {
    return value;
  }
  return arith::TruncFOp::create(*this, withElement(value.getType(), element), value);
}

//===-- Memory ---------------------------------------------------------------------------------------===//

Value LaneBuilder::load(Value buffer, Value offset, Type element, int64_t size, bool streaming,
                        bool invariant) {
  Type type = size == 1 ? element : VectorType::get(size, element);
  return LoadOp::create(*this, type, buffer, offset, streaming, invariant);
}

void LaneBuilder::store(Value value, Value buffer, Value offset) {
  StoreOp::create(*this, value, buffer, offset);
}

Value LaneBuilder::advance(Value buffer, Value bytes) {
  return constantOf(bytes) == 0 ? buffer : AdvanceOp::create(*this, buffer.getType(), buffer, bytes);
}

Value LaneBuilder::slice(Value vector, int64_t begin, int64_t size) {
  if (cast<VectorType>(vector.getType()).getNumElements() == size) {
    return vector;
  }
  return vector::ExtractStridedSliceOp::create(*this, vector, ArrayRef<int64_t>{begin},
                                               ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1});
}

Value LaneBuilder::extract(Value vector, int64_t index) {
  return isa<VectorType>(vector.getType()) ? vector::ExtractOp::create(*this, vector, index).getResult()
                                           : vector;
}

Value LaneBuilder::gather(ValueRange values) {
  if (values.size() == 1) {
    return values.front();
  }
  auto type = VectorType::get(values.size(), values.front().getType());
  return vector::FromElementsOp::create(*this, type, values);
}

//===-- Control --------------------------------------------------------------------------------------===//

void LaneBuilder::when(Value condition, llvm::function_ref<void()> body) {
  if (!condition || constantOf(condition).value_or(0) != 0) {
    body();
    return;
  }
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  body();
}

SmallVector<Value> LaneBuilder::choose(Value condition, ValueRange otherwise,
                                       llvm::function_ref<SmallVector<Value>()> body) {
  return either(condition, otherwise.getTypes(), body,
                [&] { return SmallVector<Value>(otherwise.begin(), otherwise.end()); });
}

SmallVector<Value> LaneBuilder::either(Value condition, TypeRange types,
                                       llvm::function_ref<SmallVector<Value>()> body,
                                       llvm::function_ref<SmallVector<Value>()> otherwise) {
  auto branch = scf::IfOp::create(*this, types, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(*this, otherwise());
  setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(*this, body());
  return SmallVector<Value>(branch.getResults());
}

SmallVector<Value>
LaneBuilder::loop(Value from, Value to, int64_t step, ValueRange initial,
                  llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto first = constantOf(from), last = constantOf(to);
  if (first && last && *first + step >= *last) {
    // At most one turn: no loop.
    return *first < *last ? body(from, initial) : SmallVector<Value>(initial);
  }
  auto loop = scf::ForOp::create(*this, from, to, i32(step), initial);
  loop->setAttr("unsignedCmp", getUnitAttr());
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  SmallVector<Value> results = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty()) {
    scf::YieldOp::create(*this, results);
  }
  return SmallVector<Value>(loop.getResults());
}

int64_t qcc::tile::vectorWidth(int64_t size, int64_t elementBytes) {
  int64_t width = 16 / elementBytes;
  while (width > 1 && size % width != 0) {
    width /= 2;
  }
  return width;
}
