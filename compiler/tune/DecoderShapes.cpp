#include "compiler/tune/DecoderShapes.h"

#include "mlir/Parser/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace qcc;
using namespace qcc::tune;
using llvm::formatv;

// Figures from the config.json that each model is published with: hidden, intermediate, heads,
// key/value heads, head size, vocabulary.
static constexpr DecoderShape shapes[] = {
    {"tinyllama-1.1b", 2048, 5632, 32, 4, 64, 32000},
    {"llama2-7b", 4096, 11008, 32, 32, 128, 32000},
    {"llama2-13b", 5120, 13824, 40, 40, 128, 32000},
    {"llama2-70b", 8192, 28672, 64, 8, 128, 32000},
    {"llama3.2-1b", 2048, 8192, 32, 8, 64, 128256},
    {"llama3.2-3b", 3072, 8192, 24, 8, 128, 128256},
    {"llama3-8b", 4096, 14336, 32, 8, 128, 128256},
    {"llama3-70b", 8192, 28672, 64, 8, 128, 128256},
    {"mistral-7b-v0.1", 4096, 14336, 32, 8, 128, 32000},
    {"mistral-7b-v0.3", 4096, 14336, 32, 8, 128, 32768},
    {"ministral-8b", 4096, 12288, 32, 8, 128, 131072},
    {"mistral-nemo-12b", 5120, 14336, 32, 8, 128, 131072},
    {"mistral-small-24b", 5120, 32768, 32, 8, 128, 131072},
    {"qwen2.5-1.5b", 1536, 8960, 12, 2, 128, 151936},
    {"qwen2.5-3b", 2048, 11008, 16, 2, 128, 151936},
    {"qwen2.5-7b", 3584, 18944, 28, 4, 128, 152064},
    {"qwen2.5-14b", 5120, 13824, 40, 8, 128, 152064},
    {"qwen2.5-32b", 5120, 27648, 40, 8, 128, 152064},
    {"qwen2.5-72b", 8192, 29568, 64, 8, 128, 152064},
    {"qwen3-1.7b", 2048, 6144, 16, 8, 128, 151936},
    {"qwen3-4b", 2560, 9728, 32, 8, 128, 151936},
    {"qwen3-8b", 4096, 12288, 32, 8, 128, 151936},
    {"qwen3-14b", 5120, 17408, 40, 8, 128, 151936},
    {"qwen3-32b", 5120, 25600, 64, 8, 128, 151936},
    {"phi3-mini-3.8b", 3072, 8192, 32, 32, 96, 32064},
    {"phi3-medium-14b", 5120, 17920, 40, 10, 128, 32064},
    {"phi4-mini-3.8b", 3072, 8192, 24, 8, 128, 200064},
    {"phi4-14b", 5120, 17920, 40, 10, 128, 100352},
    {"gemma-2b", 2048, 16384, 8, 1, 256, 256000},
    {"gemma-7b", 3072, 24576, 16, 16, 256, 256000},
    {"gemma2-2b", 2304, 9216, 8, 4, 256, 256000},
    {"gemma2-9b", 3584, 14336, 16, 8, 256, 256000},
    {"gemma2-27b", 4608, 36864, 32, 16, 128, 256000},
    {"gemma3-1b", 1152, 6912, 4, 1, 256, 262144},
    {"gemma3-4b", 2560, 10240, 8, 4, 256, 262208},
    {"gemma3-12b", 3840, 15360, 16, 8, 256, 262208},
    {"gemma3-27b", 5376, 21504, 32, 16, 128, 262208},
};

llvm::ArrayRef<DecoderShape> tune::decoderShapes() {
  return shapes;
}

namespace {

/// Writes a decoder as the text of its module.
class DecoderText {
public:
  DecoderText(const DecoderShape &shape, const WeightForm &form) : shape(shape), form(form) {}

