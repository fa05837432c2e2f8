// qcc-generate-model: writes a random decoder of a given shape as an ONNX model.
#include "bench/generate_model/Decoder.h"

#include <CLI/CLI.hpp>
#include <iostream>

using namespace qcc;
using namespace qcc::bench;

static void addPresets(CLI::App &app, ModelShape &shape) {
  std::map<std::string, ModelShape> named;
  std::vector<std::string> names;
  for (const Preset &preset : presets()) {
    named[preset.name] = preset.shape;
    names.push_back(preset.name);
  }
  // Taken as soon as it is read, so that every other option changes it, in whatever order.
  app.add_option_function<std::string>(
         "--preset", [&shape, named](const std::string &name) { shape = named.at(name); },
         "start from the shape of a known model")
      ->check(CLI::IsMember(names))
      ->trigger_on_parse();
}

static void addSizes(CLI::App &app, ModelShape &shape) {
  app.add_option("--layers", shape.layers, "decoder layers");
  app.add_option("--hidden", shape.hidden, "width of the residual stream");
  app.add_option("--intermediate", shape.intermediate, "width of the feed-forward part");
  app.add_option("--heads", shape.heads, "query heads");
  app.add_option("--kv-heads", shape.keyValueHeads, "key/value heads");
  app.add_option("--head-size", shape.headSize, "elements of a head [hidden / heads]");
  app.add_option("--vocabulary", shape.vocabulary, "tokens of the vocabulary");
  app.add_option("--context", shape.context, "positions of the rotary tables");
}

static void addStorage(CLI::App &app, ModelShape &shape) {
  static const std::map<std::string, Head> heads{{"separate", Head::separate},
                                                 {"tied-float", Head::tiedFloat},
                                                 {"tied-quantized", Head::tiedQuantized}};
  app.add_option("--bits", shape.bits, "bits of a weight: 4 or 8");
  app.add_option("--block-size", shape.blockSize, "weights that share a scale; 0: whole rows");
  app.add_flag("--zero-points", shape.zeroPoints, "a packed zero point for each block");
  app.add_option("--head", shape.head, "separate, tied-float or tied-quantized")
      ->transform(CLI::CheckedTransformer(heads));
  app.add_option("--activations", shape.activations, "f32, f16 or bf16");
}

static void addAttention(CLI::App &app, ModelShape &shape) {
  static const std::map<std::string, Rotary> places{{"fused", Rotary::fused},
                                                    {"node", Rotary::node}};
  app.add_flag("--packed-qkv", shape.packedQkv, "one matmul for queries, keys and values");
  app.add_flag("--bias", shape.bias, "biases on queries, keys and values");
  app.add_option("--rotary", shape.rotary, "fused into the attention, or a node of its own")
      ->transform(CLI::CheckedTransformer(places));
  app.add_flag("--rotary-interleaved", shape.rotaryInterleaved, "rotate neighbours, not halves");
  app.add_option("--rotary-size", shape.rotarySize, "elements of a head that rotate [all]");
  app.add_option("--window", shape.window, "positions that a token sees [all]");
  app.add_option("--softcap", shape.softcap, "bound of attention scores [none]");
}

int main(int argc, char **argv) {
  ModelShape shape;
  std::string folder;
  CLI::App app("Writes a random decoder as ONNX Runtime GenAI's model builder writes one.",
               "qcc-generate-model");
  app.add_option("folder", folder, "where model.onnx and model.onnx.data go; made if need be")
      ->required();
  addPresets(app, shape);
  addSizes(app, shape);
  addStorage(app, shape);
  addAttention(app, shape);
  app.add_option("--seed", shape.seed, "the same seed and shape give the same bytes");
  CLI11_PARSE(app, argc, argv);
  if (Status status = writeModel(shape, folder); !status.ok()) {
    std::cerr << "qcc-generate-model: " << status.message << "\n";
    return 1;
  }
  return 0;
}
