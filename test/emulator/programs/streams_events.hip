// Two streams that hand work to each other through events, timing, queries, priorities and host
// callbacks.
#include "Check.h"

__global__ void scale(float *data, int count, float factor) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    data[i] *= factor;
  }
}

__global__ void add(const float *a, const float *b, float *sum, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    sum[i] = a[i] + b[i];
  }
}

void countCall(hipStream_t, hipError_t, void *counter) {
  ++*static_cast<int *>(counter);
}

int main() {
  const int count = 5000, groups = (count + 255) / 256;
  const size_t bytes = count * sizeof(float);
  int lowest, highest;
  CHECK_HIP(hipDeviceGetStreamPriorityRange(&lowest, &highest));
  hipStream_t first, second;
  CHECK_HIP(hipStreamCreateWithFlags(&first, hipStreamNonBlocking));
  CHECK_HIP(hipStreamCreateWithPriority(&second, hipStreamNonBlocking, highest));
  hipEvent_t ready, consumed, start, stop;
  CHECK_HIP(hipEventCreateWithFlags(&ready, hipEventDisableTiming));
  CHECK_HIP(hipEventCreateWithFlags(&consumed, hipEventDisableTiming));
  CHECK_HIP(hipEventCreate(&start));
  CHECK_HIP(hipEventCreate(&stop));

  std::vector<float> in = noiseVector(count), out(count), want(count);
  DeviceBuffer<float> a(count), b(in), sum(count);
  int calls = 0;
  CHECK_HIP(hipEventRecord(start, first));
  for (int round = 1; round <= 3; ++round) {
    CHECK_HIP(hipStreamWaitEvent(first, consumed, 0));
    CHECK_HIP(hipMemcpyAsync(a.data(), in.data(), bytes, hipMemcpyHostToDevice, first));
    scale<<<groups, 256, 0, first>>>(a.data(), count, float(round));
    checkLaunch();
    CHECK_HIP(hipEventRecord(ready, first));
    CHECK_HIP(hipStreamWaitEvent(second, ready, 0));
    add<<<groups, 256, 0, second>>>(a.data(), b.data(), sum.data(), count);
    checkLaunch();
    CHECK_HIP(hipMemcpyAsync(out.data(), sum.data(), bytes, hipMemcpyDeviceToHost, second));
    CHECK_HIP(hipStreamAddCallback(second, countCall, &calls, 0));
    CHECK_HIP(hipEventRecord(consumed, second));
    CHECK_HIP(hipEventSynchronize(consumed));
    for (int i = 0; i < count; ++i) {
      want[i] = in[i] * float(round) + in[i];
    }
    requireEqual("the sum of a round", out, want);
  }
  CHECK_HIP(hipStreamWaitEvent(first, consumed, 0));
  CHECK_HIP(hipEventRecord(stop, first));
  CHECK_HIP(hipStreamSynchronize(first));
  CHECK_HIP(hipStreamQuery(second));
  CHECK_HIP(hipEventQuery(stop));
  float milliseconds = -1;
  CHECK_HIP(hipEventElapsedTime(&milliseconds, start, stop));
  require(milliseconds > 0, "work took no time");
  require(hipEventElapsedTime(&milliseconds, ready, stop) != hipSuccess,
          "an event without time was timed");
  (void)hipGetLastError();
  require(calls == 3, "host functions were not called");
  CHECK_HIP(hipStreamDestroy(first));
  CHECK_HIP(hipStreamDestroy(second));
  for (hipEvent_t event : {ready, consumed, start, stop}) {
    CHECK_HIP(hipEventDestroy(event));
  }
}
