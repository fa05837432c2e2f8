// The HIP calls that copy and fill boxes in the manner of a driver: by structures and by elements.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/Stream.h"

using namespace qcc::emulator;

namespace {

/// hip_Memcpy2D: an area of one memory, of which a host pointer, a device pointer or an array
/// counts.
struct CopyArea {
  size_t xBytes, y;
  int memoryType;
  void *host;
  hipDeviceptr_t device;
  void *array;
  size_t pitch;
};

struct CopyParameters {
  CopyArea src, dst;
  size_t widthBytes, height;
};

/// hipMemoryType before ROCm 6, and since.
bool isHost(int type) {
  return type == (abiMajor() < 6 ? 0 : 1);
}
bool isArray(int type) {
  return type == (abiMajor() < 6 ? 2 : 10);
}

uint8_t *beginOf(const CopyArea &area) {
  void *base = isHost(area.memoryType) ? area.host : area.device;
  return static_cast<uint8_t *>(base) + area.y * area.pitch + area.xBytes;
}

hipMemcpyKind kindOf(const CopyParameters &parameters) {
  bool fromHost = isHost(parameters.src.memoryType), toHost = isHost(parameters.dst.memoryType);
  if (fromHost) {
    return toHost ? hipMemcpyHostToHost : hipMemcpyHostToDevice;
  }
  return toHost ? hipMemcpyDeviceToHost : hipMemcpyDeviceToDevice;
}

hipError_t submitTo(hipStream_t handle, Command command, bool wait) {
  std::shared_ptr<ihipStream_t> stream = findStream(handle);
  if (!stream) {
    return hipErrorInvalidHandle;
  }
  hipError_t error = wait ? synchronize(*stream) : hipSuccess;
  return error ? error : submit(*stream, std::move(command));
}

hipError_t copyArea(const CopyParameters *parameters, hipStream_t stream, bool wait) {
  if (!parameters) {
    return hipErrorInvalidValue;
  }
  const CopyParameters &p = *parameters;
  if (isArray(p.src.memoryType) || isArray(p.dst.memoryType)) {
    return explain(hipErrorNotSupported, "a 2D copy to or from an array");
  }
  CopyCommand copy{beginOf(p.dst),
                   beginOf(p.src),
                   p.dst.pitch,
                   p.src.pitch,
                   p.dst.pitch * p.height,
                   p.src.pitch * p.height,
                   {p.widthBytes, p.height, 1},
                   kindOf(p)};
  return submitTo(stream, copy, wait);
}

/// `width` counts elements.
hipError_t fillArea(hipDeviceptr_t dst, size_t pitch, uint64_t value, unsigned elementBytes,
                    size_t width, size_t height, hipStream_t stream, bool wait) {
  FillCommand fill{dst, pitch, pitch * height, value, elementBytes, {width, height, 1}};
  return submitTo(stream, fill, wait);
}

} // namespace

QCC_HIP_API hipError_t hipMemcpyParam2D(const CopyParameters *parameters) {
  return record(copyArea(parameters, nullptr, true));
}

QCC_HIP_API hipError_t hipMemcpyParam2DAsync(const CopyParameters *parameters, hipStream_t stream) {
  return record(copyArea(parameters, stream, false));
}

QCC_HIP_API hipError_t hipDrvMemcpy2DUnaligned(const CopyParameters *parameters) {
  return record(copyArea(parameters, nullptr, true));
}

QCC_HIP_API hipError_t hipMemsetD2D8(hipDeviceptr_t dst, size_t pitch, unsigned char value,
                                     size_t width, size_t height) {
  return record(fillArea(dst, pitch, value, 1, width, height, nullptr, true));
}

QCC_HIP_API hipError_t hipMemsetD2D8Async(hipDeviceptr_t dst, size_t pitch, unsigned char value,
                                          size_t width, size_t height, hipStream_t stream) {
  return record(fillArea(dst, pitch, value, 1, width, height, stream, false));
}

QCC_HIP_API hipError_t hipMemsetD2D16(hipDeviceptr_t dst, size_t pitch, unsigned short value,
                                      size_t width, size_t height) {
  return record(fillArea(dst, pitch, value, 2, width, height, nullptr, true));
}

QCC_HIP_API hipError_t hipMemsetD2D16Async(hipDeviceptr_t dst, size_t pitch, unsigned short value,
                                           size_t width, size_t height, hipStream_t stream) {
  return record(fillArea(dst, pitch, value, 2, width, height, stream, false));
}

QCC_HIP_API hipError_t hipMemsetD2D32(hipDeviceptr_t dst, size_t pitch, unsigned value,
                                      size_t width, size_t height) {
  return record(fillArea(dst, pitch, value, 4, width, height, nullptr, true));
}

QCC_HIP_API hipError_t hipMemsetD2D32Async(hipDeviceptr_t dst, size_t pitch, unsigned value,
                                           size_t width, size_t height, hipStream_t stream) {
  return record(fillArea(dst, pitch, value, 4, width, height, stream, false));
}
