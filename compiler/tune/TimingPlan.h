// What a measurement on a device is made of.
//
// A decoder's weights are cold: a token reads all of them, and no cache holds so many. Launches of
// a measured kernel therefore take copies of its weights in turn, so many that none is left in a
// cache when its turn comes again.
#pragma once

#include <cstdint>
#include <vector>

namespace qcc::tune {

/// Copies of `bytes` of weights: until one is read again, others of at least twice `cacheBytes`
/// are. Two at least.
uint64_t copiesOf(uint64_t bytes, uint64_t cacheBytes);

/// Launches of a sample: whole turns through `copies`, as many as last `sampleMicroseconds` when a
/// launch takes `microseconds`, though no more turns than fit into `most` launches, and one at
/// least.
uint64_t launchesOf(uint64_t copies, double microseconds, double sampleMicroseconds, uint64_t most);

/// The median of `samples`, of which there is one at least; the lower of two in the middle.
double medianOf(std::vector<double> samples);

} // namespace qcc::tune
