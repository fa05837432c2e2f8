// Atomic instructions on LDS, global memory and buffers, with and without a returned value.
#include "test/emulator/isa/Operations.h"
#include "test/emulator/isa/Reference.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qcc::emulator::test {
namespace {

using u64 = uint64_t;
using u32 = uint32_t;

/// What memory holds after the operation.
using Apply = u64 (*)(u64 old, u64 data, u64 second);

struct AtomicCase {
  const char *nine;  // gfx9's global, flat and buffer name behind "atomic_"; null: none
  const char *later; // the later chips', and after "ds_" everyone's
  unsigned bytes;
  bool two; // takes two data operands
  Apply apply;
  unsigned floatBits = 0;
};

float f32(u64 v) {
  return floatOf(u32(v));
}
double f64(u64 v) {
  return std::bit_cast<double>(v);
}
u64 bits(float v) {
  return bitsOf(v);
}
u64 bits(double v) {
  return std::bit_cast<u64>(v);
}
u64 addHalves(u64 a, u64 b) {
  u64 r = 0;
  for (int n = 0; n < 32; n += 16) {
    r |= u64(halfOf(double(singleOf(u32(a >> n))) + double(singleOf(u32(b >> n))))) << n;
  }
  return r;
}
u64 addBfloats(u64 a, u64 b) {
  u64 r = 0;
  for (int n = 0; n < 32; n += 16) {
    r |= u64(bfloatOf(floatOf(u32(a >> n) << 16) + floatOf(u32(b >> n) << 16))) << n;
  }
  return r;
}
template <typename T> u64 exchange(u64, u64 data, u64) {
  return T(data);
}
template <typename T> u64 compareSwap(u64 old, u64 data, u64 second) {
  return T(old) == T(second) ? T(data) : T(old);
}
template <typename T> u64 increment(u64 old, u64 data, u64) {
  return T(old) >= T(data) ? 0 : T(T(old) + 1);
}
template <typename T> u64 decrement(u64 old, u64 data, u64) {
  return T(old) == 0 || T(old) > T(data) ? T(data) : T(T(old) - 1);
}

#define BOTH_WIDTHS(NINE, LATER, SUFFIX, BITS, EXPRESSION)                                         \
  {NINE, LATER SUFFIX "32", 4, false,                                                              \
   [](u64 x, u64 y, u64) -> u64 {                                                                  \
     const auto a = BITS##32_t(x), b = BITS##32_t(y);                                              \
     return u32(EXPRESSION);                                                                       \
   }},                                                                                             \
  {                                                                                                \
    NINE "_x2", LATER SUFFIX "64", 8, false, [](u64 x, u64 y, u64) -> u64 {                        \
      const auto a = BITS##64_t(x), b = BITS##64_t(y);                                             \
      return u64(EXPRESSION);                                                                      \
    }                                                                                              \
  }

const AtomicCase cases[] = {
    {"swap", "swap_b32", 4, false, exchange<u32>},
    {"swap_x2", "swap_b64", 8, false, exchange<u64>},
    {"cmpswap", "cmpswap_b32", 4, true, compareSwap<u32>},
    {"cmpswap_x2", "cmpswap_b64", 8, true, compareSwap<u64>},
    BOTH_WIDTHS("add", "add", "_u", uint, a + b),
    BOTH_WIDTHS("sub", "sub", "_u", uint, a - b),
    BOTH_WIDTHS("rsub", "rsub", "_u", uint, b - a),
    BOTH_WIDTHS("smin", "min", "_i", int, std::min(a, b)),
    BOTH_WIDTHS("smax", "max", "_i", int, std::max(a, b)),
    BOTH_WIDTHS("umin", "min", "_u", uint, std::min(a, b)),
    BOTH_WIDTHS("umax", "max", "_u", uint, std::max(a, b)),
    BOTH_WIDTHS("and", "and", "_b", uint, a &b),
    BOTH_WIDTHS("or", "or", "_b", uint, a | b),
    BOTH_WIDTHS("xor", "xor", "_b", uint, a ^ b),
    {"inc", "inc_u32", 4, false, increment<u32>},
    {"inc_x2", "inc_u64", 8, false, increment<u64>},
    {"dec", "dec_u32", 4, false, decrement<u32>},
    {"dec_x2", "dec_u64", 8, false, decrement<u64>},
    {nullptr, "csub_u32", 4, false, [](u64 a, u64 b, u64) { return a < b ? 0 : a - b; }},
    {nullptr, "sub_clamp_u32", 4, false, [](u64 a, u64 b, u64) { return a < b ? 0 : a - b; }},
    {nullptr, "cond_sub_u32", 4, false, [](u64 a, u64 b, u64) { return a < b ? a : a - b; }},
    {"add_f32", "add_f32", 4, false, [](u64 a, u64 b, u64) { return bits(f32(a) + f32(b)); }, 32},
    {"add_f64", "add_f64", 8, false, [](u64 a, u64 b, u64) { return bits(f64(a) + f64(b)); }, 64},
    {"min_f32", "min_f32", 4, false, [](u64 a, u64 b, u64) { return f32(b) < f32(a) ? b : a; }, 32},
    {"max_f32", "max_f32", 4, false, [](u64 a, u64 b, u64) { return f32(b) > f32(a) ? b : a; }, 32},
    {"min_f64", "min_f64", 8, false, [](u64 a, u64 b, u64) { return f64(b) < f64(a) ? b : a; }, 64},
    {"max_f64", "max_f64", 8, false, [](u64 a, u64 b, u64) { return f64(b) > f64(a) ? b : a; }, 64},
    {nullptr, "min_num_f32", 4, false,
     [](u64 a, u64 b, u64) { return bits(least(f32(a), f32(b))); }, 32},
    {nullptr, "max_num_f32", 4, false, [](u64 a, u64 b, u64) { return bits(most(f32(a), f32(b))); },
     32},
    {nullptr, "min_num_f64", 8, false,
     [](u64 a, u64 b, u64) { return bits(least(f64(a), f64(b))); }, 64},
    {nullptr, "max_num_f64", 8, false, [](u64 a, u64 b, u64) { return bits(most(f64(a), f64(b))); },
     64},
    {"pk_add_f16", "pk_add_f16", 4, false, [](u64 a, u64 b, u64) { return addHalves(a, b); }, 16},
    {"pk_add_bf16", "pk_add_bf16", 4, false, [](u64 a, u64 b, u64) { return addBfloats(a, b); }},
    {nullptr, "cmpswap_f32", 4, true, [](u64 a, u64 b, u64 c) { return f32(a) == f32(c) ? b : a; }},
    {nullptr, "wrxchg_b32", 4, false, exchange<u32>},
    {nullptr, "wrxchg_b64", 8, false, exchange<u64>},
    {nullptr, "storexchg_b32", 4, false, exchange<u32>},
    {nullptr, "storexchg_b64", 8, false, exchange<u64>},
    // ds_cmpst has what to compare with first, ds_cmpstore second.
    {nullptr, "cmpst_b32", 4, true, [](u64 a, u64 b, u64 c) { return a == b ? c : a; }},
    {nullptr, "cmpst_b64", 8, true, [](u64 a, u64 b, u64 c) { return a == b ? c : a; }},
    {nullptr, "cmpst_f32", 4, true, [](u64 a, u64 b, u64 c) { return f32(a) == f32(b) ? c : a; }},
    {nullptr, "cmpst_f64", 8, true, [](u64 a, u64 b, u64 c) { return f64(a) == f64(b) ? c : a; }},
    {nullptr, "cmpstore_b32", 4, true, compareSwap<u32>},
    {nullptr, "cmpstore_b64", 8, true, compareSwap<u64>},
    {nullptr, "cmpstore_f32", 4, true,
     [](u64 a, u64 b, u64 c) { return f32(a) == f32(c) ? b : a; }},
    {nullptr, "cmpstore_f64", 8, true,
     [](u64 a, u64 b, u64 c) { return f64(a) == f64(c) ? b : a; }},
    {nullptr, "mskor_b32", 4, true, [](u64 a, u64 b, u64 c) { return (a & ~b) | c; }},
    {nullptr, "mskor_b64", 8, true, [](u64 a, u64 b, u64 c) { return (a & ~b) | c; }},
    {nullptr, "wrap_b32", 4, true,
     [](u64 a, u64 b, u64 c) -> u64 { return u32(a >= b ? a - b : a + c); }},
    {nullptr, "condxchg32_b64", 8, false,
     [](u64 a, u64 b, u64) {
       const u64 low = b & 0x80000000u ? b & 0x7fffffffu : a & 0xffffffffu;
       return low | (b >> 63 ? (b >> 32 & 0x7fffffffu) : a >> 32) << 32;
     }},
};

// Small numbers repeat, so that comparisons and limits are met.
constexpr u32 edges[] = {0,          1,          1,          2,          2,          3,
                         0x80000000, 0x7fffffff, 0xffffffff, 0xfffffffe, 0x3f803c00, 0xbf80bc00,
                         0x3f803c00, 0x7fc07e00, 0x7f807c00, 0xff80fc00, 0x00010001, 0x3ff03ff0};

/// Registers that an operand of the case's width begins at.
std::string registers(unsigned first, unsigned dwords) {
  return dwords == 1
             ? "v" + std::to_string(first)
             : "v[" + std::to_string(first) + ":" + std::to_string(first + dwords - 1) + "]";
}

/// The modifier that asks for the old value.
std::string returning(const std::string &chip) {
  return chip.starts_with("gfx12")              ? " th:TH_ATOMIC_RETURN"
         : chip == "gfx942" || chip == "gfx950" ? " sc0"
                                                : " glc";
}

/// Lines that put v[4:5] where lane n's 16 bytes are, run `atomic` on them and read them back into
/// v[22:23]; v2 is the offset, s[6:7] global memory.
std::string around(const std::string &chip, bool lds, const std::string &atomic) {
  const bool later = isWave32(chip);
  const std::string store =
      lds ? (later ? "ds_store_b64" : "ds_write_b64") : "global_store_dwordx2";
  const std::string load = lds ? (later ? "ds_load_b64" : "ds_read_b64") : "global_load_dwordx2";
  const std::string base = lds ? "" : ", s[6:7]";
  return "v_lshlrev_b32 v2, 4, v0\nv_mov_b32 v20, 0\nv_mov_b32 v21, 0\n" + store + " v2, v[4:5]" +
         base + "\n" + atomic + "\n" + load + " v[22:23], v2" + base;
}

/// The forms of one atomic on one chip; each under test has a `>`.
std::vector<std::string> formsOf(const AtomicCase &test, const std::string &chip, bool &lds) {
  const unsigned words = test.bytes / 4;
  const std::string data = registers(6, words), both = registers(6, words * (test.two ? 2 : 1));
  const std::string result = registers(20, words);
  if (lds) {
    const std::string name = test.later, type = name.substr(name.rfind('_'));
    const std::string stem = "ds_" + name.substr(0, name.rfind('_'));
    const std::string operands =
        "v2, " + data + (test.two ? ", " + registers(6 + words, words) : "");
    return {">" + stem + type + " " + operands,
            ">" + stem + "_rtn" + type + " " + result + ", " + operands};
  }
  const bool nine = !isWave32(chip);
  if (nine && test.nine == nullptr) {
    return {};
  }
  const std::string name = std::string("atomic_") + (nine ? test.nine : test.later);
  const std::string give = returning(chip);
  const std::string flat = "v_mov_b32 v12, s7\nv_add_co_u32 v10, " +
                           std::string(nine ? "vcc" : "vcc_lo") + ", s6, v2\n" +
                           (nine ? "v_addc_co_u32 v11, vcc, 0, v12, vcc"
                                 : "v_add_co_ci_u32 v11, vcc_lo, 0, v12, vcc_lo");
  const std::string descriptor =
      "s_mov_b32 s8, s6\ns_and_b32 s9, s7, 0xffff\ns_mov_b32 s10, 0x1000\ns_mov_b32 s11, " +
      std::string(nine ? "0x00027000" : "0x31016000");
  const std::string back =
      words == 1 ? "v_mov_b32 v20, v6" : "v_mov_b32 v20, v6\nv_mov_b32 v21, v7";
  return {">global_" + name + " v2, " + both + ", s[6:7]",
          ">global_" + name + " " + result + ", v2, " + both + ", s[6:7]" + give,
          flat + "\n>flat_" + name + " " + result + ", v[10:11], " + both + give,
          descriptor + "\n>buffer_" + name + " " + both + ", v2, s[8:11], " +
              (chip.starts_with("gfx12") ? "null" : "0") + " offen" + give + "\n" + back};
}

void checkForm(const AtomicCase &test, const std::string &chip, bool lds, const std::string &form) {
  const bool returns =
      form.find("_rtn") != std::string::npos || form.find(returning(chip)) != std::string::npos;
  const OperationCase row{around(chip, lds, form),
                          chip,
                          6,
                          4,
                          [&](const uint32_t *in, uint32_t *out) {
                            const bool wideData = test.bytes == 8;
                            const u64 old = wideData ? wide(in) : in[0];
                            const u64 data = wideData ? wide(in + 2) : in[2];
                            const u64 second = wideData ? wide(in + 4) : in[3];
                            putWide(out, returns ? old : 0);
                            putWide(out + 2, test.apply(old, data, second));
                            out[3] = wideData ? out[3] : in[1];
                          },
                          test.floatBits};
  checkOperations({&row, 1}, edges);
}

TEST(Atomic, EveryFormOnEveryChip) {
  for (const AtomicCase &test : cases) {
    unsigned forms = 0;
    for (const std::string chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
      for (bool lds : {true, false}) {
        for (const std::string &form : formsOf(test, chip, lds)) {
          std::string lines = form;
          std::erase(lines, '>');
          // gfx12's assembler takes min_f32 for min_num_f32, which means something else.
          const bool alias = chip == "gfx1201" && (std::string(test.later).starts_with("min_f") ||
                                                   std::string(test.later).starts_with("max_f"));
          if (alias || !assembles(chip, lines)) {
            continue;
          }
          ++forms;
          checkForm(test, chip, lds, form);
          ASSERT_FALSE(HasFailure()) << chip << " " << form;
        }
      }
    }
    EXPECT_GT(forms, 0u) << test.later;
  }
}

TEST(Atomic, ExchangesOfTwoPlaces) {
  struct Row {
    const char *nine, *later;
    unsigned words, stride;
  };
  const Row rows[] = {{"wrxchg2_rtn_b32", "storexchg_2addr_rtn_b32", 1, 1},
                      {"wrxchg2st64_rtn_b32", "storexchg_2addr_stride64_rtn_b32", 1, 64},
                      {"wrxchg2_rtn_b64", "storexchg_2addr_rtn_b64", 2, 1},
                      {"wrxchg2st64_rtn_b64", "storexchg_2addr_stride64_rtn_b64", 2, 64}};
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"}) {
    for (const Row &row : rows) {
      // Lane 0 alone: the first place is at 0, the second two units further.
      const bool later = isWave32(chip);
      const std::string store = later ? "ds_store_b64 v2, " : "ds_write_b64 v2, ";
      const std::string load = later ? "ds_load_b64 " : "ds_read_b64 ";
      const unsigned at = 2 * row.stride * row.words * 4;
      const std::string offset = " offset:" + std::to_string(at);
      const auto out = runVector(
          chip, {"v_mov_b32 v2, 0\n" + store + "v[4:5]\n" + store + "v[6:7]" + offset + "\n>ds_" +
                     (later ? row.later : row.nine) + " " + registers(20, 2 * row.words) +
                     ", v2, " + registers(8, row.words) + ", " + registers(10, row.words) +
                     " offset1:2\n" + load + "v[24:25], v2\n" + load + "v[26:27], v2" + offset,
                 {{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}},
                 8,
                 later ? "s_mov_b32 exec_lo, 1" : "s_mov_b64 exec, 1"});
      const uint32_t narrow[] = {1, 3, 0, 0, 5, 2, 7, 4}, wideOnes[] = {1, 2, 3, 4, 5, 6, 7, 8};
      for (unsigned n = 0; n < 8; ++n) {
        EXPECT_EQ(out[n][0], row.words == 1 ? narrow[n] : wideOnes[n]) << chip << " " << row.nine;
      }
    }
  }
}

} // namespace
} // namespace qcc::emulator::test
