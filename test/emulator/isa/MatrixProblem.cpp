#include "test/emulator/isa/MatrixProblem.h"

#include "test/emulator/isa/WideRun.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qcc::emulator::test {

namespace {

constexpr unsigned firstA = 4, firstB = 12, firstD = 20; // registers, as the harness loads them

std::string registerText(unsigned first, unsigned count) {
  const std::string low = std::to_string(first);
  return count == 1 ? "v" + low : "v[" + low + ":" + std::to_string(first + count - 1) + "]";
}

double randomValue(Format format, std::mt19937 &random) {
  switch (format) {
  case Format::I8:
    return static_cast<int>(random() % 256) - 128;
  case Format::U8:
    return static_cast<int>(random() % 256);
  case Format::I4:
    return static_cast<int>(random() % 16) - 8;
  case Format::U4:
    return static_cast<int>(random() % 16);
  case Format::I32:
    return static_cast<int>(random() % 100000) - 50000;
  default:
    return static_cast<int>(random() % 7) - 3;
  }
}

void insert(std::vector<std::vector<uint32_t>> &registers, unsigned first, unsigned lane,
            unsigned bit, unsigned width, uint64_t value) {
  for (unsigned n = 0; n < width; ++n, ++bit) {
    const uint32_t one = static_cast<uint32_t>(value >> n & 1) << bit % 32;
    uint32_t &word = registers[first - firstA + bit / 32][lane];
    word = (word & ~(1u << bit % 32)) | one;
  }
}

} // namespace

bool lists(const char *chips, const std::string &chip) {
  return (std::string(" ") + chips + " ").find(" " + chip + " ") != std::string::npos;
}

MatrixProblem::MatrixProblem(const std::string &chip, const MatrixRow &row, unsigned lanes,
                             unsigned seed)
    : row(row), chip(chip), lanes(lanes), as(row.blocks * row.m * row.k),
      bs(row.blocks * row.k * row.n), cs(row.blocks * row.m * row.n) {
  std::mt19937 random(seed);
  const auto fill = [&random](std::vector<double> &values, Format format) {
    for (double &v : values) {
      v = randomValue(format, random);
    }
  };
  fill(as, row.a);
  fill(bs, row.b);
  fill(cs, row.d);
  if (sparse()) {
    chooseSparse(random);
  }
}

bool MatrixProblem::sparse() const {
  return std::string(row.name).find("mac_") != std::string::npos;
}

/// Of every four columns two stay, the rest become zero.
void MatrixProblem::chooseSparse(std::mt19937 &random) {
  for (unsigned i = 0; i < row.m; ++i) {
    for (unsigned k = 0; k < row.k; k += 4) {
      const unsigned first = random() % 3, second = first + 1 + random() % (3 - first);
      chosen.push_back(static_cast<uint8_t>(first));
      chosen.push_back(static_cast<uint8_t>(second));
      for (unsigned n = 0; n < 4; ++n) {
        a(0, i, k + n) = n == first || n == second ? a(0, i, k + n) : 0;
      }
    }
  }
}

unsigned MatrixProblem::generation() const {
  return chip.substr(0, 4) == "gfx9" ? 9 : static_cast<unsigned>(std::stoul(chip.substr(3, 2)));
}

/// Elements a lane. RDNA3 repeats the matrix in every 16 lanes; a register is never split.
unsigned MatrixProblem::items(unsigned rows, unsigned depth, Format format) const {
  return generation() == 11 ? depth
                            : std::max(depth * rows * row.blocks / lanes, 32 / bitsOf(format));
}

MatrixProblem::Place MatrixProblem::inputPlace(unsigned rows, unsigned depth, Format format,
                                               unsigned lane, unsigned n) const {
  if (generation() == 11) {
    return {true, 0, lane % 16, n};
  }
  const unsigned inLane = items(rows, depth, format);
  const unsigned groups = depth / inLane, stride = rows * row.blocks;
  unsigned group = lane / stride;
  if (group >= groups) {
    return {false, 0, 0, 0};
  }
  const unsigned block = lane / rows % row.blocks;
  if (generation() == 12) {
    constexpr unsigned wave64Order[] = {0, 2, 1, 3};
    group = groups == 4 ? wave64Order[group] : group;
    return {true, block, lane % rows, group * inLane + n};
  }
  // CDNA: a lane's elements come in pieces of 16 bytes (six-bit ones: of 24), piece after piece.
  const unsigned piece = std::min(inLane, bitsOf(format) == 6 ? 32 : 128 / bitsOf(format));
  return {true, block, lane % rows, n / piece * piece * groups + group * piece + n % piece};
}

unsigned MatrixProblem::outputItems() const {
  return row.m * row.n * row.blocks / lanes;
}
unsigned MatrixProblem::outputRegisters() const {
  const unsigned bits = generation() == 11 ? 32 : bitsOf(row.d);
  return outputItems() * bits / 32;
}
unsigned MatrixProblem::outputShift(unsigned n) const {
  const bool alone = generation() == 11 && bitsOf(row.d) == 16;
  return alone ? 32 * n + (upperHalf ? 16 : 0) : n * bitsOf(row.d);
}

