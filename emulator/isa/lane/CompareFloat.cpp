// Floating-point comparisons and classes; v_cmpx_* shares these rows.
#include "emulator/isa/lane/FloatOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE float valueOf(float v) {
  return v;
}
QCC_LANE_INLINE double valueOf(double v) {
  return v;
}
QCC_LANE_INLINE float valueOf(Half v) {
  return v.f;
}

enum class Relation { False, Lt, Eq, Le, Gt, Lg, Ge, O, U, Nge, Nlg, Ngt, Nle, Neq, Nlt, True };

template <Relation R, typename T> QCC_LANE_INLINE bool holds(T a, T b) {
  auto x = valueOf(a), y = valueOf(b);
  switch (R) {
  case Relation::False:
    return false;
  case Relation::Lt:
    return x < y;
  case Relation::Eq:
    return x == y;
  case Relation::Le:
    return x <= y;
  case Relation::Gt:
    return x > y;
  case Relation::Lg:
    return x < y || x > y;
  case Relation::Ge:
    return x >= y;
  case Relation::O:
    return x == x && y == y;
  case Relation::U:
    return x != x || y != y;
  case Relation::Nge:
    return !(x >= y);
  case Relation::Nlg:
    return !(x < y || x > y);
  case Relation::Ngt:
    return !(x > y);
  case Relation::Nle:
    return !(x <= y);
  case Relation::Neq:
    return !(x == y);
  case Relation::Nlt:
    return !(x < y);
  case Relation::True:
    return true;
  }
  return false;
}

/// The class of a half: float has room for it, but its denormals are not the float's.
QCC_LANE_INLINE u32 classOfHalf(Bits16 v) {
  u32 magnitude = v.u & 0x7fffu;
  u32 positive = magnitude == 0 ? 6 : magnitude < 0x400 ? 7 : magnitude < 0x7c00 ? 8 : 9;
  u32 number = (v.u & 0x8000u) != 0 ? 11 - positive : positive;
  u32 nan = (v.u & 0x200u) != 0 ? 1 : 0;
  return 1u << (magnitude > 0x7c00 ? nan : number);
}

#define QCC_COMPARE(RELATION, NAME, SUFFIX, T)                                                     \
  QCC_ROW("v_cmp_" NAME "_" SUFFIX, (T a, T b), holds<Relation::RELATION>(a, b))
#define QCC_COMPARE_FLOAT(SUFFIX, T)                                                               \
  QCC_COMPARE(False, "f", SUFFIX, T), QCC_COMPARE(Lt, "lt", SUFFIX, T),                            \
      QCC_COMPARE(Eq, "eq", SUFFIX, T), QCC_COMPARE(Le, "le", SUFFIX, T),                          \
      QCC_COMPARE(Gt, "gt", SUFFIX, T), QCC_COMPARE(Lg, "lg", SUFFIX, T),                          \
      QCC_COMPARE(Ge, "ge", SUFFIX, T), QCC_COMPARE(O, "o", SUFFIX, T),                            \
      QCC_COMPARE(U, "u", SUFFIX, T), QCC_COMPARE(Nge, "nge", SUFFIX, T),                          \
      QCC_COMPARE(Nlg, "nlg", SUFFIX, T), QCC_COMPARE(Ngt, "ngt", SUFFIX, T),                      \
      QCC_COMPARE(Nle, "nle", SUFFIX, T), QCC_COMPARE(Neq, "neq", SUFFIX, T),                      \
      QCC_COMPARE(Nlt, "nlt", SUFFIX, T), QCC_COMPARE(True, "tru", SUFFIX, T),                     \
      QCC_COMPARE(True, "t", SUFFIX, T)

constexpr VectorRow rows[] = {
    QCC_COMPARE_FLOAT("f16", Half),
    QCC_COMPARE_FLOAT("f32", float),
    QCC_COMPARE_FLOAT("f64", double),
    QCC_ROW("v_cmp_class_f16", (Bits16 a, u32 b), (classOfHalf(a) & b) != 0),
    QCC_ROW("v_cmp_class_f32", (float a, u32 b), (classOf(a) & b) != 0),
    QCC_ROW("v_cmp_class_f64", (double a, u32 b), (classOf(a) & b) != 0),
};

} // namespace

RowList compareFloatRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
