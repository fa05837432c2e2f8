#include "compiler/interpret/Frame.h"

#include "compiler/interpret/Ops.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace qcc::interpret;
using llvm::Error;
using mlir::Value;

void WeightTable::keepDecoded(Weight &weight) {
  uint64_t bytes = weight.bytesToDecode();
  if (bytes == 0 || bytes > decodedBytesLeft) {
    return;
  }
  decodedBytesLeft -= bytes;
  weight.keepDecoded();
}

std::optional<ElementType> ActivationType::of(mlir::Type type) const {
  auto written = elementTypeOf(type);
  return chosen && written == graph ? chosen : written;
}

const Tensor &Frame::tensor(Value value) const {
  return std::get<Tensor>(values.at(value));
}

const QuantizedTensor &Frame::quantized(Value value) const {
  return std::get<QuantizedTensor>(values.at(value));
}

const Batch &Frame::batch(Value value) const {
  return std::get<Batch>(values.at(value));
}

const std::shared_ptr<KeyValueCache> &Frame::cache(Value value) const {
  return std::get<std::shared_ptr<KeyValueCache>>(values.at(value));
}

const std::shared_ptr<Samplers> &Frame::samplers(Value value) const {
  return std::get<std::shared_ptr<Samplers>>(values.at(value));
}

Weight &Frame::weight(Value value) const {
  return *weights.weights.at(value);
}

Tensor Frame::resultOf(Value value, int64_t rows) const {
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  return Tensor(*activations.of(type.getElementType()), rows, type.getShape().back());
}

void Frame::set(Value value, Tensor tensor) {
  values[value] = std::move(tensor);
}

void Frame::set(Value value, QuantizedTensor tensor) {
  values[value] = std::move(tensor);
}

void Frame::set(Value value, Batch batch) {
  values[value] = std::move(batch);
}

void Frame::set(Value value, std::shared_ptr<KeyValueCache> cache) {
  values[value] = std::move(cache);
}

void Frame::set(Value value, std::shared_ptr<Samplers> samplers) {
  values[value] = std::move(samplers);
}

void Frame::copy(Value value, Value source) {
  auto weight = weights.weights.find(source);
  if (weight != weights.weights.end()) {
    auto shared = weight->second; // the map may move when it grows
    weights.weights[value] = std::move(shared);
    return;
  }
  Stored stored = values.at(source);
  values[value] = std::move(stored);
}

Error Frame::run(mlir::Operation *op) {
  auto function = findOp(op);
  if (!function) {
    return function.takeError();
  }
  if (Error error = (**function)(op, *this)) {
    return llvm::createStringError("'" + op->getName().getStringRef() +
                                   "': " + llvm::toString(std::move(error)));
  }
  return Error::success();
}

Error Frame::run(mlir::Block &block) {
  for (mlir::Operation &op : block.without_terminator()) {
    bool known = op.getNumResults() == 1 && weights.weights.contains(op.getResult(0));
    if (known) {
      continue;
    }
    if (Error error = run(&op)) {
      return error;
    }
  }
  return Error::success();
}
