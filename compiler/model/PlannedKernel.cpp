#include "compiler/model/PlannedKernel.h"

#include "compiler/model/CountedRun.h"
#include "dialects/program/Program.h"
#include "dialects/qnt/PackedWeight.h"
#include "dialects/tile/AttentionPartition.h"
#include "dialects/tile/SplitSums.h"

using namespace qcc;
using namespace qcc::model;

/// Bytes of activations, quantized or not; none for other types.
static std::optional<int64_t> bytesOfRows(mlir::Type type) {
  if (auto quantized = llvm::dyn_cast<qnt::ActivationType>(type)) {
    return quantized.getBytes();
  }
  auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(type);
  return tensor ? std::optional(tensor.getNumElements() * tensor.getElementTypeBitWidth() / 8)
                : std::nullopt;
}

/// Bytes behind the pointer that stands for an argument or result of `type`.
static int64_t bytesOf(mlir::Type type, int64_t rowCapacity) {
  if (auto rows = bytesOfRows(type)) {
    return *rows;
  }
  if (auto weight = llvm::dyn_cast<qnt::WeightType>(type)) {
    return qnt::PackedWeight(weight).bytes();
  }
  if (auto cache = llvm::dyn_cast<lm::CacheType>(type)) {
    return cache.getBytes();
  }
  if (auto sampler = llvm::dyn_cast<lm::SamplerType>(type)) {
    return sampler.getSlots() * sampler.getSlotBytes();
  }
  return 16 + 5 * 4 * rowCapacity; // the state memory of runtime/program.fbs
}

/// Values, scales and zero points of a matmul's weight without padding, as the kernel reads them.
static double leastBytes(qnt::WeightType type) {
  double values = double(type.getRows()) * type.getColumns() * qnt::bitsOf(type.getEncoding()) / 8;
  double parts = type.getZero() == qnt::Encoding::none ? 1 : 2;
  double scaleBytes = type.isQuantized() ? qnt::bitsOf(type.getScale()) / 8.0 : 0;
  return values + parts * scaleBytes * type.getRows() * type.getBlocksPerRow();
}

/// The name of a kernel in reports: that of its place in a decoder layer.
static std::string opOf(tile::KernelOp kernel, int64_t k, int64_t n) {
  mlir::Block &body = kernel.getBody().front();
  if (kernel.getKind() != "matmul") {
    return kernel.getKind().str();
  }
  if (!body.getOps<lm::AppendOp>().empty()) {
    return "matmul_qkv";
  }
  if (!body.getOps<lm::SelectRowsOp>().empty()) {
    return "matmul_head";
  }
  if (!body.getOps<lm::SiluOp>().empty()) {
    return "matmul_gate_up";
  }
  return k > n ? "matmul_down" : "matmul_o";
}

/// Bytes of weights that a wave keeps under way: whole runs, as many as the schedule's loads, and
/// no more than it has.
static int64_t bytesAhead(tile::KernelOp kernel, qnt::MatmulOp matmul, int64_t combined) {
  qnt::PackedWeight packed(matmul.getWeight().getType());
  tile::ScheduleAttr schedule = kernel.getSchedule();
  auto layout = llvm::cast<qnt::TiledAttr>(matmul.getWeight().getType().getLayout());
  int64_t perRun = combined * layout.getColumnsPerLane() * packed.runLoads();
  int64_t runs = std::max<int64_t>(1, schedule.getPrefetch() / perRun);
  runs = std::min(runs, std::max<int64_t>(1, packed.runs() / schedule.getSplitK()));
  return runs * perRun * packed.waveSize() * 16;
}

/// Rows of activations, quantized or not.
static int64_t rowsOf(mlir::Type type) {
  auto quantized = llvm::dyn_cast<qnt::ActivationType>(type);
  return quantized ? static_cast<int64_t>(quantized.getRows())
                   : llvm::cast<mlir::RankedTensorType>(type).getDimSize(0);
}

/// The memory behind every pointer, and the rows that go in and out.
static void describeMemory(tile::KernelOp kernel, PlannedKernel &result) {
  mlir::FunctionType type = kernel.getFunctionType();
  double rowBytes = 0;
  auto addRows = [&](mlir::Type rows) {
    result.rows = rowsOf(rows);
    rowBytes += double(*bytesOfRows(rows));
  };
  for (auto [index, input] : llvm::enumerate(type.getInputs())) {
    result.argumentBytes.push_back(bytesOf(input, kernel.getRowCapacity()));
    if (llvm::isa<lm::BatchType>(input)) {
      result.stateArgument = static_cast<int64_t>(index);
    } else if (llvm::isa<qnt::WeightType>(input)) {
      result.weightInputs.push_back(static_cast<int64_t>(index));
    } else if (bytesOfRows(input)) {
      addRows(input);
    }
  }
  result.inputs = static_cast<int64_t>(type.getNumInputs());
  for (mlir::Type output : type.getResults()) {
    if (auto rows = bytesOfRows(output)) {
      result.argumentBytes.push_back(*rows);
      addRows(output);
    }
  }
  if (auto bytes = kernel.getWorkspace()) {
    result.argumentBytes.push_back(*bytes);
  }
  if (auto words = kernel.getCounters()) {
    result.argumentBytes.push_back(4 * *words);
  }
  result.rowBytes = rowBytes / double(result.rows);
}

