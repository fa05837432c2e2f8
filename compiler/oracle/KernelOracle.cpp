#include "compiler/oracle/KernelOracle.h"

#include "compiler/oracle/ActivationBytes.h"
#include "compiler/oracle/CacheBytes.h"
#include "compiler/oracle/ElementBytes.h"
#include "compiler/package/WeightPacker.h"
#include "llvm/Support/Parallel.h"

#include <cmath>
#include <cstring>

using namespace qcc;
using namespace qcc::oracle;
using namespace llvm;
using interpret::Tensor;
using mlir::BlockArgument;
using mlir::Value;

KernelOracle::KernelOracle(tile::KernelOp kernel, program::LaunchOp launch,
                           const model::CountedStep &step, WeightFiles &files)
    : kernel(kernel), launch(launch), step(step), weights(files, /*decodedBytes=*/0),
      frame(weights, {}) {}

Expected<std::unique_ptr<KernelOracle>> KernelOracle::create(mlir::ModuleOp module, StringRef entry,
                                                             StringRef name,
                                                             const model::CountedStep &step,
                                                             WeightFiles &files) {
  auto launches = module.lookupSymbol<program::EntryPointOp>(entry);
  auto all = launches.getBody().front().getOps<program::LaunchOp>();
  auto launch = find_if(all, [&](program::LaunchOp op) { return op.getKernel() == name; });
  auto kernel = module.lookupSymbol<tile::KernelOp>(name);
  std::unique_ptr<KernelOracle> oracle(new KernelOracle(kernel, *launch, step, files));
  for (BlockArgument argument : kernel.getBody().getArguments()) {
    if (Error error = oracle->invent(argument)) {
      return error;
    }
  }
  oracle->frame.sample = oracle->chooseSample();
  return oracle;
}

/// See the top of KernelOracle.h.
interpret::FeatureSample KernelOracle::chooseSample() {
  constexpr int64_t most = int64_t{1} << 24;
  mlir::Block &body = kernel.getBody().front();
  int64_t elements = 0;
  for (auto matmul : body.getOps<qnt::MatmulOp>()) {
    qnt::WeightType type = matmul.getWeight().getType();
    elements += type.getRows() * type.getColumns();
  }
  bool oneForOne = body.getOps<lm::SliceOp>().empty() && body.getOps<lm::AppendOp>().empty();
  return {oneForOne ? std::max<int64_t>(1, divideCeil(elements, most)) : 1};
}

//===-- What the kernel reads ----------------------------------------------------------------===//

/// Uniform numbers of mean 0 and variance 1.
std::vector<float> KernelOracle::random(int64_t count) {
  std::vector<float> numbers(count);
  for (float &number : numbers) {
    number = (static_cast<float>(generator() >> 8) * 0x1p-23f - 1) * std::sqrt(3.0f);
  }
  return numbers;
}

program::WeightOp KernelOracle::weightOf(BlockArgument argument) {
  auto reference =
      launch.getArguments()[argument.getArgNumber()].getDefiningOp<program::WeightRefOp>();
  auto module = kernel->getParentOfType<mlir::ModuleOp>();
  return module.lookupSymbol<program::WeightOp>(reference.getWeight());
}

Error KernelOracle::inventWeight(BlockArgument argument) {
  mlir::Block &recipe = weightOf(argument).getBody().front();
  if (Error error = frame.run(recipe)) {
    return error;
  }
  frame.copy(argument, recipe.getTerminator()->getOperand(0));
  return Error::success();
}

/// Positions before the step's, and the step's own where the kernel does not append them.
Error KernelOracle::inventCache(BlockArgument argument, lm::CacheType type) {
  auto cache = std::make_shared<interpret::KeyValueCache>(
      type.getHeads(), type.getHeadSize(), interpret::elementTypeOf(type.getElementType()));
  bool appends = any_of(argument.getUsers(), IsaPred<lm::AppendOp>);
  int64_t own = appends ? 0 : divideCeil(step.rows, step.sequences);
  int64_t features = static_cast<int64_t>(type.getHeads()) * type.getHeadSize();
  for (int64_t slot = 0; slot < step.sequences; ++slot) {
    for (int64_t position = 0; position < step.position + own; ++position) {
      std::vector<float> key = random(features), value = random(features);
      if (Error error = cache->write(slot, position, key, value)) {
        return error;
      }
    }
  }
  frame.set(argument, std::move(cache));
  return Error::success();
}

