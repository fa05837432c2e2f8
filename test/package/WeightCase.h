// Random weights for tests of the packer: their source bytes in any storage, the recipe as IR, and
// a plain reading of packed bytes by the formula of #qnt.tiled.
#pragma once

#include "dialects/program/Program.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace qcc::test {

using qnt::Encoding;
using qnt::Storage;

/// A folder of its own, removed with all that is in it.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  std::string path() const { return folder.string(); }
  std::string file(const std::string &name) const { return (folder / name).string(); }

private:
  std::filesystem::path folder;
};

struct Tiles {
  int64_t columns, lanesK, columnsPerLane;
  std::string order;
  int64_t runLoads = 1;
};

/// What a weight is like. Rows and columns are the source's.
struct WeightCase {
  int64_t rows, columns;
  Encoding encoding;
  int64_t block = 0;
  Encoding scale = Encoding::none, zero = Encoding::none;
  Storage storage = Storage::rows;
  std::optional<Tiles> tiles = std::nullopt;
  /// Rows [sliceOffset, sliceOffset + sliceRows) are taken, all when 0; then paired by heads when
  /// not 0.
  int64_t sliceOffset = 0, sliceRows = 0, headSize = 0, rotary = 0;
  bool vector = false;
};

/// A weight of random contents.
class RandomWeight {
public:
  RandomWeight(const WeightCase &shape, unsigned seed);

  /// Appends the source bytes to `file`, which lies at `name` in the model's folder, and returns
  /// the `program.weight` at `offset` of the weights memory.
  std::string recipe(std::vector<uint8_t> &file, const std::string &fileName,
                     const std::string &symbol, int64_t offset) const;

  /// Rows after slicing.
  int64_t rows() const { return shape.sliceRows ? shape.sliceRows : shape.rows; }
  /// The value that row `n`, column `k` of the recipe's result dequantizes to.
  double expected(int64_t n, int64_t k) const;

  /// Scales as bits of their type, [rows, blocks].
  std::vector<uint32_t> scales;
  /// Zero points as bits of their type.
  std::vector<uint32_t> zeros;
  /// Elements as bits of their encoding, [rows, columns].
  std::vector<uint32_t> elements;

private:
  int64_t blocks() const {
    return shape.block ? (shape.columns + shape.block - 1) / shape.block : 0;
  }
  std::vector<uint8_t> valueBytes() const;

  WeightCase shape;
};

/// What packed bytes of a type dequantize to at row `n`, column `k`, padding included.
double unpacked(const std::vector<uint8_t> &packed, qnt::WeightType type, int64_t n, int64_t k);

/// `unsigned` or `signed` integers and floats: the number that `bits` of an encoding are.
double numberOf(uint32_t bits, Encoding encoding);

/// A context with all dialects, and the module that `text` is.
mlir::MLIRContext &context();
mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text);

void writeFile(const std::string &path, const std::vector<uint8_t> &bytes);
std::vector<uint8_t> readFile(const std::string &path);

} // namespace qcc::test
