// Code objects that load and then lie: each launch ends in an error and a sentence, and the program
// goes on.
#include "emulator/code_object/CodeObject.h"
#include "test/emulator/hip_api/HipCalls.h"

#include "llvm/Support/AMDHSAKernelDescriptor.h"

#include <cstring>
#include <random>

using namespace qcc::emulator;
using namespace qcc::emulator::test;

extern "C" {
void **__hipRegisterFatBinary(const void *);
void __hipUnregisterFatBinary(void **);
void __hipRegisterFunction(void **, const void *, char *, const char *, unsigned, void *, void *,
                           void *, void *, int *);
hipError_t hipLaunchKernel(const void *, dim3, dim3, void **, size_t, hipStream_t);
}

namespace {

using Descriptor = llvm::amdhsa::kernel_descriptor_t;

/// A code object of the test kernels whose kernel `reverse` can be changed before it is loaded.
class Patched {
public:
  explicit Patched(const std::string &chip) : image(readKernelFile(chip + ".hsaco")) {
    llvm::Expected<CodeObject> object = readCodeObject(Bytes(image));
    EXPECT_TRUE(static_cast<bool>(object));
    uint64_t address = object->kernels.at("reverse").descriptorAddress;
    std::memcpy(&descriptor, at(*object, address), sizeof(descriptor));
    place = at(*object, address);
    code = at(*object, address + static_cast<uint64_t>(descriptor.kernel_code_entry_byte_offset));
  }

  /// Loads it and launches one workgroup of 64; the first error that comes.
  hipError_t run() {
    std::memcpy(place, &descriptor, sizeof(descriptor));
    hipModule_t module = nullptr;
    if (hipError_t error = hipModuleLoadData(&module, image.data())) {
      return error;
    }
    hipFunction_t function = nullptr;
    EXPECT_EQ(hipModuleGetFunction(&function, module, "reverse"), hipSuccess);
    DeviceArray<uint32_t> in(64), out(64);
    void *params[] = {&out.data, &in.data};
    hipError_t error =
        hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, nullptr, params, nullptr);
    EXPECT_EQ(hipDeviceSynchronize() == hipSuccess,
              error != hipErrorLaunchFailure && error != hipErrorIllegalAddress);
    EXPECT_EQ(hipModuleUnload(module), hipSuccess);
    return error;
  }

  void writeCode(std::initializer_list<uint32_t> words) {
    std::memcpy(code, words.begin(), words.size() * sizeof(uint32_t));
  }

  Descriptor descriptor{};

private:
  uint8_t *at(const CodeObject &object, uint64_t address) {
    for (const Segment &segment : object.segments) {
      if (address >= segment.address && address - segment.address < segment.fileBytes) {
        return image.data() + segment.fileOffset + (address - segment.address);
      }
    }
    ADD_FAILURE() << "address " << address << " is not in the file";
    return image.data();
  }

  std::vector<uint8_t> image;
  uint8_t *place = nullptr, *code = nullptr;
};

class HostileLaunch : public ::testing::TestWithParam<std::string> {
protected:
  void SetUp() override { HIP_OK(static_cast<hipError_t>(qccEmulatedSetChip(GetParam().c_str()))); }

  static bool said(const char *part) {
    return std::string(qccEmulatedLastError()).find(part) != std::string::npos;
  }
};

TEST_P(HostileLaunch, UnchangedKernelRuns) {
  EXPECT_EQ(Patched(GetParam()).run(), hipSuccess);
}

TEST_P(HostileLaunch, EntryOutsideTheCode) {
  for (int64_t offset : {int64_t(0), int64_t(1) << 40, -(int64_t(1) << 40), INT64_MIN, INT64_MAX}) {
    Patched patched(GetParam());
    patched.descriptor.kernel_code_entry_byte_offset = offset;
    EXPECT_EQ(patched.run(), hipErrorInvalidImage) << offset;
    EXPECT_TRUE(said("reverse") && said("outside the code")) << qccEmulatedLastError();
  }
  Patched patched(GetParam());
  patched.descriptor.kernel_code_entry_byte_offset += 2;
  EXPECT_EQ(patched.run(), hipErrorInvalidConfiguration);
}

TEST_P(HostileLaunch, MoreThanTheChipHas) {
  Patched lds(GetParam());
  lds.descriptor.group_segment_fixed_size = 1 << 20;
  EXPECT_EQ(lds.run(), hipErrorLaunchOutOfResources);
  EXPECT_TRUE(said("1048576 bytes of LDS")) << qccEmulatedLastError();
  for (uint32_t bytes : {1u << 24, UINT32_MAX}) {
    Patched scratch(GetParam());
    scratch.descriptor.private_segment_fixed_size = bytes;
    EXPECT_EQ(scratch.run(), hipErrorLaunchOutOfResources);
    EXPECT_TRUE(said("scratch")) << qccEmulatedLastError();
  }
}

