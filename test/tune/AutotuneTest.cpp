// The search: which schedules it considers, what it thinks of them, and what it finds.
#include "compiler/Tuning.h"

#include "compiler/Pipeline.h"
#include "compiler/model/PlannedKernel.h"
#include "compiler/tune/DecoderShapes.h"

#include <gtest/gtest.h>

using namespace qcc;
using namespace qcc::tune;

namespace {

MatmulProblem problemOf(const char *chip, int64_t depth, std::vector<int64_t> columns,
                        int64_t batch = 1, int64_t bits = 4) {
  MatmulProblem problem;
  problem.chip = findChip(chip);
  problem.depth = depth;
  problem.columns = std::move(columns);
  problem.bits = bits;
  problem.block = 128;
  problem.batch = batch;
  return problem;
}

TEST(Schedules, AreHundredsAndLegal) {
  for (const char *chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    for (int64_t bits : {4, 8}) {
      for (int64_t batch : {1, 8}) {
        MatmulProblem problem = problemOf(chip, 4096, {4096, 1024, 1024}, batch, bits);
        std::vector<MatmulTuning> tunings = legalTunings(problem);
        EXPECT_GT(tunings.size(), 300u) << chip;
        for (const MatmulTuning &tuning : tunings) {
          EXPECT_TRUE(isLegal(problem, tuning));
          EXPECT_LE(tuning.rows, batch);
          EXPECT_GE(Partition(problem, tuning).runs, tuning.splitK);
        }
      }
    }
  }
}

/// 11008 input features are 5.4 runs of 16 lanes and four loads; no schedule reads a sixth.
TEST(Schedules, PadLittle) {
  MatmulProblem problem = problemOf("gfx942", 11008, {4096});
  for (const MatmulTuning &tuning : legalTunings(problem)) {
    Partition partition(problem, tuning);
    EXPECT_LE(partition.runs * partition.runDepth, 11008 * 1.03);
  }
}

TEST(Schedules, WhatDoesNotFitIsNotLegal) {
  MatmulProblem problem = problemOf("gfx1100", 14336, {4096}, 8);
  MatmulTuning tuning = {16, 4, 1, 8, 1, 0, 16}; // eight rows of 14336 features in LDS
  EXPECT_FALSE(isLegal(problem, tuning));
  tuning.stage = 2048;
  EXPECT_TRUE(isLegal(problem, tuning));
  tuning.stage = 2000; // no whole runs
  EXPECT_FALSE(isLegal(problem, tuning));
}

constexpr DecoderShape small = {"small", 512, 1024, 8, 4, 64, 1024};

class Planned : public testing::Test {
protected:
  Planned() : context(registered(), mlir::MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
    options.maxContext = 256;
  }

  static const mlir::DialectRegistry &registered() {
    static mlir::DialectRegistry registry = [] {
      mlir::DialectRegistry made;
      registerDialects(made);
      return made;
    }();
    return registry;
  }

  void run(mlir::ModuleOp module, llvm::StringRef from, llvm::StringRef to) {
    bool isInside = false;
    for (const Stage &stage : stages()) {
      isInside |= stage.name == from;
      if (isInside) {
        llvm::Error error = runStage(stage, module, chip, options);
        ASSERT_FALSE(bool(error)) << toString(std::move(error));
      }
      isInside &= stage.name != to;
    }
  }

  mlir::OwningOpRef<mlir::ModuleOp> fused() {
    auto module = decoderModule(small, {}, context);
    run(*module, "clean", "fuse");
    return module;
  }
  std::map<TuningKey, tile::KernelOp> planned(mlir::ModuleOp module) {
    run(module, "plan", "plan");
    return tunableKernels(module, chip, options.maxBatch);
  }

