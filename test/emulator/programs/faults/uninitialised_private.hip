// Stores an element of a private array that no iteration has written.
#include "../Check.h"

__global__ void gather(const int *order, int *out, int filled) {
  volatile int values[32];
  for (int i = 0; i < filled; ++i) {
    values[i] = i * i;
  }
  out[threadIdx.x] = values[order[threadIdx.x]]; // fault: uninitialised-private
}

int main() {
  const int count = 64;
  std::vector<int> order(count);
  for (int i = 0; i < count; ++i) {
    order[i] = i % 32;
  }
  DeviceBuffer<int> deviceOrder(order), out(count);
  gather<<<1, count>>>(deviceOrder.data(), out.data(), 31);
  return hipDeviceSynchronize() != hipSuccess;
}
