// A sum and a maximum over an array, reduced inside waves by shuffles and across waves by atomics.
#include "Check.h"

__global__ void sum(const float *in, int count, float *out) {
  float value = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
    value += in[i];
  }
  for (int distance = warpSize / 2; distance > 0; distance /= 2) {
    value += __shfl_down(value, distance);
  }
  if (threadIdx.x % warpSize == 0) {
    atomicAdd(out, value);
  }
}

__global__ void maximum(const int *in, int count, int *out) {
  int value = in[0];
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
    value = max(value, in[i]);
  }
  for (int distance = 1; distance < warpSize; distance *= 2) {
    value = max(value, __shfl_xor(value, distance));
  }
  // Every lane holds the wave's maximum now; the last one publishes it.
  if (threadIdx.x % warpSize == warpSize - 1) {
    atomicMax(out, value);
  }
}

int main() {
  const int count = 10007;
  std::vector<float> floats = noiseVector(count);
  std::vector<int> integers(count);
  double wantSum = 0;
  int wantMaximum = -1;
  for (int i = 0; i < count; ++i) {
    integers[i] = int(noise(i) >> 1);
    wantSum += floats[i];
    wantMaximum = std::max(wantMaximum, integers[i]);
  }
  DeviceBuffer<float> floatsIn(floats), sumOut(1);
  DeviceBuffer<int> integersIn(integers), maximumOut(1);
  sum<<<8, 192>>>(floatsIn.data(), count, sumOut.data());
  checkLaunch();
  maximum<<<5, 128>>>(integersIn.data(), count, maximumOut.data());
  checkLaunch();
  requireEqual("the sum", sumOut.read(), {float(wantSum)});
  requireEqual("the maximum", maximumOut.read(), {wantMaximum});
}
