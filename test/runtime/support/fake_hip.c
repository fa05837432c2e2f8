/* A HIP driver library without a device. Built in three forms: FAKE_HIP_ABI 5 and 6, whose device
 * properties have the layouts of these versions, and FAKE_HIP_EMULATED with qcc's own functions. */
#include "test/runtime/support/FakeHip.h"

#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NO_DEVICE = 100,
  NOT_FOUND = 500,
  LAUNCH_FAILURE = 719
};

static fake_hip_controls controls = {
    .chip = "gfx942:sramecc+:xnack-", .device_count = 1, .memory_bytes = (size_t)1 << 30};

EXPORT fake_hip_controls *fake_hip_get_controls(void) {
  return &controls;
}

EXPORT int hipInit(unsigned flags) {
  (void)flags;
  return controls.device_count == 0 ? NO_DEVICE : SUCCESS;
}

EXPORT int hipGetDeviceCount(int *count) {
  *count = controls.device_count;
  return controls.device_count == 0 ? NO_DEVICE : SUCCESS;
}

EXPORT int hipSetDevice(int device) {
  return device < controls.device_count ? SUCCESS : INVALID_VALUE;
}

EXPORT const char *hipGetErrorName(int error) {
  return error == LAUNCH_FAILURE ? "hipErrorLaunchFailure" : "hipErrorOther";
}

EXPORT const char *hipGetErrorString(int error) {
  return error == LAUNCH_FAILURE ? "unspecified launch failure" : "other";
}

/* Writes the name, and the architecture where the layout has it. */
static int properties(char *bytes, size_t size, size_t architecture_offset) {
  memset(bytes, 0, size);
  strcpy(bytes, "Fake Instinct");
  strcpy(bytes + architecture_offset, controls.chip);
  return SUCCESS;
}

#if FAKE_HIP_ABI == 5
/* hipDeviceProp_t of HIP 5: 792 bytes, gcnArchName at 396. */
EXPORT int hipGetDeviceProperties(void *out, int device) {
  (void)device;
  return properties(out, 792, 396);
}
#else
/* hipDeviceProp_tR0600 of HIP 6 and 7: 1472 bytes, gcnArchName at 1160. */
EXPORT int hipGetDevicePropertiesR0600(void *out, int device) {
  (void)device;
  return properties(out, 1472, 1160);
}
#endif

EXPORT int hipMemGetInfo(size_t *free_bytes, size_t *total_bytes) {
  *free_bytes = controls.memory_bytes - controls.allocated_bytes;
  *total_bytes = controls.memory_bytes;
  return SUCCESS;
}

/* Device allocations carry their size in front. */
enum { HEADER = 64 };

EXPORT int hipMalloc(void **address, size_t bytes) {
  if (bytes > controls.memory_bytes - controls.allocated_bytes) {
    return OUT_OF_MEMORY;
  }
  char *block = calloc(1, bytes + HEADER);
  *(size_t *)block = bytes;
  controls.allocated_bytes += bytes;
  *address = block + HEADER;
  return SUCCESS;
}

EXPORT int hipFree(void *address) {
  char *block = (char *)address - HEADER;
  controls.allocated_bytes -= *(size_t *)block;
  free(block);
  return SUCCESS;
}

EXPORT int hipHostMalloc(void **address, size_t bytes, unsigned flags) {
  (void)flags;
  *address = malloc(bytes);
  return *address ? SUCCESS : OUT_OF_MEMORY;
}

EXPORT int hipHostFree(void *address) {
  free(address);
  return SUCCESS;
}

EXPORT int hipMemcpyHtoDAsync(void *to, const void *from, size_t bytes, void *stream) {
  (void)stream;
  ++controls.uploads;
  memcpy(to, from, bytes);
  return SUCCESS;
}

EXPORT int hipMemcpyDtoHAsync(void *to, void *from, size_t bytes, void *stream) {
  (void)stream;
  memcpy(to, from, bytes);
  return SUCCESS;
}

EXPORT int hipStreamCreateWithFlags(void **stream, unsigned flags) {
  (void)flags;
  *stream = malloc(1);
  return SUCCESS;
}

EXPORT int hipStreamDestroy(void *stream) {
  free(stream);
  return SUCCESS;
}

EXPORT int hipStreamSynchronize(void *stream) {
  (void)stream;
  return SUCCESS;
}

EXPORT int hipModuleLoadData(void **module, const void *image) {
  (void)image;
  ++controls.modules_loaded;
  *module = malloc(1);
  return SUCCESS;
}

EXPORT int hipModuleUnload(void *module) {
  free(module);
  return SUCCESS;
}

/* Functions are their names, which live until the process ends. */
static char names[16][64];
static int name_count;

EXPORT int hipModuleGetFunction(void **function, void *module, const char *name) {
  (void)module;
  for (int i = 0; i < name_count; ++i) {
    if (strcmp(names[i], name) == 0) {
      *function = names[i];
      return SUCCESS;
    }
  }
  if (name_count == 16 || strlen(name) >= sizeof(names[0])) {
    return NOT_FOUND;
  }
  *function = strcpy(names[name_count++], name);
  return SUCCESS;
}

EXPORT int hipModuleLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z,
                                 unsigned shared_bytes, void *stream, void **arguments,
                                 void **extra) {
  (void)block_x, (void)block_y, (void)block_z, (void)shared_bytes, (void)stream, (void)extra;
  unsigned grid[3] = {grid_x, grid_y, grid_z};
  if (++controls.launches == controls.failing_launch) {
    return LAUNCH_FAILURE;
  }
  if (controls.kernel) {
    controls.kernel(controls.user_data, function, grid, arguments);
  }
  return SUCCESS;
}

#ifdef FAKE_HIP_EMULATED
EXPORT int qccEmulatedSetChip(const char *chip) {
  return strncmp(chip, "gfx", 3) == 0 ? SUCCESS : INVALID_VALUE;
}

EXPORT const char *qccEmulatedLastError(void) {
  return "the emulated device explains itself";
}
#endif