MatrixProblem::Place MatrixProblem::outputPlace(unsigned lane, unsigned n) const {
  const unsigned quarter = lane / 16;
  if (generation() == 11) {
    return {true, 0, lanes / 16 * n + quarter, lane % 16};
  }
  if (generation() == 12) {
    const unsigned first = lanes == 32 ? 8 * quarter : 8 * (quarter % 2) + 4 * (quarter / 2);
    return {true, 0, first + n, lane % 16};
  }
  if (row.d == Format::F64) {
    return row.m == 4 ? Place{true, lane % 16 / 4, quarter, lane % 4}
                      : Place{true, 0, 4 * n + quarter, lane % 16};
  }
  if (row.m == 4) {
    return {true, lane / 4, n, lane % 4};
  }
  if (row.m == 16) {
    return {true, n / 4, 4 * quarter + n % 4, lane % 16};
  }
  return {true, n / 16, 8 * (n % 16 / 4) + 4 * (lane / 32) + n % 4, lane % 32};
}

double MatrixProblem::storedA(const Place &p) const {
  return sparse() ? a(0, p.row, p.k / 2 * 4 + chosen[p.row * row.k / 2 + p.k])
                  : a(p.block, p.row, p.k);
}

/// v4 and up: A, B, C, then the sparse index or the scales.
MatrixProblem::Registers MatrixProblem::registers() const {
  const unsigned last = firstD + outputRegisters();
  Registers all(last + 2 - firstA, std::vector<uint32_t>(lanes, 0xa5a5a5a5));
  const unsigned depth = sparse() ? row.k / 2 : row.k;
  const unsigned inA = items(row.m, depth, row.a), inB = items(row.n, row.k, row.b);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    for (unsigned n = 0; n < inA; ++n) {
      const Place p = inputPlace(row.m, depth, row.a, lane, n);
      if (p.used) {
        insert(all, firstA, lane, n * bitsOf(row.a), bitsOf(row.a), encode(row.a, storedA(p)));
      }
      if (p.used && sparse()) {
        insert(all, last, lane, (indexSet * 2 * inA + 2 * n) % 32, 2,
               chosen[p.row * row.k / 2 + p.k]);
      }
    }
    for (unsigned n = 0; n < inB; ++n) {
      const Place p = inputPlace(row.n, row.k, row.b, lane, n);
      if (p.used) {
        insert(all, firstB, lane, n * bitsOf(row.b), bitsOf(row.b),
               encode(row.b, b(p.block, p.k, p.row)));
      }
    }
    for (unsigned n = 0; n < outputItems(); ++n) {
      const Place p = outputPlace(lane, n);
      insert(all, firstD, lane, outputShift(n), bitsOf(row.d),
             encode(row.d, c(p.block, p.row, p.k)));
    }
  }
  if (!scaleA.empty()) {
    all[last - firstA] = scaleA;
    all[last + 1 - firstA] = scaleB;
  }
  return all;
}

std::vector<uint64_t> MatrixProblem::run(const std::string &modifiers) const {
  const unsigned depth = sparse() ? row.k / 2 : row.k, last = firstD + outputRegisters();
  const std::string d = registerText(firstD, outputRegisters());
  std::string text = std::string(row.name) + " " + d + ", " +
                     registerText(firstA, items(row.m, depth, row.a) * bitsOf(row.a) / 32) + ", " +
                     registerText(firstB, items(row.n, row.k, row.b) * bitsOf(row.b) / 32) + ", " +
                     (sparse()         ? registerText(last, 1)
                      : addend.empty() ? d
                                       : addend);
  if (!scaleA.empty()) {
    text += ", " + registerText(last, 1) + ", " + registerText(last + 1, 1);
  }
  VectorCase test{text + " " + modifiers, registers(), outputRegisters()};
  const auto out = runWide(chip, test, lanes);
  std::vector<uint64_t> result(row.blocks * row.m * row.n);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    for (unsigned n = 0; n < outputItems(); ++n) {
      const Place p = outputPlace(lane, n);
      const unsigned bit = outputShift(n), bits = bitsOf(row.d);
      uint64_t value = out[bit / 32][lane];
      value |= bits == 64 ? static_cast<uint64_t>(out[bit / 32 + 1][lane]) << 32 : 0;
      value = bits == 64 ? value : value >> bit % 32 & ((uint64_t(1) << bits) - 1);
      result[(p.block * row.m + p.row) * row.n + p.k] = value;
    }
  }
  return result;
}

std::vector<uint64_t> MatrixProblem::product() const {
  std::vector<uint64_t> result;
  for (unsigned block = 0; block < row.blocks; ++block) {
    for (unsigned i = 0; i < row.m; ++i) {
      for (unsigned j = 0; j < row.n; ++j) {
        double sum = c(block, i, j);
        for (unsigned k = 0; k < row.k; ++k) {
          sum += a(block, i, k) * b(block, k, j);
        }
        result.push_back(encode(row.d, sum == 0 ? 0 : sum));
      }
    }
  }
  return result;
}

void MatrixProblem::check(const std::string &modifiers) const {
  const auto got = run(modifiers), want = product();
  for (size_t n = 0; n < want.size() && !testing::Test::HasFailure(); ++n) {
    ASSERT_EQ(got[n], want[n]) << chip << " " << row.name << " " << modifiers << " wave" << lanes
                               << " row " << n / row.n << " column " << n % row.n;
  }
}

} // namespace qcc::emulator::test
