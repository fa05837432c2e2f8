#include "runtime/text/Utf8.h"
#include "runtime/text/ByteAlphabet.h"

#include <gtest/gtest.h>

namespace qcc::text {
namespace {

std::string utf8(char32_t character) {
  std::string out;
  appendUtf8(character, out);
  return out;
}

TEST(Utf8, WritesOneToFourBytes) {
  EXPECT_EQ(utf8('A'), "A");
  EXPECT_EQ(utf8(0xE9), "\xC3\xA9");
  EXPECT_EQ(utf8(0x20AC), "\xE2\x82\xAC");
  EXPECT_EQ(utf8(0x1F600), "\xF0\x9F\x98\x80");
}

TEST(Utf8, ReadsBackWhatItWrites) {
  for (char32_t character :
       {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xD7FFu, 0xE000u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    Utf8Scan scan = scanUtf8(utf8(character));
    EXPECT_EQ(scan.kind, Utf8Scan::Kind::Character);
    EXPECT_EQ(scan.character, character);
  }
}

// The examples of Unicode 15, section 3.9, tables 3-8 to 3-11.
TEST(Utf8, ReplacesMaximalIllFormedParts) {
  const std::string r(replacementCharacter);
  EXPECT_EQ(repairUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(repairUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(repairUtf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
            r + r + r + r + r + "A" + r + r + "B");
  EXPECT_EQ(repairUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), r + r + r + r + "A");
}

TEST(Utf8, DrainHoldsAnUnfinishedCharacter) {
  std::string bytes = "a\xF0\x9F";
  std::string out;
  drainUtf8(bytes, out);
  EXPECT_EQ(out, "a");
  bytes += "\x98\x80z";
  drainUtf8(bytes, out);
  EXPECT_EQ(out, "a\xF0\x9F\x98\x80z");
  EXPECT_TRUE(bytes.empty());
}

TEST(Utf8, MeasuresWhiteSpaceAtBothEnds) {
  std::string text = " \xE3\x80\x80 a \xC2\xA0";
  EXPECT_EQ(leadingWhiteSpace(text), 5u);
  EXPECT_EQ(trailingWhiteSpace(text), 3u);
  EXPECT_EQ(leadingWhiteSpace(""), 0u);
  EXPECT_EQ(trailingWhiteSpace(" \t"), 2u);
}

TEST(ByteAlphabet, IsThatOfGpt2) {
  EXPECT_EQ(byteCharacter('A'), U'A');
  EXPECT_EQ(byteCharacter(' '), U'\u0120');
  EXPECT_EQ(byteCharacter('\n'), U'\u010A');
  EXPECT_EQ(byteCharacter(0x7F), U'\u0121');
  EXPECT_EQ(byteCharacter(0xAD), U'\u0143');
  EXPECT_EQ(byteCharacter(0xFF), U'\u00FF');
}

TEST(ByteAlphabet, EveryByteComesBack) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(characterByte(byteCharacter(static_cast<unsigned char>(byte))), byte);
  }
  EXPECT_EQ(characterByte(U' '), std::nullopt);
  EXPECT_EQ(characterByte(0x144), std::nullopt);
}

TEST(ByteAlphabet, TextOutsideOfItStaysAsItIs) {
  EXPECT_EQ(bytesOfCharacters("\xC4\xA0hi"), " hi");
  EXPECT_EQ(bytesOfCharacters("a b"), "a b");
}

} // namespace
} // namespace qcc::text
