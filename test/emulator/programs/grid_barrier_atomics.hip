// A persistent kernel in an ordinary launch: workgroups meet at a sense-reversing barrier written
// with agent-scope atomics, and exchange one value with their neighbour in each round.
#include "Check.h"

struct Barrier {
  unsigned waiting, sense;
};

__device__ void meet(Barrier *barrier, unsigned groups, unsigned &sense) {
  sense ^= 1;
  __syncthreads();
  if (threadIdx.x == 0) {
    unsigned before =
        __hip_atomic_fetch_add(&barrier->waiting, 1u, __ATOMIC_ACQ_REL, __HIP_MEMORY_SCOPE_AGENT);
    if (before + 1 == groups) {
      __hip_atomic_store(&barrier->waiting, 0u, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
      __hip_atomic_store(&barrier->sense, sense, __ATOMIC_RELEASE, __HIP_MEMORY_SCOPE_AGENT);
    } else {
      while (__hip_atomic_load(&barrier->sense, __ATOMIC_ACQUIRE, __HIP_MEMORY_SCOPE_AGENT) !=
             sense) {
        __builtin_amdgcn_s_sleep(2);
      }
    }
  }
  __syncthreads();
}

/// Each round every group passes its values on to the next one and adds what it gets.
__global__ void passAround(unsigned *values, unsigned *mailbox, Barrier *barrier, int rounds) {
  unsigned groups = gridDim.x, sense = 0, next = (blockIdx.x + 1) % groups;
  unsigned mine = values[blockIdx.x * blockDim.x + threadIdx.x];
  for (int round = 0; round < rounds; ++round) {
    mailbox[next * blockDim.x + threadIdx.x] = mine;
    meet(barrier, groups, sense);
    mine = mine * 3 + mailbox[blockIdx.x * blockDim.x + threadIdx.x];
    meet(barrier, groups, sense);
  }
  values[blockIdx.x * blockDim.x + threadIdx.x] = mine;
}

int main() {
  const int groups = 12, groupSize = 96, rounds = 9, count = groups * groupSize;
  std::vector<unsigned> values(count), previous;
  for (int i = 0; i < count; ++i) {
    values[i] = noise(i);
  }
  DeviceBuffer<unsigned> deviceValues(values), mailbox(count);
  DeviceBuffer<Barrier> barrier(1);
  passAround<<<groups, groupSize>>>(deviceValues.data(), mailbox.data(), barrier.data(), rounds);
  checkLaunch();
  for (int round = 0; round < rounds; ++round) {
    previous = values;
    for (int i = 0; i < count; ++i) {
      values[i] = previous[i] * 3 + previous[(i + count - groupSize) % count];
    }
  }
  requireEqual("the values passed around", deviceValues.read(), values);
}
