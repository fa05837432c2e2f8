// A critical section guarded by a spin lock between workgroups, and a ticket lock between the waves
// of one.
#include "Check.h"

/// Not atomic on purpose: only the lock keeps updates from being lost.
struct Account {
  unsigned deposits;
  unsigned long long checksum;
};

__global__ void deposit(Account *account, int *lock) {
  // One lane a workgroup takes the lock: lanes of one wave that wait for each other would never
  // end.
  if (threadIdx.x == 0) {
    while (__hip_atomic_exchange(lock, 1, __ATOMIC_ACQUIRE, __HIP_MEMORY_SCOPE_AGENT) != 0) {
      __builtin_amdgcn_s_sleep(1);
    }
    account->deposits += 1;
    account->checksum = account->checksum * 2 + account->deposits;
    __hip_atomic_store(lock, 0, __ATOMIC_RELEASE, __HIP_MEMORY_SCOPE_AGENT);
  }
}

/// Waves append to a list in the order of their tickets.
__global__ void inTurn(int *order) {
  __shared__ unsigned tickets, serving, length;
  if (threadIdx.x == 0) {
    tickets = serving = length = 0;
  }
  __syncthreads();
  if (threadIdx.x % warpSize == 0) {
    unsigned ticket = atomicAdd(&tickets, 1u);
    // Loads of LDS carry no scope: the device's checks know an atomic for what it is.
    while (atomicCAS(&serving, ticket, ticket) != ticket) {
      __builtin_amdgcn_s_sleep(1);
    }
    order[length] = int(ticket);
    length += 1;
    __threadfence_block();
    atomicExch(&serving, ticket + 1);
  }
}

int main() {
  hipDeviceProp_t properties;
  CHECK_HIP(hipGetDeviceProperties(&properties, 0));
  const int groups = 50, waves = 512 / properties.warpSize;
  DeviceBuffer<Account> account(1);
  DeviceBuffer<int> lock(1), order(waves);
  deposit<<<groups, 64>>>(account.data(), lock.data());
  checkLaunch();
  inTurn<<<1, 512>>>(order.data());
  checkLaunch();
  unsigned long long checksum = 0;
  for (unsigned i = 1; i <= groups; ++i) {
    checksum = checksum * 2 + i;
  }
  Account result = account.read()[0];
  require(result.deposits == groups, "a deposit was lost");
  require(result.checksum == checksum, "deposits were not made one after the other");
  std::vector<int> want(waves);
  for (int i = 0; i < waves; ++i) {
    want[i] = i;
  }
  requireEqual("the order of tickets", order.read(), want);
}
