#include "compiler/report/Measure.h"

#include <algorithm>
#include <map>

using namespace qcc;
using namespace qcc::report;
using model::KernelRow;
using model::PlannedKernel;

namespace {

/// Positions up to which attention is counted, not extrapolated.
constexpr int64_t countedContext = 1024;
/// Workgroups of a grid of matmuls that are counted.
constexpr uint64_t countedWorkgroups = 64;

std::vector<int64_t> batchesUpTo(int64_t most) {
  std::vector<int64_t> batches;
  for (int64_t batch : {1, 2, 4, 8, 16}) {
    if (batch <= most) {
      batches.push_back(batch);
    }
  }
  return batches;
}

std::vector<int64_t> contextsUpTo(int64_t most) {
  std::vector<int64_t> contexts;
  for (int64_t context = 128; context < most; context *= 8) {
    contexts.push_back(context);
  }
  contexts.push_back(most);
  return contexts;
}

/// Measures each distinct kernel once for each batch and context.
class Measurement {
public:
  Measurement(const model::PlannedModel &model, ModelReport &report, Progress &progress)
      : model(model), report(report), progress(progress), chip(*report.chip) {
    for (const PlannedKernel &kernel : model.kernels) {
      if (launches[kernel.name]++ == 0) {
        distinct.push_back(&kernel);
      }
    }
  }

  llvm::Error run();

private:
  llvm::Error addBatch(int64_t batch);
  llvm::Expected<KernelRow> measure(const PlannedKernel &kernel, int64_t batch, int64_t context);
  llvm::Expected<KernelRow> count(const PlannedKernel &kernel, int64_t batch, int64_t context);
  KernelRow extrapolate(const KernelRow &near, const KernelRow &far, int64_t context) const;
  void addTokens(const std::map<std::string, KernelRow> &rows, int64_t context);

  const model::PlannedModel &model;
  ModelReport &report;
  Progress &progress;
  const Chip &chip;
  std::map<std::string, int64_t> launches;     // of a token, by kernel
  std::vector<const PlannedKernel *> distinct; // in the order of their first launch
};

llvm::Expected<KernelRow> Measurement::count(const PlannedKernel &kernel, int64_t batch,
                                             int64_t context) {
  return measureKernel(model, kernel, chip,
                       {.rows = batch,
                        .position = context - 1,
                        .mostWorkgroups = countedWorkgroups,
                        .sequences = batch});
}

/// The row at `context`, on the line through two shorter ones.
KernelRow Measurement::extrapolate(const KernelRow &near, const KernelRow &far,
                                   int64_t context) const {
  // `far` is at countedContext, `near` at half of it.
  const double steps = double(context - countedContext) / (double(countedContext) / 2);
  auto line = [&](double first, double second) { return second + (second - first) * steps; };
  KernelRow row = far;
  row.hbmBytes = line(near.hbmBytes, far.hbmBytes);
  row.leastBytes = line(near.leastBytes, far.leastBytes);
  row.operations = line(near.operations, far.operations);
  row.counts.loop = line(near.counts.loop, far.counts.loop);
  row.counts.prologue = line(near.counts.prologue, far.counts.prologue);
  const model::KernelWork &a = near.work, &b = far.work;
  row.work = {row.hbmBytes,
              std::min(b.bytesInFlight * row.hbmBytes / far.hbmBytes, b.bytesInFlight),
              line(a.vectorCycles, b.vectorCycles),
              line(a.matrixCycles, b.matrixCycles),
              line(a.ldsCycles, b.ldsCycles),
              line(a.requestCycles, b.requestCycles)};
  row.projection = project(row.work, chip);
  row.shareOfRoof = model::shareOfRoof(row.leastBytes, row.projection.microseconds, chip);
  return row;
}

llvm::Expected<KernelRow> Measurement::measure(const PlannedKernel &kernel, int64_t batch,
                                               int64_t context) {
  if (context <= countedContext) {
    return count(kernel, batch, context);
  }
  auto near = count(kernel, batch, countedContext / 2);
  if (!near) {
    return near.takeError();
  }
  auto far = count(kernel, batch, countedContext);
  return far ? llvm::Expected<KernelRow>(extrapolate(*near, *far, context)) : far.takeError();
}

void Measurement::addTokens(const std::map<std::string, KernelRow> &rows, int64_t context) {
  std::vector<KernelRow> all;
  for (const PlannedKernel &kernel : model.kernels) {
    all.push_back(rows.at(kernel.name));
  }
  std::vector<model::TokenForm> forms{model::TokenForm::launches};
  if (model.persistent) {
    forms.push_back(model::TokenForm::persistent);
  }
  for (model::TokenForm form : forms) {
    // Every launch of the model is in the list: nothing is repeated.
    report.tokens.push_back(projectToken(all, /*layers=*/1, chip, form));
    report.tokens.back().context = context;
  }
}

llvm::Error Measurement::addBatch(int64_t batch) {
  const std::vector<int64_t> contexts = contextsUpTo(report.maxContext);
  std::map<int64_t, std::map<std::string, KernelRow>> byContext;
  for (const PlannedKernel *kernel : distinct) {
    const std::string &name = kernel->name;
    const bool isAttention = kernel->positions != 0;
    for (int64_t context : contexts) {
      const bool again = isAttention || context == contexts.front();
      auto row = again ? measure(*kernel, batch, context)
                       : llvm::Expected<KernelRow>(byContext[contexts.front()].at(name));
      if (!row) {
        return row.takeError();
      }
      if (again) {
        report.kernels.push_back({*row, isAttention ? context : 0, launches[name]});
        progress.advance(1);
      }
      byContext[context].emplace(name, std::move(*row));
    }
  }
  for (int64_t context : contexts) {
    addTokens(byContext[context], context);
  }
  return llvm::Error::success();
}

llvm::Error Measurement::run() {
  const std::vector<int64_t> batches = batchesUpTo(report.maxBatch);
  const uint64_t contexts = contextsUpTo(report.maxContext).size();
  uint64_t work = 0;
  for (const PlannedKernel *kernel : distinct) {
    work += kernel->positions ? contexts : 1;
  }
  progress.begin("measuring kernels on the emulated device", work * batches.size(), "kernels");
  for (int64_t batch : batches) {
    if (llvm::Error error = addBatch(batch)) {
      return error;
    }
  }
  progress.end();
  return llvm::Error::success();
}

} // namespace

llvm::Error report::measureModel(const model::PlannedModel &model, ModelReport &report,
                                 Progress &progress) {
  return Measurement(model, report, progress).run();
}

const model::TokenRow *report::fastest(const ModelReport &report, int64_t batch, int64_t context) {
  const model::TokenRow *best = nullptr;
  for (const model::TokenRow &token : report.tokens) {
    if (token.batch == batch && token.context == context &&
        (!best || token.projectedMicroseconds < best->projectedMicroseconds)) {
      best = &token;
    }
  }
  return best;
}

/// Different values of `member` over all tokens, ascending.
static std::vector<int64_t> valuesOf(const ModelReport &report, int64_t model::TokenRow::*member) {
  std::vector<int64_t> values;
  for (const model::TokenRow &token : report.tokens) {
    values.push_back(token.*member);
  }
  llvm::sort(values);
  values.erase(llvm::unique(values), values.end());
  return values;
}

std::vector<int64_t> report::batchesOf(const ModelReport &report) {
  return valuesOf(report, &model::TokenRow::batch);
}

std::vector<int64_t> report::contextsOf(const ModelReport &report) {
  return valuesOf(report, &model::TokenRow::context);
}
