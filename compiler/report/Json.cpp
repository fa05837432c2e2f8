#include "compiler/report/Json.h"

#include "compiler/report/RooflinePlot.h"

#include <nlohmann/json.hpp>

using namespace qcc;
using namespace qcc::report;
using nlohmann::json;

static json constantsOf(const ModelReport &report) {
  const Chip &chip = *report.chip;
  return {{"bandwidth_gb_s", chip.bandwidth},
          {"read_bandwidth_gb_s", chip.readBandwidth},
          {"memory_latency_ns", chip.memoryNanoseconds},
          {"clock_mhz", chip.clockMhz},
          {"compute_units", chip.computeUnits},
          {"launch_us", chip.launchMicroseconds},
          {"grid_barrier_us", chip.gridBarrierMicroseconds},
          {"matrix_peak_op_s", matrixPeak(report)}};
}

static json resourcesOf(const codegen::KernelResources &resources) {
  return {{"vgprs", resources.vgprs},
          {"sgprs", resources.sgprs},
          {"spills", resources.vgprSpills + resources.sgprSpills},
          {"scratch_bytes", resources.scratchBytes},
          {"lds_bytes", resources.ldsBytes}};
}

static json toJson(const KernelEntry &entry) {
  const model::KernelRow &row = entry.row;
  const model::PlannedKernel &kernel = row.kernel;
  const double weights = double(kernel.weights);
  json object = {{"kernel", kernel.name},
                 {"op", kernel.op},
                 {"k", kernel.k},
                 {"n", kernel.n},
                 {"group", kernel.group},
                 {"batch", row.batch},
                 {"launches", entry.launches},
                 {"schedule", kernel.schedule},
                 {"grid", kernel.grid},
                 {"workgroup", kernel.workgroup},
                 {"resources", resourcesOf(kernel.resources)},
                 {"waves_per_simd", row.wavesPerSimd},
                 {"hbm_bytes", row.hbmBytes},
                 {"least_bytes", row.leastBytes},
                 {"operations", row.operations},
                 {"findings", row.findings},
                 {"projected_us", row.projection.microseconds},
                 {"limit", row.projection.limit.str()},
                 {"share_of_roof", row.shareOfRoof}};
  if (weights > 0) {
    object["loop_instructions_per_weight"] = row.counts.loop / weights;
    object["prologue_instructions"] = row.counts.prologue;
  }
  if (entry.context) {
    object["context"] = entry.context;
  }
  return object;
}

static json toJson(const model::TokenRow &token) {
  json losses = json::array(), sensitivities = json::array();
  for (const model::TokenRow::Loss &loss : token.losses) {
    losses.push_back({{"cause", loss.cause},
                      {"projected_us", loss.microseconds},
                      {"share", loss.microseconds / token.projectedMicroseconds}});
  }
  for (const model::TokenRow::Sensitivity &sensitivity : token.sensitivities) {
    sensitivities.push_back({{"constant", sensitivity.constant},
                             {"projected_us_lower", sensitivity.lower},
                             {"projected_us_higher", sensitivity.higher}});
  }
  return {{"batch", token.batch},
          {"context", token.context},
          {"form", token.form},
          {"launches", token.launches},
          {"barriers", token.barriers},
          {"projected_us", token.projectedMicroseconds},
          {"projected_tokens_per_second", tokensPerSecond(token)},
          {"share_of_roof", token.shareOfRoof},
          {"losses", losses},
          {"sensitivities", sensitivities}};
}

std::string report::toJson(const ModelReport &report) {
  json kernels = json::array(), tokens = json::array();
  for (const KernelEntry &entry : report.kernels) {
    kernels.push_back(::toJson(entry));
  }
  for (const model::TokenRow &token : report.tokens) {
    tokens.push_back(::toJson(token));
  }
  json object = {{"notice", projectionNotice},
                 {"compiler", report.compiler},
                 {"model", report.model},
                 {"target", report.chip->name.str()},
                 {"product", report.chip->product.str()},
                 {"activations", report.activations},
                 {"kv_cache", report.keyValueCache},
                 {"max_batch", report.maxBatch},
                 {"max_context", report.maxContext},
                 {"constants", constantsOf(report)},
                 {"kernels", kernels},
                 {"tokens", tokens}};
  return object.dump(2) + "\n";
}
