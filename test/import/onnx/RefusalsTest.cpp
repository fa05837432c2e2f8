// What the importer refuses: one sentence each, with the file, the place and the mend.
#include "test/import/onnx/TinyDecoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace qcc::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

struct Refusal {
  const char *name;
  void (*change)(TinyDecoder &);
  /// Part of the sentence.
  const char *expected;
};

/// Moves a tensor's bytes to external data with these entries.
void makeExternal(onnx::TensorProto &tensor, const char *location, const char *offset,
                  const char *length) {
  tensor.clear_raw_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (auto [key, value] : {std::pair("location", location), std::pair("offset", offset),
                            std::pair("length", length)}) {
    onnx::StringStringEntryProto &entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
}

const Refusal refusals[] = {
    {"UnknownOperator", [](TinyDecoder &d) { d.node("silu").set_op_type("HardSwish"); },
     "node 'silu' (HardSwish) is an operator that is not supported"},
    {"NoLogits",
     [](TinyDecoder &d) {
       d.output("logits").set_name("scores");
       d.model.mutable_graph()->add_output()->set_name("hidden");
     },
     "has no output named 'logits' and several others"},
    {"NoOutputs", [](TinyDecoder &d) { d.model.mutable_graph()->clear_output(); },
     "has no output 'logits'"},
    {"WrongOrder",
     [](TinyDecoder &d) {
       auto &nodes = *d.model.mutable_graph()->mutable_node();
       nodes.SwapElements(nodes.size() - 1, nodes.size() - 3);
     },
     "which no earlier supported node makes"},
    {"TwoProducers", [](TinyDecoder &d) { d.addNode("Identity", "x", {"n1"}); },
     "two nodes produce 'x'"},
    {"TwoConstants", [](TinyDecoder &d) { d.addTensor("embed", 1, 32, {1}); },
     "two constants are named 'embed'"},
    {"NegativeShape", [](TinyDecoder &d) { d.tensor("embed").set_dims(0, -4); },
     "tensor 'embed' has an impossible shape"},
    {"HugeShape", [](TinyDecoder &d) { d.tensor("embed").set_dims(0, INT64_MAX); },
     "tensor 'embed' has an impossible shape"},
    {"ShortRawData", [](TinyDecoder &d) { d.tensor("embed").set_raw_data("short"); },
     "tensor 'embed' takes 2048 bytes by its shape but has 5"},
    {"TypedField", [](TinyDecoder &d) { d.tensor("embed").clear_raw_data(); },
     "tensor 'embed' keeps its values in a typed field"},
    {"DoublePrecision", [](TinyDecoder &d) { d.tensor("embed").set_data_type(11); },
     "needs 'embed' as a non-empty f32, f16 or bf16 tensor"},
    {"MissingExternal",
     [](TinyDecoder &d) { makeExternal(d.tensor("embed"), "gone.bin", "0", "2048"); },
     "cannot open the weight file"},
    {"ShortExternal",
     [](TinyDecoder &d) { makeExternal(d.tensor("embed"), "model.onnx", "1000000", "2048"); },
     "but the model reads 2048 bytes at offset 1000000"},
    {"ExternalLength",
     [](TinyDecoder &d) { makeExternal(d.tensor("embed"), "model.onnx", "0", "2047"); },
     "takes 2048 bytes by its shape but its external data has 2047"},
    {"ExternalOffset",
     [](TinyDecoder &d) { makeExternal(d.tensor("embed"), "model.onnx", "-8", "2048"); },
     "has a malformed external offset or length"},
    {"EscapingLocation",
     [](TinyDecoder &d) { makeExternal(d.tensor("embed"), "a/../../etc/passwd", "0", "2048"); },
     "outside of the model's folder"},
    {"AbsoluteLocation",
     [](TinyDecoder &d) { makeExternal(d.tensor("embed"), "/etc/passwd", "0", "2048"); },
     "outside of the model's folder"},
    {"EmbeddingInput", [](TinyDecoder &d) { d.node("x").set_input(1, "mask.sub"); },
     "which is not the graph's one input of token ids"},
    {"EmbeddedInput",
     [](TinyDecoder &d) { TinyDecoder::replaceInput(d.node("n1"), "x", "position_ids"); },
     "computes on the graph's input 'position_ids' directly"},
    {"MatMulActivations",
     [](TinyDecoder &d) { TinyDecoder::replaceInput(d.node("o"), "o.weight", "q"); },
     "node 'o' (MatMul) multiplies by 'q', which is no constant weight"},
    {"MatMulShape",
     [](TinyDecoder &d) {
       d.tensor("o.weight").set_dims(0, 8);
       d.tensor("o.weight").set_dims(1, 32);
     },
     "node 'o' (MatMul) contradicts itself"},
    {"Bits", [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("q"), "bits", 2); },
     "node 'q' (MatMulNBits) has 2 bits in blocks of 16"},
    {"Block", [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("q"), "block_size", 24); },
     "has 4 bits in blocks of 24"},
    {"Extents", [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("q"), "N", INT64_MAX); },
     "has impossible extents N and K"},
    {"QuantizedShape", [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("q"), "N", 24); },
     "needs a constant of 192 bytes as its weight"},
    {"ScaleCount", [](TinyDecoder &d) { d.node("q").set_input(2, "k.scales"); },
     "needs 16 constant scales"},
    {"ZeroCount", [](TinyDecoder &d) { d.node("q").add_input("k.weight"); },
     "has zero points that are neither one float a block nor packed integers"},
    {"GroupIndex",
     [](TinyDecoder &d) {
       d.addTensor("g_idx", 6, 32, {16}).set_raw_data(std::string(64, '\x01'));
       d.node("q").add_input("g_idx");
     },
     "has a g_idx that does not name one of 1 blocks for each of 16 features"},
    {"Prepacked",
     [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("q"), "weight_prepacked", 1); },
     "has a weight prepacked for one device"},
    {"NormAxis", [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("n1"), "axis", 1); },
     "normalizes axis 1"},
    {"NormEpsilon", [](TinyDecoder &d) { TinyDecoder::setFloat(d.node("n1"), "epsilon", -1); },
     "has an epsilon that is not between 0 and 1"},
    {"SkipBias", [](TinyDecoder &d) { d.node("n2").add_input("norm.weight"); },
     "has a bias, which is not supported"},
    {"Heads", [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("attention"), "num_heads", 0); },
     "has 0 heads for 1 key/value heads"},
    {"HeadSize",
     [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("attention"), "num_heads", 3); },
     "has 16 features for 3 heads"},
    {"PastShape",
     [](TinyDecoder &d) {
       d.input("past.key")
           .mutable_type()
           ->mutable_tensor_type()
           ->mutable_shape()
           ->mutable_dim(3)
           ->set_dim_value(9);
     },
     "has past 'past.key' of another shape"},
    {"PastIsNoInput", [](TinyDecoder &d) { d.node("attention").set_input(3, "x"); },
     "has a cache that is not an input and an output of the graph"},
    {"PresentIsNoOutput", [](TinyDecoder &d) { d.node("attention").set_output(1, "elsewhere"); },
     "has a cache that is not an input and an output of the graph"},
    {"SmoothSoftmax",
     [](TinyDecoder &d) { TinyDecoder::setInteger(d.node("attention"), "smooth_softmax", 1); },
     "asks for smooth softmax"},
    {"AttentionBias",
     [](TinyDecoder &d) {
       d.node("attention").add_input("position_ids");
       d.node("attention").add_input("x");
     },
     "has input attention_bias, which is not supported"},
    {"Mask", [](TinyDecoder &d) { d.node("mask.sum").set_input(0, "position_ids"); },
     "only ReduceSum(attention_mask) - 1 is supported"},
    {"TotalLength", [](TinyDecoder &d) { d.node("mask.shape").set_op_type("Size"); },
     "only the second extent of attention_mask is supported"},
    {"Positions", [](TinyDecoder &d) { d.node("attention").add_input("input_ids"); },
     "only the graph's input position_ids is supported"},
    {"RotaryTables",
     [](TinyDecoder &d) {
       d.tensor("sin").set_dims(0, 32);
       d.tensor("sin").set_dims(1, 8);
     },
     "has cos and sin tables that are not matrices of one shape"},
    {"AddedConstant",
     [](TinyDecoder &d) {
       d.addNode("Add", "shifted", {"x", "norm.weight"}, "n1");
       TinyDecoder::replaceInput(d.node("n1"), "x", "shifted");
     },
     "adds a constant to something other than a matmul"},
    {"MulShapes", [](TinyDecoder &d) { d.node("product").set_input(1, "n2"); },
     "combines activations of different shape or type"},
    {"CastType",
     [](TinyDecoder &d) {
       TinyDecoder::setInteger(d.addNode("Cast", "cast", {"x"}, "n1"), "to", 7);
       TinyDecoder::replaceInput(d.node("n1"), "x", "cast");
     },
     "casts to a type other than f32, f16 and bf16"},
    {"MiddlePosition",
     [](TinyDecoder &d) {
       TinyDecoder::setInteger(d.addNode("Gather", "tail", {"final", "one"}, "logits"), "axis", 1);
       TinyDecoder::replaceInput(d.node("logits"), "final", "tail");
     },
     "on activations for the last position"},
};

