/* A HIP driver library without a device. Built in four forms: FAKE_HIP_ABI 5 and 6, whose device
 * properties have the layouts of these versions, and of which 6 has events, FAKE_HIP_EMULATED with
 * qcc's own functions, and FAKE_HIP_GRAPHS with graphs. */
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

#if FAKE_HIP_ABI != 5
/* An event is the time at which it was recorded. */
EXPORT int hipEventCreate(void **event) {
  *event = malloc(sizeof(double));
  return SUCCESS;
}

EXPORT int hipEventDestroy(void *event) {
  free(event);
  return SUCCESS;
}

EXPORT int hipEventRecord(void *event, void *stream) {
  (void)stream;
  *(double *)event = controls.microseconds;
  return SUCCESS;
}

EXPORT int hipEventSynchronize(void *event) {
  (void)event;
  return SUCCESS;
}

EXPORT int hipEventElapsedTime(float *milliseconds, void *start, void *stop) {
  *milliseconds = (float)((*(double *)stop - *(double *)start) / 1000);
  return SUCCESS;
}
#endif

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

#ifdef FAKE_HIP_GRAPHS
/* A graph is the launches between two calls, of kernels of three pointers. */
enum { ARGUMENTS = 3, MOST_LAUNCHES = 16 };

typedef struct graph {
  struct {
    void *function;
    unsigned grid[3];
    void *values[ARGUMENTS];
  } launches[MOST_LAUNCHES];
  int count;
} graph;

static graph *capturing;

static int capture_launch(void *function, const unsigned *grid, void **arguments) {
  int index = capturing->count++;
  capturing->launches[index].function = function;
  memcpy(capturing->launches[index].grid, grid, sizeof(capturing->launches[index].grid));
  for (int i = 0; i < ARGUMENTS; ++i) {
    capturing->launches[index].values[i] = *(void **)arguments[i];
  }
  return SUCCESS;
}

EXPORT int hipStreamBeginCapture(void *stream, int mode) {
  (void)stream, (void)mode;
  if (capturing) {
    return INVALID_VALUE;
  }
  capturing = calloc(1, sizeof(graph));
  return SUCCESS;
}

EXPORT int hipStreamEndCapture(void *stream, void **captured) {
  (void)stream;
  *captured = capturing;
  capturing = NULL;
  return SUCCESS;
}

EXPORT int hipGraphGetNodes(void *captured, void **nodes, size_t *count) {
  (void)nodes;
  *count = ((graph *)captured)->count;
  return SUCCESS;
}

EXPORT int hipGraphInstantiate(void **exec, void *captured, void **error_node, char *log,
                               size_t log_bytes) {
  (void)error_node, (void)log, (void)log_bytes;
  *exec = malloc(sizeof(graph));
  memcpy(*exec, captured, sizeof(graph));
  return SUCCESS;
}

EXPORT int hipGraphLaunch(void *exec, void *stream) {
  (void)stream;
  graph *ready = exec;
  ++controls.graph_launches;
  for (int i = 0; i < ready->count; ++i) {
    void *arguments[ARGUMENTS];
    for (int j = 0; j < ARGUMENTS; ++j) {
      arguments[j] = &ready->launches[i].values[j];
    }
    if (controls.kernel) {
      controls.kernel(controls.user_data, ready->launches[i].function, ready->launches[i].grid,
                      arguments);
    }
  }
  return SUCCESS;
}

EXPORT int hipGraphDestroy(void *captured) {
  free(captured);
  return SUCCESS;
}

EXPORT int hipGraphExecDestroy(void *exec) {
  free(exec);
  return SUCCESS;
}
#endif

EXPORT int hipModuleLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z,
                                 unsigned shared_bytes, void *stream, void **arguments,
                                 void **extra) {
  (void)block_x, (void)block_y, (void)block_z, (void)shared_bytes, (void)stream, (void)extra;
  unsigned grid[3] = {grid_x, grid_y, grid_z};
  if (++controls.launches == controls.failing_launch || controls.failing_launch < 0) {
    return LAUNCH_FAILURE;
  }
#ifdef FAKE_HIP_GRAPHS
  if (capturing && !controls.leaves_out_launches) {
    return capture_launch(function, grid, arguments);
  }
#endif
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
