#include "emulator/hip_api/Unsupported.h"

#include "emulator/hip_api/Errors.h"

namespace qcc::emulator {

hipError_t refuseUnsupported(const char *name) {
  return record(explain(hipErrorNotSupported, std::string(name) + " is not supported"));
}

} // namespace qcc::emulator