class Refuses : public testing::TestWithParam<Refusal> {};

TEST_P(Refuses, WithOneSentence) {
  TinyDecoder decoder;
  GetParam().change(decoder);
  EXPECT_THAT(importToText(decoder), AllOf(StartsWith("error: '/"), HasSubstr("/model.onnx'"),
                                           HasSubstr(GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(Import, Refuses, testing::ValuesIn(refusals),
                         [](const auto &info) { return info.param.name; });

TEST(Refuses, MissingFile) {
  EXPECT_THAT(importFile("/no/such/model.onnx"), HasSubstr("cannot read '/no/such/model.onnx'"));
}

TEST(Refuses, UnknownActivations) {
  EXPECT_THAT(importToText(TinyDecoder(), "f64"), HasSubstr("activations are f32, f16 or bf16"));
  EXPECT_THAT(importToText(TinyDecoder(), "", false, "u4"),
              HasSubstr("a KV cache holds f32, f16, bf16, int8 or fp8"));
}

TEST(Refuses, MalformedConfig) {
  TemporaryFolder folder;
  folder.write("config.json", "{");
  std::string path = folder.write("model.onnx", TinyDecoder().model.SerializeAsString());
  EXPECT_THAT(importFile(path), HasSubstr("config.json' is not JSON"));
}

} // namespace
