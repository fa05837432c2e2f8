// Every kernel of a decoder, by encoding, groups, activations, caches, steps and odd shapes, run on
// the emulated device's instruction set with every check watching every workgroup, against the
// oracle.
//
// The product of all choices has millions of cases a chip: CTest runs rows in which every two
// choices meet on every chip (CoveringDesign.h). As much of the product as some seconds allow,
// spread over all of it:
//   QCC_KERNEL_SWEEP_SECONDS=600 kernel_sweep_test --gtest_filter='*Product*'
#include "bench/roofline/CompiledModel.h"
#include "compiler/Pipeline.h"
#include "compiler/model/MeasuredKernel.h"
#include "compiler/oracle/KernelOracle.h"
#include "test/end_to_end/support/Programs.h"
#include "test/numerics/CoveringDesign.h"
#include "test/numerics/SweepModel.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>

using namespace qcc;
using namespace qcc::model;
using namespace qcc::test;

namespace {

//===-- The choices --------------------------------------------------------------------------===//

constexpr const char *chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

constexpr const char *encodings[] = {"u4", "i4", "u8", "i8", "u2", "i2", "f16", "bf16", "f32"};
constexpr const char *scales[] = {"f16", "bf16", "f32"};
enum Zeros { noZeros, integerZeros, floatZeros };
constexpr int64_t groups[] = {32, 16, 64, 128, 256, 0};

struct Activations {
  const char *name, *type;
  bool quantized; // rows of matmuls as int8
};
constexpr Activations activations[] = {{"f16", "f16", false},       {"bf16", "bf16", false},
                                       {"f32", "f32", false},       {"f16-int8", "f16", true},
                                       {"bf16-int8", "bf16", true}, {"f32-int8", "f32", true}};

/// The KV cache's elements; empty: those of activations.
constexpr const char *caches[] = {"", "i8", "f8E4M3FN"};

struct Step {
  const char *name;
  int64_t batch, prefillRows; // that the step is compiled for; 0: a decoded token
  int64_t rows, sequences;    // that it has
};
constexpr Step steps[] = {{"decode1", 1, 0, 1, 1},        {"decode3", 3, 0, 3, 3},
                          {"decode8", 8, 0, 8, 8},        {"decode16", 16, 0, 16, 16},
                          {"decode5of8", 8, 0, 5, 5},     {"prefill17", 1, 17, 17, 1},
                          {"prefill40of64", 2, 64, 40, 2}};

constexpr int64_t positions[] = {70, 0, 5};

// K that are no multiple of a run, a group or a line; columns that are none of a panel or a tile;
// heads that are none of a wave's, and odd vocabularies, to one of a single token.
constexpr tune::DecoderShape shapes[] = {
    {"even", 256, 384, 4, 2, 64, 512},      {"narrow", 41, 73, 3, 1, 40, 259},
    {"uneven", 172, 290, 3, 3, 96, 49},     {"long", 1152, 136, 5, 1, 80, 65},
    {"manyRuns", 64, 2144, 7, 7, 32, 67},   {"deep", 32, 4096, 1, 1, 32, 67},
    {"grouped", 128, 264, 14, 2, 128, 517}, {"oneToken", 16, 24, 1, 1, 8, 1}};

struct NamedVariant {
  const char *name;
  Variant value;
};
constexpr NamedVariant variants[] = {{"plain", Variant::plain},
                                     {"bias", Variant::bias},
                                     {"windowSoftcap", Variant::windowSoftcap},
                                     {"partialInterleaved", Variant::partialInterleaved},
                                     {"headNorm", Variant::headNorm},
                                     {"geluScaled", Variant::geluScaled}};

enum Dimension { encoding, scale, zero, group, activation, cache, step, position, shape, variant };

constexpr int sizes[] = {std::size(encodings), std::size(scales),      3,
                         std::size(groups),    std::size(activations), std::size(caches),
                         std::size(steps),     std::size(positions),   std::size(shapes),
                         std::size(variants)};

/// Floats have no groups, scales and zero points: all of them are value 0 then. Rows of a step have
/// tokens 0, 1, 2, ...: where there is only one, there is one row.
bool mayMeet(int first, int a, int second, int b) {
  if (first == step && second == shape) {
    return a == 0 || shapes[b].vocabulary >= steps[a].rows;
  }
  const bool ofGroups = second == scale || second == zero || second == group;
  return first != encoding || !ofGroups || b == 0 || encodings[a][0] == 'u' ||
         encodings[a][0] == 'i';
}

/// Whether all values of a row may meet.
bool isMeant(const DesignRow &row) {
  for (int first = 0; first < static_cast<int>(row.size()); ++first) {
    for (int second = first + 1; second < static_cast<int>(row.size()); ++second) {
      if (!mayMeet(first, row[first], second, row[second])) {
        return false;
      }
    }
  }
  return true;
}

struct Case {
  const char *chip;
  DesignRow row;

