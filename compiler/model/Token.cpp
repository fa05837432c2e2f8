#include "compiler/model/Token.h"

#include "llvm/ADT/STLExtras.h"

using namespace qcc;
using namespace qcc::model;

namespace {

/// The kernels of a token, each as often as it runs.
class Token {
public:
  Token(llvm::ArrayRef<KernelRow> rows, int64_t layers, TokenForm form)
      : rows(rows), layers(layers), form(form) {}

  /// Kernels between the embedding and the head are a layer's.
  int64_t times(size_t index) const {
    bool isLast = rows[index].kernel.op == "matmul_head" || isSample(rows[index]);
    return index == 0 || isLast ? 1 : layers;
  }
  int64_t kernels() const {
    int64_t sum = 0;
    for (size_t index = 0; index < rows.size(); ++index) {
      sum += times(index);
    }
    return sum;
  }
  /// Sampling is a launch by itself in either form.
  int64_t launches() const {
    return form == TokenForm::launches ? kernels() : 1 + llvm::count_if(rows, isSample);
  }
  int64_t barriers() const { return kernels() - launches(); }

  double leastBytes() const {
    double sum = 0;
    for (auto [index, row] : llvm::enumerate(rows)) {
      sum += times(index) * row.leastBytes;
    }
    return sum;
  }

  double microseconds(const Chip &chip) const {
    double sum = launches() * chip.launchMicroseconds + barriers() * chip.gridBarrierMicroseconds;
    for (auto [index, row] : llvm::enumerate(rows)) {
      sum += times(index) * project(workOf(index, chip), chip).microseconds;
    }
    return sum;
  }

  /// What prefetching across grid barriers wins.
  double prefetched(const Chip &chip) const {
    double sum = 0;
    for (size_t index = 0; index < rows.size(); ++index) {
      model::KernelWork work = workOf(index, chip);
      const double with = project(work, chip).microseconds;
      work.prefetchedBytes = 0;
      sum += times(index) * (project(work, chip).microseconds - with);
    }
    return sum;
  }

  /// See TokenRow::Loss.
  std::vector<TokenRow::Loss> losses(const Chip &chip) const {
    const double roof = microsecondsOf(leastBytes(), chip.bandwidth);
    double atReadRate = microsecondsOf(leastBytes(), chip.readBandwidth), memory = 0, all = 0;
    for (auto [index, row] : llvm::enumerate(rows)) {
      model::KernelWork work = workOf(index, chip);
      work.prefetchedBytes = 0;
      const model::Projection projection = project(work, chip);
      memory += times(index) * projection.memory;
      all += times(index) * projection.microseconds;
    }
    std::vector<TokenRow::Loss> result = {
        {"reads below the specified bandwidth", atReadRate - roof},
        {"bytes beyond the least", memory - atReadRate},
        {"kernels bound by something else", all - memory},
        {"launches", launches() * chip.launchMicroseconds},
        {"grid barriers, less what is read meanwhile",
         barriers() * chip.gridBarrierMicroseconds - prefetched(chip)}};
    llvm::stable_sort(result,
                      [](const auto &a, const auto &b) { return a.microseconds > b.microseconds; });
    result.insert(result.begin(), {"least bytes at the specified bandwidth", roof});
    return result;
  }

private:
  /// 1 GB/s is 1000 bytes a microsecond.
  static double microsecondsOf(double bytes, double gigabytesASecond) {
    return bytes / (gigabytesASecond * 1e3);
  }
  static bool isSample(const KernelRow &row) { return row.kernel.op == "sample"; }

  model::KernelWork workOf(size_t index, const Chip &chip) const {
    const KernelRow &row = rows[index];
    model::KernelWork work = row.work;
    if (form == TokenForm::persistent && !isSample(row)) {
      const double deliverable = chip.gridBarrierMicroseconds * chip.readBandwidth * 1e3;
      work.bytesInFlight = row.persistentBytesInFlight;
      work.prefetchedBytes = index == 0 ? 0 : std::min(row.prefetchedBytes, deliverable);
    }
    return work;
  }

  llvm::ArrayRef<KernelRow> rows;
  int64_t layers;
  TokenForm form;
};

/// What each constant of the model does to a token's time.
std::vector<TokenRow::Sensitivity> sensitivitiesOf(const Token &token, const Chip &chip) {
  const std::pair<const char *, void (*)(Chip &, double)> constants[] = {
      {"read bandwidth", [](Chip &c, double factor) { c.readBandwidth *= factor; }},
      {"memory latency", [](Chip &c, double factor) { c.memoryNanoseconds *= factor; }},
      {"launch", [](Chip &c, double factor) { c.launchMicroseconds *= factor; }},
      {"grid barrier", [](Chip &c, double factor) { c.gridBarrierMicroseconds *= factor; }},
      {"clock", [](Chip &c, double f) { c.clockMhz = static_cast<unsigned>(c.clockMhz * f); }},
  };
  std::vector<TokenRow::Sensitivity> result;
  for (const auto &[name, scale] : constants) {
    Chip lower = chip, higher = chip;
    scale(lower, 0.75);
    scale(higher, 1.25);
    result.push_back({name, token.microseconds(lower), token.microseconds(higher)});
  }
  return result;
}

} // namespace

TokenRow model::projectToken(llvm::ArrayRef<KernelRow> rows, int64_t layers, const Chip &chip,
                             TokenForm form) {
  Token token(rows, layers, form);
  TokenRow result;
  result.target = rows.front().target;
  result.scheme = rows.front().scheme;
  result.batch = rows.front().batch;
  result.form = form == TokenForm::launches ? "launches" : "persistent";
  result.launches = token.launches();
  result.barriers = token.barriers();
  result.projectedMicroseconds = token.microseconds(chip);
  result.shareOfRoof = model::shareOfRoof(token.leastBytes(), result.projectedMicroseconds, chip);
  result.sensitivities = sensitivitiesOf(token, chip);
  result.losses = token.losses(chip);
  return result;
}
