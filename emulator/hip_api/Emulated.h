// What the emulated libamdhip64 exports beside HIP: the chip, the reason of the last failure,
// counters. A program finds these names with dlsym; a real driver does not have them. All work from
// C.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the program has asked of the device since it started.
struct qcc_emulated_counters {
  uint64_t kernel_launches;       // kernels run, those inside graphs included
  uint64_t graph_launches;        // hipGraphLaunch
  uint64_t device_to_host_copies; // calls and graph nodes
  uint64_t host_to_device_copies; // calls and graph nodes
};

/// Makes every device the chip ("gfx942") from now on. Returns hipSuccess (0), hipErrorInvalidValue
/// (1) for a chip that is not emulated, hipErrorNoBinaryForGpu (209) when QCC_EMULATED_CHIP names
/// another, hipErrorIllegalState (401) while a module of another is loaded.
int qccEmulatedSetChip(const char *chip);

/// One sentence about the last error that this thread met, "" when there was none. Valid until the
/// thread's next HIP call.
const char *qccEmulatedLastError(void);

/// Fills in the counters. Returns hipSuccess (0), or hipErrorInvalidValue (1) for null.
int qccEmulatedCounters(struct qcc_emulated_counters *out);

/// Counts what each kernel does, instruction by instruction, in launches from now on (`on` not 0),
/// or no longer. QCC_EMULATED_COUNTERS switches it on from the start. Returns hipSuccess (0).
int qccEmulatedCountLaunches(int on);

/// Puts the counters of all counted launches into `json`, a text that ends with 0, in the form that
/// docs/emulator_counters.md describes. `*bytes` is the room of `json` and becomes what the text
/// needs, the 0 included; with a null `json` nothing else happens. Returns hipSuccess (0), or
/// hipErrorInvalidValue (1) for a null `bytes` or too little room.
int qccEmulatedKernelCounters(char *json, size_t *bytes);

/// Writes the same text to a file, or a table for people to stderr when `path` is "-". Returns
/// hipSuccess (0), hipErrorInvalidValue (1) for null, hipErrorOperatingSystem (304) when the file
/// cannot be written.
int qccEmulatedWriteKernelCounters(const char *path);

/// Forgets what was counted. Returns hipSuccess (0).
int qccEmulatedClearKernelCounters(void);

/// Reports of the checks that QCC_EMULATED_CHECKS has switched on, since the program started.
uint64_t qccEmulatedReports(void);

#ifdef __cplusplus
}
#endif
