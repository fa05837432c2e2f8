// One matrix instruction under test: matrices, their places in registers as AMD documents them,
// and the product by its definition.
#pragma once

#include "test/emulator/isa/Harness.h"
#include "test/emulator/isa/NumberFormats.h"

#include <random>

namespace qcc::emulator::test {

/// An instruction and the chips that have it, "gfx942 gfx950".
struct MatrixRow {
  const char *chips;
  const char *name;
  unsigned m, n, k, blocks;
  Format a, b, d;
};

class MatrixProblem {
public:
  /// `lanes` of the wave. Matrices are random small numbers that the formats have.
  MatrixProblem(const std::string &chip, const MatrixRow &row, unsigned lanes, unsigned seed);

  bool sparse() const;
  /// Runs the instruction with `modifiers` on C in registers and compares D with `product`.
  void check(const std::string &modifiers) const;
  /// Runs it and gives D: block, row, column.
  std::vector<uint64_t> run(const std::string &modifiers) const;
  /// C + A * B, exact, in D's format.
  std::vector<uint64_t> product() const;

  double &a(unsigned block, unsigned i, unsigned k) { return as[(block * row.m + i) * row.k + k]; }
  double &b(unsigned block, unsigned k, unsigned j) { return bs[(block * row.k + k) * row.n + j]; }
  double &c(unsigned block, unsigned i, unsigned j) { return cs[(block * row.m + i) * row.n + j]; }
  double a(unsigned block, unsigned i, unsigned k) const {
    return as[(block * row.m + i) * row.k + k];
  }
  double b(unsigned block, unsigned k, unsigned j) const {
    return bs[(block * row.k + k) * row.n + j];
  }
  double c(unsigned block, unsigned i, unsigned j) const {
    return cs[(block * row.m + i) * row.n + j];
  }

  MatrixRow row;
  unsigned indexSet = 0; // of the sparse index
  unsigned scaleByte[2] = {0, 0};
  std::vector<uint32_t> scaleA, scaleB; // words a lane; empty: not a scaled instruction
  bool upperHalf = false;               // RDNA3: 16-bit C and D lie in the upper halves
  std::string addend;                   // text of C when it is a constant

private:
  struct Place {
    bool used;
    unsigned block, row, k;
  };
  using Registers = std::vector<std::vector<uint32_t>>;

  unsigned generation() const; // 9, 11, 12
  unsigned items(unsigned rows, unsigned depth, Format format) const;
  Place inputPlace(unsigned rows, unsigned depth, Format format, unsigned lane, unsigned n) const;
  Place outputPlace(unsigned lane, unsigned n) const;
  unsigned outputItems() const;
  unsigned outputRegisters() const;
  unsigned outputShift(unsigned n) const; // bit of item n from the first register on
  void chooseSparse(std::mt19937 &random);
  double storedA(const Place &p) const;
  Registers registers() const;

  std::string chip;
  unsigned lanes;
  std::vector<double> as, bs, cs;
  std::vector<uint8_t> chosen; // sparse: which of four, row by row, for each stored column
};

/// Whether the space-separated list has the name.
bool lists(const char *chips, const std::string &chip);

} // namespace qcc::emulator::test
