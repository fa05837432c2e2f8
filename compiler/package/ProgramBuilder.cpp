#include "compiler/package/ProgramBuilder.h"

#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseSet.h"

#include <algorithm>
#include <limits>

using namespace qcc;
using namespace qcc::package;
using llvm::Twine;

/// The format of runtime/program.fbs that this file writes.
static constexpr uint32_t programVersion = 2;

//===-- Sizes ---------------------------------------------------------------------------------===//

/// Bytes of the state before its arrays: rows and logit_rows, then alignment.
static constexpr uint64_t stateHeader = 16;

/// Bytes of the state memory for `rows` rows: a header and five arrays of 32-bit integers. Kernels'
/// counters may follow.
static uint64_t stateArrayBytes(uint64_t rows) {
  return stateHeader + 5 * rows * sizeof(uint32_t);
}

/// Where the state's arrays lie; see StateLayout in runtime/program.fbs.
static flatbuffers::Offset<fb::StateLayout> stateLayout(flatbuffers::FlatBufferBuilder &builder,
                                                        uint32_t rows, uint64_t bytes) {
  uint64_t array = uint64_t(rows) * sizeof(uint32_t), tokens = stateHeader;
  return fb::CreateStateLayout(builder, rows, 0, sizeof(uint32_t), tokens, tokens + array,
                               tokens + 2 * array, tokens + 3 * array, bytes,
                               tokens + 4 * array);
}

/// How the sampler memory is laid out (lm::SamplerType).
static flatbuffers::Offset<fb::SamplerLayout> samplerLayout(flatbuffers::FlatBufferBuilder &builder,
                                                            const MemorySizes &memory) {
  return fb::CreateSamplerLayout(builder, memory.sampler / memory.maxBatch, 0,
                                 lm::SamplerType::seenOffset);
}

/// Reads entry `name` of `entries`, a dictionary of the module attribute `attribute`, into `value`.
template <typename Integer>
static llvm::Error readEntry(mlir::DictionaryAttr entries, llvm::StringRef attribute,
                             llvm::StringRef name, Integer &value) {
  auto entry = entries ? entries.getAs<mlir::IntegerAttr>(name) : mlir::IntegerAttr();
  if (!entry) {
    return llvm::createStringError("the module's " + attribute + " has no integer '" + name +
                                   "': planning comes before packaging");
  }
  int64_t number = entry.getInt();
  if (number < 0 || static_cast<uint64_t>(number) > std::numeric_limits<Integer>::max()) {
    return llvm::createStringError("the module's " + attribute + " has '" + name +
                                   "' = " + Twine(number) + ", which is out of range");
  }
  value = static_cast<Integer>(number);
  return llvm::Error::success();
}

llvm::Expected<MemorySizes> MemorySizes::of(mlir::ModuleOp planned) {
  llvm::StringRef attribute = "program.memory";
  auto entries = planned->getAttrOfType<mlir::DictionaryAttr>(attribute);
  MemorySizes sizes = {};
  llvm::Error error = readEntry(entries, attribute, "arena", sizes.arena);
  auto read = [&](llvm::StringRef name, auto &value) {
    if (!error) {
      error = readEntry(entries, attribute, name, value);
    }
  };
  read("kv_cache", sizes.kvCache);
  read("weights", sizes.weights);
  read("state", sizes.state);
  read("sampler", sizes.sampler);
  read("row_capacity", sizes.rowCapacity);
  read("max_batch", sizes.maxBatch);
  read("max_context", sizes.maxContext);
  if (error) {
    return std::move(error);
  }
  uint64_t needed = stateArrayBytes(sizes.rowCapacity);
  if (sizes.state < needed) {
    return llvm::createStringError("the module's state memory has " + Twine(sizes.state) +
                                   " bytes, but " + Twine(sizes.rowCapacity) + " rows need " +
                                   Twine(needed));
  }
  if (sizes.sampler != 0 && (sizes.maxBatch == 0 || sizes.sampler % sizes.maxBatch != 0)) {
    return llvm::createStringError("the module's sampler memory has " + Twine(sizes.sampler) +
                                   " bytes, which is no whole record for each of " +
                                   Twine(sizes.maxBatch) + " sequences");
  }
  return sizes;
}

uint64_t qcc::package::countParameters(mlir::ModuleOp planned) {
  llvm::DenseSet<mlir::Attribute> seen;
  uint64_t parameters = 0;
  planned.walk([&](qnt::ParameterOp parameter) {
    qnt::WeightType type = parameter.getResult().getType();
    if (seen.insert(parameter.getValues()).second) {
      parameters += uint64_t(type.getRows()) * type.getColumns();
    }
  });
  return parameters;
}

//===-- Building ------------------------------------------------------------------------------===//

