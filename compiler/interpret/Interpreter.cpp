#include "compiler/interpret/Interpreter.h"

#include "compiler/interpret/Ops.h"
#include "dialects/lm/Lm.h"

using namespace llvm;
using namespace qcc;
using namespace qcc::interpret;
using mlir::func::FuncOp;

//===-- What the module says -----------------------------------------------------------------===//

static ModelFacts readFacts(mlir::ModuleOp module) {
  ModelFacts facts;
  auto model = module->getAttrOfType<mlir::DictionaryAttr>("lm.model");
  if (!model) {
    return facts;
  }
  if (auto size = model.getAs<mlir::IntegerAttr>("vocabulary_size")) {
    facts.vocabularySize = size.getInt();
  }
  if (auto positions = model.getAs<mlir::IntegerAttr>("max_positions")) {
    facts.maxPositions = positions.getInt();
  }
  if (auto ids = model.getAs<mlir::ArrayAttr>("end_of_sequence")) {
    for (auto id : ids.getAsRange<mlir::IntegerAttr>()) {
      facts.endOfSequence.push_back(static_cast<int32_t>(id.getInt()));
    }
  } else if (auto dense = model.getAs<mlir::DenseI64ArrayAttr>("end_of_sequence")) {
    facts.endOfSequence.assign(dense.asArrayRef().begin(), dense.asArrayRef().end());
  }
  return facts;
}

/// The type of the activations is that of the embedding.
static std::optional<ElementType> graphActivations(FuncOp decoder) {
  std::optional<ElementType> type;
  decoder.walk([&](lm::EmbedOp embed) {
    type = elementTypeOf(embed.getResult().getType().getElementType());
    return mlir::WalkResult::interrupt();
  });
  return type;
}

static bool hasSelectRows(FuncOp decoder) {
  return decoder.walk([](lm::SelectRowsOp) { return mlir::WalkResult::interrupt(); })
      .wasInterrupted();
}

/// Whether the function samples: it takes a sampler last.
static bool samples(mlir::FunctionType type) {
  return type.getNumInputs() != 0 && isa<lm::SamplerType>(type.getInputs().back());
}

/// (batch, caches...) -> (logits, caches...), or with a sampler
/// (batch, caches..., sampler) -> (logits, caches..., batch, sampler)
static Error checkSignature(FuncOp decoder) {
  mlir::FunctionType type = decoder.getFunctionType();
  ArrayRef<mlir::Type> inputs = type.getInputs(), results = type.getResults();
  bool valid = !decoder.isExternal() && decoder.getBody().hasOneBlock();
  if (samples(type)) {
    valid &= results.size() >= 2 && isa<lm::BatchType>(results[results.size() - 2]) &&
             isa<lm::SamplerType>(results.back());
    inputs = inputs.drop_back();
    results = valid ? results.drop_back(2) : results;
  }
  valid &= !inputs.empty() && isa<lm::BatchType>(inputs.front()) &&
           results.size() == inputs.size() && isa<mlir::RankedTensorType>(results.front()) &&
           all_of(inputs.drop_front(), IsaPred<lm::CacheType>) &&
           all_of(results.drop_front(), IsaPred<lm::CacheType>);
  return valid ? Error::success()
               : createStringError("function '" + decoder.getName() +
                                   "' does not take a batch and caches and "
                                   "return logits and the same number of caches");
}

//===-- Making -------------------------------------------------------------------------------===//

Interpreter::Interpreter(FuncOp decoder, WeightFiles &files, const InterpreterOptions &options)
    : decoder(decoder), model(readFacts(decoder->getParentOfType<mlir::ModuleOp>())),
      activations{graphActivations(decoder), options.activations},
      weights(files, options.decodedWeightBytes), selectsRows(hasSelectRows(decoder)) {}

Expected<std::unique_ptr<Interpreter>>
Interpreter::create(mlir::ModuleOp module, WeightFiles &files, InterpreterOptions options) {
  auto decoder = module.lookupSymbol<FuncOp>(options.function);
  if (!decoder) {
    return createStringError("the module has no function '" + options.function + "'");
  }
  if (Error error = checkSignature(decoder)) {
    return error;
  }
  std::unique_ptr<Interpreter> interpreter(new Interpreter(decoder, files, options));
  if (Error error = interpreter->makeWeights()) {
    return error;
  }
  if (Error error = interpreter->makeCaches()) {
    return error;
  }
  return interpreter;
}

