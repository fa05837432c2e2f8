// An array that grows in place: addresses reserved once, memory created and mapped behind what is
// there already.
#include "Check.h"

__global__ void fill(int *data, size_t count, int value) {
  size_t i = blockIdx.x * size_t(blockDim.x) + threadIdx.x;
  if (i < count) {
    data[i] = value + int(i);
  }
}

/// An int array of at most `limit` bytes.
class GrowingArray {
public:
  explicit GrowingArray(size_t limit) : limit(limit) {
    CHECK_HIP(hipMemAddressReserve(reinterpret_cast<void **>(&data), limit, 0, nullptr, 0));
  }
  ~GrowingArray() {
    CHECK_HIP(hipMemUnmap(data, bytes));
    CHECK_HIP(hipMemAddressFree(data, limit));
  }

  void grow(size_t more, const hipMemAllocationProp &properties) {
    hipMemGenericAllocationHandle_t memory;
    CHECK_HIP(hipMemCreate(&memory, more, &properties, 0));
    char *behind = reinterpret_cast<char *>(data) + bytes;
    CHECK_HIP(hipMemMap(behind, more, 0, memory, 0));
    // The mapping keeps the memory.
    CHECK_HIP(hipMemRelease(memory));
    hipMemAccessDesc access{};
    access.location = properties.location;
    access.flags = hipMemAccessFlagsProtReadWrite;
    CHECK_HIP(hipMemSetAccess(behind, more, &access, 1));
    bytes += more;
  }

  int *data = nullptr;
  size_t bytes = 0;

private:
  size_t limit;
};

int main() {
  hipMemAllocationProp properties{};
  properties.type = hipMemAllocationTypePinned;
  properties.location.type = hipMemLocationTypeDevice;
  size_t granularity = 0, free = 0, freeThen = 0, total = 0;
  CHECK_HIP(hipMemGetAllocationGranularity(&granularity, &properties,
                                           hipMemAllocationGranularityMinimum));
  require(granularity > 0, "the granularity");
  CHECK_HIP(hipMemGetInfo(&free, &total));
  {
    GrowingArray array(8 * granularity);
    int *first = nullptr;
    for (int step = 1; step <= 3; ++step) {
      array.grow(granularity, properties);
      require(step == 1 || array.data == first, "the array moved");
      first = array.data;
      size_t count = array.bytes / sizeof(int);
      fill<<<unsigned((count + 255) / 256), 256>>>(array.data, count, step);
      checkLaunch();
      std::vector<int> got(count), want(count);
      for (size_t i = 0; i < count; ++i) {
        want[i] = step + int(i);
      }
      // One copy over all the pieces.
      CHECK_HIP(hipMemcpy(got.data(), array.data, array.bytes, hipMemcpyDeviceToHost));
      requireEqual("the grown array", got, want);
    }
    CHECK_HIP(hipMemGetInfo(&freeThen, &total));
    require(freeThen == free - array.bytes, "mapped memory counts as used");
    fill<<<1, 64>>>(array.data + array.bytes / sizeof(int), 64, 0);
    require(hipDeviceSynchronize() == hipErrorIllegalAddress,
            "memory behind the array was written");
    (void)hipGetLastError();
    require(hipMemAddressFree(array.data, 8 * granularity) != hipSuccess,
            "addresses in use were freed");
    (void)hipGetLastError();
  }
  CHECK_HIP(hipMemGetInfo(&freeThen, &total));
  require(freeThen == free, "unmapped memory should be free again");
}
