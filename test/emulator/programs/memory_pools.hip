// Stream-ordered allocation from the device's pool and from one of the program's own, and values
// that streams write to memory and wait for.
#include "Check.h"

__global__ void fill(int *data, int count, int value) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] = value + i;
  }
}

uint64_t used(hipMemPool_t pool, hipMemPoolAttr attribute) {
  uint64_t bytes = 0;
  CHECK_HIP(hipMemPoolGetAttribute(pool, attribute, &bytes));
  return bytes;
}

void allocateInStream(hipStream_t stream) {
  const int count = 4000;
  hipMemPool_t pool;
  CHECK_HIP(hipDeviceGetDefaultMemPool(&pool, 0));
  uint64_t before = used(pool, hipMemPoolAttrUsedMemCurrent), keep = UINT64_MAX;
  CHECK_HIP(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &keep));
  int *data = nullptr;
  std::vector<int> got(count), want(count);
  for (int round = 0; round < 3; ++round) {
    CHECK_HIP(hipMallocAsync(reinterpret_cast<void **>(&data), count * sizeof(int), stream));
    require(used(pool, hipMemPoolAttrUsedMemCurrent) == before + count * sizeof(int),
            "the pool's use");
    fill<<<(count + 255) / 256, 256, 0, stream>>>(data, count, round);
    checkLaunch();
    CHECK_HIP(hipMemcpyAsync(got.data(), data, count * sizeof(int), hipMemcpyDeviceToHost, stream));
    CHECK_HIP(hipFreeAsync(data, stream));
    CHECK_HIP(hipStreamSynchronize(stream));
    for (int i = 0; i < count; ++i) {
      want[i] = round + i;
    }
    requireEqual("what was in memory of the pool", got, want);
  }
  require(used(pool, hipMemPoolAttrUsedMemCurrent) == before, "freed memory is still in use");
  require(used(pool, hipMemPoolAttrUsedMemHigh) >= before + count * sizeof(int), "the highest use");
  CHECK_HIP(hipMemPoolTrimTo(pool, 0));
}

void ownPool(hipStream_t stream) {
  hipMemPoolProps properties{};
  properties.allocType = hipMemAllocationTypePinned;
  properties.location.type = hipMemLocationTypeDevice;
  hipMemPool_t pool, first, current;
  CHECK_HIP(hipMemPoolCreate(&pool, &properties));
  int *data = nullptr;
  CHECK_HIP(hipMallocFromPoolAsync(reinterpret_cast<void **>(&data), 64, pool, stream));
  require(used(pool, hipMemPoolAttrUsedMemCurrent) == 64, "the use of an own pool");
  CHECK_HIP(hipFree(data));
  require(used(pool, hipMemPoolAttrUsedMemCurrent) == 0, "hipFree should tell the pool");
  CHECK_HIP(hipDeviceGetMemPool(&first, 0));
  CHECK_HIP(hipDeviceSetMemPool(0, pool));
  CHECK_HIP(hipMallocAsync(reinterpret_cast<void **>(&data), 128, stream));
  require(used(pool, hipMemPoolAttrUsedMemCurrent) == 128,
          "the device's pool should be the own one");
  CHECK_HIP(hipFreeAsync(data, stream));
  CHECK_HIP(hipMemPoolDestroy(pool));
  CHECK_HIP(hipDeviceGetMemPool(&current, 0));
  require(current == first, "the device should have its own pool again");
}

void valuesInStreams(hipStream_t first, hipStream_t second) {
  DeviceBuffer<uint32_t> flag(1);
  DeviceBuffer<uint64_t> counter(1);
  CHECK_HIP(hipStreamWriteValue32(first, flag.data(), 5, 0));
  CHECK_HIP(hipStreamWaitValue32(second, flag.data(), 5, hipStreamWaitValueEq, 0xffffffff));
  CHECK_HIP(hipStreamWaitValue32(second, flag.data(), 4, hipStreamWaitValueGte, 0xffffffff));
  CHECK_HIP(hipStreamWaitValue32(second, flag.data(), 1, hipStreamWaitValueAnd, 0xffffffff));
  CHECK_HIP(hipStreamWriteValue64(first, counter.data(), 1ull << 40, 0));
  CHECK_HIP(hipStreamWaitValue64(second, counter.data(), 1ull << 40, hipStreamWaitValueGte, ~0ull));
  requireEqual("the value that a stream wrote", counter.read(), {uint64_t(1) << 40});
}

int main() {
  hipStream_t first, second;
  CHECK_HIP(hipStreamCreate(&first));
  CHECK_HIP(hipStreamCreate(&second));
  allocateInStream(first);
  ownPool(second);
  valuesInStreams(first, second);
  CHECK_HIP(hipStreamDestroy(first));
  CHECK_HIP(hipStreamDestroy(second));
}
