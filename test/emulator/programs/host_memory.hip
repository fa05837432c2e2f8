// Memory that both sides use: pinned, registered and managed, what is known of each pointer, and
// copies by rows.
#include "Check.h"

#include <cstring>

__global__ void doubleAll(int *data, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] *= 2;
  }
}

constexpr int count = 600;

void runOn(int *data, const char *what) {
  doubleAll<<<(count + 127) / 128, 128>>>(data, count);
  checkLaunch();
  CHECK_HIP(hipDeviceSynchronize());
  (void)what;
}

void pinned() {
  int *host = nullptr, *device = nullptr;
  CHECK_HIP(hipHostMalloc(&host, count * sizeof(int), hipHostMallocMapped));
  for (int i = 0; i < count; ++i) {
    host[i] = i;
  }
  CHECK_HIP(hipHostGetDevicePointer(reinterpret_cast<void **>(&device), host, 0));
  runOn(device, "pinned");
  for (int i = 0; i < count; ++i) {
    require(host[i] == 2 * i, "pinned memory does not show what the kernel wrote");
  }
  hipPointerAttribute_t attributes;
  CHECK_HIP(hipPointerGetAttributes(&attributes, host + 5));
  require(attributes.hostPointer == host + 5 && attributes.devicePointer == device + 5,
          "attributes of pinned memory");
  CHECK_HIP(hipHostFree(host));
}

void registered() {
  std::vector<int> host(count, 21);
  CHECK_HIP(hipHostRegister(host.data(), count * sizeof(int), hipHostRegisterDefault));
  int *device = nullptr;
  CHECK_HIP(hipHostGetDevicePointer(reinterpret_cast<void **>(&device), host.data(), 0));
  runOn(device, "registered");
  require(host[0] == 42 && host[count - 1] == 42,
          "registered memory does not show what the kernel wrote");
  CHECK_HIP(hipHostUnregister(host.data()));
  require(hipHostUnregister(host.data()) != hipSuccess, "memory was unregistered twice");
  (void)hipGetLastError();
}

void managed() {
  int *data = nullptr;
  CHECK_HIP(hipMallocManaged(&data, count * sizeof(int)));
  for (int i = 0; i < count; ++i) {
    data[i] = -i;
  }
  CHECK_HIP(hipMemAdvise(data, count * sizeof(int), hipMemAdviseSetPreferredLocation, 0));
  CHECK_HIP(hipMemPrefetchAsync(data, count * sizeof(int), 0, nullptr));
  runOn(data, "managed");
  for (int i = 0; i < count; ++i) {
    require(data[i] == -2 * i, "managed memory does not show what the kernel wrote");
  }
  CHECK_HIP(hipFree(data));
}

/// A 2D copy into pitched memory and back; the padding is not touched.
void pitched() {
  const size_t width = 100, height = 20;
  uint8_t *device = nullptr;
  size_t pitch = 0;
  CHECK_HIP(hipMallocPitch(reinterpret_cast<void **>(&device), &pitch, width, height));
  require(pitch >= width, "the pitch of pitched memory");
  CHECK_HIP(hipMemset(device, 0xee, pitch * height));
  std::vector<uint8_t> in(width * height), out(2 * width * height), whole(pitch * height);
  for (size_t i = 0; i < in.size(); ++i) {
    in[i] = uint8_t(noise(i));
  }
  CHECK_HIP(hipMemcpy2D(device, pitch, in.data(), width, width, height, hipMemcpyHostToDevice));
  CHECK_HIP(hipMemset2D(device + 10, pitch, 7, 5, height));
  CHECK_HIP(
      hipMemcpy2D(out.data(), 2 * width, device, pitch, width, height, hipMemcpyDeviceToHost));
  CHECK_HIP(hipMemcpy(whole.data(), device, whole.size(), hipMemcpyDeviceToHost));
  for (size_t y = 0; y < height; ++y) {
    std::memset(&in[y * width + 10], 7, 5);
    require(std::memcmp(&in[y * width], &out[y * 2 * width], width) == 0, "a row of a 2D copy");
    require(pitch == width || whole[y * pitch + width] == 0xee, "a 2D copy wrote between the rows");
  }
  CHECK_HIP(hipFree(device));
}

int main() {
  pinned();
  registered();
  managed();
  pitched();
  hipDeviceptr_t base = nullptr;
  size_t bytes = 0, free = 0, total = 0;
  DeviceBuffer<int> buffer(count);
  CHECK_HIP(hipMemGetAddressRange(&base, &bytes, buffer.data() + 17));
  require(base == buffer.data() && bytes == count * sizeof(int), "the range of an allocation");
  CHECK_HIP(hipMemGetInfo(&free, &total));
  require(free < total && free > 0, "free memory");
}
