#include "bench/roofline/Report.h"

#include <cmath>
#include <iomanip>
#include <nlohmann/json.hpp>

using namespace qcc::bench;
using namespace qcc::model;

/// Of attention, all instructions over the elements of keys and values.
static double perWeight(const KernelRow &row) {
  if (row.kernel.cached) {
    return (row.counts.loop + row.counts.prologue) / row.kernel.cached;
  }
  return row.kernel.weights ? row.counts.loop / row.kernel.weights : 0;
}

void qcc::bench::printTable(const RooflineReport &report, std::ostream &out) {
  out << "Times and shares are projections of the machine model (compiler/model).\n\n"
      << "target   scheme  batch  kernel          K x N          bytes/least  loop/weight  "
         "prologue/weight  "
         "VGPRs  spills  scratch  projected us  limit     share of roof  relative error\n";
  for (const KernelRow &row : report.kernels) {
    const PlannedKernel &kernel = row.kernel;
    double prologue = kernel.weights ? row.counts.prologue / kernel.weights : 0;
    std::string shape =
        kernel.weights ? std::to_string(kernel.k) + " x " + std::to_string(kernel.n) : "";
    out << std::left << std::setw(9) << row.target << std::setw(8) << row.scheme << std::right
        << std::setw(5) << row.batch << "  " << std::left << std::setw(16) << kernel.op
        << std::setw(15) << shape << std::right << std::fixed << std::setprecision(3)
        << std::setw(11) << row.hbmBytes / row.leastBytes << std::setw(13) << perWeight(row)
        << std::setw(17) << prologue << std::setw(7) << kernel.resources.vgprs << std::setw(8)
        << kernel.resources.vgprSpills + kernel.resources.sgprSpills << std::setw(9)
        << kernel.resources.scratchBytes << std::setprecision(2) << std::setw(14)
        << row.projection.microseconds << "  " << std::left << std::setw(10)
        << row.projection.limit.str() << std::right << std::setprecision(3) << std::setw(13)
        << row.shareOfRoof << std::scientific << std::setprecision(1) << std::setw(16)
        << row.relativeError.value_or(NAN) << std::fixed << "\n";
  }
  for (const KernelRow &row : report.kernels) {
    for (const std::string &finding : row.findings) {
      out << row.target << " " << row.scheme << ": " << finding << "\n";
    }
  }
  out << "\ntarget   scheme  form        batch  context  launches  barriers  projected us a token  "
         "share of roof\n";
  for (const TokenRow &row : report.tokens) {
    out << std::left << std::setw(9) << row.target << std::setw(8) << row.scheme << std::setw(12)
        << row.form << std::right << std::setw(5) << row.batch << std::setw(9) << row.context
        << std::setw(10) << row.launches << std::setw(10) << row.barriers << std::setprecision(1)
        << std::setw(22) << row.projectedMicroseconds << std::setprecision(3) << std::setw(15)
        << row.shareOfRoof << "\n";
    if (row.persistent) {
      out << "         a kernel of " << row.persistent->vgprs << " vector registers, "
          << row.persistent->vgprSpills + row.persistent->sgprSpills << " spills, "
          << row.persistent->scratchBytes << " bytes of scratch\n";
    }
  }
  out << "\nwhat a token's time is made of, us and share\n";
  for (const TokenRow &row : report.tokens) {
    for (const TokenRow::Loss &loss : row.losses) {
      out << std::left << std::setw(9) << row.target << std::setw(8) << row.scheme << std::setw(12)
          << row.form << std::setw(4) << row.batch << std::setw(40) << loss.cause << std::right
          << std::setprecision(1) << std::setw(10) << loss.microseconds << std::setprecision(3)
          << std::setw(8) << loss.microseconds / row.projectedMicroseconds << "\n";
    }
  }
  out << "\nprojected us a token with a constant of the model a quarter lower, and higher\n"
      << std::setprecision(1);
  for (const TokenRow &row : report.tokens) {
    for (const TokenRow::Sensitivity &sensitivity : row.sensitivities) {
      out << std::left << std::setw(9) << row.target << std::setw(8) << row.scheme << std::setw(12)
          << row.form << std::setw(4) << row.batch << std::setw(16) << sensitivity.constant
          << std::right << std::setw(10) << sensitivity.lower << std::setw(10) << sensitivity.higher
          << "\n";
    }
  }
}

static nlohmann::json toJson(const KernelRow &row) {
  const PlannedKernel &kernel = row.kernel;
  return {
      {"target", row.target},
      {"op", kernel.op},
      {"kernel", kernel.name},
      {"k", kernel.k},
      {"n", kernel.n},
      {"batch", row.batch},
      {"scheme", row.scheme},
      {"group", kernel.group},
      {"hbm_bytes", row.hbmBytes},
      {"least_bytes", row.leastBytes},
      {"loop_instructions_per_weight", perWeight(row)},
      {"prologue_instructions", row.counts.prologue},
      {"spills", kernel.resources.vgprSpills + kernel.resources.sgprSpills},
      {"scratch_bytes", kernel.resources.scratchBytes},
      {"vector_registers", kernel.resources.vgprs},
      {"streaming_loads_of_16_bytes", row.counts.wideLoads},
      {"findings", row.findings},
      {"relative_error", row.relativeError ? nlohmann::json(*row.relativeError) : nlohmann::json()},
      {"projected_us", row.projection.microseconds},
      {"limit", row.projection.limit.str()},
      {"share_of_roof", row.shareOfRoof}};
}

void qcc::bench::printJson(const RooflineReport &report, std::ostream &out) {
  nlohmann::json json = {{"kernels", nlohmann::json::array()}, {"tokens", nlohmann::json::array()}};
  for (const KernelRow &row : report.kernels) {
    json["kernels"].push_back(toJson(row));
  }
  for (const TokenRow &row : report.tokens) {
    nlohmann::json losses = nlohmann::json::array();
    for (const TokenRow::Loss &loss : row.losses) {
      losses.push_back({{"cause", loss.cause},
                        {"us", loss.microseconds},
                        {"share", loss.microseconds / row.projectedMicroseconds}});
    }
    nlohmann::json sensitivities = nlohmann::json::array();
    for (const TokenRow::Sensitivity &sensitivity : row.sensitivities) {
      sensitivities.push_back({{"constant", sensitivity.constant},
                               {"lower_us", sensitivity.lower},
                               {"higher_us", sensitivity.higher}});
    }
    nlohmann::json token = {{"target", row.target},
                            {"scheme", row.scheme},
                            {"batch", row.batch},
                            {"context", row.context},
                            {"launches", row.launches},
                            {"form", row.form},
                            {"barriers", row.barriers},
                            {"projected_us", row.projectedMicroseconds},
                            {"share_of_roof", row.shareOfRoof},
                            {"losses", losses},
                            {"sensitivities", sensitivities}};
    if (row.persistent) {
      token["vector_registers"] = row.persistent->vgprs;
      token["spills"] = row.persistent->vgprSpills + row.persistent->sgprSpills;
      token["scratch_bytes"] = row.persistent->scratchBytes;
    }
    json["tokens"].push_back(token);
  }
  out << json.dump(2) << "\n";
}
