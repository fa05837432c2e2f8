// Vector comparisons and classes of every type, into a mask and into EXEC.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {
namespace {

struct Ordering {
  bool less, equal, greater; // all false: unordered
};

template <typename T> Ordering compare(T a, T b) {
  return {a<b, a == b, a> b};
}
Ordering compareHalves(const uint32_t *in) {
  return compare(singleOf(in[0]), singleOf(in[2]));
}

struct TypeCase {
  const char *name;
  bool isFloat;
  unsigned words; // of an operand
  Ordering (*compare)(const uint32_t *in);
};

/// Operands are in[0..1] and in[2..3].
const TypeCase types[] = {
    {"f16", true, 1, compareHalves},
    {"f32", true, 1, [](const uint32_t *in) { return compare(floatOf(in[0]), floatOf(in[2])); }},
    {"f64", true, 2,
     [](const uint32_t *in) {
       return compare(std::bit_cast<double>(wide(in)), std::bit_cast<double>(wide(in + 2)));
     }},
    {"i16", false, 1, [](const uint32_t *in) { return compare(int16_t(in[0]), int16_t(in[2])); }},
    {"u16", false, 1, [](const uint32_t *in) { return compare(uint16_t(in[0]), uint16_t(in[2])); }},
    {"i32", false, 1, [](const uint32_t *in) { return compare(int32_t(in[0]), int32_t(in[2])); }},
    {"u32", false, 1, [](const uint32_t *in) { return compare(in[0], in[2]); }},
    {"i64", false, 2,
     [](const uint32_t *in) { return compare(int64_t(wide(in)), int64_t(wide(in + 2))); }},
    {"u64", false, 2, [](const uint32_t *in) { return compare(wide(in), wide(in + 2)); }},
};

struct RelationCase {
  const char *name;
  bool (*holds)(Ordering o);
};

const RelationCase relations[] = {
    {"f", [](Ordering) { return false; }},
    {"lt", [](Ordering o) { return o.less; }},
    {"eq", [](Ordering o) { return o.equal; }},
    {"le", [](Ordering o) { return o.less || o.equal; }},
    {"gt", [](Ordering o) { return o.greater; }},
    {"lg", [](Ordering o) { return o.less || o.greater; }},
    {"ge", [](Ordering o) { return o.greater || o.equal; }},
    {"o", [](Ordering o) { return o.less || o.equal || o.greater; }},
    {"u", [](Ordering o) { return !o.less && !o.equal && !o.greater; }},
    {"nge", [](Ordering o) { return !o.greater && !o.equal; }},
    {"nlg", [](Ordering o) { return !o.less && !o.greater; }},
    {"ngt", [](Ordering o) { return !o.greater; }},
    {"nle", [](Ordering o) { return !o.less && !o.equal; }},
    {"neq", [](Ordering o) { return !o.equal; }},
    {"nlt", [](Ordering o) { return !o.less; }},
    {"tru", [](Ordering) { return true; }},
    {"ne", [](Ordering o) { return !o.equal; }},
    {"t", [](Ordering) { return true; }},
};

constexpr uint32_t edges[] = {0x00000000, 0x80000000, 0x00000001, 0x3f803c00, 0xbf80bc00,
                              0x7f7f7bff, 0x7f807c00, 0xff80fc00, 0x7fc07e00, 0x7fa07d00,
                              0x3ff03ff0, 0x7ff07ff0, 0x7ff87ff8, 0xfff0fff0, 0x80018001,
                              0x7fffffff, 0xffffffff, 0x00008000, 0x12345678, 0x007f03ff};

/// Text that leaves 1 in v20 of every lane where the comparison of v[4:5] and v[6:7] holds.
std::string textOf(const std::string &chip, const std::string &name, bool toExec,
                   const std::string &operands) {
  const std::string vcc = isWave32(chip) ? "vcc_lo" : "vcc";
  if (!toExec) {
    return ">v_cmp_" + name + " " + vcc + ", " + operands + "\nv_cndmask_b32 v20, 0, 1, " + vcc;
  }
  return "v_mov_b32 v20, 0\n>v_cmpx_" + name + " " + (isWave32(chip) ? "" : vcc + ", ") + operands +
         "\nv_mov_b32 v20, 1\n" + (isWave32(chip) ? "s_mov_b32 exec_lo, -1" : "s_mov_b64 exec, -1");
}

/// Checks a comparison on each chip that has it; gives the number of those.
unsigned checkComparison(const std::string &name, const std::string &operands, unsigned sources,
                         const std::function<bool(const uint32_t *in)> &holds) {
  unsigned chips = 0;
  for (const char *chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    for (bool toExec : {false, true}) {
      std::string text = textOf(chip, name, toExec, operands), lines = text;
      std::erase(lines, '>');
      if (!assembles(chip, lines)) {
        continue;
      }
      ++chips;
      const OperationCase row{text, chip, sources, 1,
                              [&](const uint32_t *in, uint32_t *out) { out[0] = holds(in); }};
      checkOperations({&row, 1}, edges);
    }
  }
  return chips;
}

TEST(Compare, Relations) {
  for (const TypeCase &type : types) {
    const std::string operands = type.words == 2 ? "v[4:5], v[6:7]" : "v4, v6";
    unsigned found = 0;
    for (const RelationCase &relation : relations) {
      found +=
          checkComparison(std::string(relation.name) + "_" + type.name, operands, 4,
                          [&](const uint32_t *in) { return relation.holds(type.compare(in)); });
      ASSERT_FALSE(HasFailure()) << relation.name << "_" << type.name;
    }
    EXPECT_GE(found, 60u) << type.name;
  }
}

/// The bit of v_cmp_class that a number belongs to.
template <typename T, typename Word> uint32_t classBit(Word u, T v, Word quiet, bool denormal) {
  const bool negative = std::signbit(v);
  if (std::isnan(v)) {
    return (u & quiet) != 0 ? 1 : 0;
  }
  if (std::isinf(v)) {
    return negative ? 2 : 9;
  }
  if (v == 0) {
    return negative ? 5 : 6;
  }
  if (denormal) {
    return negative ? 4 : 7;
  }
  return negative ? 3 : 8;
}

TEST(Compare, Classes) {
  // The mask of classes is v7's low 10 bits: the edges of the second operand as they come.
  checkComparison("class_f32", "v4, v7", 4, [](const uint32_t *in) {
    const float v = floatOf(in[0]);
    const bool denormal = v != 0 && std::fabs(v) < 0x1p-126f;
    return (in[3] >> classBit<float, uint32_t>(in[0], v, 0x400000u, denormal) & 1) != 0;
  });
  checkComparison("class_f16", "v4, v7", 4, [](const uint32_t *in) {
    const float v = singleOf(in[0]);
    const bool denormal = v != 0 && std::fabs(v) < 0x1p-14f;
    return (in[3] >> classBit<float, uint32_t>(in[0] & 0xffff, v, 0x200u, denormal) & 1) != 0;
  });
  checkComparison("class_f64", "v[4:5], v7", 4, [](const uint32_t *in) {
    const double v = std::bit_cast<double>(wide(in));
    const bool denormal = v != 0 && std::fabs(v) < 0x1p-1022;
    const uint64_t quiet = 0x8000000000000ull;
    return (in[3] >> classBit<double, uint64_t>(wide(in), v, quiet, denormal) & 1) != 0;
  });
}

} // namespace
} // namespace qcc::emulator::test
