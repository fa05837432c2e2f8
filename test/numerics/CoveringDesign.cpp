#include "test/numerics/CoveringDesign.h"

#include <algorithm>

namespace qcc::test {

namespace {

constexpr int open = -1; // a dimension that has no value yet

class Cover {
public:
  Cover(std::span<const int> sizes, const MayMeet &mayMeet, int turn)
      : sizes(sizes.begin(), sizes.end()), mayMeet(mayMeet), turn(turn) {
    const int dimensions = static_cast<int>(sizes.size());
    for (int first = 0; first < dimensions; ++first) {
      used.emplace_back(sizes[first]);
      for (int second = first + 1; second < dimensions; ++second) {
        for (int a = 0; a < sizes[first]; ++a) {
          for (int b = 0; b < sizes[second]; ++b) {
            if (mayMeet(first, a, second, b)) {
              missing.push_back({first, a, second, b});
            }
          }
        }
      }
    }
  }

  std::vector<DesignRow> rows() {
    std::vector<DesignRow> result;
    while (!missing.empty()) {
      result.push_back(nextRow());
      std::erase_if(missing, [&](const Pair &pair) { return pair.isIn(result.back()); });
    }
    return result;
  }

private:
  struct Pair {
    int first, a, second, b;
    bool isIn(const DesignRow &row) const { return row[first] == a && row[second] == b; }
  };

  bool fits(const DesignRow &row, int dimension, int value) const {
    for (int other = 0; other < static_cast<int>(row.size()); ++other) {
      if (row[other] == open || other == dimension) {
        continue;
      }
      if (other < dimension ? !mayMeet(other, row[other], dimension, value)
                            : !mayMeet(dimension, value, other, row[other])) {
        return false;
      }
    }
    return true;
  }

  /// Pairs that `value` would add to `row`.
  int64_t gain(DesignRow row, int dimension, int value) const {
    row[dimension] = value;
    return std::ranges::count_if(missing, [&](const Pair &pair) {
      return (pair.first == dimension || pair.second == dimension) && pair.isIn(row);
    });
  }

  /// The value that adds most pairs; among equals the one that rows have least.
  int bestValue(const DesignRow &row, int dimension) const {
    int best = open;
    int64_t bestGain = 0;
    for (int step = 0; step < sizes[dimension]; ++step) {
      const int value = (step + turn) % sizes[dimension];
      if (!fits(row, dimension, value)) {
        continue;
      }
      const int64_t found = gain(row, dimension, value);
      const bool seldomer = best != open && used[dimension][value] < used[dimension][best];
      if (best == open || found > bestGain || (found == bestGain && seldomer)) {
        best = value;
        bestGain = found;
      }
    }
    return best;
  }

  /// Begins with a pair that is missing, so that rows come to an end.
  DesignRow nextRow() {
    DesignRow row(sizes.size(), open);
    const Pair &seed = missing[turn % missing.size()];
    row[seed.first] = seed.a;
    row[seed.second] = seed.b;
    for (size_t dimension = 0; dimension < row.size(); ++dimension) {
      if (row[dimension] == open) {
        row[dimension] = bestValue(row, static_cast<int>(dimension));
      }
      ++used[dimension][row[dimension]];
    }
    return row;
  }

  std::vector<int> sizes;
  const MayMeet &mayMeet;
  int turn;
  std::vector<Pair> missing;
  std::vector<std::vector<int>> used; // how many rows have each value of each dimension
};

} // namespace

std::vector<DesignRow> coverPairs(std::span<const int> sizes, const MayMeet &mayMeet, int turn) {
  return Cover(sizes, mayMeet, turn).rows();
}

} // namespace qcc::test
