// Sizes and offsets of a packed weight's bytes: what the packager writes and the kernels read.
#pragma once

#include "dialects/qnt/Qnt.h"

namespace qcc::qnt {

/// The bytes of one weight as they lie in the weights memory: values, then scales, then zero points, each
/// part aligned to 256 bytes. `type` has a `#qnt.tiled` layout, or none: then values are row major with
/// whole-byte rows, and scales and zeros are [N, blocks].
///
/// Packed integers are always unsigned: signed encodings are stored with their midpoint added, so that a
/// symmetric weight of b bits has zero point 2^(b-1). Zero points, if the type has any, are stored in the
/// scale's type as that midpoint-shifted zero point.
class PackedWeight {
public:
  explicit PackedWeight(WeightType type);

  int64_t scalesOffset() const { return scales; }
  int64_t zerosOffset() const { return zeros; }
  /// All three parts.
  int64_t bytes() const { return total; }

  /// The zero point, midpoint-shifted, of a weight whose type has none.
  int64_t implicitZero() const;

  // With a #qnt.tiled layout only:
  /// Elements of one lane's 16-byte load.
  int64_t elementsPerLoad() const { return perLoad; }
  /// Output columns of a panel.
  int64_t panelColumns() const { return panelCols; }
  int64_t panels() const { return panelCount; }
  /// Input features that a wave's step covers.
  int64_t stepDepth() const { return depth; }
  /// Steps along K of a panel, the last ones padded to a whole run.
  int64_t steps() const { return stepCount; }
  /// Consecutive steps in which a lane's elements are consecutive.
  int64_t runLoads() const { return perRun; }
  int64_t runs() const { return stepCount / perRun; }
  /// Input features that a wave's run covers, and those of them that one lane holds.
  int64_t runDepth() const { return depth * perRun; }
  int64_t runElements() const { return perLoad * perRun; }
  /// Blocks along the padded K of one column.
  int64_t blocks() const { return blockCount; }
  int64_t waveSize() const { return wave; }

private:
  WeightType type;
  int64_t scales = 0, zeros = 0, total = 0;
  int64_t perLoad = 0, panelCols = 0, panelCount = 0, depth = 0, stepCount = 0, blockCount = 0, wave = 0;
  int64_t perRun = 1;
};

} // namespace qcc::qnt
