// qcc-bench-compile: how long qcc takes and how much memory it holds at its peak, over random
// models of known sizes. Prints a table, or JSON.
#include "bench/compile/Measure.h"
#include "bench/generate_model/Decoder.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

using namespace qcc;
using namespace qcc::bench;
namespace fs = std::filesystem;

namespace {

struct Options {
  std::vector<std::string> presets{"tinyllama-1.1b"}, chips{"gfx942"};
  std::string scratch = fs::temp_directory_path().string();
  bool json = false;
};

/// One compilation and its figures.
struct Row {
  std::string preset, chip;
  uint64_t modelBytes, artifactBytes;
  Measurement measured;
};

/// The folder of this program, where qcc is too.
std::string programFolder() {
  return fs::read_symlink("/proc/self/exe").parent_path().string();
}

uint64_t bytesOf(const std::string &path) {
  std::error_code error;
  uint64_t bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

/// Writes the model of a preset, compiles it for every chip and removes all again.
void measurePreset(const Preset &preset, const Options &options, std::vector<Row> &rows) {
  std::string folder = options.scratch + "/qcc-bench-" + std::to_string(getpid());
  Status written = writeModel(preset.shape, folder);
  for (const std::string &chip : options.chips) {
    if (!written.ok()) {
      break;
    }
    std::string artifact = folder + "/model.hsaco";
    Measurement measured = measure(
        {programFolder() + "/qcc", folder + "/model.onnx", "-o", artifact, "--target", chip, "-q"});
    rows.push_back(
        {preset.name, chip, bytesOf(folder + "/model.onnx.data"), bytesOf(artifact), measured});
  }
  fs::remove_all(folder);
  if (!written.ok()) {
    throw std::runtime_error(written.message);
  }
}

nlohmann::json describe(const Row &row) {
  return {{"model", row.preset},
          {"chip", row.chip},
          {"model_bytes", row.modelBytes},
          {"artifact_bytes", row.artifactBytes},
          {"exit_code", row.measured.exitCode},
          {"wall_seconds", row.measured.wallSeconds},
          {"cpu_seconds", row.measured.cpuSeconds},
          {"peak_resident_bytes", row.measured.peakResidentBytes}};
}

void print(const std::vector<Row> &rows, const Machine &machine, bool asJson) {
  if (asJson) {
    nlohmann::json object = {{"processor", machine.processor},
                             {"cores", machine.cores},
                             {"load_average", machine.loadAverage},
                             {"compilations", nlohmann::json::array()}};
    for (const Row &row : rows) {
      object["compilations"].push_back(describe(row));
    }
    std::cout << object.dump(2) << "\n";
    return;
  }
  std::printf("%s, %u cores, load %.1f\n\n", machine.processor.c_str(), machine.cores,
              machine.loadAverage);
  std::printf("%-16s %-8s %10s %9s %9s %12s\n", "model", "chip", "weights MB", "wall s", "CPU s",
              "peak RSS MB");
  for (const Row &row : rows) {
    std::printf("%-16s %-8s %10.0f %9.1f %9.1f %12.0f%s\n", row.preset.c_str(), row.chip.c_str(),
                row.modelBytes / 1e6, row.measured.wallSeconds, row.measured.cpuSeconds,
                row.measured.peakResidentBytes / 1e6,
                row.measured.exitCode == 0 ? "" : "  (failed)");
  }
}

int run(const Options &options) {
  std::vector<Row> rows;
  for (const Preset &preset : presets()) {
    if (std::find(options.presets.begin(), options.presets.end(), preset.name) !=
        options.presets.end()) {
      measurePreset(preset, options, rows);
    }
  }
  print(rows, thisMachine(), options.json);
  return std::all_of(rows.begin(), rows.end(),
                     [](const Row &row) { return row.measured.exitCode == 0; })
             ? 0
             : 1;
}

} // namespace

int main(int argc, char **argv) {
  Options options;
  std::vector<std::string> names;
  for (const Preset &preset : presets()) {
    names.push_back(preset.name);
  }
  CLI::App app("Measures qcc's compile time and peak memory on random models.",
               "qcc-bench-compile");
  app.add_option("--preset", options.presets,
                 "sizes of models: tiny, tinyllama-1.1b, llama3-8b, qwen2.5-7b")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  app.add_option("--target", options.chips, "chips to compile for")->capture_default_str();
  app.add_option("--scratch", options.scratch,
                 "folder with room for twice the model: 1.5 GB for 1.1b, 11 GB for 8b")
      ->capture_default_str();
  app.add_flag("--json", options.json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception &error) {
    std::cerr << "qcc-bench-compile: " << error.what() << "\n";
    return 1;
  }
}
