// What qrun says of artifacts that are damaged, too new or for another chip, and of devices that
// cannot run them: one sentence, an exit code of its own, and no half-written file.
#include "bench/generate_model/Decoder.h"
#include "test/end_to_end/support/ArtifactFile.h"
#include "test/end_to_end/support/Chain.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace qcc::test;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

// qrun's exit codes (qcc_status_code).
enum Exit {
  corrupt = 3,
  unsupportedVersion = 4,
  wrongDevice = 5,
  noDevice = 6,
  outOfMemory = 7,
  contextFull = 8,
  ioError = 10
};

class BadArtifact : public testing::Test {
protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<ScratchFolder>();
    ASSERT_TRUE(qcc::bench::writeModel({}, folder->path).ok());
    good = folder->file("good.hsaco");
    ASSERT_TRUE(compileModel(folder->file("model.onnx"), "gfx1100", good,
                             {"--max-context", "16", "--prefill-rows", "8"}));
  }
  static void TearDownTestSuite() { folder.reset(); }

  /// Expects that running `artifact` fails with `code`, one sentence that holds `part`, and leaves
  /// neither logits nor anything half-written.
  static void expectFailure(const std::string &artifact, int code, const std::string &part,
                            std::vector<std::string> options = {"--tokens", "1,2", "--device",
                                                                "emulated"},
                            const Environment &environment = {}) {
    ScratchFolder outputs;
    options.insert(options.end(), {artifact, "--logits", outputs.file("logits.npy")});
    Outcome outcome = run("qrun", options, environment);
    EXPECT_EQ(outcome.exitCode, code) << outcome.errors;
    EXPECT_EQ(outcome.output, "");
    // The device's own diagnostics and the line that names it may come before qrun's sentence.
    size_t start = outcome.errors.rfind("qrun: ");
    ASSERT_NE(start, std::string::npos) << outcome.errors;
    std::string sentence = outcome.errors.substr(start);
    EXPECT_EQ(sentence.find('\n'), sentence.size() - 1) << sentence;
    EXPECT_THAT(sentence, HasSubstr(part));
    EXPECT_TRUE(std::filesystem::is_empty(outputs.path));
  }

  static std::string damaged(const std::string &bytes) {
    return folder->write("damaged.hsaco", bytes);
  }

  static inline std::unique_ptr<ScratchFolder> folder;
  static inline std::string good;
};

} // namespace

TEST_F(BadArtifact, TheGoodOneRuns) {
  Outcome outcome =
      run("qrun", {good, "--device", "emulated", "--tokens", "1", "--max-tokens", "2"});
  EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
}

TEST_F(BadArtifact, Truncated) {
  std::string bytes = readFile(good);
  for (size_t kept :
       {size_t{0}, size_t{40}, bytes.size() / 4, bytes.size() / 2, bytes.size() - 1}) {
    expectFailure(damaged(bytes.substr(0, kept)), corrupt, "damaged.hsaco");
  }
}

TEST_F(BadArtifact, BitFlippedInEverySection) {
  ArtifactFile file(good);
  ASSERT_GT(file.sections.size(), 8u);
  for (const ArtifactFile::Section &section : file.sections) {
    SCOPED_TRACE(section.name);
    for (uint64_t place : {uint64_t{0}, section.bytes / 2, section.bytes - 1}) {
      std::string bytes = file.bytes;
      bytes[section.offset + place] ^= 0x10;
      expectFailure(damaged(bytes), corrupt, "damaged.hsaco");
    }
  }
}

TEST_F(BadArtifact, NewerVersion) {
  ArtifactFile file(good);
  file.setVersion(1000);
  expectFailure(damaged(file.bytes), unsupportedVersion, "1000");
}

TEST_F(BadArtifact, ForAnotherChip) {
  expectFailure(good, wrongDevice, "gfx942", {"--tokens", "1", "--device", "emulated"},
                {{"QCC_EMULATED_CHIP", "gfx942"}});
}

TEST_F(BadArtifact, DeviceWithoutRoom) {
  expectFailure(good, outOfMemory, "memory", {"--tokens", "1", "--device", "emulated"},
                {{"QCC_EMULATED_MEMORY", "65536"}});
}

TEST_F(BadArtifact, NoHipLibrary) {
  expectFailure(good, noDevice, "/nonexistent.so", {"--tokens", "1", "--device", "hip:0"},
                {{"QCC_HIP_LIBRARY", "/nonexistent.so"}});
  expectFailure(good, noDevice, "/nonexistent.so",
                {"--tokens", "1", "--device", "emulated", "--hip-library", "/nonexistent.so"});
}

// Debian's libamdhip64 where there is no GPU, for one: a library that has no device.
TEST_F(BadArtifact, HipLibraryWithoutADevice) {
  expectFailure(good, noDevice, "libamdhip64", {"--tokens", "1", "--device", "hip:0"},
                {{"QCC_HIP_LIBRARY", QCC_BUILD_DIR "/lib/emulated/libamdhip64.so"},
                 {"QCC_EMULATED_CHIP", "none"}});
}

TEST_F(BadArtifact, PromptLongerThanTheContext) {
  expectFailure(good, contextFull, "16",
                {"--device", "emulated", "--tokens", "1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8"});
}

TEST_F(BadArtifact, LogitsThatCannotBeWritten) {
  Outcome outcome = run("qrun", {good, "--device", "emulated", "--tokens", "1", "--max-tokens", "1",
                                 "--logits", folder->file("absent/logits.npy")});
  EXPECT_EQ(outcome.exitCode, ioError) << outcome.errors;
}

// A generation that fills its cache ends there: what it has is printed, and the status says why.
TEST_F(BadArtifact, GenerationEndsWhenTheContextIsFull) {
  Outcome outcome = run("qrun", {good, "--device", "emulated", "--json", "--ignore-eos", "--tokens",
                                 "1,2,3,4,5,6", "--max-tokens", "20"});
  EXPECT_EQ(outcome.exitCode, contextFull) << outcome.errors;
  EXPECT_NE(outcome.errors.find("The context of 16 positions is full"), std::string::npos)
      << outcome.errors;
  // The last token is chosen from the logits of the sixteenth position, and not fed.
  EXPECT_EQ(nlohmann::json::parse(outcome.output)["tokens"].size(), 11u);
}
