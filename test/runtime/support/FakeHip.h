/* The controls of the fake HIP library (fake_hip.c): a driver without a device behind it, whose
 * memory is host memory and whose kernels are the test's own function. */
#ifndef QCC_TEST_RUNTIME_SUPPORT_FAKE_HIP_H
#define QCC_TEST_RUNTIME_SUPPORT_FAKE_HIP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What runs in place of each kernel: its name, its grid in workgroups, its arguments. */
typedef void (*fake_hip_kernel)(void *user_data, const char *name, const unsigned *grid,
                                void **arguments);

/* How the driver behaves. Chip and counts start as one gfx942 with 1 GiB. */
typedef struct fake_hip_controls {
  const char *chip;         /* what the properties call the architecture */
  int device_count;         /* 0: hipGetDeviceCount fails as a driver without a GPU does */
  size_t memory_bytes;      /* device memory; allocations over it fail */
  fake_hip_kernel kernel;   /* NULL: kernels do nothing */
  void *user_data;          /* passed to kernel */
  int failing_launch;       /* the launch, counted from 1, that fails; 0: none; -1: all */
  bool leaves_out_launches; /* does not record launches, but runs them */
  double microseconds;      /* the time that events record; kernels may move it on */
  /* What happened so far; set to 0 to count anew. */
  int launches; /* calls; those of graphs when they are recorded */
  int graph_launches;
  int uploads; /* hipMemcpyHtoDAsync calls */
  int modules_loaded;
  size_t allocated_bytes; /* device memory in use */
} fake_hip_controls;

/* The controls of this library: look it up with dlsym. */
fake_hip_controls *fake_hip_get_controls(void);

#ifdef __cplusplus
}
#endif

#endif
