// Scalar moves, bit counts, packing and EXEC masks.
#include "test/emulator/isa/ScalarOperations.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

namespace qcc::emulator::test {
namespace {

using u64 = uint64_t;
using u32 = uint32_t;

constexpr u64 edges[] = {0,
                         1,
                         7,
                         33,
                         0x7fffffff,
                         0x80000000,
                         0xffffffff,
                         0x1234567890abcdef,
                         0xf0f0f0f00f0f0000,
                         0x8000000000000000,
                         0xffffffffffffffff,
                         0x00ff000000800080};

/// One row for a 32-bit form and one for a 64-bit form of the same function of a.
struct BitCase {
  std::vector<const char *> names32, names64;
  u64 (*f)(u64 a, unsigned bits, bool scc, u64 old);
  bool wideResult; // of the 64-bit form
  bool setsScc;
};

u64 reversed(u64 v, unsigned bits) {
  u64 r = 0;
  for (unsigned n = 0; n < bits; ++n) {
    r |= (v >> n & 1) << (bits - 1 - n);
  }
  return r;
}
u64 first(u64 v, unsigned bits, bool wanted) {
  for (unsigned n = 0; n < bits; ++n) {
    if ((v >> n & 1) == wanted) {
      return n;
    }
  }
  return 0xffffffff;
}
u64 leading(u64 v, unsigned bits) {
  return first(reversed(v, bits), bits, true);
}
u64 signBits(u64 v, unsigned bits) {
  const bool sign = v >> (bits - 1) & 1;
  return first(reversed(v, bits), bits, !sign);
}
u64 quads(u64 v, unsigned bits, bool whole) {
  u64 r = 0;
  for (unsigned n = 0; n < bits; n += 4) {
    const bool any = (v >> n & 15) != 0;
    r |= whole ? (any ? u64(15) << n : 0) : u64(any) << (n / 4);
  }
  return r;
}

const BitCase bitCases[] = {
    {{"s_mov_b32"}, {"s_mov_b64"}, [](u64 a, unsigned, bool, u64) { return a; }, true, false},
    {{"s_cmov_b32"},
     {"s_cmov_b64"},
     [](u64 a, unsigned, bool scc, u64 old) { return scc ? a : old; },
     true,
     false},
    {{"s_not_b32"}, {"s_not_b64"}, [](u64 a, unsigned, bool, u64) { return ~a; }, true, true},
    {{"s_wqm_b32"},
     {"s_wqm_b64"},
     [](u64 a, unsigned bits, bool, u64) { return quads(a, bits, true); },
     true,
     true},
    {{"s_quadmask_b32"},
     {"s_quadmask_b64"},
     [](u64 a, unsigned bits, bool, u64) { return quads(a, bits, false); },
     true,
     true},
    {{"s_brev_b32"},
     {"s_brev_b64"},
     [](u64 a, unsigned bits, bool, u64) { return reversed(a, bits); },
     true,
     false},
    {{"s_bcnt0_i32_b32"},
     {"s_bcnt0_i32_b64"},
     [](u64 a, unsigned bits, bool, u64) { return u64(int(bits) - std::popcount(a)); },
     false,
     true},
    {{"s_bcnt1_i32_b32"},
     {"s_bcnt1_i32_b64"},
     [](u64 a, unsigned, bool, u64) { return u64(std::popcount(a)); },
     false,
     true},
    {{"s_ff0_i32_b32"},
     {"s_ff0_i32_b64"},
     [](u64 a, unsigned bits, bool, u64) { return first(a, bits, false); },
     false,
     false},
    {{"s_ff1_i32_b32", "s_ctz_i32_b32"},
     {"s_ff1_i32_b64", "s_ctz_i32_b64"},
     [](u64 a, unsigned bits, bool, u64) { return first(a, bits, true); },
     false,
     false},
    {{"s_flbit_i32_b32", "s_clz_i32_u32"},
     {"s_flbit_i32_b64", "s_clz_i32_u64"},
     [](u64 a, unsigned bits, bool, u64) { return leading(a, bits); },
     false,
     false},
    {{"s_flbit_i32", "s_cls_i32"},
     {"s_flbit_i32_i64", "s_cls_i32_i64"},
     [](u64 a, unsigned bits, bool, u64) { return signBits(a, bits); },
     false,
     false},
};

void put32(ScalarState &s, u32 v) {
  s.d = (s.d & 0xffffffff00000000) | v;
}

TEST(ScalarBits, Unary) {
  std::vector<ScalarOperation> list;
  for (const BitCase &test : bitCases) {
    for (std::string name : test.names32) {
      list.push_back({name + " s20, s8", "?", [&test](u64 a, u64, ScalarState &s) {
                        const u32 r = u32(test.f(u32(a), 32, s.scc, s.d));
                        put32(s, r);
                        s.scc = test.setsScc ? r != 0 : s.scc;
                      }});
    }
    for (std::string name : test.names64) {
      list.push_back({name + (test.wideResult ? " s[20:21], s[8:9]" : " s20, s[8:9]"), "?",
                      [&test](u64 a, u64, ScalarState &s) {
                        const u64 r = test.f(a, 64, s.scc, s.d);
                        if (test.wideResult) {
                          s.d = r;
                        } else {
                          put32(s, u32(r));
                        }
                        s.scc = test.setsScc ? r != 0 : s.scc;
                      }});
    }
  }
  checkScalarOperations(list, edges);
}

TEST(ScalarBits, SelectsAndFields) {
  const std::vector<ScalarOperation> list = {
      {"s_cselect_b32 s20, s8, s10", "?",
       [](u64 a, u64 b, ScalarState &s) { put32(s, u32(s.scc ? a : b)); }},
      {"s_cselect_b64 s[20:21], s[8:9], s[10:11]", "?",
       [](u64 a, u64 b, ScalarState &s) { s.d = s.scc ? a : b; }},
      {"s_sext_i32_i8 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { put32(s, u32(int32_t(int8_t(a)))); }},
      {"s_sext_i32_i16 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { put32(s, u32(int32_t(int16_t(a)))); }},
      {"s_bitset0_b32 s20, s8", "?",
       [](u64 a, u64, ScalarState &s) { s.d &= ~(u64(1) << (a & 31)); }},
      {"s_bitset1_b32 s20, s8", "?", [](u64 a, u64, ScalarState &s) { s.d |= u64(1) << (a & 31); }},
      {"s_bitset0_b64 s[20:21], s8", "?",
       [](u64 a, u64, ScalarState &s) { s.d &= ~(u64(1) << (a & 63)); }},
      {"s_bitset1_b64 s[20:21], s8", "?",
       [](u64 a, u64, ScalarState &s) { s.d |= u64(1) << (a & 63); }},
      {"s_bitreplicate_b64_b32 s[20:21], s8", "?",
       [](u64 a, u64, ScalarState &s) {
         s.d = 0;
         for (unsigned n = 0; n < 64; ++n) {
           s.d |= (a >> (n / 2) & 1) << n;
         }
       }},
      {"s_pack_ll_b32_b16 s20, s8, s10", "?",
       [](u64 a, u64 b, ScalarState &s) { put32(s, u32(a & 0xffff) | u32(b & 0xffff) << 16); }},
      {"s_pack_lh_b32_b16 s20, s8, s10", "?",
       [](u64 a, u64 b, ScalarState &s) { put32(s, u32(a & 0xffff) | (u32(b) & 0xffff0000)); }},
      {"s_pack_hl_b32_b16 s20, s8, s10", "?",
       [](u64 a, u64 b, ScalarState &s) { put32(s, u32(a) >> 16 | u32(b & 0xffff) << 16); }},
      {"s_pack_hh_b32_b16 s20, s8, s10", "?",
       [](u64 a, u64 b, ScalarState &s) { put32(s, u32(a) >> 16 | (u32(b) & 0xffff0000)); }},
  };
  checkScalarOperations(list, edges);
}

struct MaskCase {
  std::vector<const char *> names;
  u64 (*f)(u64 source, u64 exec);
};

const MaskCase saves[] = {
    {{"and"}, [](u64 s, u64 e) { return s & e; }},
    {{"or"}, [](u64 s, u64 e) { return s | e; }},
    {{"xor"}, [](u64 s, u64 e) { return s ^ e; }},
    {{"nand"}, [](u64 s, u64 e) { return ~(s & e); }},
    {{"nor"}, [](u64 s, u64 e) { return ~(s | e); }},
    {{"xnor"}, [](u64 s, u64 e) { return ~(s ^ e); }},
    {{"andn1", "and_not0"}, [](u64 s, u64 e) { return ~s & e; }},
    {{"andn2", "and_not1"}, [](u64 s, u64 e) { return s & ~e; }},
    {{"orn1", "or_not0"}, [](u64 s, u64 e) { return ~s | e; }},
    {{"orn2", "or_not1"}, [](u64 s, u64 e) { return s | ~e; }},
};

TEST(ScalarBits, ExecMasks) {
  std::vector<ScalarOperation> list;
  const auto add = [&](const std::string &name, const MaskCase &test, bool saves) {
    list.push_back(
        {"s_" + name + "_b64 s[20:21], s[8:9]", "9", [&test, saves](u64 a, u64, ScalarState &s) {
           const u64 old = s.exec;
           s.exec = test.f(a, old);
           s.d = saves ? old : s.exec;
           s.scc = s.exec != 0;
         }});
    // A wave of 32 lanes has the low half of EXEC.
    const auto narrow = [&test, saves](u64 a, u64, ScalarState &s) {
      const u32 old = u32(s.exec);
      s.exec = u32(test.f(u32(a), old));
      put32(s, saves ? old : u32(s.exec));
      s.scc = s.exec != 0;
    };
    list.push_back({"s_" + name + "_b32 s20, s8", "11 12", narrow});
    list.push_back({"s_" + name + "_b64 s[20:21], s[8:9]", "11 12",
                    [&test, saves](u64 a, u64, ScalarState &s) {
                      const u32 old = u32(s.exec);
                      s.exec = u32(test.f(u32(a), old));
                      s.d = saves ? old : s.exec;
                      s.scc = s.exec != 0;
                    }});
  };
  for (const MaskCase &test : saves) {
    for (std::string name : test.names) {
      add(name + "_saveexec", test, true);
      if (name.find("and") == 0 && name != "and") {
        add(name + "_wrexec", test, false);
      }
    }
  }
  // Each generation has one of two names.
  std::erase_if(list, [](const ScalarOperation &row) {
    const bool nine = row.chips == "9";
    const bool newName = row.text.find("_not") != std::string::npos;
    const bool oldName =
        row.text.find("n1_") != std::string::npos || row.text.find("n2_") != std::string::npos;
    return nine ? newName : oldName;
  });
  checkScalarOperations(list, edges);
}

} // namespace
} // namespace qcc::emulator::test