TEST_P(HostileLaunch, MoreRegistersThanAWaveCanHave) {
  Patched patched(GetParam());
  patched.descriptor.compute_pgm_rsrc1 |= 63; // the count of granules
  bool isGfx9 = GetParam().starts_with("gfx9");
  EXPECT_EQ(patched.run(), isGfx9 ? hipSuccess : hipErrorLaunchOutOfResources);
  EXPECT_TRUE(isGfx9 || said("512 vector registers")) << qccEmulatedLastError();
}

TEST_P(HostileLaunch, ArgumentBytesThatDisagree) {
  for (uint32_t bytes : {0u, 8u, 4096u}) {
    Patched patched(GetParam());
    patched.descriptor.kernarg_size = bytes;
    hipError_t error = patched.run();
    // Without its second argument the kernel follows a null pointer.
    EXPECT_EQ(error, bytes < 16 ? hipErrorIllegalAddress : hipSuccess) << bytes;
  }
  Patched patched(GetParam());
  patched.descriptor.kernarg_size = UINT32_MAX;
  EXPECT_EQ(patched.run(), hipErrorInvalidImage);
}

TEST_P(HostileLaunch, InstructionsThatAreNone) {
  Patched patched(GetParam());
  patched.writeCode({0xffffffff, 0xffffffff});
  EXPECT_EQ(patched.run(), hipErrorLaunchFailure);
  EXPECT_TRUE(said("reverse")) << qccEmulatedLastError();
  // Of gfx9: v_writelane_b32, v_mfma_f32_4x4x1_16b_f32 and buffer_load_dword with a literal, which
  // none of the three can have.
  using Words = std::initializer_list<uint32_t>;
  for (Words words :
       {Words{0xd28a0029, 0x000112ff}, {0xd3c20000, 0x0401feff}, {0xe0500000, 0xff000000}}) {
    if (GetParam().starts_with("gfx9")) {
      Patched literal(GetParam());
      literal.writeCode(words);
      EXPECT_EQ(literal.run(), hipErrorLaunchFailure);
      EXPECT_TRUE(said("no instruction")) << qccEmulatedLastError();
    }
  }
}

TEST_P(HostileLaunch, WildBranches) {
  constexpr uint32_t gfx9Branch = 0xbf820000, gfx11Branch = 0xbfa00000;
  uint32_t branch = GetParam().starts_with("gfx9") ? gfx9Branch : gfx11Branch;
  for (uint32_t distance : {0x7fffu, 0x8000u}) {
    Patched patched(GetParam());
    patched.writeCode({branch | distance});
    EXPECT_EQ(patched.run(), hipErrorIllegalAddress) << distance;
    EXPECT_TRUE(said("reverse")) << qccEmulatedLastError();
  }
  // s_setpc_b64 of registers 0 and 1, which hold an address that is no code or nothing.
  Patched patched(GetParam());
  patched.writeCode({GetParam().starts_with("gfx9") ? 0xbe801d00 : 0xbe804800});
  EXPECT_EQ(patched.run(), hipErrorIllegalAddress);
  EXPECT_TRUE(said("reverse")) << qccEmulatedLastError();
}

INSTANTIATE_TEST_SUITE_P(Chips, HostileLaunch,
                         ::testing::Values("gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"),
                         [](const auto &info) { return info.param; });

TEST(HostileFatBinary, RegisteringGarbageFailsAtTheLaunch) {
  struct {
    uint32_t magic, version;
    const void *binary;
    void *unused;
  } wrapper{0x48495046, 1, "__CLANG_OFFLOAD_BUNDLE__", nullptr};
  char garbage[64] = "neither a bundle nor an ELF file";
  static const char kernel = 0;
  for (const void *binary :
       {static_cast<const void *>(garbage), static_cast<const void *>(nullptr)}) {
    wrapper.binary = binary;
    void **handle = __hipRegisterFatBinary(&wrapper);
    __hipRegisterFunction(handle, &kernel, nullptr, "kernel", 0, nullptr, nullptr, nullptr, nullptr,
                          nullptr);
    EXPECT_EQ(hipLaunchKernel(&kernel, {1, 1, 1}, {64, 1, 1}, nullptr, 0, nullptr),
              hipErrorInvalidImage);
    __hipUnregisterFatBinary(handle);
    EXPECT_EQ(hipLaunchKernel(&kernel, {1, 1, 1}, {64, 1, 1}, nullptr, 0, nullptr),
              hipErrorInvalidDeviceFunction);
  }
}

} // namespace
