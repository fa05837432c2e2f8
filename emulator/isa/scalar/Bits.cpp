// Scalar moves, logic, shifts, bit fields and bit counts.
#include "emulator/isa/scalar/ScalarOps.h"

namespace qcc::emulator::isa::scalar {

namespace {

u32 reverse(u32 v) {
  u32 r = 0;
  for (unsigned i = 0; i < 32; ++i, v >>= 1) {
    r = r << 1 | (v & 1);
  }
  return r;
}
u64 reverse(u64 v) {
  return static_cast<u64>(reverse(static_cast<u32>(v))) << 32 | reverse(static_cast<u32>(v >> 32));
}
/// Bit field: the offset in bits 4:0 (5:0 for 64 bits) of `spec`, the width in bits 22:16.
template <typename T> T extract(Wave &w, T v, u32 spec) {
  constexpr u32 bits = sizeof(T) * 8;
  u32 offset = spec & (bits - 1), width = (spec >> 16) & 0x7f;
  using Unsigned = std::make_unsigned_t<T>;
  T shifted = static_cast<T>(v >> offset);
  if (width == 0) {
    return notZero(w, T(0));
  }
  if (width >= bits) {
    return notZero(w, shifted);
  }
  Unsigned left = static_cast<Unsigned>(static_cast<Unsigned>(shifted) << (bits - width));
  return notZero(w, static_cast<T>(static_cast<T>(left) >> (bits - width)));
}
/// Position of the first bit that differs from the sign, from the top; -1 when there is none.
template <typename T> u32 leadingSigns(T v) {
  constexpr u32 bits = sizeof(T) * 8;
  for (u32 n = 1; n < bits; ++n) {
    if (((v >> (bits - 1 - n)) & 1) != ((v >> (bits - 1)) & 1)) {
      return n;
    }
  }
  return ~0u;
}
u64 replicateBits(u32 v) {
  u64 r = 0;
  for (unsigned i = 0; i < 32; ++i) {
    r |= static_cast<u64>((v >> i) & 1) * 3 << (2 * i);
  }
  return r;
}
template <typename T> T wholeQuad(T v) {
  T r = 0;
  for (unsigned i = 0; i < sizeof(T) * 8; i += 4) {
    r |= ((v >> i) & 15) != 0 ? T(15) << i : T(0);
  }
  return r;
}
template <typename T> T quadMask(T v) {
  T r = 0;
  for (unsigned i = 0; i < sizeof(T) * 2; ++i) {
    r |= ((v >> (i * 4)) & 15) != 0 ? T(1) << i : T(0);
  }
  return r;
}
template <typename T> T fieldMask(u32 width, u32 offset) {
  constexpr u32 wrap = sizeof(T) * 8 - 1;
  return ((T(1) << (width & wrap)) - 1) << (offset & wrap);
}
u32 popcount(u64 v) {
  return static_cast<u32>(__builtin_popcountll(v));
}
u32 trailing(u64 v) {
  return v == 0 ? ~0u : static_cast<u32>(__builtin_ctzll(v));
}
u32 leading32(u32 v) {
  return v == 0 ? ~0u : static_cast<u32>(__builtin_clz(v));
}
u32 leading64(u64 v) {
  return v == 0 ? ~0u : static_cast<u32>(__builtin_clzll(v));
}

#define QCC_LOGIC(NAME, EXPRESSION)                                                                \
  QCC_SCALAR("s_" NAME "_b32", (Wave & w, u32 a, u32 b),                                           \
             notZero(w, static_cast<u32>(EXPRESSION))),                                            \
      QCC_SCALAR("s_" NAME "_b64", (Wave & w, u64 a, u64 b),                                       \
                 notZero(w, static_cast<u64>(EXPRESSION)))

constexpr ScalarRow rows[] = {
    QCC_SCALAR("s_mov_b32", (Wave &, u32 a), a),
    QCC_SCALAR("s_mov_b64", (Wave &, u64 a), a),
    QCC_SCALAR("s_cmov_b32", (Wave & w, Old<u32> d, u32 a), w.scc ? a : d.v),
    QCC_SCALAR("s_cmov_b64", (Wave & w, Old<u64> d, u64 a), w.scc ? a : d.v),
    QCC_SCALAR("s_cselect_b32", (Wave & w, u32 a, u32 b), w.scc ? a : b),
    QCC_SCALAR("s_cselect_b64", (Wave & w, u64 a, u64 b), w.scc ? a : b),
    QCC_SCALAR("s_not_b32", (Wave & w, u32 a), notZero(w, ~a)),
    QCC_SCALAR("s_not_b64", (Wave & w, u64 a), notZero(w, ~a)),
    QCC_LOGIC("and", a &b),
    QCC_LOGIC("or", a | b),
    QCC_LOGIC("xor", a ^ b),
    QCC_LOGIC("nand", ~(a &b)),
    QCC_LOGIC("nor", ~(a | b)),
    QCC_LOGIC("xnor", ~(a ^ b)),
    QCC_LOGIC("andn2", a & ~b),
    QCC_LOGIC("orn2", a | ~b),
    QCC_LOGIC("and_not1", a & ~b),
    QCC_LOGIC("or_not1", a | ~b),
    QCC_SCALAR("s_lshl_b32", (Wave & w, u32 a, u32 b), notZero(w, a << (b & 31))),
    QCC_SCALAR("s_lshr_b32", (Wave & w, u32 a, u32 b), notZero(w, a >> (b & 31))),
    QCC_SCALAR("s_ashr_i32", (Wave & w, i32 a, u32 b), notZero(w, a >> (b & 31))),
    QCC_SCALAR("s_lshl_b64", (Wave & w, u64 a, u32 b), notZero(w, a << (b & 63))),
    QCC_SCALAR("s_lshr_b64", (Wave & w, u64 a, u32 b), notZero(w, a >> (b & 63))),
    QCC_SCALAR("s_ashr_i64", (Wave & w, i64 a, u32 b), notZero(w, a >> (b & 63))),
    QCC_SCALAR("s_bfm_b32", (Wave &, u32 a, u32 b), fieldMask<u32>(a, b)),
    QCC_SCALAR("s_bfm_b64", (Wave &, u32 a, u32 b), fieldMask<u64>(a, b)),
    QCC_SCALAR("s_bfe_u32", (Wave & w, u32 a, u32 b), extract(w, a, b)),
    QCC_SCALAR("s_bfe_i32", (Wave & w, i32 a, u32 b), extract(w, a, b)),
    QCC_SCALAR("s_bfe_u64", (Wave & w, u64 a, u32 b), extract(w, a, b)),
    QCC_SCALAR("s_bfe_i64", (Wave & w, i64 a, u32 b), extract(w, a, b)),
    QCC_SCALAR("s_brev_b32", (Wave &, u32 a), reverse(a)),
    QCC_SCALAR("s_brev_b64", (Wave &, u64 a), reverse(a)),
    QCC_SCALAR("s_bcnt0_i32_b32", (Wave & w, u32 a), notZero(w, popcount(static_cast<u32>(~a)))),
    QCC_SCALAR("s_bcnt1_i32_b32", (Wave & w, u32 a), notZero(w, popcount(a))),
    QCC_SCALAR("s_bcnt0_i32_b64", (Wave & w, u64 a), notZero(w, popcount(~a))),
    QCC_SCALAR("s_bcnt1_i32_b64", (Wave & w, u64 a), notZero(w, popcount(a))),
    QCC_SCALAR("s_ff0_i32_b32", (Wave &, u32 a), trailing(static_cast<u32>(~a))),
    QCC_SCALAR("s_ff0_i32_b64", (Wave &, u64 a), trailing(~a)),
    QCC_SCALAR("s_ff1_i32_b32", (Wave &, u32 a), trailing(a)),
    QCC_SCALAR("s_ff1_i32_b64", (Wave &, u64 a), trailing(a)),
    QCC_SCALAR("s_ctz_i32_b32", (Wave &, u32 a), trailing(a)),
    QCC_SCALAR("s_ctz_i32_b64", (Wave &, u64 a), trailing(a)),
    QCC_SCALAR("s_flbit_i32_b32", (Wave &, u32 a), leading32(a)),
    QCC_SCALAR("s_flbit_i32_b64", (Wave &, u64 a), leading64(a)),
    QCC_SCALAR("s_clz_i32_u32", (Wave &, u32 a), leading32(a)),
    QCC_SCALAR("s_clz_i32_u64", (Wave &, u64 a), leading64(a)),
    QCC_SCALAR("s_flbit_i32", (Wave &, u32 a), leadingSigns(a)),
    QCC_SCALAR("s_flbit_i32_i64", (Wave &, u64 a), leadingSigns(a)),
    QCC_SCALAR("s_cls_i32", (Wave &, u32 a), leadingSigns(a)),
    QCC_SCALAR("s_cls_i32_i64", (Wave &, u64 a), leadingSigns(a)),
    QCC_SCALAR("s_sext_i32_i8", (Wave &, u32 a), static_cast<i32>(static_cast<int8_t>(a))),
    QCC_SCALAR("s_sext_i32_i16", (Wave &, u32 a), static_cast<i32>(static_cast<i16>(a))),
    QCC_SCALAR("s_bitset0_b32", (Wave &, Old<u32> d, u32 a), d.v & ~(1u << (a & 31))),
    QCC_SCALAR("s_bitset1_b32", (Wave &, Old<u32> d, u32 a), d.v | 1u << (a & 31)),
    QCC_SCALAR("s_bitset0_b64", (Wave &, Old<u64> d, u32 a), d.v & ~(u64(1) << (a & 63))),
    QCC_SCALAR("s_bitset1_b64", (Wave &, Old<u64> d, u32 a), d.v | u64(1) << (a & 63)),
    QCC_SCALAR("s_bitreplicate_b64_b32", (Wave &, u32 a), replicateBits(a)),
    QCC_SCALAR("s_wqm_b32", (Wave & w, u32 a), notZero(w, wholeQuad(a))),
    QCC_SCALAR("s_wqm_b64", (Wave & w, u64 a), notZero(w, wholeQuad(a))),
    QCC_SCALAR("s_quadmask_b32", (Wave & w, u32 a), notZero(w, quadMask(a))),
    QCC_SCALAR("s_quadmask_b64", (Wave & w, u64 a), notZero(w, quadMask(a))),
    QCC_SCALAR("s_pack_ll_b32_b16", (Wave &, u32 a, u32 b), (a & 0xffff) | b << 16),
    QCC_SCALAR("s_pack_lh_b32_b16", (Wave &, u32 a, u32 b), (a & 0xffff) | (b & 0xffff0000)),
    QCC_SCALAR("s_pack_hl_b32_b16", (Wave &, u32 a, u32 b), a >> 16 | b << 16),
    QCC_SCALAR("s_pack_hh_b32_b16", (Wave &, u32 a, u32 b), a >> 16 | (b & 0xffff0000)),
};

} // namespace

ScalarRows bitRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::scalar