  std::string write() {
    int64_t hidden = shape.hidden, queries = shape.heads * shape.headSize;
    int64_t keys = shape.keyValueHeads * shape.headSize;
    std::string cache = formatv("!lm.cache<{0} x {1} x f16>", shape.keyValueHeads, shape.headSize);
    text = formatv("module attributes {{lm.model = {{max_positions = 4096 : i64}} {{\n"
                   "func.func @decoder(%batch: !lm.batch, %cache: {0}) -> ({1}, {0}) {{\n",
                   cache, rows(shape.vocabulary));
    parameter("table", {shape.vocabulary, hidden});
    line(formatv("%x = lm.embed %batch, %table : <[{0}, {1}], f16> -> {2}", shape.vocabulary,
                 hidden, rows(hidden)));
    norm("n0", "x");
    matmul("q", "n0", hidden, queries);
    matmul("k", "n0", hidden, keys);
    matmul("v", "n0", hidden, keys);
    rotate(queries, keys);
    line("%new = lm.append %cache, %kr, %v, %batch : " + cache.substr(9) + ", " + rows(keys));
    line(formatv("%a = lm.attention %qr, %new, %batch heads {0} scale 0.1 : {1}, {2}", shape.heads,
                 rows(queries), cache.substr(9)));
    matmul("o", "a", queries, hidden);
    line("%r0 = lm.add %x, %o : " + rows(hidden));
    norm("n1", "r0");
    matmul("gate", "n1", hidden, shape.intermediate);
    matmul("up", "n1", hidden, shape.intermediate);
    line("%silu = lm.silu %gate : " + rows(shape.intermediate));
    line("%m = lm.mul %silu, %up : " + rows(shape.intermediate));
    matmul("down", "m", shape.intermediate, hidden);
    line("%r1 = lm.add %r0, %down : " + rows(hidden));
    line("%last = lm.select_rows %r1, %batch : " + rows(hidden));
    norm("n2", "last");
    matmul("head", "n2", hidden, shape.vocabulary);
    line("return %head, %new : " + rows(shape.vocabulary) + ", " + cache);
    return text + "}\n}\n";
  }

private:
  static std::string rows(int64_t features) { return formatv("tensor<?x{0}xf16>", features); }
  void line(const std::string &operation) { text += operation + "\n"; }

  /// A weight of floats.
  void parameter(llvm::StringRef name, llvm::ArrayRef<int64_t> shape) {
    line(formatv("%{0} = qnt.parameter \"{0}\" values <\"none\", 0, {1}> storage rows : {2}", name,
                 2 * llvm::product_of(shape), floats(shape)));
  }
  static std::string floats(llvm::ArrayRef<int64_t> shape) {
    return formatv("<[{0:$[, ]}], f16>", llvm::make_range(shape.begin(), shape.end()));
  }
  void norm(llvm::StringRef name, llvm::StringRef input) {
    parameter((name + "w").str(), {shape.hidden});
    line(formatv("%{0} = lm.rms_norm %{1}, %{0}w epsilon 1.0e-05 : {2}, {3} -> {2}", name, input,
                 rows(shape.hidden), floats({shape.hidden})));
  }
  void matmul(llvm::StringRef name, llvm::StringRef input, int64_t k, int64_t n) {
    int64_t blocks = llvm::divideCeil(k, form.block);
    std::string type =
        formatv("<[{0}, {1}], u{2}, block = {3}, scale = f16>", n, k, form.bits, form.block);
    line(formatv("%{0}w = qnt.parameter \"{0}\" values <\"none\", 0, {2}> storage blocks "
                 "scales <\"none\", 0, {3}> : {1}",
                 name, type, n * blocks * form.block * form.bits / 8, n * blocks * 2));
    line(formatv("%{0} = qnt.matmul %{1}, %{0}w : {2}, {3} -> {4}", name, input, rows(k), type,
                 rows(n)));
  }
  void rotate(int64_t queries, int64_t keys) {
    llvm::SmallVector<int64_t> table = {4096, shape.headSize / 2};
    parameter("cos", table);
    parameter("sin", table);
    for (auto [name, width] : {std::pair("q", queries), std::pair("k", keys)}) {
      line(formatv("%{0}r = lm.rope %{0}, %batch, %cos, %sin head_size {1} : {2}, {3}", name,
                   shape.headSize, rows(width), floats(table)));
    }
  }

  const DecoderShape &shape;
  const WeightForm &form;
  std::string text;
};

} // namespace

mlir::OwningOpRef<mlir::ModuleOp>
tune::decoderModule(const DecoderShape &shape, const WeightForm &form, mlir::MLIRContext &context) {
  return mlir::parseSourceString<mlir::ModuleOp>(DecoderText(shape, form).write(), &context);
}
