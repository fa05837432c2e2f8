// What a compilation is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qcc {

/// The last thing that is made, and printed or written.
enum class Emit { lm, program, tile, llvm, isa, hsaco };

/// Where the schedules of matmul kernels come from (compiler/tune): formulas alone, tuning tables, and
/// for kernels that no table knows a search by the machine model, or measurements on a GPU for those
/// that the user's table has no measurement of.
enum class Autotune { off, table, model, device };

struct Options {
  std::string model;         // model.onnx, or a folder that holds one
  std::string output;        // of --emit=hsaco; other forms go to stdout when empty
  std::string target;        // chip, "gfx942"
  Emit emit = Emit::hsaco;
  std::string activations;   // "f32", "f16", "bf16"; empty keeps the model's
  std::string keyValueCache; // "f32", "f16", "bf16", "int8", "fp8"; empty takes the activations'
  std::string tokenizer;     // file or folder; empty looks beside the model
  std::string dumpStages;    // folder for the IR after every stage; empty: none
  std::string stopAfter;     // stage; empty runs all
  bool quantizeActivations = false; // rows of matmuls with 4- and 8-bit weights as int8
  int64_t maxBatch = 1;      // sequences of a session
  int64_t maxContext = 0;    // positions of a sequence; 0: the model's, at most 4096
  int64_t prefillRows = 64;  // tokens of a prefill step
  Autotune autotune = Autotune::table;
  std::string tuningTable;   // the user's table, read first, and written by a search; empty: none
  bool persistent = true;    // a decode step may be one launch of a persistent kernel
  unsigned threads = 0;      // 0: one a core
  std::vector<std::string> reports; // files for the report: .html, .json
  bool json = false;         // the summary as JSON
  bool quiet = false;        // no progress, and no summary unless `json`
};

/// Exit codes of qcc.
enum ExitCode {
  exitSuccess = 0,
  exitInput = 1,       // the model, a weight or the tokenizer is missing, damaged or not supported
  exitCommandLine = 2, // the command line is not understood
  exitCompile = 3,     // a stage failed
  exitOutput = 4,      // the output could not be written
  exitDevice = 5,      // the GPU to measure on is missing, of another chip, or failed
};

} // namespace qcc
