// What each kernel of a planned decoder is: the matmuls inside, the memory it is given, and the
// least bytes that it must move. A module says the first two things after the plan stage, the
// geometry after the tile stage, and its code object the resources.
#pragma once

#include "compiler/codegen/CodeObject.h"
#include "dialects/tile/Tile.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qcc::model {

struct PlannedKernel {
  std::string name;
  std::string op;                     ///< "matmul_qkv", or the kernel's kind
  int64_t k = 0, n = 0;               ///< of its matmuls, N added up; 0 for other kernels
  int64_t group = 0;                  ///< weights that share a scale
  int64_t weights = 0;                ///< elements of its matmuls, without padding
  int64_t cached = 0;                 ///< elements of keys and values that it reads
  double packedBytes = 0;             ///< of its matmuls' weights, padding included
  double leastBytes = 0;              ///< each byte of weights, inputs and outputs once
  std::string schedule;               ///< in words of #tile.schedule
  bool onMatrixUnits = false;         ///< its matmuls
  bool multipliesBytes = false;       ///< its rows are quantized
  int64_t rows = 1;                   ///< of the entry point, which leastBytes counts
  int64_t positions = 0;              ///< of keys and values that it reads, of all sequences
  double rowBytes = 0;                ///< of leastBytes, those of a row
  double positionBytes = 0;           ///< of leastBytes, those of a position
  double rowOperations = 0;           ///< multiplications and additions of a row's matmuls
  double positionOperations = 0;      ///< and of attention to a position
  int64_t bytesInFlight = 0;          ///< of weights or the cache, that a wave loads ahead
  int64_t splits = 1;                 ///< workgroups that share the K of a tile
  double splitBytes = 0;              ///< of the sums that they hand over
  std::vector<int64_t> argumentBytes; ///< memory behind each pointer, in order
  int64_t stateArgument = -1;         ///< the argument that is the state memory
  int64_t inputs = 0;                 ///< arguments in front of results, workspace and counters
  std::vector<int64_t> weightInputs;  ///< those that are packed weights
  std::array<uint32_t, 3> grid{};     ///< workgroups
  uint32_t workgroup = 0;             ///< work-items
  /// Of its weights, what all of its workgroups touch while a grid barrier before it is passed.
  double touchedBytes = 0;
  codegen::KernelResources resources{}; ///< as the code object states them

  /// leastBytes of a step of fewer rows or positions.
  double leastBytesOf(int64_t stepRows, int64_t stepPositions) const {
    return leastBytes - rowBytes * double(rows - stepRows) -
           positionBytes * double(positions - stepPositions);
  }
};

/// What is known of a kernel while its body is on tensors.
PlannedKernel describeKernel(tile::KernelOp kernel, const Chip &chip);

/// The kernels that the entry point `entry` of a planned module launches, in order. Geometry and
/// resources are not known yet.
std::vector<PlannedKernel> describeKernels(mlir::ModuleOp module, llvm::StringRef entry,
                                           const Chip &chip);

/// Fills in grids and workgroups, which the tile stage has given to the kernels of `module`.
void describeGeometry(mlir::ModuleOp module, llvm::MutableArrayRef<PlannedKernel> kernels);

/// The kernel of `module`, as the tile stage left it, that does all launches of `entry` in one, or
/// "".
std::string persistentKernelOf(mlir::ModuleOp module, llvm::StringRef entry);

/// A decoder's code, and its kernels.
struct PlannedModel {
  std::vector<uint8_t> code;
  std::vector<PlannedKernel> kernels; ///< in the order of launches
  /// The kernel that does all of them in one launch, where there is one, and how many of its waves
  /// a SIMD holds.
  std::optional<codegen::KernelResources> persistent;
  double persistentWavesPerSimd = 0;
};

/// Joins `kernels` with the code made of them, which states their resources; `persistent` may be
/// "".
PlannedModel joinCode(std::vector<PlannedKernel> kernels, const std::string &persistent,
                      codegen::CodeObject code, const Chip &chip);

} // namespace qcc::model
