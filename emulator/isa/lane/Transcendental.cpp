// exp2, log2, reciprocal, roots and trigonometry. AMD's manuals give these an error bound, not
// bits; the model here: denormal inputs count as zero, the result is computed in double, rounded
// once, and flushed when denormal (half precision: no flushing).
#include "emulator/isa/lane/FloatOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

constexpr double twoPi = 6.283185307179586476925286766559;

template <double (*F)(double)> QCC_LANE_INLINE float evaluate(float a) {
  float x = flushed(a);
  return madeNan(flushed(static_cast<float>(F(x))), x, x);
}
template <double (*F)(double)> QCC_LANE_INLINE HalfOfDouble evaluateHalf(Half a) {
  return HalfOfDouble{F(a.f)};
}
template <double (*F)(double)> QCC_LANE_INLINE Bf16 evaluateBf16(Bf16 a) {
  return Bf16{static_cast<float>(F(a.f))};
}

QCC_LANE_INLINE double exp2Of(double x) {
  return std::exp2(x);
}
QCC_LANE_INLINE double log2Of(double x) {
  return std::log2(x);
}
QCC_LANE_INLINE double reciprocal(double x) {
  return 1.0 / x;
}
QCC_LANE_INLINE double squareRoot(double x) {
  return std::sqrt(x);
}
QCC_LANE_INLINE double reciprocalRoot(double x) {
  return 1.0 / std::sqrt(x);
}
QCC_LANE_INLINE double tanhOf(double x) {
  return std::tanh(x);
}
/// The argument is in revolutions; beyond 256 the instruction is out of its domain: sin 0, cos 1.
QCC_LANE_INLINE double sine(double x) {
  return std::fabs(x) > 256.0 && std::isfinite(x) ? 0.0 : std::sin((x - std::trunc(x)) * twoPi);
}
QCC_LANE_INLINE double cosine(double x) {
  return std::fabs(x) > 256.0 && std::isfinite(x) ? 1.0 : std::cos((x - std::trunc(x)) * twoPi);
}

#define QCC_TRANSCENDENTAL(NAME, FUNCTION)                                                         \
  QCC_ROW("v_" NAME "_f32", (float a), evaluate<FUNCTION>(a)),                                     \
      QCC_ROW("v_" NAME "_f16", (Half a), evaluateHalf<FUNCTION>(a)),                              \
      QCC_ROW("v_" NAME "_bf16", (Bf16 a), evaluateBf16<FUNCTION>(a))

constexpr VectorRow rows[] = {
    QCC_TRANSCENDENTAL("exp", exp2Of),
    QCC_TRANSCENDENTAL("log", log2Of),
    QCC_TRANSCENDENTAL("rcp", reciprocal),
    QCC_TRANSCENDENTAL("rsq", reciprocalRoot),
    QCC_TRANSCENDENTAL("sqrt", squareRoot),
    QCC_TRANSCENDENTAL("sin", sine),
    QCC_TRANSCENDENTAL("cos", cosine),
    QCC_TRANSCENDENTAL("tanh", tanhOf),
    QCC_ROW("v_rcp_iflag_f32", (float a), evaluate<reciprocal>(a)),
    QCC_ROW("v_exp_legacy_f32", (float a), evaluate<exp2Of>(a)),
    QCC_ROW("v_log_legacy_f32", (float a), evaluate<log2Of>(a)),
};

} // namespace

RowList transcendentalRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
