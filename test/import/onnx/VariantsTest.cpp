// What the importer takes: every supported operator in every supported spelling.
#include "test/import/onnx/TinyDecoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace qcc::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

/// True for text that a successful import gives.
auto isModule() {
  return StartsWith("module");
}

TEST(Import, WholeDecoder) {
  std::string text = importToText(TinyDecoder());
  EXPECT_THAT(text, isModule());
  for (const char *part :
       {"layers = 1 : i64", "max_positions = 64 : i64", "vocabulary_size = 32 : i64",
        "func.func @decoder(%arg0: !lm.batch, %arg1: !lm.cache<1 x 8 x f32>)",
        "-> (tensor<?x32xf32>, !lm.cache<1 x 8 x f32>)", "lm.embed %arg0", "lm.rms_norm",
        "<[16, 16], u4, block = 16, scale = f32>", "<[32, 16], u8, block = 16, scale = f32>",
        "lm.group_query_attention", "heads 2 scale 0.35355339", "lm.skip_rms_norm", "lm.sigmoid",
        "lm.mul", "lm.select_rows"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Import, LocationsAreNodeNames) {
  std::string text = importToText(TinyDecoder(), "", /*locations=*/true);
  EXPECT_THAT(text, AllOf(HasSubstr("loc(\"gate\")"), HasSubstr("loc(\"attention\")")));
}

TEST(Import, TiedHeadIsOneParameter) {
  std::string text = importToText(TinyDecoder());
  size_t first = text.find("qnt.parameter \"embed\"");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("qnt.parameter \"embed\"", first + 1), std::string::npos);
}

TEST(Import, InlineDataIsNamedByItsPlaceInTheModel) {
  TinyDecoder decoder;
  std::string marked(16 * 4, '\x5a');
  decoder.tensor("norm.weight").set_raw_data(marked);
  std::string bytes = decoder.model.SerializeAsString();
  std::string expected =
      "\"norm.weight\" values <\"model.onnx\", " + std::to_string(bytes.find(marked)) + ", 64>";
  EXPECT_THAT(importToText(decoder), HasSubstr(expected));
}

TEST(Import, ExternalData) {
  TinyDecoder decoder;
  onnx::TensorProto &tensor = decoder.tensor("embed");
  tensor.clear_raw_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (auto [key, value] : {std::pair("location", "weights.bin"), std::pair("offset", "128"),
                            std::pair("length", "2048")}) {
    onnx::StringStringEntryProto &entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
  TemporaryFolder folder;
  folder.write("weights.bin", std::string(128 + 2048, '\0'));
  std::string path = folder.write("model.onnx", decoder.model.SerializeAsString());
  EXPECT_THAT(importFile(path), HasSubstr("values <\"weights.bin\", 128, 2048>"));
}

TEST(Import, ModelInfoBesideTheModel) {
  TemporaryFolder folder;
  folder.write("genai_config.json", R"({"model": {"context_length": 48, "eos_token_id": [2, 7]}})");
  folder.write("config.json", R"({"max_position_embeddings": 99, "eos_token_id": 3})");
  std::string path = folder.write("tiny.onnx", TinyDecoder().model.SerializeAsString());
  EXPECT_THAT(importFile(path), AllOf(HasSubstr("end_of_sequence = [2, 7]"),
                                      HasSubstr("max_positions = 48"), HasSubstr("\"tiny\"")));
}

TEST(Import, CacheOverride) {
  EXPECT_THAT(importToText(TinyDecoder(), "", false, "int8"),
              AllOf(HasSubstr("!lm.cache<1 x 8 x i8>"), isModule()));
  EXPECT_THAT(importToText(TinyDecoder(), "", false, "fp8"),
              AllOf(HasSubstr("!lm.cache<1 x 8 x f8E4M3FN>"), isModule()));
  EXPECT_THAT(importToText(TinyDecoder(), "bf16", false, "f16"),
              AllOf(HasSubstr("!lm.cache<1 x 8 x f16>"), HasSubstr("tensor<?x32xbf16>")));
}

TEST(Import, ActivationsOverride) {
  std::string text = importToText(TinyDecoder(), "bf16");
  EXPECT_THAT(text, AllOf(HasSubstr("!lm.cache<1 x 8 x bf16>"), HasSubstr("tensor<?x32xbf16>"),
                          Not(HasSubstr("xf32>"))));
}

TEST(Import, HalfPrecisionWithCasts) {
  TinyDecoder decoder;
  decoder.addNode("Cast", "wide", {"x"}, "n1");
  TinyDecoder::setInteger(decoder.node("wide"), "to", 10);
  TinyDecoder::replaceInput(decoder.node("n1"), "x", "wide");
  EXPECT_THAT(importToText(decoder), HasSubstr("lm.cast"));
  EXPECT_THAT(importToText(decoder, "f16"), AllOf(isModule(), Not(HasSubstr("lm.cast"))));
}

//===-- MatMulNBits ---------------------------------------------------------------------------===//

TEST(Import, PackedZeroPoints) {
  TinyDecoder decoder;
  decoder.addTensor("q.zeros", 2, 8, {16, 1});
  decoder.node("q").add_input("q.zeros");
  EXPECT_THAT(importToText(decoder),
              AllOf(HasSubstr("zeros <"), HasSubstr("block = 16, scale = f32, zero = u4>")));
}

TEST(Import, FloatZeroPoints) {
  TinyDecoder decoder;
  decoder.addTensor("q.zeros", 1, 32, {16, 1});
  decoder.node("q").add_input("q.zeros");
  EXPECT_THAT(importToText(decoder), HasSubstr("block = 16, scale = f32, zero = f32>"));
}

TEST(Import, FlatScales) {
  TinyDecoder decoder;
  decoder.tensor("q.scales").clear_dims();
  decoder.tensor("q.scales").add_dims(16);
  EXPECT_THAT(importToText(decoder), isModule());
}

TEST(Import, BlockLongerThanK) {
  TinyDecoder decoder;
  decoder.addMatMulNBits("wide", "n1", 16, 16, 4, 128, "attention");
  TinyDecoder::replaceInput(decoder.node("attention"), "q", "wide");
  EXPECT_THAT(importToText(decoder), HasSubstr("<[16, 16], u4, block = 128, scale = f32>"));
}

TEST(Import, Bias) {
  TinyDecoder decoder;
  decoder.addTensor("q.bias", 1, 32, {16});
  for (const char *input : {"", "", "q.bias"}) {
    decoder.node("q").add_input(input);
  }
  EXPECT_THAT(importToText(decoder), HasSubstr("bias("));
}

/// A group index of int32, given by `group` for each of 16 features.
void addGroupIndex(TinyDecoder &decoder, int32_t (*group)(int)) {
  onnx::TensorProto &tensor = decoder.addTensor("down.g_idx", 6, 32, {32});
  std::string raw;
  for (int k = 0; k < 32; ++k) {
    int32_t value = group(k);
    raw.append(reinterpret_cast<const char *>(&value), sizeof(value));
  }
  tensor.set_raw_data(raw);
}

/// `down` in two blocks of 16.
TinyDecoder withTwoBlocks() {
  TinyDecoder decoder;
  decoder.addMatMulNBits("down2", "product", 16, 32, 4, 16, "final");
  TinyDecoder::replaceInput(decoder.node("final"), "down", "down2");
  return decoder;
}

TEST(Import, GroupIndexInItsSlot) {
  TinyDecoder decoder = withTwoBlocks();
  addGroupIndex(decoder, [](int k) { return k % 2; });
  decoder.node("down2").add_input("");
  decoder.node("down2").add_input("down.g_idx");
  EXPECT_THAT(importToText(decoder), HasSubstr("group_index <"));
}

TEST(Import, GroupIndexInTheZeroPointSlot) {
  TinyDecoder decoder = withTwoBlocks();
  addGroupIndex(decoder, [](int k) { return k % 2; });
  decoder.node("down2").add_input("down.g_idx");
  EXPECT_THAT(importToText(decoder), AllOf(HasSubstr("group_index <"), Not(HasSubstr("zeros"))));
}

TEST(Import, ConsecutiveGroupIndexIsDropped) {
  TinyDecoder decoder = withTwoBlocks();
  addGroupIndex(decoder, [](int k) { return k / 16; });
  decoder.node("down2").add_input("");
  decoder.node("down2").add_input("down.g_idx");
  EXPECT_THAT(importToText(decoder), AllOf(isModule(), Not(HasSubstr("group_index"))));
}

//===-- MatMul, DequantizeLinear, Gather ------------------------------------------------------===//

TEST(Import, MatMulByColumns) {
  EXPECT_THAT(importToText(TinyDecoder()), HasSubstr("\"o.weight\""));
  EXPECT_THAT(importToText(TinyDecoder()), HasSubstr("columns"));
}

TEST(Import, AddedBias) {
  TinyDecoder decoder;
  decoder.addTensor("o.bias", 1, 32, {16});
  decoder.addNode("Add", "biased", {"o.bias", "o"}, "n2");
  TinyDecoder::replaceInput(decoder.node("n2"), "o", "biased");
  EXPECT_THAT(importToText(decoder), AllOf(HasSubstr("bias("), Not(HasSubstr("lm.add"))));
}

TEST(Import, DequantizeLinear) {
  TinyDecoder decoder;
  decoder.addTensor("o.quantized", 22, 4, {16, 16});
  decoder.addTensor("o.scales", 1, 32, {16, 1});
  onnx::NodeProto &node =
      decoder.addNode("DequantizeLinear", "o.dequantized", {"o.quantized", "o.scales"}, "o");
  TinyDecoder::setInteger(node, "block_size", 16);
  TinyDecoder::setInteger(node, "axis", -1);
  decoder.addNode("Transpose", "o.transposed", {"o.dequantized"}, "o");
  TinyDecoder::replaceInput(decoder.node("o"), "o.weight", "o.transposed");
  EXPECT_THAT(importToText(decoder), HasSubstr("<[16, 16], i4, block = 16, scale = f32>"));
}

/// The decoder with a 4-bit embedding tied to its head: `table` has shape [32, 8] or [32, 1, 8],
/// and the reader of the other shape sees it through a Reshape.
TinyDecoder withTiedTable(bool reshapedForHead) {
  TinyDecoder decoder;
  reshapedForHead ? decoder.addTensor("table", 2, 8, {32, 8})
                  : decoder.addTensor("table", 2, 8, {32, 1, 8});
  decoder.addTensor("table.scales", 1, 32, {32, 1});
  decoder.addIntegers("table.shape", {32, -1});
  decoder.addNode("Reshape", "reshaped", {"table", "table.shape"}, "n1");
  onnx::NodeProto &gather =
      decoder.addNode("GatherBlockQuantized", "embedded",
                      {reshapedForHead ? "table" : "reshaped", "input_ids", "table.scales"}, "n1");
  TinyDecoder::setInteger(gather, "block_size", 16);
  for (const char *reader : {"n1", "n2"}) {
    TinyDecoder::replaceInput(decoder.node(reader), "x", "embedded");
  }
  onnx::NodeProto &head = decoder.node("logits");
  head.set_op_type("MatMulNBits");
  TinyDecoder::replaceInput(head, "head", reshapedForHead ? "reshaped" : "table");
  head.add_input("table.scales");
  for (auto [name, value] : {std::pair("N", 32), std::pair("K", 16), std::pair("block_size", 16)}) {
    TinyDecoder::setInteger(head, name, value);
  }
  return decoder;
}

TEST(Import, GatherBlockQuantizedTiedThroughReshape) {
  for (bool reshapedForHead : {false, true}) {
    std::string text = importToText(withTiedTable(reshapedForHead));
    EXPECT_THAT(text, HasSubstr("lm.embed %arg0, %0 : <[32, 16], u4, block = 16, scale = f32>"));
    size_t first = text.find("qnt.parameter \"table\"");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(text.find("qnt.parameter \"table\"", first + 1), std::string::npos);
  }
}

//===-- Attention -----------------------------------------------------------------------------===//

TEST(Import, PackedProjections) {
  TinyDecoder decoder;
  decoder.addMatMulNBits("qkv", "n1", 32, 16, 4, 16, "attention");
  for (auto [index, input] : {std::pair(0, "qkv"), std::pair(1, ""), std::pair(2, "")}) {
    decoder.node("attention").set_input(index, input);
  }
  EXPECT_THAT(importToText(decoder),
              AllOf(HasSubstr("cache %arg1"), Not(HasSubstr(" key %")), Not(HasSubstr("\"k.w"))));
}

TEST(Import, SeparateRotaryEmbedding) {
  TinyDecoder decoder;
  for (const char *name : {"q", "k"}) {
    std::string rotated = std::string(name) + ".rotated";
    onnx::NodeProto &node = decoder.addNode("RotaryEmbedding", rotated,
                                            {name, "position_ids", "cos", "sin"}, "attention");
    node.set_domain("com.microsoft");
    TinyDecoder::setInteger(node, "interleaved", name[0] == 'k');
    TinyDecoder::replaceInput(decoder.node("attention"), name, rotated);
  }
  TinyDecoder::setInteger(decoder.node("attention"), "do_rotary", 0);
  EXPECT_THAT(importToText(decoder),
              AllOf(HasSubstr("lm.rope"), HasSubstr("head_size 8 interleaved"),
                    HasSubstr("head_size 8 :"), Not(HasSubstr("rotary %"))));
}

TEST(Import, StandardRotaryEmbedding) {
  TinyDecoder decoder;
  onnx::NodeProto &node = decoder.addNode("RotaryEmbedding", "rotated",
                                          {"q", "cos", "sin", "position_ids"}, "attention");
  TinyDecoder::setInteger(node, "num_heads", 2);
  TinyDecoder::replaceInput(decoder.node("attention"), "q", "rotated");
  EXPECT_THAT(importToText(decoder), HasSubstr("lm.rope"));
}

TEST(Import, WindowSoftcapAndInterleaving) {
  TinyDecoder decoder;
  onnx::NodeProto &attention = decoder.node("attention");
  TinyDecoder::setInteger(attention, "local_window_size", 12);
  TinyDecoder::setInteger(attention, "rotary_interleaved", 1);
  TinyDecoder::setFloat(attention, "softcap", 50);
  TinyDecoder::setFloat(attention, "scale", 0.5);
  EXPECT_THAT(importToText(decoder),
              AllOf(HasSubstr("interleaved"), HasSubstr("softcap = 5.000000e+01"),
                    HasSubstr("window = 12"), HasSubstr("scale 5.000000e-01")));
}

//===-- Elementwise and the head --------------------------------------------------------------===//

/// The decoder with its gate's Sigmoid and Mul in one node of `op`.
TinyDecoder withActivation(const char *op, float alpha) {
  TinyDecoder decoder;
  onnx::NodeProto &node = decoder.addNode(op, "activation", {"gate"}, "product");
  if (alpha != 0) {
    TinyDecoder::setFloat(node, "alpha", alpha);
  }
  TinyDecoder::replaceInput(decoder.node("product"), "silu", "activation");
  return decoder;
}

TEST(Import, SwishSpellings) {
  EXPECT_THAT(importToText(withActivation("QuickGelu", 1)), HasSubstr("lm.silu"));
  EXPECT_THAT(importToText(withActivation("Swish", 0)), HasSubstr("lm.silu"));
  EXPECT_THAT(importToText(withActivation("Silu", 0)), HasSubstr("lm.silu"));
  EXPECT_THAT(importToText(withActivation("QuickGelu", 0)), HasSubstr("by 1.702"));
  EXPECT_THAT(importToText(withActivation("FastGelu", 0)), HasSubstr("lm.gelu"));
}

TEST(Import, ScaleByConstant) {
  TinyDecoder decoder;
  decoder.addFloat("two", 2);
  decoder.addNode("Mul", "scaled", {"two", "x"}, "n1");
  decoder.addNode("Div", "halved", {"scaled", "two"}, "n1");
  TinyDecoder::replaceInput(decoder.node("n1"), "x", "halved");
  EXPECT_THAT(importToText(decoder),
              AllOf(HasSubstr("by 2.000000e+00"), HasSubstr("by 5.000000e-01")));
}

TEST(Import, SplitOfPackedGateAndUp) {
  TinyDecoder decoder;
  decoder.addMatMulNBits("both", "n2", 64, 16, 4, 16, "sigmoid");
  onnx::NodeProto &split = decoder.addNode("Split", "halves", {"both"}, "sigmoid");
  TinyDecoder::setInteger(split, "axis", -1);
  split.add_output("second");
  for (const char *reader : {"sigmoid", "silu"}) {
    TinyDecoder::replaceInput(decoder.node(reader), "gate", "halves");
  }
  TinyDecoder::replaceInput(decoder.node("product"), "up", "second");
  EXPECT_THAT(importToText(decoder), AllOf(HasSubstr("at 0 : tensor<?x64xf32> -> tensor<?x32xf32>"),
                                           HasSubstr("at 32 : tensor<?x64xf32>")));
}

TEST(Import, LastPositionByGather) {
  TinyDecoder decoder;
  decoder.addIntegers("last", {-1});
  TinyDecoder::setInteger(decoder.addNode("Gather", "tail", {"final", "last"}, "logits"), "axis",
                          1);
  TinyDecoder::replaceInput(decoder.node("logits"), "final", "tail");
  std::string text = importToText(decoder);
  EXPECT_LT(text.find("lm.select_rows"), text.rfind("qnt.matmul"));
}

TEST(Import, LastPositionBySlice) {
  TinyDecoder decoder;
  decoder.addIntegers("start", {-1});
  decoder.addIntegers("end", {INT64_MAX});
  decoder.addIntegers("axis", {1});
  decoder.addNode("Slice", "tail", {"final", "start", "end", "axis"}, "logits");
  TinyDecoder::replaceInput(decoder.node("logits"), "final", "tail");
  std::string text = importToText(decoder);
  EXPECT_LT(text.find("lm.select_rows"), text.rfind("qnt.matmul"));
}

TEST(Import, DeadNodesAreIgnored) {
  TinyDecoder decoder;
  decoder.addNode("NoSuchOperator", "dead", {"x"}, "n1");
  EXPECT_THAT(importToText(decoder), isModule());
}

TEST(Import, IdentityAndRmsNormalization) {
  TinyDecoder decoder;
  decoder.addNode("Identity", "same", {"x"}, "n1");
  TinyDecoder::replaceInput(decoder.node("n1"), "x", "same");
  decoder.node("n1").set_op_type("RMSNormalization");
  EXPECT_THAT(importToText(decoder), isModule());
}

} // namespace
