// Threads of the host that each allocate, launch and copy in a stream of their own, on the same
// device and kernels.
#include "Check.h"

#include <thread>

__global__ void step(unsigned *data, int count, unsigned add) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] = data[i] * 1664525u + add;
  }
}

void work(unsigned number) {
  const int count = 3000, rounds = 20;
  hipStream_t stream;
  CHECK_HIP(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
  std::vector<unsigned> want(count), got(count);
  unsigned *data = nullptr;
  CHECK_HIP(hipMalloc(&data, count * sizeof(unsigned)));
  for (int i = 0; i < count; ++i) {
    want[i] = noise(number * count + i);
  }
  CHECK_HIP(
      hipMemcpyAsync(data, want.data(), count * sizeof(unsigned), hipMemcpyHostToDevice, stream));
  for (int round = 0; round < rounds; ++round) {
    step<<<(count + 255) / 256, 256, 0, stream>>>(data, count, number + round);
    checkLaunch();
    for (unsigned &value : want) {
      value = value * 1664525u + number + round;
    }
  }
  CHECK_HIP(
      hipMemcpyAsync(got.data(), data, count * sizeof(unsigned), hipMemcpyDeviceToHost, stream));
  CHECK_HIP(hipStreamSynchronize(stream));
  requireEqual("a thread's own data", got, want);
  CHECK_HIP(hipFree(data));
  CHECK_HIP(hipStreamDestroy(stream));
}

int main() {
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < 6; ++number) {
    threads.emplace_back(work, number);
  }
  for (std::thread &thread : threads) {
    thread.join();
  }
}
