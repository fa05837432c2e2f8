// Two devices: each has its own memory and globals, kernels run where their stream is, and copies
// go between them.
#include "Check.h"

__device__ int deviceNumber;

__global__ void mark(int *data, int count, int value) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] = value * 1000 + i + deviceNumber;
  }
}

__global__ void addPeer(int *data, const int *peer, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] += peer[i];
  }
}

int main() {
  int devices = 0;
  CHECK_HIP(hipGetDeviceCount(&devices));
  require(devices == 2, "there should be two devices");
  const int count = 900;
  const size_t bytes = count * sizeof(int);
  int *data[2];
  hipStream_t streams[2];
  for (int device = 0; device < 2; ++device) {
    CHECK_HIP(hipSetDevice(device));
    CHECK_HIP(hipStreamCreate(&streams[device]));
    CHECK_HIP(hipMalloc(&data[device], bytes));
    int number = 50 * device;
    CHECK_HIP(hipMemcpyToSymbol(HIP_SYMBOL(deviceNumber), &number, sizeof(number)));
    mark<<<(count + 255) / 256, 256, 0, streams[device]>>>(data[device], count, device + 1);
    checkLaunch();
    CHECK_HIP(hipStreamSynchronize(streams[device]));
    hipPointerAttribute_t attributes;
    CHECK_HIP(hipPointerGetAttributes(&attributes, data[device]));
    require(attributes.device == device, "memory is on the wrong device");
  }

  int canAccess = 0;
  CHECK_HIP(hipDeviceCanAccessPeer(&canAccess, 0, 1));
  require(canAccess == 1, "the devices should reach each other");
  CHECK_HIP(hipSetDevice(0));
  CHECK_HIP(hipDeviceEnablePeerAccess(1, 0));
  require(hipDeviceEnablePeerAccess(1, 0) == hipErrorPeerAccessAlreadyEnabled,
          "peer access was enabled twice");
  (void)hipGetLastError();
  addPeer<<<(count + 255) / 256, 256, 0, streams[0]>>>(data[0], data[1], count);
  checkLaunch();
  CHECK_HIP(hipStreamSynchronize(streams[0]));
  CHECK_HIP(hipMemcpyPeer(data[1], 1, data[0], 0, bytes));
  CHECK_HIP(hipMemcpyPeerAsync(data[0], 0, data[1], 1, bytes / 2, streams[1]));
  CHECK_HIP(hipStreamSynchronize(streams[1]));
  CHECK_HIP(hipDeviceDisablePeerAccess(1));

  std::vector<int> want(count), got(count);
  for (int i = 0; i < count; ++i) {
    want[i] = 3000 + 2 * i + 50;
  }
  CHECK_HIP(hipMemcpy(got.data(), data[1], bytes, hipMemcpyDefault));
  requireEqual("what both devices computed", got, want);
  for (int device = 0; device < 2; ++device) {
    CHECK_HIP(hipStreamDestroy(streams[device]));
    CHECK_HIP(hipFree(data[device]));
  }
}
