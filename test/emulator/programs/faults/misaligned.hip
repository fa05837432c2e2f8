// An atomic on a 4-byte value at an address that 4 does not divide, where the hardware faults.
#include "../Check.h"

constexpr int agent = __HIP_MEMORY_SCOPE_AGENT;

__global__ void add(char *bytes) {
  auto *counter = reinterpret_cast<int *>(bytes + 2);
  __hip_atomic_fetch_add(counter, 1, __ATOMIC_RELAXED, agent); // fault: misaligned
}

int main() {
  DeviceBuffer<char> bytes(64);
  add<<<1, 1>>>(bytes.data());
  return hipDeviceSynchronize() != hipSuccess;
}
