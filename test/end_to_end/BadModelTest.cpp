// What qcc says of models that are damaged, and of outputs that cannot be written: one sentence, an
// exit code of its own, and no artifact, whole or half-written.
#include "bench/generate_model/Decoder.h"
#include "test/end_to_end/support/Programs.h"

#include <filesystem>
#include <gmock/gmock.h>

using namespace qcc::test;
using testing::HasSubstr;

namespace {

enum Exit { input = 1, commandLine = 2, output = 4 }; // of qcc

class BadModel : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(qcc::bench::writeModel({.layers = 1}, folder.path).ok());
    model = folder.file("model.onnx");
    data = folder.file("model.onnx.data");
  }

  /// Expects that compiling fails with `code` and one sentence that holds `part`.
  void expectFailure(int code, const std::string &part, const std::string &artifact = "m.hsaco") {
    ScratchFolder outputs;
    Outcome outcome = run("qcc", {model, "-o", outputs.file(artifact), "--target", "gfx942", "-q"});
    EXPECT_EQ(outcome.exitCode, code) << outcome.errors;
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr(part));
    EXPECT_TRUE(std::filesystem::is_empty(outputs.path));
  }

  ScratchFolder folder;
  std::string model, data;
};

} // namespace

TEST_F(BadModel, NoModel) {
  model = folder.file("absent.onnx");
  expectFailure(input, "absent.onnx");
}

TEST_F(BadModel, TruncatedModel) {
  std::string bytes = readFile(model);
  for (size_t kept : {size_t{0}, size_t{1}, bytes.size() / 2, bytes.size() - 1}) {
    folder.write("model.onnx", bytes.substr(0, kept));
    expectFailure(input, "model.onnx");
  }
}

TEST_F(BadModel, MissingData) {
  std::filesystem::remove(data);
  expectFailure(input, "model.onnx.data");
}

TEST_F(BadModel, ShortData) {
  std::filesystem::resize_file(data, std::filesystem::file_size(data) - 1);
  expectFailure(input, "model.onnx.data");
}

TEST_F(BadModel, ScaleThatIsNoNumber) {
  // Every fp16 of all ones is a NaN; some of them are scales.
  folder.write("model.onnx.data", std::string(std::filesystem::file_size(data), '\xff'));
  expectFailure(input, "scale");
}

TEST_F(BadModel, FolderThatIsNotThere) {
  expectFailure(output, "absent", "absent/m.hsaco");
}

TEST_F(BadModel, CommandLine) {
  EXPECT_EQ(run("qcc", {model, "--target"}).exitCode, commandLine);
  EXPECT_EQ(run("qcc", {model, "-o", folder.file("m.hsaco"), "--target", "gfx000"}).exitCode,
            commandLine);
  EXPECT_FALSE(std::filesystem::exists(folder.file("m.hsaco")));
}
