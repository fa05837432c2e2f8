// A stable radix sort, 4 bits a pass: digit counts of each workgroup, their prefix sums, and a
// scatter that ranks equal digits by wave ballots.
#include "Check.h"

#include <algorithm>

constexpr int groupSize = 128, digits = 16, digitBits = 4;

__global__ void countDigits(const unsigned *keys, int shift, unsigned *counts) {
  __shared__ unsigned local[digits];
  if (threadIdx.x < digits) {
    local[threadIdx.x] = 0;
  }
  __syncthreads();
  atomicAdd(&local[keys[blockIdx.x * groupSize + threadIdx.x] >> shift & (digits - 1)], 1u);
  __syncthreads();
  if (threadIdx.x < digits) {
    counts[threadIdx.x * gridDim.x + blockIdx.x] = local[threadIdx.x];
  }
}

/// Exclusive prefix sums in place, by one thread a digit and one over the digits.
__global__ void scanCounts(unsigned *counts, int groups) {
  __shared__ unsigned totals[digits];
  unsigned *mine = counts + threadIdx.x * groups, total = 0;
  for (int i = 0; i < groups; ++i) {
    unsigned count = mine[i];
    mine[i] = total;
    total += count;
  }
  totals[threadIdx.x] = total;
  __syncthreads();
  unsigned before = 0;
  for (unsigned i = 0; i < threadIdx.x; ++i) {
    before += totals[i];
  }
  for (int i = 0; i < groups; ++i) {
    mine[i] += before;
  }
}

/// The lanes of the wave whose digit equals the lane's own.
__device__ unsigned long long matching(unsigned digit) {
  unsigned long long same = ~0ull;
  for (int bit = 0; bit < digitBits; ++bit) {
    unsigned long long ones = __ballot(digit >> bit & 1);
    same &= (digit >> bit & 1) ? ones : ~ones;
  }
  return same & __ballot(1);
}

__global__ void scatter(const unsigned *in, unsigned *out, int shift, const unsigned *offsets) {
  __shared__ unsigned next[digits];
  if (threadIdx.x < digits) {
    next[threadIdx.x] = offsets[threadIdx.x * gridDim.x + blockIdx.x];
  }
  unsigned key = in[blockIdx.x * groupSize + threadIdx.x];
  unsigned digit = key >> shift & (digits - 1), lane = threadIdx.x % warpSize;
  unsigned long long same = matching(digit);
  unsigned rank = __popcll(same & ((1ull << lane) - 1));
  // Waves take their places one after the other, which keeps the sort stable.
  for (unsigned wave = 0; wave < groupSize / warpSize; ++wave) {
    __syncthreads();
    if (threadIdx.x / warpSize == wave) {
      unsigned first = next[digit];
      out[first + rank] = key;
      if (rank + 1 == unsigned(__popcll(same))) {
        next[digit] = first + rank + 1;
      }
    }
  }
}

int main() {
  const int groups = 24, count = groups * groupSize;
  std::vector<unsigned> keys(count);
  for (int i = 0; i < count; ++i) {
    keys[i] = noise(i) & 0xffff;
  }
  DeviceBuffer<unsigned> a(keys), b(count), counts(digits * groups);
  unsigned *from = a.data(), *to = b.data();
  for (int shift = 0; shift < 16; shift += digitBits) {
    countDigits<<<groups, groupSize>>>(from, shift, counts.data());
    checkLaunch();
    scanCounts<<<1, digits>>>(counts.data(), groups);
    checkLaunch();
    scatter<<<groups, groupSize>>>(from, to, shift, counts.data());
    checkLaunch();
    std::swap(from, to);
  }
  std::sort(keys.begin(), keys.end());
  requireEqual("sorted keys", a.read(), keys);
}
