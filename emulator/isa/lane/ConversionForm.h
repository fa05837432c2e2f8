// What a v_cvt_scalef32_* instruction converts, in which number and where in the registers.
#pragma once

#include "emulator/isa/lane/MatrixForm.h"

namespace qcc::emulator::isa {

struct ConversionForm {
  Element from = Element::F32, to = Element::F32;
  uint8_t count = 1;       // elements a lane
  bool stochastic = false; // source 1 is the seed
  bool twoSources = false; // elements alternate between source 0 and source 1
  uint8_t sourceShift = 0; // bit of the first element in its register
  uint8_t resultShift = 0; // the same of the result; the register's other bits stay
  uint8_t scaleSource = 1; // which source is the scale
};

/// Kept in an instruction's `detail` words.
inline void packConversionForm(const ConversionForm &f, Instruction &i) {
  i.detail[0] = static_cast<uint32_t>(f.from) | static_cast<uint32_t>(f.to) << 8 |
                static_cast<uint32_t>(f.count) << 16 | (f.stochastic ? 1u << 24 : 0) |
                (f.twoSources ? 1u << 25 : 0);
  i.detail[1] = f.sourceShift | static_cast<uint32_t>(f.resultShift) << 8 |
                static_cast<uint32_t>(f.scaleSource) << 16;
}
inline ConversionForm unpackConversionForm(const Instruction &i) {
  return {static_cast<Element>(i.detail[0] & 0xff),
          static_cast<Element>(i.detail[0] >> 8 & 0xff),
          static_cast<uint8_t>(i.detail[0] >> 16),
          (i.detail[0] >> 24 & 1) != 0,
          (i.detail[0] >> 25 & 1) != 0,
          static_cast<uint8_t>(i.detail[1]),
          static_cast<uint8_t>(i.detail[1] >> 8),
          static_cast<uint8_t>(i.detail[1] >> 16)};
}

} // namespace qcc::emulator::isa
