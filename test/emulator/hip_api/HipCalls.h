// Prototypes of the HIP calls that the tests make, and a fixture that loads the test kernels.
#pragma once

#include "emulator/hip_api/Emulated.h"
#include "emulator/hip_api/HipAbi.h"
#include "test/emulator/kernels/TestKernels.h"

#include <gtest/gtest.h>

extern "C" {
hipError_t hipGetDeviceCount(int *);
hipError_t hipSetDevice(int);
hipError_t hipDeviceGetAttribute(int *, int, int);
hipError_t hipDeviceSynchronize();
hipError_t hipGetLastError();
hipError_t hipPeekAtLastError();
const char *hipGetErrorName(hipError_t);
const char *hipGetErrorString(hipError_t);
hipError_t hipMalloc(void **, size_t);
hipError_t hipMallocManaged(void **, size_t, unsigned);
hipError_t hipFree(void *);
hipError_t hipHostMalloc(void **, size_t, unsigned);
hipError_t hipHostFree(void *);
hipError_t hipHostRegister(void *, size_t, unsigned);
hipError_t hipHostUnregister(void *);
hipError_t hipMemGetInfo(size_t *, size_t *);
hipError_t hipMemcpy(void *, const void *, size_t, hipMemcpyKind);
hipError_t hipMemcpyAsync(void *, const void *, size_t, hipMemcpyKind, hipStream_t);
hipError_t hipMemcpyDtoH(void *, hipDeviceptr_t, size_t);
hipError_t hipMemcpyHtoD(hipDeviceptr_t, const void *, size_t);
hipError_t hipMemcpy2D(void *, size_t, const void *, size_t, size_t, size_t, hipMemcpyKind);
hipError_t hipMemcpyParam2D(const void *);
hipError_t hipMemsetD2D32(hipDeviceptr_t, size_t, unsigned, size_t, size_t);
hipError_t hipMemset(void *, int, size_t);
hipError_t hipMemsetD32Async(hipDeviceptr_t, int, size_t, hipStream_t);
hipError_t hipPointerGetAttribute(void *, int, hipDeviceptr_t);
hipError_t hipMemRangeGetAttribute(void *, size_t, int, const void *, size_t);
hipError_t hipPointerGetAttributes(hipPointerAttribute_t *, const void *);
hipError_t hipModuleLoad(hipModule_t *, const char *);
hipError_t hipModuleLoadData(hipModule_t *, const void *);
hipError_t hipModuleUnload(hipModule_t);
hipError_t hipModuleGetFunction(hipFunction_t *, hipModule_t, const char *);
hipError_t hipModuleGetGlobal(hipDeviceptr_t *, size_t *, hipModule_t, const char *);
hipError_t hipFuncGetAttribute(int *, hipFunction_attribute, hipFunction_t);
hipError_t hipModuleLaunchKernel(hipFunction_t, unsigned, unsigned, unsigned, unsigned, unsigned,
                                 unsigned, unsigned, hipStream_t, void **, void **);
hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(int *, hipFunction_t, int, size_t);
hipError_t hipStreamCreate(hipStream_t *);
hipError_t hipStreamCreateWithFlags(hipStream_t *, unsigned);
hipError_t hipStreamDestroy(hipStream_t);
hipError_t hipStreamSynchronize(hipStream_t);
hipError_t hipStreamWaitEvent(hipStream_t, hipEvent_t, unsigned);
hipError_t hipStreamBeginCapture(hipStream_t, hipStreamCaptureMode);
hipError_t hipStreamEndCapture(hipStream_t, hipGraph_t *);
hipError_t hipStreamIsCapturing(hipStream_t, hipStreamCaptureStatus *);
hipError_t hipLaunchHostFunc(hipStream_t, hipHostFn_t, void *);
hipError_t hipEventCreate(hipEvent_t *);
hipError_t hipEventDestroy(hipEvent_t);
hipError_t hipEventRecord(hipEvent_t, hipStream_t);
hipError_t hipEventElapsedTime(float *, hipEvent_t, hipEvent_t);
hipError_t hipGraphCreate(hipGraph_t *, unsigned);
hipError_t hipGraphDestroy(hipGraph_t);
hipError_t hipGraphInstantiate(hipGraphExec_t *, hipGraph_t, hipGraphNode_t *, char *, size_t);
hipError_t hipGraphLaunch(hipGraphExec_t, hipStream_t);
hipError_t hipGraphExecDestroy(hipGraphExec_t);
hipError_t hipGraphExecUpdate(hipGraphExec_t, hipGraph_t, hipGraphNode_t *,
                              hipGraphExecUpdateResult *);
hipError_t hipGraphGetNodes(hipGraph_t, hipGraphNode_t *, size_t *);
hipError_t hipGraphAddDependencies(hipGraph_t, const hipGraphNode_t *, const hipGraphNode_t *,
                                   size_t);
hipError_t hipGraphAddKernelNode(hipGraphNode_t *, hipGraph_t, const hipGraphNode_t *, size_t,
                                 const hipKernelNodeParams *);
hipError_t hipGraphExecKernelNodeSetParams(hipGraphExec_t, hipGraphNode_t,
                                           const hipKernelNodeParams *);
hipError_t hipGraphAddMemsetNode(hipGraphNode_t *, hipGraph_t, const hipGraphNode_t *, size_t,
                                 const hipMemsetParams *);
hipError_t hipGraphAddMemcpyNode1D(hipGraphNode_t *, hipGraph_t, const hipGraphNode_t *, size_t,
                                   void *, const void *, size_t, hipMemcpyKind);
hipError_t hipGraphAddChildGraphNode(hipGraphNode_t *, hipGraph_t, const hipGraphNode_t *, size_t,
                                     hipGraph_t);
hipError_t hipGraphChildGraphNodeGetGraph(hipGraphNode_t, hipGraph_t *);
hipError_t hipGraphDebugDotPrint(hipGraph_t, const char *, unsigned);
hipError_t hipUserObjectCreate(struct hipUserObject **, void *, hipHostFn_t, unsigned, unsigned);
hipError_t hipUserObjectRelease(struct hipUserObject *, unsigned);
hipError_t hipGraphRetainUserObject(hipGraph_t, struct hipUserObject *, unsigned, unsigned);
hipError_t hipGraphNodeGetEnabled(hipGraphExec_t, hipGraphNode_t, unsigned *);
hipError_t hipGraphNodeSetEnabled(hipGraphExec_t, hipGraphNode_t, unsigned);
hipError_t hipStreamBeginCaptureToGraph(hipStream_t, hipGraph_t, const hipGraphNode_t *,
                                        const void *, size_t, hipStreamCaptureMode);
hipError_t hipStreamGetCaptureInfo_v2(hipStream_t, hipStreamCaptureStatus *, unsigned long long *,
                                      hipGraph_t *, const hipGraphNode_t **, size_t *);
hipError_t hipStreamUpdateCaptureDependencies(hipStream_t, hipGraphNode_t *, size_t, unsigned);
hipError_t hipGraphGetEdges(hipGraph_t, hipGraphNode_t *, hipGraphNode_t *, size_t *);
hipError_t hipGraphKernelNodeGetParams(hipGraphNode_t, hipKernelNodeParams *);
hipError_t hipGraphMemcpyNodeGetParams(hipGraphNode_t, hipMemcpy3DParms *);
hipError_t hipGraphAddEmptyNode(hipGraphNode_t *, hipGraph_t, const hipGraphNode_t *, size_t);
}