/// Integers of all sizes, scales as of numbers of variance 1, and squares to match.
void KernelOracle::inventRows(BlockArgument argument, qnt::ActivationType type) {
  interpret::QuantizedTensor rows(step.rows, type.getFeatures(), type.getBlock(),
                                  type.getSquares());
  for (int8_t &element : rows.data) {
    element = static_cast<int8_t>(static_cast<int>(generator() % 255) - 127);
  }
  for (float &scale : rows.scales) {
    scale = (1 + static_cast<float>(generator() % 100) / 100) / 127;
  }
  for (float &squares : rows.squares) {
    squares =
        static_cast<float>(type.getBlock()) * (1 + static_cast<float>(generator() % 100) / 100);
  }
  frame.set(argument, std::move(rows));
}

/// Gives the argument a value in the frame.
Error KernelOracle::invent(BlockArgument argument) {
  mlir::Type type = argument.getType();
  if (isa<qnt::WeightType>(type)) {
    return inventWeight(argument);
  }
  if (auto cache = dyn_cast<lm::CacheType>(type)) {
    return inventCache(argument, cache);
  }
  if (isa<lm::SamplerType>(type)) {
    frame.set(argument, std::make_shared<interpret::Samplers>());
    return Error::success();
  }
  if (isa<lm::BatchType>(type)) {
    interpret::Batch batch;
    for (int32_t row = 0; row < step.rows; ++row) {
      model::StepRow place = model::rowOf(step, row);
      batch.rows.push_back({static_cast<int32_t>(place.token), static_cast<int32_t>(place.slot),
                            static_cast<int32_t>(place.position)});
      batch.wanted.push_back(row);
    }
    frame.set(argument, std::move(batch));
    return Error::success();
  }
  if (auto quantized = dyn_cast<qnt::ActivationType>(type)) {
    inventRows(argument, quantized);
    return Error::success();
  }
  auto tensor = dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor) {
    return createStringError("'" + kernel.getSymName() +
                             "' takes something that has no bytes here");
  }
  Tensor values = frame.resultOf(argument, step.rows);
  for (auto [to, from] : zip_equal(values.data, random(values.data.size()))) {
    to = interpret::roundTo(values.type, from);
  }
  frame.set(argument, std::move(values));
  return Error::success();
}

Error KernelOracle::fillWeight(BlockArgument argument, MutableArrayRef<uint8_t> memory) {
  auto packer = package::WeightPacker::create(weightOf(argument), weights.files);
  if (!packer) {
    return packer.takeError();
  }
  return parallelForEachError(packer->chunks(), [&](const package::Chunk &chunk) {
    return packer->pack(chunk, memory.slice(chunk.offset, chunk.bytes));
  });
}

Error KernelOracle::fill(size_t index, MutableArrayRef<uint8_t> memory) {
  if (index >= kernel.getBody().getNumArguments()) {
    return Error::success(); // results, workspace and counters
  }
  BlockArgument argument = kernel.getBody().getArgument(index);
  if (isa<qnt::WeightType>(argument.getType())) {
    return fillWeight(argument, memory);
  }
  if (auto type = dyn_cast<qnt::ActivationType>(argument.getType())) {
    encode(type, frame.quantized(argument), memory);
  } else if (auto type = dyn_cast<lm::CacheType>(argument.getType())) {
    CacheBytes(type).encode(*frame.cache(argument), memory);
  } else if (isa<mlir::RankedTensorType>(argument.getType())) {
    const Tensor &values = frame.tensor(argument);
    encode(values.type, values.data, memory.data());
  }
  return Error::success();
}

//===-- What it computes ---------------------------------------------------------------------===//

Error KernelOracle::evaluate() {
  return std::exchange(evaluated, true) ? Error::success() : frame.run(kernel.getBody().front());
}

