// Keys with values sorted by a bitonic network: inside workgroups in LDS, across them in memory.
#include "Check.h"

#include <algorithm>

constexpr int groupSize = 128, groupElements = 2 * groupSize;

struct Pair {
  unsigned key;
  int value;
};

__device__ void orderPair(Pair &a, Pair &b, bool ascending) {
  if ((a.key > b.key) == ascending) {
    Pair other = a;
    a = b;
    b = other;
  }
}

/// All steps of a bitonic merge that stay within a workgroup's elements.
__device__ void mergeInGroup(Pair *local, int length, int first, int firstDistance) {
  for (int distance = firstDistance; distance > 0; distance /= 2) {
    __syncthreads();
    int low = 2 * threadIdx.x - (threadIdx.x & (distance - 1));
    orderPair(local[low], local[low + distance], ((first + low) & length) == 0);
  }
}

__global__ void sortGroups(Pair *data) {
  __shared__ Pair local[groupElements];
  int first = blockIdx.x * groupElements;
  local[threadIdx.x] = data[first + threadIdx.x];
  local[threadIdx.x + groupSize] = data[first + threadIdx.x + groupSize];
  for (int length = 2; length <= groupElements; length *= 2) {
    mergeInGroup(local, length, first, length / 2);
  }
  __syncthreads();
  data[first + threadIdx.x] = local[threadIdx.x];
  data[first + threadIdx.x + groupSize] = local[threadIdx.x + groupSize];
}

__global__ void mergeStep(Pair *data, int length, int distance) {
  int i = blockIdx.x * groupSize + threadIdx.x;
  int low = 2 * i - (i & (distance - 1));
  orderPair(data[low], data[low + distance], (low & length) == 0);
}

__global__ void finishGroups(Pair *data, int length) {
  __shared__ Pair local[groupElements];
  int first = blockIdx.x * groupElements;
  local[threadIdx.x] = data[first + threadIdx.x];
  local[threadIdx.x + groupSize] = data[first + threadIdx.x + groupSize];
  mergeInGroup(local, length, first, groupElements / 2);
  __syncthreads();
  data[first + threadIdx.x] = local[threadIdx.x];
  data[first + threadIdx.x + groupSize] = local[threadIdx.x + groupSize];
}

int main() {
  const int count = 4096, groups = count / groupElements;
  std::vector<Pair> in(count);
  for (int i = 0; i < count; ++i) {
    in[i] = {noise(i), i};
  }
  DeviceBuffer<Pair> data(in);
  sortGroups<<<groups, groupSize>>>(data.data());
  checkLaunch();
  for (int length = 2 * groupElements; length <= count; length *= 2) {
    for (int distance = length / 2; distance >= groupElements; distance /= 2) {
      mergeStep<<<groups, groupSize>>>(data.data(), length, distance);
      checkLaunch();
    }
    finishGroups<<<groups, groupSize>>>(data.data(), length);
    checkLaunch();
  }
  std::sort(in.begin(), in.end(), [](const Pair &a, const Pair &b) { return a.key < b.key; });
  std::vector<unsigned> keys, wantKeys;
  std::vector<int> values, wantValues;
  for (const Pair &pair : data.read()) {
    keys.push_back(pair.key);
    values.push_back(pair.value);
  }
  for (const Pair &pair : in) {
    wantKeys.push_back(pair.key);
    wantValues.push_back(pair.value);
  }
  requireEqual("sorted keys", keys, wantKeys);
  requireEqual("values that follow their keys", values, wantValues);
}