namespace qcc::emulator::test {

/// Fails the test with HIP's name for the error and the library's sentence.
inline ::testing::AssertionResult succeeded(const char *call, hipError_t error) {
  if (error == hipSuccess) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << call << ": " << hipGetErrorName(error) << ", " << qccEmulatedLastError();
}
#define HIP_OK(call) ASSERT_TRUE(qcc::emulator::test::succeeded(#call, call))

/// A module of the test kernels, unloaded at the end.
class LoadedKernels {
public:
  explicit LoadedKernels(const std::string &file) : image(readKernelFile(file)) {
    error = image.empty() ? hipErrorFileNotFound : hipModuleLoadData(&module, image.data());
  }
  ~LoadedKernels() {
    if (module) {
      EXPECT_EQ(hipModuleUnload(module), hipSuccess);
    }
  }
  hipFunction_t function(const char *name) const {
    hipFunction_t found = nullptr;
    EXPECT_EQ(hipModuleGetFunction(&found, module, name), hipSuccess) << name;
    return found;
  }

  std::vector<uint8_t> image;
  hipModule_t module = nullptr;
  hipError_t error = hipSuccess;
};

/// Device memory of `count` elements, freed at the end.
template <typename T> class DeviceArray {
public:
  explicit DeviceArray(size_t count) : count(count) {
    EXPECT_EQ(hipMalloc(reinterpret_cast<void **>(&data), count * sizeof(T)), hipSuccess);
  }
  ~DeviceArray() { EXPECT_EQ(hipFree(data), hipSuccess); }
  void write(const std::vector<T> &values) {
    EXPECT_EQ(hipMemcpyHtoD(data, values.data(), values.size() * sizeof(T)), hipSuccess);
  }
  std::vector<T> read() const {
    std::vector<T> values(count);
    EXPECT_EQ(hipMemcpyDtoH(values.data(), data, count * sizeof(T)), hipSuccess);
    return values;
  }

  size_t count;
  T *data = nullptr;
};

} // namespace qcc::emulator::test
