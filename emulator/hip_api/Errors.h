// The error that a thread met last, with its sentence, and the names of HIP's error codes.
#pragma once

#include "emulator/hip_api/HipAbi.h"

#include <string>

namespace qcc::emulator {

/// Remembers `code` as the thread's last error unless it is hipSuccess or hipErrorNotReady, and
/// returns it: every exported function ends with this.
hipError_t record(hipError_t code);

/// Notes the sentence that says why `code` is about to be returned, prints it to stderr the first
/// time, and returns `code`.
hipError_t explain(hipError_t code, const std::string &sentence);

/// The thread's last sentence, "" when there was none.
const char *lastSentence();

/// The last error, left in place or reset to hipSuccess.
hipError_t peekLastError();
hipError_t takeLastError();

/// "hipErrorInvalidValue", and what it means in words; codes that HIP does not have are unknown.
const char *errorName(hipError_t code);
const char *errorText(hipError_t code);

} // namespace qcc::emulator