namespace {

/// Turns parts of a planned module into parts of a Program.
class Builder {
public:
  Builder(mlir::ModuleOp planned, flatbuffers::FlatBufferBuilder &builder)
      : planned(planned), symbols(planned), builder(builder) {}

  using EntryPoints = flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::EntryPoint>>>;

  llvm::Expected<flatbuffers::Offset<fb::Model>> model(const MemorySizes &memory,
                                                       const ProgramFacts &facts);
  llvm::Expected<EntryPoints> entryPoints(uint32_t rowCapacity);

private:
  llvm::Expected<flatbuffers::Offset<fb::EntryPoint>> entryPoint(program::EntryPointOp entry);
  llvm::Expected<flatbuffers::Offset<fb::Launch>> launch(program::LaunchOp launch);
  llvm::Expected<flatbuffers::Offset<fb::Persistent>> persistent(llvm::StringRef name);
  llvm::Expected<fb::Argument> argument(mlir::Value buffer, llvm::StringRef kernel);

  mlir::ModuleOp planned;
  mlir::SymbolTable symbols;
  flatbuffers::FlatBufferBuilder &builder;
};

} // namespace

llvm::Expected<flatbuffers::Offset<fb::Model>> Builder::model(const MemorySizes &memory,
                                                              const ProgramFacts &facts) {
  llvm::StringRef attribute = "lm.model";
  auto entries = planned->getAttrOfType<mlir::DictionaryAttr>(attribute);
  uint32_t vocabulary = 0, layers = 0;
  if (llvm::Error error = readEntry(entries, attribute, "vocabulary_size", vocabulary)) {
    return std::move(error);
  }
  if (llvm::Error error = readEntry(entries, attribute, "layers", layers)) {
    return std::move(error);
  }
  std::vector<uint32_t> ends;
  if (auto ids = entries.getAs<mlir::ArrayAttr>("end_of_sequence")) {
    for (auto id : ids.getAsRange<mlir::IntegerAttr>()) {
      ends.push_back(static_cast<uint32_t>(id.getInt()));
    }
  } else if (auto ids = entries.getAs<mlir::DenseI64ArrayAttr>("end_of_sequence")) {
    ends.assign(ids.asArrayRef().begin(), ids.asArrayRef().end());
  }
  auto name = entries.getAs<mlir::StringAttr>("name");
  return fb::CreateModelDirect(builder, name ? name.str().c_str() : "", vocabulary, memory.maxBatch,
                               memory.maxContext, facts.activations.c_str(),
                               countParameters(planned), layers, &ends);
}

llvm::Expected<fb::Argument> Builder::argument(mlir::Value buffer, llvm::StringRef kernel) {
  mlir::Operation *op = buffer.getDefiningOp();
  if (auto view = mlir::dyn_cast_if_present<program::ViewOp>(op)) {
    return fb::Argument(static_cast<fb::Memory>(view.getMemory()), view.getOffset());
  }
  if (auto reference = mlir::dyn_cast_if_present<program::WeightRefOp>(op)) {
    auto weight = symbols.lookup<program::WeightOp>(reference.getWeight());
    if (weight && weight.getOffset()) {
      return fb::Argument(fb::Memory::weights, *weight.getOffset());
    }
    return llvm::createStringError("kernel '" + kernel + "' reads weight '" +
                                   reference.getWeight() +
                                   "', which has no place in the weights memory");
  }
  return llvm::createStringError("kernel '" + kernel +
                                 "' has an argument that was given no place in a memory");
}

llvm::Expected<flatbuffers::Offset<fb::Launch>> Builder::launch(program::LaunchOp launch) {
  llvm::StringRef name = launch.getKernel();
  auto kernel = symbols.lookup<tile::KernelOp>(name);
  if (!kernel || !kernel.isLowered() || !kernel.getWorkgroup() || kernel.getGrid()->size() > 3) {
    return llvm::createStringError("kernel '" + name +
                                   "' is launched but has no grid or workgroup");
  }
  std::vector<uint32_t> grid(3, 1), workgroup(3, 1);
  llvm::copy(*kernel.getGrid(), grid.begin());
  workgroup[0] = static_cast<uint32_t>(*kernel.getWorkgroup());
  std::vector<fb::Argument> arguments;
  for (mlir::Value buffer : launch.getArguments()) {
    llvm::Expected<fb::Argument> place = argument(buffer, name);
    if (!place) {
      return place.takeError();
    }
    arguments.push_back(*place);
  }
  auto kernelName = builder.CreateSharedString(name.data(), name.size());
  return fb::CreateLaunch(builder, kernelName, builder.CreateVector(grid),
                          builder.CreateVector(workgroup),
                          builder.CreateVectorOfStructs(arguments));
}

