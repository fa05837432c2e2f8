// Typed buffer instructions: every data format that a generation has, read and written.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qcc::emulator::test {
namespace {

const std::string chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

struct Layout {
  const char *name;
  std::vector<unsigned> bits; // from the lowest bit up
};
const Layout layouts[] = {{"8", {8}},
                          {"16", {16}},
                          {"8_8", {8, 8}},
                          {"32", {32}},
                          {"16_16", {16, 16}},
                          {"10_11_11", {11, 11, 10}},
                          {"11_11_10", {10, 11, 11}},
                          {"10_10_10_2", {2, 10, 10, 10}},
                          {"2_10_10_10", {10, 10, 10, 2}},
                          {"8_8_8_8", {8, 8, 8, 8}},
                          {"32_32", {32, 32}},
                          {"16_16_16_16", {16, 16, 16, 16}},
                          {"32_32_32", {32, 32, 32}},
                          {"32_32_32_32", {32, 32, 32, 32}}};
const std::string kinds[] = {"UNORM", "SNORM", "USCALED", "SSCALED", "UINT", "SINT", "FLOAT"};

bool isInteger(const std::string &kind) {
  return kind == "UINT" || kind == "SINT";
}
/// Whether the pair exists in some generation.
bool exists(const Layout &layout, const std::string &kind) {
  const unsigned bits = layout.bits[0];
  const bool packed = layout.bits.size() == 3 && bits != 32;
  return kind == "FLOAT" ? bits == 16 || bits == 32 || packed
                         : !packed && (bits != 32 || isInteger(kind));
}

/// A float of 16, 11 or 10 bits: all have five exponent bits.
double smallFloat(uint32_t raw, unsigned bits) {
  return singleOf(bits == 16 ? raw : bits == 11 ? raw << 4 : raw << 5);
}
int64_t asSigned(uint64_t raw, unsigned bits) {
  return int64_t(raw << (64 - bits)) >> (64 - bits);
}

uint32_t decoded(uint64_t raw, unsigned bits, const std::string &kind) {
  const double most = std::ldexp(1.0, int(bits)) - 1, half = std::ldexp(1.0, int(bits) - 1) - 1;
  if (kind == "UNORM") {
    return bitsOf(float(double(raw) / most));
  }
  if (kind == "SNORM") {
    return bitsOf(float(std::fmax(-1, double(asSigned(raw, bits)) / half)));
  }
  if (kind == "USCALED") {
    return bitsOf(float(raw));
  }
  if (kind == "SSCALED") {
    return bitsOf(float(asSigned(raw, bits)));
  }
  if (kind == "FLOAT") {
    return bits == 32 ? uint32_t(raw) : bitsOf(float(smallFloat(uint32_t(raw), bits)));
  }
  return kind == "SINT" ? uint32_t(asSigned(raw, bits)) : uint32_t(raw);
}

/// The nearest of all values that a small float has, the even one of two.
uint32_t nearestSmall(float v, unsigned bits) {
  if (bits == 16) {
    return halfOf(v) | (std::signbit(v) ? 0x8000 : 0);
  }
  const uint32_t infinity = 31u << (bits - 5);
  if (std::isnan(v)) {
    return infinity | 1u << (bits - 6);
  }
  if (v <= 0) {
    return 0; // these formats have no sign
  }
  uint32_t best = 0;
  const double half = smallFloat(infinity - 1, bits) - smallFloat(infinity - 2, bits);
  if (v >= smallFloat(infinity - 1, bits) + half / 2) {
    return infinity;
  }
  for (uint32_t raw = 0; raw < infinity; ++raw) {
    const double here = std::fabs(smallFloat(raw, bits) - v),
                 there = std::fabs(smallFloat(best, bits) - v);
    best = here < there || (here == there && raw % 2 == 0) ? raw : best;
  }
  return best;
}

uint32_t encoded(uint32_t word, unsigned bits, const std::string &kind) {
  const double most = std::ldexp(1.0, int(bits)) - 1, half = std::ldexp(1.0, int(bits) - 1) - 1;
  const uint32_t mask = bits == 32 ? ~0u : (1u << bits) - 1;
  const auto held = [mask](double v, double low, double high) {
    return std::isnan(v)
               ? 0
               : uint32_t(int64_t(std::nearbyint(std::fmin(std::fmax(v, low), high)))) & mask;
  };
  const double v = floatOf(word);
  if (kind == "UNORM") {
    return held(v * most, 0, most);
  }
  if (kind == "SNORM") {
    return held(v * half, -half, half);
  }
  if (kind == "USCALED") {
    return held(v, 0, most);
  }
  if (kind == "SSCALED") {
    return held(v, -half - 1, half);
  }
  if (kind == "FLOAT") {
    return bits == 32 ? word : nearestSmall(floatOf(word), bits);
  }
  return kind == "UINT" ? held(word, 0, most) : held(int32_t(word), -half - 1, half);
}

uint64_t field(const uint32_t *words, unsigned at, unsigned bits) {
  return words[at / 32] >> (at % 32) & (bits == 32 ? ~0u : (1u << bits) - 1);
}

/// The registers after a load of `count` components.
void expectLoad(const uint32_t *memory, const Layout &layout, const std::string &kind,
                unsigned count, uint32_t *out) {
  unsigned at = 0;
  for (unsigned n = 0; n < count; ++n) {
    const uint32_t one = isInteger(kind) ? 1 : bitsOf(1.0f);
    const bool there = n < layout.bits.size();
    out[n] = there    ? decoded(field(memory, at, layout.bits[n]), layout.bits[n], kind)
             : n == 3 ? one
                      : 0;
    at += there ? layout.bits[n] : 0;
  }
}
void expectStore(const uint32_t *data, const Layout &layout, const std::string &kind,
                 unsigned count, uint32_t *memory) {
  unsigned at = 0;
  for (unsigned n = 0; n < std::min<size_t>(count, layout.bits.size()); ++n) {
    const unsigned bits = layout.bits[n];
    const uint32_t mask = (bits == 32 ? ~0u : (1u << bits) - 1) << (at % 32);
    memory[at / 32] =
        (memory[at / 32] & ~mask) | (encoded(data[n], bits, kind) << (at % 32) & mask);
    at += bits;
  }
}
/// A 32-bit result as the half that a d16 form leaves.
uint32_t narrowed(uint32_t word, const std::string &kind) {
  return isInteger(kind) ? word & 0xffff : halfOf(floatOf(word));
}

std::string formatText(const std::string &chip, const Layout &layout, const std::string &kind) {
  return isWave32(chip) ? std::string(" format:[BUF_FMT_") + layout.name + "_" + kind + "]"
                        : std::string(" format:[BUF_DATA_FORMAT_") + layout.name +
                              ",BUF_NUM_FORMAT_" + kind + "]";
}
std::string registers(unsigned first, unsigned count) {
  return count == 1 ? "v" + std::to_string(first)
                    : "v[" + std::to_string(first) + ":" + std::to_string(first + count - 1) + "]";
}
/// Addresses lane n's 16 bytes through s[8:11], whose fourth word is `word`.
std::string prepared(uint32_t word) {
  return "v_lshlrev_b32 v2, 4, v0\ns_mov_b32 s8, s6\ns_and_b32 s9, s7, 0xffff\n"
         "s_mov_b32 s10, 0x1000\ns_mov_b32 s11, " +
         std::to_string(word) + "\n";
}
std::string operands(const std::string &chip) {
  return chip == "gfx1201" ? ", v2, s[8:11], null" : ", v2, s[8:11], 0";
}
/// Raw buffers without range checks by record.
uint32_t descriptorWord(const std::string &chip) {
  return isWave32(chip) ? 0x31000000u : 0;
}
std::string d16(const std::string &chip, bool narrow) {
  return !narrow ? "format_" : isWave32(chip) ? "d16_format_" : "format_d16_";
}

// Floats in and out of range, packed halves, integers large and small, NaN and infinities.
constexpr uint32_t words[] = {0x3f000000, 0xbf400000, 0x3f7fffff, 0x40a00000, 0xc2c80000,
                              0x477fe000, 0x33000000, 0x7f800000, 0xff800000, 0x7fc00000,
                              0x80c0e0f0, 0x3c00bc01, 0x00000003, 0xffffff85, 0x12345678,
                              0x3e991234, 0x38801000, 0x00000000};

TEST(BufferFormat, EveryFormat) {
  for (const std::string &chip : chips) {
    unsigned found = 0;
    for (const Layout &layout : layouts) {
      for (const std::string &kind : kinds) {
        const std::string format = formatText(chip, layout, kind) + " offen";
        const std::string load = "tbuffer_load_format_xyzw v[20:23]" + operands(chip) + format;
        if (!exists(layout, kind) || !assembles(chip, load)) {
          continue;
        }
        ++found;
        const unsigned bits = kind == "FLOAT" || !isInteger(kind) ? 32 : 0;
        const OperationCase read{
            prepared(descriptorWord(chip)) + "global_store_dwordx4 v2, v[4:7], s[6:7]\n>" + load,
            chip,
            4,
            4,
            [&](const uint32_t *in, uint32_t *out) {
                                   expectLoad(in, layout, kind, 4, out); },
            bits};
        checkOperations({&read, 1}, words);
        const OperationCase write{prepared(descriptorWord(chip)) +
                                      "global_store_dwordx4 v2, v[8:11], s[6:7]\n"
                                      ">tbuffer_store_format_xyzw v[4:7]" +
                                      operands(chip) + format +
                                      "\nglobal_load_dwordx4 v[20:23], v2, s[6:7]",
                                  chip, 8, 4, [&](const uint32_t *in, uint32_t *out) {
                                    std::copy_n(in + 4, 4, out);
                                    expectStore(in, layout, kind, 4, out);
                                  }};
        checkOperations({&write, 1}, words);
        ASSERT_FALSE(HasFailure()) << chip << " " << layout.name << " " << kind;
      }
    }
    EXPECT_GT(found, 55u) << chip;
  }
}

/// The mnemonics of each count of components, 32 and 16 bits wide; `buffer` takes the format from
/// the descriptor.
void checkCounts(const std::string &chip, bool buffer, const Layout &layout,
                 const std::string &kind, uint32_t word) {
  const std::string family = buffer ? "buffer_" : "tbuffer_";
  const std::string format = (buffer ? "" : formatText(chip, layout, kind)) + " offen";
  for (unsigned count = 1; count <= 4; ++count) {
    const std::string xyzw = std::string("xyzw").substr(0, count);
    for (bool narrow : {false, true}) {
      const unsigned regs = narrow ? (count + 1) / 2 : count;
      const std::string load = family + "load_" + d16(chip, narrow) + xyzw + " " +
                               registers(20, regs) + operands(chip) + format;
      const std::string store = family + "store_" + d16(chip, narrow) + xyzw + " " +
                                registers(4, regs) + operands(chip) + format;
      const OperationCase read{prepared(word) +
                                   "global_store_dwordx4 v2, v[4:7], s[6:7]\nv_mov_b32 v20, v8\n"
                                   "v_mov_b32 v21, v9\n>" +
                                   load,
                               chip, 6, 4, [&](const uint32_t *in, uint32_t *out) {
                                 uint32_t wideResult[4] = {};
                                 expectLoad(in, layout, kind, count, wideResult);
                                 std::copy_n(in + 4, 2, out);
                                 for (unsigned n = 0; n < count; ++n) {
                                   const unsigned shift = n % 2 * 16;
                                   out[narrow ? n / 2 : n] =
                                       narrow ? (out[n / 2] & ~(0xffffu << shift)) |
                                                    narrowed(wideResult[n], kind) << shift
                                              : wideResult[n];
                                 }
                               }};
      checkOperations({&read, 1}, words);
      const OperationCase write{prepared(word) + "global_store_dwordx4 v2, v[8:11], s[6:7]\n>" +
                                    store + "\nglobal_load_dwordx4 v[20:23], v2, s[6:7]",
                                chip, 8, 4, [&](const uint32_t *in, uint32_t *out) {
                                  uint32_t data[4];
                                  for (unsigned n = 0; n < 4; ++n) {
                                    data[n] = narrow ? bitsOf(singleOf(in[n / 2] >> (n % 2 * 16)))
                                                     : in[n];
                                  }
                                  std::copy_n(in + 4, 4, out);
                                  expectStore(data, layout, kind, count, out);
                                }};
      checkOperations({&write, 1}, words);
      ASSERT_FALSE(testing::Test::HasFailure()) << chip << " " << load;
    }
  }
}

TEST(BufferFormat, EveryCount) {
  const Layout layout{"8_8_8_8", {8, 8, 8, 8}};
  constexpr uint32_t identity = 4 | 5 << 3 | 6 << 6 | 7 << 9;
  for (const std::string &chip : chips) {
    checkCounts(chip, false, layout, "UNORM", descriptorWord(chip));
    // gfx9: data format 10, number format 0; later: 42 is both.
    const uint32_t format = isWave32(chip) ? 42u << 12 : 10u << 15;
    checkCounts(chip, true, layout, "UNORM", descriptorWord(chip) | identity | format);
  }
}

TEST(BufferFormat, SelectionsAndUpperHalves) {
  for (const std::string &chip : chips) {
    // Red and blue change places, green is one, alpha zero.
    const uint32_t format = isWave32(chip) ? 42u << 12 : 10u << 15;
    const uint32_t word = descriptorWord(chip) | format | 6 | 1 << 3 | 4 << 6 | 0 << 9;
    const OperationCase swapped{prepared(word) +
                                    "global_store_dword v2, v4, s[6:7]\n"
                                    "buffer_load_format_xyzw v[20:23]" +
                                    operands(chip) + " offen",
                                chip, 1, 4, [](const uint32_t *in, uint32_t *out) {
                                  out[0] = decoded(in[0] >> 16 & 0xff, 8, "UNORM");
                                  out[1] = bitsOf(1.0f);
                                  out[2] = decoded(in[0] & 0xff, 8, "UNORM");
                                  out[3] = 0;
                                }};
    checkOperations({&swapped, 1}, words);
    const uint32_t plain = descriptorWord(chip) | format | 4 | 5 << 3 | 6 << 6 | 7 << 9;
    const std::string name = isWave32(chip) ? "d16_hi_format_x " : "format_d16_hi_x ";
    const OperationCase upper{prepared(plain) +
                                  "global_store_dword v2, v4, s[6:7]\n"
                                  "v_mov_b32 v20, v5\n>buffer_load_" +
                                  name + "v20" + operands(chip) + " offen\n>buffer_store_" + name +
                                  "v6" + operands(chip) +
                                  " offen offset:4\n"
                                  "global_load_dword v21, v2, s[6:7] offset:4",
                              chip, 3, 4, [](const uint32_t *in, uint32_t *out) {
                                const uint32_t red = decoded(in[0] & 0xff, 8, "UNORM");
                                out[0] = (in[1] & 0xffff) | narrowed(red, "UNORM") << 16;
                                out[1] = encoded(bitsOf(singleOf(in[2] >> 16)), 8, "UNORM");
                              }};
    checkOperations({&upper, 1}, words);
    ASSERT_FALSE(HasFailure()) << chip;
  }
}

} // namespace
} // namespace qcc::emulator::test
