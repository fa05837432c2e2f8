// Calls through virtual functions, function pointers and a table of them; lanes of one wave call
// different ones.
#include "Check.h"

struct Shape {
  __device__ virtual float area() const = 0;
  __device__ virtual int corners() const { return 0; }
};

struct Circle : Shape {
  float radius;
  __device__ explicit Circle(float radius) : radius(radius) {}
  __device__ float area() const override { return 3 * radius * radius; }
};

struct Rectangle : Shape {
  float width, height;
  __device__ Rectangle(float width, float height) : width(width), height(height) {}
  __device__ float area() const override { return width * height; }
  __device__ int corners() const override { return 4; }
};

__device__ __noinline__ int twice(int x) {
  return 2 * x;
}
__device__ __noinline__ int square(int x) {
  return x * x;
}
__device__ __noinline__ int negate(int x) {
  return -x;
}

using Operation = int (*)(int);
__device__ Operation operations[] = {twice, square, negate};

__global__ void measure(const float *sizes, float *areas, int *corners, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    Circle circle(sizes[i]);
    Rectangle rectangle(sizes[i], 2);
    const Shape *shape = i % 3 == 0 ? static_cast<const Shape *>(&circle) : &rectangle;
    areas[i] = shape->area();
    corners[i] = shape->corners();
  }
}

__global__ void apply(const int *which, int *values, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    values[i] = operations[which[i]](values[i]);
  }
}

int main() {
  const int count = 250;
  std::vector<float> sizes = noiseVector(count), wantAreas(count);
  std::vector<int> wantCorners(count), which(count), values(count), wantValues(count);
  for (int i = 0; i < count; ++i) {
    wantAreas[i] = i % 3 == 0 ? 3 * sizes[i] * sizes[i] : sizes[i] * 2;
    wantCorners[i] = i % 3 == 0 ? 0 : 4;
    which[i] = int(noise(i) % 3);
    values[i] = i - 100;
    wantValues[i] = which[i] == 0   ? 2 * values[i]
                    : which[i] == 1 ? values[i] * values[i]
                                    : -values[i];
  }
  DeviceBuffer<float> deviceSizes(sizes), areas(count);
  DeviceBuffer<int> corners(count), deviceWhich(which), deviceValues(values);
  measure<<<2, 128>>>(deviceSizes.data(), areas.data(), corners.data(), count);
  checkLaunch();
  apply<<<2, 128>>>(deviceWhich.data(), deviceValues.data(), count);
  checkLaunch();
  requireEqual("areas by virtual calls", areas.read(), wantAreas);
  requireEqual("corners by virtual calls", corners.read(), wantCorners);
  requireEqual("values by function pointers", deviceValues.read(), wantValues);
}
