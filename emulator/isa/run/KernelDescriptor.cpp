#include "emulator/isa/Dispatch.h"

#include "llvm/Support/AMDHSAKernelDescriptor.h"

#include <cstring>

namespace qcc::emulator {

KernelDescriptor readKernelDescriptor(const uint8_t *bytes) {
  llvm::amdhsa::kernel_descriptor_t from;
  std::memcpy(&from, bytes, sizeof(from));
  KernelDescriptor to;
  to.groupSegmentFixedSize = from.group_segment_fixed_size;
  to.privateSegmentFixedSize = from.private_segment_fixed_size;
  to.kernargSize = from.kernarg_size;
  to.kernelCodeEntryByteOffset = from.kernel_code_entry_byte_offset;
  to.computePgmRsrc3 = from.compute_pgm_rsrc3;
  to.computePgmRsrc1 = from.compute_pgm_rsrc1;
  to.computePgmRsrc2 = from.compute_pgm_rsrc2;
  to.kernelCodeProperties = from.kernel_code_properties;
  to.kernargPreload = from.kernarg_preload;
  return to;
}

} // namespace qcc::emulator
