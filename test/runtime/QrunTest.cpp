// The program qrun on the fake driver, whose logits are all zero: so the first token is always
// picked, and the perplexity is the size of the vocabulary.
#include "test/runtime/support/AlphabetTokenizer.h"
#include "test/runtime/support/ArtifactBuilder.h"

#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

using qcc::test::Artifact;
using qcc::test::writeTemporary;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

struct Outcome {
  int exitCode;
  std::string output;
  std::string errors;
};

std::string readAll(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

/// Runs qrun with these arguments, a shell's words, and the fake driver where no library is named.
Outcome qrun(const std::string &arguments, const std::string &library = FAKE_HIP_6) {
  std::string output = writeTemporary("stdout", {});
  std::string errors = writeTemporary("stderr", {});
  std::string command = "QCC_HIP_LIBRARY=" + library + " " QCC_BUILD_DIR "/bin/qrun " + arguments +
                        " >" + output + " 2>" + errors;
  int status = std::system(command.c_str());
  return {WEXITSTATUS(status), readAll(output), readAll(errors)};
}

/// An artifact as a file.
std::string write(Artifact artifact, bool withTokenizer = true) {
  if (withTokenizer) {
    artifact.tokenizer = qcc::test::alphabetTokenizer();
  }
  return writeTemporary("model.hsaco", artifact.build());
}

std::vector<uint8_t> bytesOf(std::string_view text) {
  return {text.begin(), text.end()};
}

} // namespace

TEST(Qrun, PrintsOneJsonObject) {
  Outcome run = qrun(write({}) + " --tokens 1,2,3 --max-tokens 4 --json");
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  auto object = nlohmann::json::parse(run.output);
  EXPECT_EQ(object["tokens"], nlohmann::json({0, 0, 0, 0}));
  EXPECT_EQ(object["text"], "<unk><unk><unk><unk>");
  EXPECT_EQ(object["device"], "hip:0 gfx942 Fake Instinct");
  EXPECT_GT(object["prefill_tokens_per_second"], 0);
  EXPECT_GT(object["decode_tokens_per_second"], 0);
  EXPECT_THAT(run.errors, HasSubstr("device: hip:0 gfx942"));
}

TEST(Qrun, StreamsText) {
  Outcome run = qrun(write({}) + " --prompt abc --max-tokens 2");
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  EXPECT_EQ(run.output, "<unk><unk>\n");
}

TEST(Qrun, PrintsIdsWithoutATokenizer) {
  Outcome run = qrun("--tokens 1,2 --max-tokens 3 " + write({}, false));
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  EXPECT_EQ(run.output, "0 0 0\n");
}

TEST(Qrun, WritesAChat) {
  EXPECT_EQ(qrun(write({}) + " --chat --prompt hi --max-tokens 1").exitCode, 0);
}

TEST(Qrun, WritesLogitsOfForcedTokens) {
  std::string path = writeTemporary("logits.npy", {});
  Outcome run = qrun(write({}) + " --tokens 1 --force-tokens 4,5,6 --logits " + path);
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  std::string file = readAll(path);
  EXPECT_THAT(file, StartsWith(std::string("\x93NUMPY\x01\x00", 8)));
  EXPECT_THAT(file, HasSubstr("'descr': '<f4', 'fortran_order': False, 'shape': (3, 32)"));
  EXPECT_EQ(file.size(), 128 + 3 * 32 * sizeof(float));
}

TEST(Qrun, MeasuresPerplexityOfText) {
  std::string text = writeTemporary("text", bytesOf("abc\n<|endoftext|>\nhello\n"));
  Outcome run = qrun(write({}) + " --perplexity " + text + " --window 4 --stride 2 --json");
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  auto object = nlohmann::json::parse(run.output);
  EXPECT_EQ(object["tokens"], 10); // 3 + 5 letters, and both ends
  EXPECT_NEAR(object["perplexity"], 32.0, 1e-9);
  EXPECT_NEAR(object["bits_per_byte"], 5.0 * 10 / 8, 1e-9);
}

TEST(Qrun, MeasuresPerplexityOfTokens) {
  std::string ids = writeTemporary("ids", bytesOf("1 2 3\n\n4,5,6,7\n"));
  Outcome run = qrun(write({}, false) + " --perplexity-tokens " + ids);
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  EXPECT_EQ(run.output, "perplexity 32 over 5 tokens\n");
}

TEST(Qrun, ListsDevices) {
  Outcome run = qrun("--list-devices");
  EXPECT_EQ(run.exitCode, 0);
  EXPECT_THAT(run.output, StartsWith("hip:0 gfx942 Fake Instinct, 1024 MiB\n"));
}

TEST(Qrun, SaysThatADeviceIsEmulated) {
  Outcome run = qrun(write({}) + " --tokens 1 --max-tokens 1 --json --device emulated "
                                 "--hip-library " FAKE_HIP_EMULATED);
  ASSERT_EQ(run.exitCode, 0) << run.errors;
  EXPECT_EQ(nlohmann::json::parse(run.output)["device"], "emulated gfx942");
}

TEST(Qrun, ExitsWithTheStatus) {
  std::string good = write({});
  EXPECT_EQ(qrun(good + " --tokens 1 --nonsense").exitCode, 1);
  EXPECT_EQ(qrun(good).exitCode, 1);
  EXPECT_EQ(qrun(good + " --tokens 99").exitCode, 1);
  EXPECT_EQ(qrun("/nonexistent --tokens 1").exitCode, 2);
  EXPECT_EQ(qrun(writeTemporary("bad", bytesOf("no ELF")) + " --tokens 1").exitCode, 3);
  EXPECT_EQ(qrun(good + " --tokens 1", "/nonexistent").exitCode, 6);
  EXPECT_EQ(qrun(good + " --tokens 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1").exitCode, 8);
  EXPECT_EQ(qrun(good + " --tokens 1 --logits /nonexistent/x.npy").exitCode, 10);
  Artifact newer;
  newer.program.version = 3;
  EXPECT_EQ(qrun(write(std::move(newer)) + " --tokens 1").exitCode, 4);
  Artifact other;
  other.program.chip = "gfx1100";
  EXPECT_EQ(qrun(write(std::move(other)) + " --tokens 1").exitCode, 5);
  Artifact huge;
  huge.program.arena_bytes = uint64_t(2) << 30;
  EXPECT_EQ(qrun(write(std::move(huge)) + " --tokens 1").exitCode, 7);
  EXPECT_EQ(qrun(write({}, false) + " --prompt abc").exitCode, 11);
}

TEST(Qrun, ErrorsAreOneSentence) {
  Outcome run = qrun("/nonexistent --tokens 1");
  EXPECT_EQ(run.errors, "qrun: /nonexistent: cannot open it: No such file or directory.\n");
  EXPECT_EQ(run.output, "");
}
