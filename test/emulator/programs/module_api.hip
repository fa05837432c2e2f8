// Device code loaded at run time: this file's own kernels, compiled once more as a code object of
// its own (the first argument), found by name and launched with both ways of passing arguments.
#include "Check.h"

#include <fstream>
#include <iterator>

extern "C" {
__device__ int bias = 5;
__constant__ float table[4] = {1, 2, 4, 8};

__global__ void lookUp(const int *in, float *out, int count, float factor) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    out[i] = table[in[i] & 3] * factor + bias;
  }
}
}

int main(int argumentCount, char **arguments) {
  require(argumentCount == 2, "the argument names a code object");
  std::ifstream file(arguments[1], std::ios::binary);
  std::vector<char> image{std::istreambuf_iterator<char>(file), {}};
  require(!image.empty(), "the code object cannot be read");

  hipModule_t fromMemory, fromFile;
  hipFunction_t function, none;
  CHECK_HIP(hipModuleLoadData(&fromMemory, image.data()));
  CHECK_HIP(hipModuleLoad(&fromFile, arguments[1]));
  CHECK_HIP(hipModuleGetFunction(&function, fromMemory, "lookUp"));
  require(hipModuleGetFunction(&none, fromMemory, "lookDown") == hipErrorNotFound,
          "a function that is not there");
  (void)hipGetLastError();

  // Each loaded module has globals of its own.
  hipDeviceptr_t address, other;
  size_t bytes = 0;
  CHECK_HIP(hipModuleGetGlobal(&address, &bytes, fromMemory, "bias"));
  CHECK_HIP(hipModuleGetGlobal(&other, &bytes, fromFile, "bias"));
  require(bytes == sizeof(int) && address != other, "the global of a module");
  int newBias = -3;
  CHECK_HIP(hipMemcpyHtoD(address, &newBias, sizeof(newBias)));

  const int count = 333;
  std::vector<int> in(count);
  std::vector<float> want(count), wantPlain(count);
  for (int i = 0; i < count; ++i) {
    in[i] = int(noise(i) >> 4);
    want[i] = float(1 << (in[i] & 3)) * 1.5f - 3;
    wantPlain[i] = float(1 << (in[i] & 3)) * 1.5f + 5;
  }
  DeviceBuffer<int> input(in);
  DeviceBuffer<float> output(count);
  struct {
    const int *in;
    float *out;
    int count;
    float factor;
  } packed{input.data(), output.data(), count, 1.5f};
  void *params[] = {&packed.in, &packed.out, &packed.count, &packed.factor};
  CHECK_HIP(hipModuleLaunchKernel(function, (count + 63) / 64, 1, 1, 64, 1, 1, 0, nullptr, params,
                                  nullptr));
  requireEqual("a launch with a list of arguments", output.read(), want);

  size_t size = sizeof(packed);
  void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, &packed, HIP_LAUNCH_PARAM_BUFFER_SIZE, &size,
                   HIP_LAUNCH_PARAM_END};
  CHECK_HIP(hipModuleGetFunction(&function, fromFile, "lookUp"));
  CHECK_HIP(hipModuleLaunchKernel(function, (count + 63) / 64, 1, 1, 64, 1, 1, 0, nullptr, nullptr,
                                  extra));
  requireEqual("a launch with a buffer of arguments", output.read(), wantPlain);
  CHECK_HIP(hipModuleUnload(fromMemory));
  CHECK_HIP(hipModuleUnload(fromFile));
}