  const Step &ofStep() const { return steps[row[step]]; }
  const Activations &ofActivations() const { return activations[row[activation]]; }

  SweepModel model() const {
    SweepModel model{shapes[row[shape]]};
    model.encoding = encodings[row[encoding]];
    model.scale = scales[row[scale]];
    model.zero = row[zero] == noZeros        ? "none"
                 : row[zero] == integerZeros ? model.encoding
                                             : model.scale;
    model.group = groups[row[group]];
    model.activations = ofActivations().type;
    model.cache = row[cache] ? caches[row[cache]] : ofActivations().type;
    model.variant = variants[row[variant]].value;
    return model;
  }

  std::string name() const {
    SweepModel model = this->model();
    return llvm::formatv(
        "{0} {1} scale {2} zero {3} group {4} rows {5} cache {6} {7} at {8} {9} {10}", chip,
        model.encoding, model.scale, model.zero, model.group, ofActivations().name, model.cache,
        ofStep().name, positions[row[position]], model.shape.name, variants[row[variant]].name);
  }

  /// How far outputs may be from the oracle's, which rounds between the operations of a kernel: a
  /// few roundings of the activations' type. A quantized element of a row or a cache may fall to
  /// its neighbour: a 127th of the largest of its block, a few in a hundred do; of fp8 an eighth of
  /// itself, and beside bf16, whose rounding comes first, one in twenty does, which makes a fiftieth
  /// of the whole. A single output may be an eighth of what its terms amount to.
  double tolerance() const {
    const std::string type = ofActivations().type;
    const double ofCache[] = {0, 4e-3, type == "bf16" ? 2e-2 : 1e-2};
    const double several = (type == "f32"   ? 1e-5
                            : type == "f16" ? 1e-3
                                            : 8e-3) +
                           (ofActivations().quantized ? 1e-2 : 0) + ofCache[row[cache]];
    return several * (shapes[row[shape]].vocabulary == 1 ? 8 : 1);
  }
};

std::ostream &operator<<(std::ostream &out, const Case &tried) {
  return out << tried.name();
}

//===-- A case -------------------------------------------------------------------------------===//

/// Compiles `model` for the step of `tried`; what the compiler says is put into `said`, if that is
/// asked.
llvm::Expected<bench::CompiledModel> compile(const SweepModel &model, const Case &tried,
                                             const std::string &folder,
                                             std::string *said = nullptr) {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  auto context = std::make_unique<mlir::MLIRContext>(registry);
  context->loadAllAvailableDialects();
  if (said) {
    context->getDiagEngine().registerHandler(
        [said](mlir::Diagnostic &diagnostic) { *said = diagnostic.str(); });
  }
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(writeSweepModel(model, folder), context.get());
  if (!module) {
    return llvm::createStringError("the module cannot be parsed");
  }
  Options options;
  options.maxBatch = tried.ofStep().batch;
  options.prefillRows = tried.ofStep().prefillRows;
  options.maxContext = sweepPositions;
  options.quantizeActivations = tried.ofActivations().quantized;
  options.persistent = false;
  return bench::compileModule(std::move(context), std::move(module),
                              options.prefillRows ? "prefill" : "decode", *findChip(tried.chip),
                              options);
}

struct CaseResult {
  int kernels = 0, shared = 0; // those of them whose workgroups share K
};

/// Runs every kernel of a case.
CaseResult runCase(const Case &tried) {
  SCOPED_TRACE(tried.name());
  const Chip &chip = *findChip(tried.chip);
  ScratchFolder folder;
  auto model = compile(tried.model(), tried, folder.path);
  if (!model) {
    ADD_FAILURE() << toString(model.takeError());
    return {};
  }
  WeightFiles files(folder.path);
  const CountedStep counted{.rows = tried.ofStep().rows,
                            .position = positions[tried.row[position]],
                            .sequences = tried.ofStep().sequences,
                            .checkedWorkgroups = UINT64_MAX};
  std::set<std::string> kinds;
  CaseResult result;
  for (const PlannedKernel &kernel : model->planned.kernels) {
    kinds.insert(kernel.op);
    ++result.kernels;
    result.shared += kernel.splits > 1;
    if (kernel.op == "sample" && counted.rows != counted.sequences) {
      continue; // a sequence is sampled once a step
    }
    EXPECT_EQ(kernel.resources.vgprSpills + kernel.resources.scratchBytes, 0u) << kernel.name;
    auto oracle =
        oracle::KernelOracle::create(*model->module, model->entry, kernel.name, counted, files);
    if (!oracle) {
      ADD_FAILURE() << toString(oracle.takeError());
      continue;
    }
    auto run = runCounted(model->planned.code, chip, kernel, counted, oracle->get());
    if (!run) {
      ADD_FAILURE() << kernel.name << ": " << toString(run.takeError());
      continue;
    }
    EXPECT_EQ(run->findings, std::vector<std::string>()) << kernel.name;
    EXPECT_LE((*oracle)->relativeError(), tried.tolerance()) << kernel.name << " " << kernel.op;
  }
  for (const char *kind : {"embed", "attention", "matmul_head", "sample"}) {
    EXPECT_TRUE(kinds.contains(kind)) << kind;
  }
  return result;
}

//===-- All cases ----------------------------------------------------------------------------===//

/// The chips' designs differ in which threes meet.
std::vector<Case> coveringCases() {
  std::vector<Case> cases;
  for (int turn = 0; const char *chip : chips) {
    for (DesignRow &row : coverPairs(sizes, mayMeet, turn++)) {
      cases.push_back({chip, std::move(row)});
    }
  }
  return cases;
}

class KernelSweep : public testing::TestWithParam<Case> {};

TEST_P(KernelSweep, AgreesWithOracle) {
  runCase(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Pairs, KernelSweep, testing::ValuesIn(coveringCases()),
                         [](const auto &info) {
                           return std::string(info.param.chip) + "_" + std::to_string(info.index);
                         });

/// The number of the choice that is called `name`.
template <typename Choices> int numberOf(const Choices &choices, llvm::StringRef name) {
  auto found = llvm::find_if(choices, [&](const auto &choice) { return choice.name == name; });
  return static_cast<int>(found - std::begin(choices));
}

class SharedDepth : public testing::TestWithParam<const char *> {};

// K is shared where a deep matmul has few tiles, which pairs alone do not see to.
TEST_P(SharedDepth, AgreesWithOracle) {
  for (const char *rows : {"f16", "f16-int8"}) {
    Case tried{GetParam(), DesignRow(std::size(sizes), 0)};
    tried.row[group] = static_cast<int>(llvm::find(groups, 128) - groups);
    tried.row[activation] = numberOf(activations, rows);
    tried.row[step] = numberOf(steps, "prefill40of64");
    tried.row[shape] = numberOf(shapes, "deep");
    EXPECT_GE(runCase(tried).shared, 1) << tried.name();
  }
}

INSTANTIATE_TEST_SUITE_P(Chips, SharedDepth, testing::ValuesIn(chips));

/// Case `index` of the product of all choices and chips.
Case caseOfProduct(uint64_t index) {
  Case result{chips[index % std::size(chips)], {}};
  index /= std::size(chips);
  for (int size : sizes) {
    result.row.push_back(static_cast<int>(index % size));
    index /= size;
  }
  return result;
}

TEST(KernelSweepProduct, AgreesWithOracle) {
  const char *seconds = std::getenv("QCC_KERNEL_SWEEP_SECONDS");
  if (!seconds) {
    GTEST_SKIP() << "QCC_KERNEL_SWEEP_SECONDS says for how long the product is run";
  }
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(std::atoi(seconds));
  uint64_t total = std::size(chips);
  for (int size : sizes) {
    total *= size;
  }
  // A prime that divides no size leads through all of the product.
  constexpr uint64_t stride = 23'456'789;
  int cases = 0, kernels = 0;
  for (uint64_t i = 0; i < total && Clock::now() < end; ++i) {
    const Case tried = caseOfProduct(i * stride % total);
    if (isMeant(tried.row)) {
      kernels += runCase(tried).kernels;
      ++cases;
    }
  }
  std::cout << cases << " cases, " << kernels << " kernels, of a product of " << total << "\n";
}

TEST(KernelSweepRefusal, NamesTheGroup) {
  std::string said;
  Case tried{"gfx942", DesignRow(std::size(sizes), 0)};
  SweepModel model = tried.model();
  model.group = 48;
  ScratchFolder folder;
  auto compiled = compile(model, tried, folder.path, &said);
  EXPECT_EQ(llvm::toString(compiled.takeError()), "the plan stage failed");
  EXPECT_EQ(said, "block size 48 is neither a power of two from 8 nor all of K = 256");
}

} // namespace
