// Integer comparisons; v_cmpx_* shares these rows.
#include "emulator/isa/lane/LaneOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

#define QCC_COMPARE_INTEGER(SUFFIX, T)                                                             \
  QCC_ROW("v_cmp_f_" SUFFIX, (T a, T b), (static_cast<void>(a), static_cast<void>(b), false)),     \
      QCC_ROW("v_cmp_lt_" SUFFIX, (T a, T b), a < b),                                              \
      QCC_ROW("v_cmp_eq_" SUFFIX, (T a, T b), a == b),                                             \
      QCC_ROW("v_cmp_le_" SUFFIX, (T a, T b), a <= b),                                             \
      QCC_ROW("v_cmp_gt_" SUFFIX, (T a, T b), a > b),                                              \
      QCC_ROW("v_cmp_ne_" SUFFIX, (T a, T b), a != b),                                             \
      QCC_ROW("v_cmp_ge_" SUFFIX, (T a, T b), a >= b),                                             \
      QCC_ROW("v_cmp_t_" SUFFIX, (T a, T b), (static_cast<void>(a), static_cast<void>(b), true))

constexpr VectorRow rows[] = {
    QCC_COMPARE_INTEGER("u16", u16), QCC_COMPARE_INTEGER("i16", i16),
    QCC_COMPARE_INTEGER("u32", u32), QCC_COMPARE_INTEGER("i32", i32),
    QCC_COMPARE_INTEGER("u64", u64), QCC_COMPARE_INTEGER("i64", i64),
};

} // namespace

RowList compareIntegerRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
