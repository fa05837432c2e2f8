// qcc-compare: compares logits with expected ones, row by row. Exit code 0: they agree; 1: they do
// not; 2: they cannot be compared.
#include "compiler/interpret/CompareLogits.h"
#include "compiler/interpret/Npy.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <CLI/CLI.hpp>

using namespace llvm;
using namespace qcc;

namespace {
struct CompareOptions {
  std::string actual, expected, reference;
  int64_t prompt = 0;
  double margin = 0.03;
  double tolerance = 0.02;
};
} // namespace

/// The array beside a reference.json: its key `logits` starts with the name of a .npy file of
/// [prompt, step, vocabulary].
static Expected<FloatArray> readReference(StringRef path, int64_t prompt) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer) {
    return createStringError("cannot read '" + path + "': " + buffer.getError().message());
  }
  auto document = json::parse((*buffer)->getBuffer());
  if (!document) {
    return document.takeError();
  }
  const json::Object *object = document->getAsObject();
  auto logits = object ? object->getString("logits") : std::nullopt;
  if (!logits) {
    return createStringError("'" + path + "' does not name its logits");
  }
  SmallString<256> file(path);
  sys::path::remove_filename(file);
  sys::path::append(file, logits->split(' ').first);
  auto array = readNpy(file);
  if (!array) {
    return array.takeError();
  }
  if (array->shape.size() != 3 || prompt < 0 || prompt >= array->shape[0]) {
    return createStringError("'" + file.str() + "' has no prompt " + Twine(prompt));
  }
  int64_t size = array->shape[1] * array->shape[2];
  auto begin = array->data.begin() + prompt * size;
  return FloatArray{{array->shape[1], array->shape[2]}, std::vector<float>(begin, begin + size)};
}

static json::Value describe(const LogitsComparison &comparison, const CompareOptions &options,
                            bool pass) {
  json::Array disagreements;
  for (const Disagreement &d : comparison.disagreements) {
    disagreements.push_back(json::Object{
        {"row", d.row}, {"expected", d.expected}, {"actual", d.actual}, {"margin", d.margin}});
  }
  return json::Object{
      {"rows", comparison.rows},
      {"relative_l2_error", comparison.relativeError},
      {"largest_row_relative_l2_error", comparison.largestRowError},
      {"tolerance", options.tolerance},
      {"margin", options.margin},
      {"disagreements", std::move(disagreements)},
      {"disagreements_beyond_margin", comparison.disagreementsBeyond(options.margin)},
      {"pass", pass}};
}

/// Prints the comparison; whether the logits agree.
static Expected<bool> compare(const CompareOptions &options) {
  auto actual = readNpy(options.actual);
  if (!actual) {
    return actual.takeError();
  }
  auto expected = options.reference.empty() ? readNpy(options.expected)
                                            : readReference(options.reference, options.prompt);
  if (!expected) {
    return expected.takeError();
  }
  auto comparison = compareLogits(actual->data, expected->data, expected->columns());
  if (!comparison) {
    return comparison.takeError();
  }
  bool pass = comparison->relativeError <= options.tolerance &&
              comparison->disagreementsBeyond(options.margin) == 0;
  outs() << formatv("{0:2}", describe(*comparison, options, pass)) << "\n";
  return pass;
}

int main(int argc, char **argv) {
  CompareOptions options;
  CLI::App app("Compares logits in .npy files (float32, [steps, vocabulary])", "qcc-compare");
  app.add_option("actual", options.actual, "the logits to judge")->required();
  auto *expected = app.add_option("expected", options.expected, "the logits to judge them by");
  auto *reference = app.add_option("--reference", options.reference,
                                   "reference.json whose logits to judge them by")
                        ->excludes(expected);
  app.add_option("--prompt", options.prompt, "which prompt of the reference, from 0")
      ->needs(reference);
  app.add_option("--margin", options.margin,
                 "rows whose two best expected logits are closer may choose another token")
      ->capture_default_str();
  app.add_option("--tolerance", options.tolerance, "largest relative L2 error over all rows")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (options.expected.empty() && options.reference.empty()) {
    errs() << "qcc-compare: name the expected logits, as a file or with --reference\n";
    return 2;
  }
  auto pass = compare(options);
  if (!pass) {
    errs() << "qcc-compare: " << toString(pass.takeError()) << "\n";
    return 2;
  }
  return *pass ? 0 : 1;
}
