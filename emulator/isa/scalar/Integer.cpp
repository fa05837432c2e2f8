// Scalar integer arithmetic and comparisons.
#include "emulator/isa/scalar/ScalarOps.h"

namespace qcc::emulator::isa::scalar {

namespace {

u32 addCarry(Wave &w, u32 a, u32 b, u32 carry) {
  u64 sum = static_cast<u64>(a) + b + carry;
  w.scc = sum >> 32 != 0;
  return static_cast<u32>(sum);
}
u32 subBorrow(Wave &w, u32 a, u32 b, u32 borrow) {
  u64 difference = static_cast<u64>(a) - b - borrow;
  w.scc = difference >> 32 != 0;
  return static_cast<u32>(difference);
}
/// Signed addition; SCC is the overflow.
u32 addSigned(Wave &w, u32 a, u32 b) {
  u32 sum = a + b;
  w.scc = ((~(a ^ b) & (a ^ sum)) >> 31) != 0;
  return sum;
}
u32 subSigned(Wave &w, u32 a, u32 b) {
  u32 difference = a - b;
  w.scc = (((a ^ b) & (a ^ difference)) >> 31) != 0;
  return difference;
}
template <unsigned Shift> u32 shiftAdd(Wave &w, u32 a, u32 b) {
  u64 sum = (static_cast<u64>(a) << Shift) + b;
  w.scc = sum >> 32 != 0;
  return static_cast<u32>(sum);
}
/// Chooses a (and SCC 1) or b (and SCC 0).
template <typename T> T choose(Wave &w, bool first, T a, T b) {
  w.scc = first;
  return first ? a : b;
}
u32 absolute(u32 a) {
  return static_cast<i32>(a) < 0 ? 0 - a : a;
}

#define QCC_SCALAR_COMPARE(NAME, OPERATOR)                                                         \
  QCC_SCALAR("s_cmp_" NAME "_i32", (Wave &, i32 a, i32 b), a OPERATOR b),                          \
      QCC_SCALAR("s_cmp_" NAME "_u32", (Wave &, u32 a, u32 b), a OPERATOR b),                      \
      QCC_SCALAR("s_cmpk_" NAME "_i32", (Wave &, i32 a, i16 b), a OPERATOR b),                     \
      QCC_SCALAR("s_cmpk_" NAME "_u32", (Wave &, u32 a, u16 b), a OPERATOR b)

constexpr ScalarRow rows[] = {
    QCC_SCALAR("s_add_u32", (Wave & w, u32 a, u32 b), addCarry(w, a, b, 0)),
    QCC_SCALAR("s_add_co_u32", (Wave & w, u32 a, u32 b), addCarry(w, a, b, 0)),
    QCC_SCALAR("s_addc_u32", (Wave & w, u32 a, u32 b), addCarry(w, a, b, w.scc)),
    QCC_SCALAR("s_add_co_ci_u32", (Wave & w, u32 a, u32 b), addCarry(w, a, b, w.scc)),
    QCC_SCALAR("s_sub_u32", (Wave & w, u32 a, u32 b), subBorrow(w, a, b, 0)),
    QCC_SCALAR("s_sub_co_u32", (Wave & w, u32 a, u32 b), subBorrow(w, a, b, 0)),
    QCC_SCALAR("s_subb_u32", (Wave & w, u32 a, u32 b), subBorrow(w, a, b, w.scc)),
    QCC_SCALAR("s_sub_co_ci_u32", (Wave & w, u32 a, u32 b), subBorrow(w, a, b, w.scc)),
    QCC_SCALAR("s_add_i32", (Wave & w, u32 a, u32 b), addSigned(w, a, b)),
    QCC_SCALAR("s_add_co_i32", (Wave & w, u32 a, u32 b), addSigned(w, a, b)),
    QCC_SCALAR("s_sub_i32", (Wave & w, u32 a, u32 b), subSigned(w, a, b)),
    QCC_SCALAR("s_sub_co_i32", (Wave & w, u32 a, u32 b), subSigned(w, a, b)),
    QCC_SCALAR("s_addk_i32", (Wave & w, Old<u32> a, i16 b),
               addSigned(w, a.v, static_cast<u32>(static_cast<i32>(b)))),
    QCC_SCALAR("s_addk_co_i32", (Wave & w, Old<u32> a, i16 b),
               addSigned(w, a.v, static_cast<u32>(static_cast<i32>(b)))),
    QCC_SCALAR("s_mulk_i32", (Wave &, Old<u32> a, i16 b),
               a.v *static_cast<u32>(static_cast<i32>(b))),
    QCC_SCALAR("s_movk_i32", (Wave &, i16 a), static_cast<i32>(a)),
    QCC_SCALAR("s_cmovk_i32", (Wave & w, Old<i32> d, i16 a), w.scc ? static_cast<i32>(a) : d.v),
    QCC_SCALAR("s_add_u64", (Wave &, u64 a, u64 b), a + b),
    QCC_SCALAR("s_sub_u64", (Wave &, u64 a, u64 b), a - b),
    QCC_SCALAR("s_add_nc_u64", (Wave &, u64 a, u64 b), a + b),
    QCC_SCALAR("s_sub_nc_u64", (Wave &, u64 a, u64 b), a - b),
    QCC_SCALAR("s_mul_u64", (Wave &, u64 a, u64 b), a *b),
    QCC_SCALAR("s_mul_i32", (Wave &, u32 a, u32 b), a *b),
    QCC_SCALAR("s_mul_hi_u32", (Wave &, u32 a, u32 b),
               static_cast<u32>(static_cast<u64>(a) * b >> 32)),
    QCC_SCALAR("s_mul_hi_i32", (Wave &, i32 a, i32 b),
               static_cast<u32>(static_cast<u64>(static_cast<i64>(a) * b) >> 32)),
    QCC_SCALAR("s_min_u32", (Wave & w, u32 a, u32 b), choose(w, a < b, a, b)),
    QCC_SCALAR("s_min_i32", (Wave & w, i32 a, i32 b), choose(w, a < b, a, b)),
    QCC_SCALAR("s_max_u32", (Wave & w, u32 a, u32 b), choose(w, a >= b, a, b)),
    QCC_SCALAR("s_max_i32", (Wave & w, i32 a, i32 b), choose(w, a >= b, a, b)),
    QCC_SCALAR("s_abs_i32", (Wave & w, u32 a), notZero(w, absolute(a))),
    QCC_SCALAR("s_absdiff_i32", (Wave & w, u32 a, u32 b), notZero(w, absolute(a - b))),
    QCC_SCALAR("s_lshl1_add_u32", (Wave & w, u32 a, u32 b), shiftAdd<1>(w, a, b)),
    QCC_SCALAR("s_lshl2_add_u32", (Wave & w, u32 a, u32 b), shiftAdd<2>(w, a, b)),
    QCC_SCALAR("s_lshl3_add_u32", (Wave & w, u32 a, u32 b), shiftAdd<3>(w, a, b)),
    QCC_SCALAR("s_lshl4_add_u32", (Wave & w, u32 a, u32 b), shiftAdd<4>(w, a, b)),
    QCC_SCALAR_COMPARE("eq", ==),
    QCC_SCALAR_COMPARE("lg", !=),
    QCC_SCALAR_COMPARE("gt", >),
    QCC_SCALAR_COMPARE("ge", >=),
    QCC_SCALAR_COMPARE("lt", <),
    QCC_SCALAR_COMPARE("le", <=),
    QCC_SCALAR("s_cmp_eq_u64", (Wave &, u64 a, u64 b), a == b),
    QCC_SCALAR("s_cmp_lg_u64", (Wave &, u64 a, u64 b), a != b),
    QCC_SCALAR("s_bitcmp0_b32", (Wave &, u32 a, u32 b), ((a >> (b & 31)) & 1) == 0),
    QCC_SCALAR("s_bitcmp1_b32", (Wave &, u32 a, u32 b), ((a >> (b & 31)) & 1) == 1),
    QCC_SCALAR("s_bitcmp0_b64", (Wave &, u64 a, u32 b), ((a >> (b & 63)) & 1) == 0),
    QCC_SCALAR("s_bitcmp1_b64", (Wave &, u64 a, u32 b), ((a >> (b & 63)) & 1) == 1),
};

} // namespace

ScalarRows integerRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::scalar
