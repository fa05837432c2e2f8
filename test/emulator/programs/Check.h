// What the programs share: device buffers, inputs, and checks that end the program with a sentence.
#pragma once

#include <hip/hip_runtime.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

/// Ends the program when a HIP call fails.
#define CHECK_HIP(call) checkHip((call), #call, __LINE__)

inline void checkHip(hipError_t error, const char *call, int line) {
  if (error != hipSuccess) {
    std::fprintf(stderr, "line %d: %s: %s\n", line, call, hipGetErrorName(error));
    std::exit(1);
  }
}

/// Ends the program with `sentence` unless the condition holds.
inline void require(bool condition, const char *sentence) {
  if (!condition) {
    std::fprintf(stderr, "wrong: %s\n", sentence);
    std::exit(1);
  }
}

/// Ends the program at the first element that differs.
template <typename T>
void requireEqual(const char *what, const std::vector<T> &got, const std::vector<T> &want) {
  require(got.size() == want.size(), what);
  for (size_t i = 0; i < got.size(); ++i) {
    if (got[i] != want[i]) {
      std::fprintf(stderr, "wrong: %s: element %zu is %.17g and should be %.17g\n", what, i,
                   double(got[i]), double(want[i]));
      std::exit(1);
    }
  }
}

/// Ends the program at the first element that is off by more than `tolerance`, relative to values
/// above 1 and absolute below.
template <typename T, typename U>
void requireClose(const char *what, const std::vector<T> &got, const std::vector<U> &want,
                  double tolerance) {
  require(got.size() == want.size(), what);
  for (size_t i = 0; i < got.size(); ++i) {
    double expected = double(want[i]);
    if (!(std::fabs(double(got[i]) - expected) <=
          tolerance * std::fmax(1.0, std::fabs(expected)))) {
      std::fprintf(stderr, "wrong: %s: element %zu is %.9g and should be %.9g\n", what, i,
                   double(got[i]), expected);
      std::exit(1);
    }
  }
}

/// Memory of the present device.
template <typename T> class DeviceBuffer {
public:
  /// `count` elements, all bytes zero.
  explicit DeviceBuffer(size_t count) : count(count) {
    CHECK_HIP(hipMalloc(reinterpret_cast<void **>(&memory), count * sizeof(T)));
    CHECK_HIP(hipMemset(memory, 0, count * sizeof(T)));
  }
  explicit DeviceBuffer(const std::vector<T> &values) : DeviceBuffer(values.size()) {
    CHECK_HIP(hipMemcpy(memory, values.data(), count * sizeof(T), hipMemcpyHostToDevice));
  }
  ~DeviceBuffer() { (void)hipFree(memory); }
  DeviceBuffer(const DeviceBuffer &) = delete;
  DeviceBuffer &operator=(const DeviceBuffer &) = delete;

  T *data() const { return memory; }

  /// What is in the buffer once all work of the device has ended.
  std::vector<T> read() const {
    CHECK_HIP(hipDeviceSynchronize());
    std::vector<T> values(count);
    CHECK_HIP(hipMemcpy(values.data(), memory, count * sizeof(T), hipMemcpyDeviceToHost));
    return values;
  }

private:
  T *memory = nullptr;
  size_t count;
};

/// Ends the program when the last <<<>>> was refused or failed.
inline void checkLaunch() {
  CHECK_HIP(hipGetLastError());
}

/// A fixed pseudo-random sequence (the finalizer of MurmurHash3, which is a bijection).
inline uint32_t noise(uint32_t index) {
  uint32_t h = index * 0x9e3779b9u + 0x7f4a7c15u;
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}

/// Pseudo-random values in [-1, 1) that are multiples of 1/128: sums of thousands are exact in f32.
inline std::vector<float> noiseVector(size_t count, uint32_t seed = 0) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    values[i] = float(int(noise(seed + uint32_t(i)) & 255) - 128) / 128;
  }
  return values;
}