  const Chip &chip = *findChip("gfx1100");
  Options options;
  mlir::MLIRContext context;
};

/// The planner's and the tuner's idea of a kernel are one.
TEST_F(Planned, PartitionsAreThoseOfKernels) {
  options.maxBatch = 2;
  auto module = fused();
  for (auto &[key, kernel] : planned(*module)) {
    MatmulProblem problem = tune::problemOf(kernel, chip, key.batch);
    std::vector<MatmulTuning> tunings = legalTunings(problem);
    for (size_t index = 0; index < tunings.size(); index += tunings.size() / 10) {
      const MatmulTuning &tuning = tunings[index];
      Partition partition(problem, tuning);
      auto copy = copyOf(kernel, tuning, chip);
      std::vector<model::PlannedKernel> described = {
          model::describeKernel(*copy->getOps<tile::KernelOp>().begin(), chip)};
      run(*copy, "tile", "tile");
      model::describeGeometry(*copy, described);
      const model::PlannedKernel &made = described.front();
      EXPECT_EQ(made.grid[0] * made.grid[1], partition.workgroups) << lineOf(key, {tuning, 1});
      EXPECT_EQ(made.grid[1], partition.rowTiles);
      EXPECT_EQ(made.bytesInFlight, partition.ahead * chip.waveSize * 16);
      EXPECT_NEAR(made.packedBytes, partition.packedBytes, 4096);
    }
  }
}

TEST_F(Planned, AnEntryOfATableIsFollowed) {
  auto module = fused();
  mlir::OwningOpRef<mlir::ModuleOp> copy(module->clone());
  TuningTable table;
  std::map<TuningKey, MatmulTuning> chosen;
  for (auto &[key, kernel] : planned(*copy)) {
    MatmulProblem problem = tune::problemOf(kernel, chip, key.batch);
    std::vector<MatmulTuning> tunings = legalTunings(problem);
    chosen[key] = tunings[tunings.size() / 2];
    EXPECT_NE(chosen[key], tuningOf(kernel));
    table.set(key, {chosen[key], 1});
  }
  ASSERT_GE(chosen.size(), 4u);
  llvm::Error error = applyTable(*module, table, chip, options.maxBatch);
  ASSERT_FALSE(bool(error)) << toString(std::move(error));
  for (auto &[key, kernel] : planned(*module)) {
    EXPECT_EQ(tuningOf(kernel), chosen[key]) << lineOf(key, {chosen[key], 1});
  }
}

TEST_F(Planned, AnEntryThatIsNoScheduleIsRefused) {
  auto module = fused();
  mlir::OwningOpRef<mlir::ModuleOp> copy(module->clone());
  auto kernels = planned(*copy);
  TuningTable table;
  table.set(kernels.begin()->first, {{.lanesK = 32}, 1}); // one column of a wave of 32
  llvm::Error error = applyTable(*module, table, chip, options.maxBatch);
  ASSERT_TRUE(bool(error));
  EXPECT_NE(toString(std::move(error)).find("\"lanes_k\":32"), std::string::npos);
}

/// What is counted does not depend on N, so that what one kernel costs is known from another's run.
TEST_F(Planned, CountsDoNotDependOnTheNumberOfColumns) {
  const DecoderShape wide = {"wide", 512, 2048, 8, 4, 64, 4096};
  std::vector<Measured> measured;
  for (const DecoderShape &shape : {small, wide}) {
    auto module = decoderModule(shape, {}, context);
    run(*module, "clean", "fuse");
    for (auto &[key, kernel] : planned(*module)) {
      if (key.n == std::vector<int64_t>{shape.vocabulary}) {
        measured.push_back(measure(kernel, {8, 2, 1, 1, 2, 0, 4}, chip, 1));
      }
    }
  }
  ASSERT_EQ(measured.size(), 2u);
  ASSERT_TRUE(measured[0].compiles && measured[1].compiles);
  EXPECT_NEAR(measured[0].counts.vector, measured[1].counts.vector,
              0.01 * measured[0].counts.vector);
  EXPECT_EQ(measured[0].counts.lds, measured[1].counts.lds);
  EXPECT_EQ(measured[0].counts.requests, measured[1].counts.requests);
}

/// The search compiles a few, and what it finds is within 5 % of the best of all.
TEST_F(Planned, FindsNearlyTheBestWithATenthOfTheCompilations) {
  const DecoderShape narrow = {"narrow", 256, 512, 4, 2, 64, 512};
  auto module = decoderModule(narrow, {}, context);
  run(*module, "clean", "fuse");
  for (auto &[key, kernel] : planned(*module)) {
    if (key.n != std::vector<int64_t>{256} || key.k != 256) {
      continue;
    }
    Search few(chip), all(chip);
    std::optional<Ranked> found = few.best(kernel, key);
    ASSERT_TRUE(found.has_value());
    double least = std::numeric_limits<double>::max();
    for (const Ranked &ranked : all.rankAll(kernel, key)) {
      least = std::min(least, ranked.projection.microseconds);
    }
    EXPECT_LE(found->projection.microseconds, 1.05 * least);
    EXPECT_LE(10 * few.compilations(), all.compilations());
    return;
  }
  FAIL() << "the decoder has no such kernel";
}

/// Measured is what the kernel has, what a table knows however bad it is, and what looks best.
TEST_F(Planned, ShortlistsWhatIsKnownAndWhatLooksBest) {
  auto module = fused();
  auto kernels = planned(*module);
  const auto &[key, kernel] = *kernels.begin();
  MatmulProblem problem = tune::problemOf(kernel, chip, key.batch);
  std::vector<MatmulTuning> tunings = legalTunings(problem);
  sortByGuess(problem, tunings);
  Search search(chip);
  std::vector<Ranked> listed = search.shortlist(kernel, key, tunings.back());
  EXPECT_EQ(listed.size(), Search::handful);
  auto isListed = [&](const MatmulTuning &tuning) {
    return llvm::any_of(listed, [&](const Ranked &ranked) { return ranked.tuning == tuning; });
  };
  EXPECT_TRUE(isListed(tuningOf(kernel)));
  EXPECT_TRUE(isListed(tunings.back()));
  EXPECT_TRUE(
      llvm::is_sorted(listed, [](const Ranked &a, const Ranked &b) { return a.cost < b.cost; }));
  std::set<MatmulTuning> distinct;
  for (const Ranked &ranked : listed) {
    distinct.insert(ranked.tuning);
  }
  EXPECT_EQ(distinct.size(), listed.size());
  MatmulTuning impossible = {.lanesK = 32};
  EXPECT_EQ(search.shortlist(kernel, key, impossible).size(), Search::handful);
}

/// A search adds what is missing, and nothing is missing afterwards.
TEST_F(Planned, SearchesOnceOnly) {
  options.autotune = Autotune::model;
  auto module = fused();
  TuningTable table;
  Progress silent = Progress::silent();
  llvm::Error first = searchSchedules(*module, chip, options, table, silent);
  ASSERT_FALSE(bool(first)) << toString(std::move(first));
  std::string found = table.text();
  EXPECT_GE(table.size(), 4u);
  llvm::Error second = searchSchedules(*module, chip, options, table, silent);
  ASSERT_FALSE(bool(second)) << toString(std::move(second));
  EXPECT_EQ(table.text(), found);
}

} // namespace