Error KernelOracle::inspect(size_t index, ArrayRef<uint8_t> memory) {
  if (Error error = evaluate()) {
    return error;
  }
  size_t arguments = kernel.getBody().getNumArguments(), next = arguments;
  mlir::Type own = index < arguments ? kernel.getBody().getArgument(index).getType() : mlir::Type();
  for (Value result : kernel.getBody().front().getTerminator()->getOperands()) {
    // Results follow the arguments; those in other memories have none of their own.
    if (isa<mlir::RankedTensorType>(result.getType())) {
      if (next++ == index) {
        compareTensor(frame.tensor(result), memory);
      }
    } else if (auto type = dyn_cast<qnt::ActivationType>(result.getType())) {
      if (next++ == index) {
        compareRows(frame.quantized(result), type, memory);
      }
    } else if (auto type = dyn_cast_if_present<lm::CacheType>(own);
               type && result.getType() == type) {
      compareCache(*frame.cache(result), type, memory);
    } else if (isa_and_present<lm::BatchType>(own) && isa<lm::BatchType>(result.getType())) {
      compareTokens(frame.batch(result), memory);
    }
  }
  return Error::success();
}

//===-- Comparison ---------------------------------------------------------------------------===//

void KernelOracle::compare(double actual, double expected) {
  difference += (actual - expected) * (actual - expected);
  total += expected * expected;
}

void KernelOracle::compareTensor(const Tensor &expected, ArrayRef<uint8_t> memory) {
  int64_t bytes = bytesOf(expected.type);
  for (int64_t row = 0; row < expected.rows; ++row) {
    for (int64_t feature = 0; feature < expected.features; ++feature) {
      if (frame.sample.has(feature)) {
        const uint8_t *from = memory.data() + (row * expected.features + feature) * bytes;
        compare(decode(expected.type, from), expected.at(row, feature));
      }
    }
  }
}

/// What integers and scales stand for, and the norms of blocks where their squares are kept.
void KernelOracle::compareRows(const interpret::QuantizedTensor &expected, qnt::ActivationType type,
                               ArrayRef<uint8_t> memory) {
  interpret::QuantizedTensor found = decode(type, memory, expected.rows);
  for (int64_t row = 0; row < expected.rows; ++row) {
    for (int64_t feature = 0; feature < expected.features; ++feature) {
      if (frame.sample.has(feature)) {
        compare(found.at(row, feature), expected.at(row, feature));
      }
    }
  }
  for (auto [index, squares] : enumerate(expected.squares)) {
    int64_t block = static_cast<int64_t>(index) % expected.blocksPerRow();
    if (frame.sample.has(block * expected.block)) {
      compare(std::sqrt(found.squares[index]), std::sqrt(squares));
    }
  }
}

void KernelOracle::compareCache(const interpret::KeyValueCache &expected, lm::CacheType type,
                                ArrayRef<uint8_t> memory) {
  CacheBytes bytes(type);
  for (int64_t row = 0; row < step.rows; ++row) {
    model::StepRow place = model::rowOf(step, row);
    for (int64_t head = 0; head < expected.heads; ++head) {
      for (bool ofValues : {false, true}) {
        auto wanted = ofValues ? expected.value(place.slot, place.position, head)
                               : expected.key(place.slot, place.position, head);
        auto found = bytes.decode(memory, ofValues, place.slot, head, place.position);
        for (auto [actual, value] : zip_equal(found, wanted)) {
          compare(actual, value);
        }
      }
    }
  }
}

/// The state memory's array of picked tokens (runtime/program.fbs, StateLayout).
void KernelOracle::compareTokens(const interpret::Batch &expected, ArrayRef<uint8_t> memory) {
  constexpr int64_t header = 16, sampled = 4;
  int64_t capacity = kernel.getRowCapacity();
  for (auto [index, row] : enumerate(expected.rows)) {
    uint32_t token;
    std::memcpy(&token, memory.data() + header + 4 * (sampled * capacity + index), 4);
    compare(token, row.token);
  }
}

double KernelOracle::relativeError() const {
  return total > 0 ? std::sqrt(difference / total) : std::sqrt(difference);
}
