// Damaged files: whatever was cut or flipped, importing ends with a module or a sentence.
#include "test/import/onnx/TinyDecoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

using namespace qcc::test;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

TEST(Damage, Truncated) {
  std::string bytes = TinyDecoder().model.SerializeAsString();
  TemporaryFolder folder;
  // A prime step visits every kind of field; none of the prefixes holds a whole graph.
  for (size_t length = 0; length < bytes.size(); length += 37) {
    std::string path = folder.write("model.onnx", bytes.substr(0, length));
    EXPECT_THAT(importFile(path), HasSubstr("is not an ONNX model, or is damaged")) << length;
  }
}

TEST(Damage, BitsFlipped) {
  std::string bytes = TinyDecoder().model.SerializeAsString();
  TemporaryFolder folder;
  std::mt19937 random(17);
  for (int round = 0; round < 1500; ++round) {
    std::string damaged = bytes;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
    std::string path = folder.write("model.onnx", damaged);
    EXPECT_THAT(importFile(path), AnyOf(StartsWith("module"), StartsWith("error: ")));
  }
}

TEST(Damage, NoModelAtAll) {
  TemporaryFolder folder;
  EXPECT_THAT(importFile(folder.write("model.onnx", "once upon a time")),
              HasSubstr("is not an ONNX model, or is damaged"));
  EXPECT_THAT(importFile(folder.path), StartsWith("error: "));
}

} // namespace
