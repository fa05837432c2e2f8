// Scalar integer instructions: results, SCC and EXEC.
#include "test/emulator/isa/ScalarOperations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace qcc::emulator::test {
namespace {

using u64 = uint64_t;
using u32 = uint32_t;
using i32 = int32_t;
using i64 = int64_t;

constexpr u64 edges[] = {0,
                         1,
                         7,
                         31,
                         63,
                         0x7fffffff,
                         0x80000000,
                         0xffffffff,
                         0x1234567890abcdef,
                         0xf0f0f0f00f0f0000,
                         0x8000000000000000,
                         0xffffffffffffffff,
                         0xfffffffe00000004,
                         0x00080010};

/// A 32-bit result: the upper word of s[20:21] stays.
void put(ScalarState &s, u32 v) {
  s.d = (s.d & 0xffffffff00000000) | v;
}
void putWithScc(ScalarState &s, u32 v) {
  put(s, v);
  s.scc = v != 0;
}
void putWithScc64(ScalarState &s, u64 v) {
  s.d = v;
  s.scc = v != 0;
}

using List = std::vector<ScalarOperation>;
template <typename F> void two(List &list, std::initializer_list<const char *> names, F f) {
  for (std::string name : names) {
    list.push_back(
        {name + " s20, s8, s10", "?", [f](u64 a, u64 b, ScalarState &s) { f(u32(a), u32(b), s); }});
  }
}
template <typename F> void twoWide(List &list, std::initializer_list<const char *> names, F f) {
  for (std::string name : names) {
    list.push_back({name + " s[20:21], s[8:9], s[10:11]", "?", f});
  }
}
template <typename F> void one(List &list, std::initializer_list<const char *> names, F f) {
  for (std::string name : names) {
    list.push_back({name + " s20, s8", "?", [f](u64 a, u64, ScalarState &s) { f(u32(a), s); }});
  }
}

TEST(ScalarInteger, Arithmetic) {
  List list;
  two(list, {"s_add_u32", "s_add_co_u32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, a + b);
    s.scc = u64(a) + b > 0xffffffff;
  });
  two(list, {"s_sub_u32", "s_sub_co_u32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, a - b);
    s.scc = b > a;
  });
  two(list, {"s_addc_u32", "s_add_co_ci_u32"}, [](u32 a, u32 b, ScalarState &s) {
    const u64 sum = u64(a) + b + s.scc;
    put(s, u32(sum));
    s.scc = sum > 0xffffffff;
  });
  two(list, {"s_subb_u32", "s_sub_co_ci_u32"}, [](u32 a, u32 b, ScalarState &s) {
    const u64 taken = u64(b) + s.scc;
    put(s, a - u32(taken));
    s.scc = taken > a;
  });
  two(list, {"s_add_i32", "s_add_co_i32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, a + b);
    s.scc = i64(i32(a)) + i32(b) != i32(a + b);
  });
  two(list, {"s_sub_i32", "s_sub_co_i32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, a - b);
    s.scc = i64(i32(a)) - i32(b) != i32(a - b);
  });
  two(list, {"s_mul_i32"}, [](u32 a, u32 b, ScalarState &s) { put(s, a * b); });
  two(list, {"s_mul_hi_u32"}, [](u32 a, u32 b, ScalarState &s) { put(s, u32(u64(a) * b >> 32)); });
  two(list, {"s_mul_hi_i32"},
      [](u32 a, u32 b, ScalarState &s) { put(s, u32(i64(i32(a)) * i32(b) >> 32)); });
  two(list, {"s_min_i32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, u32(std::min(i32(a), i32(b))));
    s.scc = i32(a) < i32(b);
  });
  two(list, {"s_min_u32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, std::min(a, b));
    s.scc = a < b;
  });
  two(list, {"s_max_i32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, u32(std::max(i32(a), i32(b))));
    s.scc = i32(a) >= i32(b);
  });
  two(list, {"s_max_u32"}, [](u32 a, u32 b, ScalarState &s) {
    put(s, std::max(a, b));
    s.scc = a >= b;
  });
  two(list, {"s_absdiff_i32"}, [](u32 a, u32 b, ScalarState &s) {
    const i32 d = i32(a - b);
    putWithScc(s, d < 0 ? u32(-i64(d)) : u32(d));
  });
  for (unsigned shift = 1; shift <= 4; ++shift) {
    const std::string name = "s_lshl" + std::to_string(shift) + "_add_u32";
    two(list, {name.c_str()}, [shift](u32 a, u32 b, ScalarState &s) {
      put(s, (a << shift) + b);
      s.scc = (u64(a) << shift) + b > 0xffffffff;
    });
  }
  twoWide(list, {"s_add_nc_u64"}, [](u64 a, u64 b, ScalarState &s) { s.d = a + b; });
  twoWide(list, {"s_sub_nc_u64"}, [](u64 a, u64 b, ScalarState &s) { s.d = a - b; });
  twoWide(list, {"s_mul_u64"}, [](u64 a, u64 b, ScalarState &s) { s.d = a * b; });
  one(list, {"s_abs_i32"}, [](u32 a, ScalarState &s) { putWithScc(s, i32(a) < 0 ? 0u - a : a); });
  checkScalarOperations(list, edges);
}

TEST(ScalarInteger, Constants) {
  const auto addk = [](u64, u64, ScalarState &s) {
    const i64 sum = i64(i32(s.d)) - 2;
    s.scc = sum != i32(sum);
    put(s, u32(sum));
  };
  List list = {
      {"s_movk_i32 s20, 0x8001", "?", [](u64, u64, ScalarState &s) { put(s, 0xffff8001); }},
      {"s_cmovk_i32 s20, 0x8001", "?",
       [](u64, u64, ScalarState &s) { put(s, s.scc ? 0xffff8001 : u32(s.d)); }},
      {"s_mulk_i32 s20, 0xfffd", "?", [](u64, u64, ScalarState &s) { put(s, 0u - 3 * u32(s.d)); }},
      {"s_addk_i32 s20, 0xfffe", "9 11", addk},
      {"s_addk_co_i32 s20, 0xfffe", "12", addk},
  };
  struct Relation {
    const char *name;
    bool (*holds)(i64 a, i64 b);
  };
  const Relation relations[] = {
      {"eq", [](i64 a, i64 b) { return a == b; }}, {"lg", [](i64 a, i64 b) { return a != b; }},
      {"gt", [](i64 a, i64 b) { return a > b; }},  {"ge", [](i64 a, i64 b) { return a >= b; }},
      {"lt", [](i64 a, i64 b) { return a < b; }},  {"le", [](i64 a, i64 b) { return a <= b; }}};
  for (const Relation &r : relations) {
    const std::string name = r.name;
    list.push_back({"s_cmp_" + name + "_i32 s8, s10", "?",
                    [r](u64 a, u64 b, ScalarState &s) { s.scc = r.holds(i32(a), i32(b)); }});
    list.push_back({"s_cmp_" + name + "_u32 s8, s10", "?",
                    [r](u64 a, u64 b, ScalarState &s) { s.scc = r.holds(u32(a), u32(b)); }});
    list.push_back({"s_cmpk_" + name + "_i32 s8, 0xffff", "9 11",
                    [r](u64 a, u64, ScalarState &s) { s.scc = r.holds(i32(a), -1); }});
    list.push_back({"s_cmpk_" + name + "_u32 s8, 0xffff", "9 11",
                    [r](u64 a, u64, ScalarState &s) { s.scc = r.holds(u32(a), 0xffff); }});
  }
  list.push_back(
      {"s_cmp_eq_u64 s[8:9], s[10:11]", "?", [](u64 a, u64 b, ScalarState &s) { s.scc = a == b; }});
  list.push_back(
      {"s_cmp_lg_u64 s[8:9], s[10:11]", "?", [](u64 a, u64 b, ScalarState &s) { s.scc = a != b; }});
  for (unsigned bit = 0; bit < 2; ++bit) {
    const std::string name = "s_bitcmp" + std::to_string(bit);
    list.push_back({name + "_b32 s8, s10", "?",
                    [bit](u64 a, u64 b, ScalarState &s) { s.scc = (a >> (b & 31) & 1) == bit; }});
    list.push_back({name + "_b64 s[8:9], s10", "?",
                    [bit](u64 a, u64 b, ScalarState &s) { s.scc = (a >> (b & 63) & 1) == bit; }});
  }
  checkScalarOperations(list, edges);
}

u64 field(u64 v, unsigned offset, unsigned width, unsigned bits, bool isSigned) {
  u64 r = 0;
  width = std::min(width, bits);
  for (unsigned n = 0; n < bits && width != 0; ++n) {
    const unsigned at = offset + n;
    const bool inside = n < width && at < bits;
    // Past the field, or past the word, a signed field repeats its last bit.
    const unsigned last = std::min(offset + width - 1, bits - 1);
    const bool bit = inside ? v >> at & 1 : isSigned && (v >> last & 1);
    r |= u64(bit) << n;
  }
  return r;
}

TEST(ScalarInteger, Logic) {
  List list;
  struct Logic {
    std::vector<const char *> names;
    u64 (*f)(u64 a, u64 b);
  };
  const Logic logics[] = {{{"and"}, [](u64 a, u64 b) { return a & b; }},
                          {{"or"}, [](u64 a, u64 b) { return a | b; }},
                          {{"xor"}, [](u64 a, u64 b) { return a ^ b; }},
                          {{"nand"}, [](u64 a, u64 b) { return ~(a & b); }},
                          {{"nor"}, [](u64 a, u64 b) { return ~(a | b); }},
                          {{"xnor"}, [](u64 a, u64 b) { return ~(a ^ b); }},
                          {{"andn2", "and_not1"}, [](u64 a, u64 b) { return a & ~b; }},
                          {{"orn2", "or_not1"}, [](u64 a, u64 b) { return a | ~b; }}};
  for (const Logic &logic : logics) {
    for (std::string name : logic.names) {
      list.push_back(
          {"s_" + name + "_b32 s20, s8, s10", "?",
           [f = logic.f](u64 a, u64 b, ScalarState &s) { putWithScc(s, u32(f(a, b))); }});
      list.push_back({"s_" + name + "_b64 s[20:21], s[8:9], s[10:11]", "?",
                      [f = logic.f](u64 a, u64 b, ScalarState &s) { putWithScc64(s, f(a, b)); }});
    }
  }
  list.push_back({"s_lshl_b32 s20, s8, s10", "?",
                  [](u64 a, u64 b, ScalarState &s) { putWithScc(s, u32(a) << (b & 31)); }});
  list.push_back({"s_lshr_b32 s20, s8, s10", "?",
                  [](u64 a, u64 b, ScalarState &s) { putWithScc(s, u32(a) >> (b & 31)); }});
  list.push_back({"s_ashr_i32 s20, s8, s10", "?",
                  [](u64 a, u64 b, ScalarState &s) { putWithScc(s, u32(i32(a) >> (b & 31))); }});
  list.push_back({"s_lshl_b64 s[20:21], s[8:9], s10", "?",
                  [](u64 a, u64 b, ScalarState &s) { putWithScc64(s, a << (b & 63)); }});
  list.push_back({"s_lshr_b64 s[20:21], s[8:9], s10", "?",
                  [](u64 a, u64 b, ScalarState &s) { putWithScc64(s, a >> (b & 63)); }});
  list.push_back({"s_ashr_i64 s[20:21], s[8:9], s10", "?",
                  [](u64 a, u64 b, ScalarState &s) { putWithScc64(s, u64(i64(a) >> (b & 63))); }});
  list.push_back({"s_bfm_b32 s20, s8, s10", "?", [](u64 a, u64 b, ScalarState &s) {
                    put(s, ((1u << (a & 31)) - 1) << (b & 31));
                  }});
  list.push_back({"s_bfm_b64 s[20:21], s8, s10", "?", [](u64 a, u64 b, ScalarState &s) {
                    s.d = ((u64(1) << (a & 63)) - 1) << (b & 63);
                  }});
  for (bool isSigned : {false, true}) {
    const std::string type = isSigned ? "i" : "u";
    list.push_back({"s_bfe_" + type + "32 s20, s8, s10", "?", [=](u64 a, u64 b, ScalarState &s) {
                      putWithScc(s, u32(field(u32(a), b & 31, b >> 16 & 127, 32, isSigned)));
                    }});
    list.push_back(
        {"s_bfe_" + type + "64 s[20:21], s[8:9], s10", "?", [=](u64 a, u64 b, ScalarState &s) {
           putWithScc64(s, field(a, b & 63, b >> 16 & 127, 64, isSigned));
         }});
  }
  checkScalarOperations(list, edges);
}

} // namespace
} // namespace qcc::emulator::test