llvm::Expected<flatbuffers::Offset<fb::Persistent>> Builder::persistent(llvm::StringRef name) {
  auto kernel = symbols.lookup<tile::KernelOp>(name);
  if (!kernel || !kernel.isLowered() || !kernel.getPhases()) {
    return llvm::createStringError("kernel '" + name + "' is no persistent kernel");
  }
  std::vector<flatbuffers::Offset<flatbuffers::String>> phases;
  size_t arguments = 0;
  for (auto symbol : kernel.getPhases()->getAsRange<mlir::FlatSymbolRefAttr>()) {
    llvm::StringRef phase = symbol.getValue();
    phases.push_back(builder.CreateSharedString(phase.data(), phase.size()));
    auto code = symbols.lookup<tile::KernelOp>(phase);
    arguments = std::max(arguments, code ? code.getArgumentTypes().size() : 0);
  }
  return fb::CreatePersistent(builder, builder.CreateString(name.data(), name.size()),
                              static_cast<uint32_t>(*kernel.getWorkgroup()),
                              static_cast<uint32_t>(kernel.getGrid()->front()),
                              static_cast<uint32_t>(arguments), builder.CreateVector(phases));
}

llvm::Expected<flatbuffers::Offset<fb::EntryPoint>>
Builder::entryPoint(program::EntryPointOp entry) {
  std::vector<flatbuffers::Offset<fb::Launch>> launches, sampling;
  for (auto op : entry.getBody().getOps<program::LaunchOp>()) {
    llvm::Expected<flatbuffers::Offset<fb::Launch>> built = launch(op);
    if (!built) {
      return built.takeError();
    }
    (op.getSampling() ? sampling : launches).push_back(*built);
  }
  flatbuffers::Offset<fb::Persistent> one;
  if (std::optional<llvm::StringRef> name = entry.getPersistent()) {
    if (llvm::Error error = persistent(*name).moveInto(one)) {
      return std::move(error);
    }
  }
  return fb::CreateEntryPointDirect(builder, entry.getSymName().str().c_str(),
                                    static_cast<uint32_t>(entry.getRows()), &launches, one,
                                    &sampling);
}

llvm::Expected<Builder::EntryPoints> Builder::entryPoints(uint32_t rowCapacity) {
  auto entries = llvm::to_vector(planned.getOps<program::EntryPointOp>());
  llvm::sort(entries, [](auto a, auto b) { return a.getRows() < b.getRows(); });
  if (entries.empty() || static_cast<uint64_t>(entries.back().getRows()) != rowCapacity) {
    return llvm::createStringError("the module has no entry point of " + Twine(rowCapacity) +
                                   " rows, its row capacity");
  }
  std::vector<flatbuffers::Offset<fb::EntryPoint>> built;
  for (program::EntryPointOp entry : entries) {
    llvm::Expected<flatbuffers::Offset<fb::EntryPoint>> one = entryPoint(entry);
    if (!one) {
      return one.takeError();
    }
    built.push_back(*one);
  }
  return builder.CreateVector(built);
}

llvm::Expected<flatbuffers::DetachedBuffer> qcc::package::buildProgram(mlir::ModuleOp planned,
                                                                       const MemorySizes &memory,
                                                                       const ProgramFacts &facts) {
  flatbuffers::FlatBufferBuilder builder;
  // A hash that happens to be zero takes its space too: the size must be known before the hashes
  // are.
  builder.ForceDefaults(true);
  Builder parts(planned, builder);
  llvm::Expected<flatbuffers::Offset<fb::Model>> model = parts.model(memory, facts);
  if (!model) {
    return model.takeError();
  }
  llvm::Expected<Builder::EntryPoints> entryPoints = parts.entryPoints(memory.rowCapacity);
  if (!entryPoints) {
    return entryPoints.takeError();
  }
  std::vector<flatbuffers::Offset<fb::Section>> sections;
  for (const ProgramFacts::Section &section : facts.sections) {
    sections.push_back(
        fb::CreateSectionDirect(builder, section.name.c_str(), section.bytes, section.hash));
  }
  auto compiler = builder.CreateString(facts.compiler), chip = builder.CreateString(facts.chip);
  auto state = stateLayout(builder, memory.rowCapacity, memory.state);
  auto sampler = memory.sampler ? samplerLayout(builder, memory) : 0;
  auto sectionList = builder.CreateVector(sections);
  fb::FinishProgramBuffer(builder,
                          fb::CreateProgram(builder, programVersion, compiler, chip, *model, state,
                                            memory.arena, memory.kvCache, memory.weights,
                                            *entryPoints, sectionList, &facts.codeHeader, sampler));
  return builder.Release();
}
