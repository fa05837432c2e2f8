#include "compiler/Summary.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace qcc;

/// "12.3 MB"; sizes in powers of ten, as disks and bandwidths are sold.
static std::string readable(uint64_t bytes) {
  const char *units[] = {"B", "kB", "MB", "GB"};
  double value = bytes;
  unsigned unit = 0;
  for (; value >= 1000 && unit < 3; ++unit) {
    value /= 1000;
  }
  return llvm::formatv(unit ? "{0:f1} {1}" : "{0:f0} {1}", value, units[unit]);
}

/// The time that the chip's specified bandwidth needs for a token's weights: a bound, not a measurement.
static double boundMicroseconds(const Summary &summary) {
  return summary.artifact.bytesPerToken / (summary.chip.bandwidth * 1e3);
}

static llvm::json::Value kernelJson(const codegen::KernelResources &kernel) {
  return llvm::json::Object{{"name", kernel.name},
                            {"vgprs", kernel.vgprs},
                            {"sgprs", kernel.sgprs},
                            {"spills", kernel.vgprSpills + kernel.sgprSpills},
                            {"scratch_bytes", kernel.scratchBytes},
                            {"lds_bytes", kernel.ldsBytes},
                            {"workgroup", kernel.workgroup},
                            {"code_bytes", kernel.codeBytes}};
}

static void printJson(const Summary &summary, llvm::raw_ostream &out) {
  const package::ArtifactReport &artifact = summary.artifact;
  llvm::json::Array kernels;
  for (const codegen::KernelResources &kernel : summary.code.kernels) {
    kernels.push_back(kernelJson(kernel));
  }
  llvm::json::Object object{{"output", summary.options.output},
                            {"target", summary.chip.name},
                            {"parameters", artifact.parameters},
                            {"launches_per_token", artifact.launches},
                            {"bytes_per_token", artifact.bytesPerToken},
                            {"bound_microseconds_per_token", boundMicroseconds(summary)},
                            {"file_bytes", artifact.file},
                            {"code_bytes", artifact.code},
                            {"weights_bytes", artifact.weightsMemory},
                            {"tokenizer", summary.hasTokenizer},
                            {"max_batch", summary.options.maxBatch},
                            {"max_context", summary.options.maxContext},
                            {"kernels", std::move(kernels)}};
  out << llvm::formatv("{0:2}", llvm::json::Value(std::move(object))) << "\n";
}

static void printTable(const Summary &summary, llvm::raw_ostream &out) {
  const package::ArtifactReport &artifact = summary.artifact;
  out << llvm::formatv("{0,-34} {1,6} {2,6} {3,7} {4,8} {5,8} {6,9}\n", "kernel", "VGPRs", "SGPRs", "spills",
                       "scratch", "LDS", "code");
  for (const codegen::KernelResources &kernel : summary.code.kernels) {
    out << llvm::formatv("{0,-34} {1,6} {2,6} {3,7} {4,8} {5,8} {6,9}\n", kernel.name, kernel.vgprs, kernel.sgprs,
                         kernel.vgprSpills + kernel.sgprSpills, readable(kernel.scratchBytes),
                         readable(kernel.ldsBytes), readable(kernel.codeBytes));
  }
  out << llvm::formatv("\n{0}: {1} for {2} ({3}), {4} parameters, {5} launches a token\n", summary.options.output,
                       readable(artifact.file), summary.chip.name, summary.chip.product, artifact.parameters,
                       artifact.launches);
  out << llvm::formatv("{0} of weights a token: {1:f1} us at {2:f2} TB/s (bound by the specification, not measured)\n",
                       readable(artifact.bytesPerToken), boundMicroseconds(summary), summary.chip.bandwidth / 1000);
  out << llvm::formatv("{0} sequence(s) of {1} positions; tokenizer {2}\n", summary.options.maxBatch,
                       summary.options.maxContext, summary.hasTokenizer ? "inside" : "absent: runs on token ids only");
}

void qcc::printSummary(const Summary &summary, llvm::raw_ostream &out) {
  summary.options.json ? printJson(summary, out) : printTable(summary, out);
}
