#include "emulator/hip_api/SymbolCall.h"

#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/FatBinary.h"

namespace qcc::emulator {

hipError_t addressInVariable(const void *symbol, size_t offset, size_t bytes, void *&address) {
  Variable variable;
  if (hipError_t error = FatBinaryRegistry::get().findVariable(symbol, variable)) {
    return error;
  }
  if (offset > variable.bytes || bytes > variable.bytes - offset) {
    return explain(hipErrorInvalidValue,
                   "a copy of " + std::to_string(bytes) + " bytes at " + std::to_string(offset) +
                       " does not fit the device variable of " + std::to_string(variable.bytes));
  }
  address = reinterpret_cast<void *>(variable.address + offset);
  return hipSuccess;
}

} // namespace qcc::emulator
