// Few rows of values in which every two values meet.
//
// A kernel seldom fails for one value of one dimension (that a usual test finds), and rarely only
// for three or more together, so that rows in which each pair of values of two dimensions stands at
// least once find most faults with few rows: about the product of the two largest dimensions in
// place of the product of all. The generator is the greedy one-row-at-a-time scheme of D. M. Cohen,
// S. R. Dalal, M. L. Fredman and G. C. Patton, "The AETG System: An Approach to Testing Based on
// Combinatorial Design", IEEE Transactions on Software Engineering 23(7), 1997, with a fixed order
// where they draw at random.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace qcc::test {

/// A value, by its number, for every dimension.
using DesignRow = std::vector<int>;

/// Whether value `a` of dimension `first` may stand beside value `b` of dimension `second`; `first`
/// is less than `second`. Value 0 of each dimension may stand beside every value of the others.
using MayMeet = std::function<bool(int first, int a, int second, int b)>;

/// Rows in which all values of dimensions of so many values each meet in pairs, if they may. The
/// same arguments give the same rows; another `turn` gives others, in which other threes meet.
std::vector<DesignRow> coverPairs(std::span<const int> sizes, const MayMeet &mayMeet, int turn);

} // namespace qcc::test