/// Evaluates the ops that make weights, wherever they are, and sees that every op has a meaning.
Error Interpreter::makeWeights() {
  Frame frame(weights, activations);
  std::string failure;
  decoder.walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    bool computes = !isa<FuncOp>(op) && !op->hasTrait<mlir::OpTrait::IsTerminator>();
    if (Error error = computes ? prepare(op, frame) : Error::success()) {
      failure = toString(std::move(error));
      return mlir::WalkResult::interrupt();
    }
    return mlir::WalkResult::advance();
  });
  return failure.empty() ? Error::success() : createStringError(failure);
}

/// Checks an op before the first step, and evaluates it if it makes a weight.
Error Interpreter::prepare(mlir::Operation *op, Frame &frame) const {
  for (mlir::Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<mlir::RankedTensorType>(type);
    if (tensor && !elementTypeOf(tensor.getElementType())) {
      return createStringError("'" + op->getName().getStringRef() +
                               "' computes elements that are not f32, f16 or bf16");
    }
  }
  bool weight = op->getNumResults() == 1 && isa<qnt::WeightType>(op->getResult(0).getType());
  return weight ? frame.run(op) : findOp(op).takeError();
}

Error Interpreter::makeCaches() {
  for (mlir::Type input : decoder.getArgumentTypes()) {
    auto cache = dyn_cast<lm::CacheType>(input);
    if (!cache) {
      continue;
    }
    auto type = activations.of(cache.getElementType());
    if (!type && !cache.isQuantized()) {
      return createStringError("a cache's elements are f32, f16, bf16, f8E4M3FN or i8");
    }
    caches.push_back(std::make_shared<KeyValueCache>(cache.getHeads(), cache.getHeadSize(), type));
  }
  return Error::success();
}

//===-- Steps --------------------------------------------------------------------------------===//

Error Interpreter::checkStep(ArrayRef<Row> rows, ArrayRef<int32_t> wanted) const {
  for (int32_t index : wanted) {
    if (index < 0 || static_cast<size_t>(index) >= rows.size()) {
      return createStringError("row " + Twine(index) + " is wanted of a step of " +
                               Twine(rows.size()) + " rows");
    }
  }
  for (const Row &row : rows) {
    if (model.maxPositions > 0 && row.position >= model.maxPositions) {
      return createStringError("position " + Twine(row.position) + " is past the model's " +
                               Twine(model.maxPositions) + " positions");
    }
  }
  return Error::success();
}

Frame Interpreter::enter(ArrayRef<Row> rows, ArrayRef<int32_t> wanted) {
  Frame frame(weights, activations);
  mlir::Block &body = decoder.getBody().front();
  frame.set(body.getArgument(0), Batch{rows, wanted});
  for (auto [argument, cache] : zip(body.getArguments().drop_front(), caches)) {
    frame.set(argument, cache);
  }
  if (samples(decoder.getFunctionType())) {
    frame.set(body.getArguments().back(), samplers);
  }
  return frame;
}

/// The rows `wanted` of `logits`.
static Tensor pickRows(const Tensor &logits, ArrayRef<int32_t> wanted) {
  Tensor picked(logits.type, wanted.size(), logits.features);
  for (auto [i, row] : enumerate(wanted)) {
    copy(logits.row(row), picked.data.begin() + i * logits.features);
  }
  return picked;
}

Expected<Tensor> Interpreter::step(ArrayRef<Row> rows, ArrayRef<int32_t> wanted) {
  if (Error error = checkStep(rows, wanted)) {
    return error;
  }
  Frame frame = enter(rows, wanted);
  mlir::Block &body = decoder.getBody().front();
  if (Error error = frame.run(body)) {
    return error;
  }
  auto returned = body.getTerminator()->getOperands();
  for (auto [cache, value] : zip(caches, returned.drop_front())) {
    cache = frame.cache(value);
  }
  if (samples(decoder.getFunctionType())) {
    next = frame.batch(returned[returned.size() - 2]);
  }
  const Tensor &logits = frame.tensor(returned.front());
  return selectsRows ? logits : pickRows(logits, wanted);
}

void Interpreter::truncate(int32_t slot, int64_t length) {
  for (auto &cache : caches) {
    cache->truncate(slot, length);
  }
}