static void describeMatmuls(tile::KernelOp kernel, PlannedKernel &result) {
  mlir::Block &body = kernel.getBody().front();
  bool combines = !body.getOps<lm::SiluOp>().empty();
  for (auto matmul : body.getOps<qnt::MatmulOp>()) {
    qnt::WeightType weight = matmul.getWeight().getType();
    result.k = weight.getColumns();
    result.multipliesBytes = llvm::isa<qnt::ActivationType>(matmul.getLhs().getType());
    result.n += weight.getRows();
    result.group = weight.getBlock();
    result.weights += weight.getRows() * weight.getColumns();
    result.leastBytes += leastBytes(weight);
    result.packedBytes += qnt::PackedWeight(weight).bytes();
    result.bytesInFlight = bytesAhead(kernel, matmul, combines ? 2 : 1);
  }
  result.rowOperations = 2.0 * double(result.weights);
  if (auto sums = tile::splitSumsOf(body, kernel.getSchedule())) {
    result.splits = sums->splits;
    result.splitBytes = double(sums->workspaceBytes());
  }
}

static void describeAttention(tile::KernelOp kernel, const Chip &chip, PlannedKernel &result) {
  for (auto attention : kernel.getBody().front().getOps<lm::AttentionOp>()) {
    auto cache = attention.getCache().getType();
    result.positions = static_cast<int64_t>(cache.getSlots() * cache.getPositions());
    result.positionBytes = double(cache.getBytes()) / double(result.positions);
    result.positionOperations = 4.0 * double(attention.getHeads()) * double(cache.getHeadSize());
    result.cached = 2 * result.positions * cache.getHeads() * cache.getHeadSize();
    tile::AttentionPartition partition(attention, kernel.getSchedule());
    result.bytesInFlight = 2 * partition.unroll * partition.groups(chip.waveSize) *
                           cache.getHeadSize() * cache.getElementType().getIntOrFloatBitWidth() / 8;
  }
}

/// What a row takes from tables and adds to caches, and the weights that all rows share.
static void describeRows(mlir::Block &body, PlannedKernel &result) {
  for (auto append : body.getOps<lm::AppendOp>()) {
    // The row's keys and values, not the whole cache.
    auto cache = append.getCache().getType();
    result.rows = append.getKey().getType().getDimSize(0);
    result.rowBytes += double(cache.getBytes()) / double(cache.getSlots() * cache.getPositions());
  }
  for (auto embed : body.getOps<lm::EmbedOp>()) {
    qnt::WeightType table = embed.getTable().getType();
    result.rowBytes += leastBytes(table) / double(table.getRows());
  }
  for (auto norm : body.getOps<lm::RmsNormOp>()) {
    result.leastBytes += double(qnt::PackedWeight(norm.getWeight().getType()).bytes());
  }
  for (auto quantize : body.getOps<qnt::QuantizeOp>()) {
    if (quantize.getWeight()) {
      result.leastBytes += double(qnt::PackedWeight(quantize.getWeight().getType()).bytes());
    }
  }
}

/// The attribute's parameters: "waves = 4, rows = 1, ...".
static std::string textOf(tile::ScheduleAttr schedule) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << mlir::Attribute(schedule);
  size_t begin = text.find('<'), end = text.rfind('>');
  return begin == std::string::npos ? text : text.substr(begin + 1, end - begin - 1);
}

PlannedKernel model::describeKernel(tile::KernelOp kernel, const Chip &chip) {
  PlannedKernel result;
  result.name = kernel.getSymName().str();
  result.schedule = textOf(kernel.getSchedule());
  result.onMatrixUnits = static_cast<bool>(kernel.getSchedule().getMatrix());
  describeMemory(kernel, result);
  describeMatmuls(kernel, result);
  describeAttention(kernel, chip, result);
  describeRows(kernel.getBody().front(), result);
  result.leastBytes +=
      result.rowBytes * double(result.rows) + result.positionBytes * double(result.positions);
  result.op = opOf(kernel, result.k, result.n);
  return result;
}

std::vector<PlannedKernel> model::describeKernels(mlir::ModuleOp module, llvm::StringRef entry,
                                                  const Chip &chip) {
  std::vector<PlannedKernel> kernels;
  auto launches = module.lookupSymbol<program::EntryPointOp>(entry);
  for (auto launch : launches.getBody().front().getOps<program::LaunchOp>()) {
    kernels.push_back(
        describeKernel(module.lookupSymbol<tile::KernelOp>(launch.getKernel()), chip));
  }
  return kernels;
}

void model::describeGeometry(mlir::ModuleOp module, llvm::MutableArrayRef<PlannedKernel> kernels) {
  for (PlannedKernel &kernel : kernels) {
    auto lowered = module.lookupSymbol<tile::KernelOp>(kernel.name);
    llvm::copy(*lowered.getGrid(), kernel.grid.begin());
    kernel.workgroup = *lowered.getWorkgroup();
    if (lowered.getStreams()) {
      for (auto stream : lowered.getStreams()->getAsRange<tile::StreamAttr>()) {
        kernel.touchedBytes += static_cast<double>(stream.getBytesOfLines(lowered.getTouches()));
      }
    }
  }
}

std::string model::persistentKernelOf(mlir::ModuleOp module, llvm::StringRef entry) {
  return module.lookupSymbol<program::EntryPointOp>(entry).getPersistent().value_or("").str();
}

PlannedModel model::joinCode(std::vector<PlannedKernel> kernels, const std::string &persistent,
                             codegen::CodeObject code, const Chip &chip) {
  auto resourcesOf = [&](const std::string &name) {
    return *llvm::find_if(code.kernels,
                          [&](const codegen::KernelResources &r) { return r.name == name; });
  };
  PlannedModel result;
  for (PlannedKernel &kernel : kernels) {
    kernel.resources = resourcesOf(kernel.name);
  }
  if (!persistent.empty()) {
    result.persistent = resourcesOf(persistent);
    result.persistentWavesPerSimd = residentWavesPerSimd(code.bytes, chip, *result.persistent);
  }
  result.kernels = std::move(kernels);
  result.code = std::move(code.bytes);
  return result;
}
