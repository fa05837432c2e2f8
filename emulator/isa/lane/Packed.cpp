// Packed half and bfloat16 vector instructions.
#include "emulator/isa/lane/HalfOps.h"
#include "emulator/isa/lane/Tables.h"

namespace qcc::emulator::isa::QCC_LANE_SET {
namespace {

QCC_LANE_INLINE Bf16 fmaBf16(Bf16 a, Bf16 b, Bf16 c) {
  // The product is exact in float, the sum in double is rounded to odd, then once to bfloat16.
  double product = static_cast<double>(a.f) * b.f;
  return Bf16{doubleToOddFloat(product + c.f)};
}

#define QCC_PACKED_HALF2(NAME, F)                                                                  \
  QCC_ROW(NAME, (Pair<Half> p, Pair<Half> q), Pair<Half>{F(p.lo, q.lo), F(p.hi, q.hi)})

constexpr VectorRow rows[] = {
    QCC_PACKED_HALF2("v_pk_add_f16", addHalf),
    QCC_PACKED_HALF2("v_pk_mul_f16", mulHalf),
    QCC_PACKED_HALF2("v_pk_min_f16", minHalf),
    QCC_PACKED_HALF2("v_pk_max_f16", maxHalf),
    QCC_ROW("v_pk_fma_f16", (Pair<Half> p, Pair<Half> q, Pair<Half> r),
            Pair<Half>{fmaHalf(p.lo, q.lo, r.lo), fmaHalf(p.hi, q.hi, r.hi)}),
    QCC_ROW("v_pk_fmac_f16", (Pair<Half> p, Pair<Half> q, Accumulator<Pair<Half>> r),
            Pair<Half>{fmaHalf(p.lo, q.lo, r.v.lo), fmaHalf(p.hi, q.hi, r.v.hi)}),
    QCC_ROW("v_pk_minimum_f16", (Pair<Half> p, Pair<Half> q),
            Pair<Half>{Half{minimumNan(p.lo.f, q.lo.f)}, Half{minimumNan(p.hi.f, q.hi.f)}}),
    QCC_ROW("v_pk_maximum_f16", (Pair<Half> p, Pair<Half> q),
            Pair<Half>{Half{maximumNan(p.lo.f, q.lo.f)}, Half{maximumNan(p.hi.f, q.hi.f)}}),
    QCC_ROW("v_pk_minimum3_f16", (Pair<Half> p, Pair<Half> q, Pair<Half> r),
            Pair<Half>{Half{minimumNan(minimumNan(p.lo.f, q.lo.f), r.lo.f)},
                       Half{minimumNan(minimumNan(p.hi.f, q.hi.f), r.hi.f)}}),
    QCC_ROW("v_pk_maximum3_f16", (Pair<Half> p, Pair<Half> q, Pair<Half> r),
            Pair<Half>{Half{maximumNan(maximumNan(p.lo.f, q.lo.f), r.lo.f)},
                       Half{maximumNan(maximumNan(p.hi.f, q.hi.f), r.hi.f)}}),
    QCC_ROW("v_pk_fma_bf16", (Pair<Bf16> p, Pair<Bf16> q, Pair<Bf16> r),
            Pair<Bf16>{fmaBf16(p.lo, q.lo, r.lo), fmaBf16(p.hi, q.hi, r.hi)}),
};

} // namespace

RowList packedRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::QCC_LANE_SET
