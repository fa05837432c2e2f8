#include "test/emulator/isa/Harness.h"

#include "emulator/memory/Memory.h"
#include "test/emulator/isa/Tested.h"

#include <gtest/gtest.h>

#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/TargetParser/Triple.h>

#include <map>
#include <mutex>
#include <optional>

extern "C" {
void LLVMInitializeAMDGPUTargetInfo();
void LLVMInitializeAMDGPUTargetMC();
void LLVMInitializeAMDGPUAsmParser();
}

namespace qcc::emulator {

namespace {
std::mutex registryMutex;
std::map<uint64_t, uint64_t> registry; // begin -> end
} // namespace

AddressRange findAllocation(uint64_t address) {
  std::lock_guard lock(registryMutex);
  auto after = registry.upper_bound(address);
  if (after == registry.begin()) {
    return {};
  }
  auto found = std::prev(after);
  return address < found->second ? AddressRange{found->first, found->second} : AddressRange{};
}

std::string explainAddress(uint64_t) {
  return {};
}

namespace test {

namespace {

std::vector<uint8_t> textSection(llvm::StringRef object) {
  auto file =
      llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(object, "assembled"));
  if (!file) {
    llvm::consumeError(file.takeError());
    return {};
  }
  for (const llvm::object::SectionRef &section : (*file)->sections()) {
    auto name = section.getName();
    if (name && *name == ".text") {
      auto bytes = section.getContents();
      return bytes ? std::vector<uint8_t>(bytes->bytes_begin(), bytes->bytes_end())
                   : std::vector<uint8_t>();
    }
  }
  return {};
}

} // namespace

namespace {

/// Machine code, or nothing when the text does not assemble.
std::optional<std::vector<uint8_t>> tryAssemble(const std::string &chip, const std::string &text,
                                                const std::string &features) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmParser();
  });
  const llvm::Triple triple("amdgcn-amd-amdhsa");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  const llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers(target->createMCRegInfo(triple));
  std::unique_ptr<llvm::MCAsmInfo> info(target->createMCAsmInfo(*registers, triple, options));
  std::unique_ptr<llvm::MCInstrInfo> instructions(target->createMCInstrInfo());
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, chip, features));
  llvm::SourceMgr sources;
  sources.setDiagHandler([](const llvm::SMDiagnostic &, void *) {});
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text), llvm::SMLoc());
  llvm::MCContext context(triple, info.get(), registers.get(), subtarget.get(), &sources);
  std::unique_ptr<llvm::MCObjectFileInfo> sections(
      target->createMCObjectFileInfo(context, /*PIC=*/true));
  context.setObjectFileInfo(sections.get());
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  std::unique_ptr<llvm::MCAsmBackend> backend(
      target->createMCAsmBackend(*subtarget, *registers, options));
  auto writer = backend->createObjectWriter(stream);
  std::unique_ptr<llvm::MCStreamer> streamer(target->createMCObjectStreamer(
      triple, context, std::move(backend), std::move(writer),
      std::unique_ptr<llvm::MCCodeEmitter>(target->createMCCodeEmitter(*instructions, context)),
      *subtarget));
  std::unique_ptr<llvm::MCAsmParser> parser(
      llvm::createMCAsmParser(sources, context, *streamer, *info));
  std::unique_ptr<llvm::MCTargetAsmParser> targetParser(
      target->createMCAsmParser(*subtarget, *parser, *instructions, options));
  parser->setTargetParser(*targetParser);
  if (parser->Run(/*NoInitialTextSection=*/false)) {
    return std::nullopt;
  }
  return textSection(llvm::StringRef(object.data(), object.size()));
}

} // namespace

bool assembles(const std::string &chip, const std::string &text, const std::string &features) {
  return tryAssemble(chip, text, features).has_value();
}

std::vector<uint8_t> assemble(const std::string &chip, const std::string &text,
                              const std::string &features) {
  auto code = tryAssemble(chip, text, features);
  if (!code) {
    ADD_FAILURE() << "does not assemble for " << chip << ":\n" << text;
    return {};
  }
  return *code;
}

DeviceBuffer::DeviceBuffer(size_t size) : bytes(size, 0) {
  std::lock_guard lock(registryMutex);
  registry[address()] = address() + size;
}
DeviceBuffer::~DeviceBuffer() {
  std::lock_guard lock(registryMutex);
  registry.erase(address());
}

AssembledKernel::AssembledKernel(const std::string &chip, const std::string &text, bool wave64)
    : code(assemble(chip, text,
                    wave64 && isWave32(chip) ? "-wavefrontsize32,+wavefrontsize64" : "")) {
  kernel.name = "test";
  kernel.chip = chip;
  kernel.code = code.data();
  kernel.codeBytes = code.size();
  lanes = isWave32(chip) && !wave64 ? 32 : 64;
  KernelDescriptor &d = kernel.descriptor;
  d.groupSegmentFixedSize = 4096;
  d.privateSegmentFixedSize = 256;
  d.kernelCodeProperties = 1 << 3 | (lanes == 32 ? 1 << 10 : 0);
  d.computePgmRsrc1 = 63 | 0xf0 << 12; // all registers; all denormals
  d.computePgmRsrc2 = 2 << 1 | 1 << 7; // two user SGPRs, workgroup id x
  d.computePgmRsrc3 = 63;              // 256 vector registers, then accumulation registers
}

AssembledKernel::~AssembledKernel() {
  forgetCode(code.data(), code.size());
}

DispatchResult AssembledKernel::run(const std::vector<uint64_t> &arguments, uint32_t workItems,
                                    uint32_t workgroups) {
  kernel.descriptor.kernargSize = static_cast<uint32_t>(arguments.size() * 8);
  Dispatch dispatch;
  dispatch.kernel = &kernel;
  dispatch.gridWorkgroups = {workgroups, 1, 1};
  dispatch.workgroupSize = {workItems, 1, 1};
  dispatch.kernarg = arguments.data();
  dispatch.observers = observers;
  dispatch.instructionLimit = instructionLimit;
  dispatch.residentWorkgroups = residentWorkgroups;
  dispatch.firstWorkgroup = firstWorkgroup;
  dispatch.mostWorkgroups = mostWorkgroups;
  return runDispatch(dispatch);
}

namespace {

/// Loads v4, v5, ... from the kernel's first argument, runs the case, and stores v20, v21, ... to
/// the second.
std::string vectorText(const std::string &chip, const VectorCase &test) {
  const uint32_t bytes = (isWave32(chip) ? 32 : 64) * 4;
  std::string text = std::string(isWave32(chip) ? "s_load_b128" : "s_load_dwordx4") +
                     " s[4:7], s[0:1], 0x0\n" +
                     (chip.starts_with("gfx12") ? "s_wait_kmcnt 0\n" : "s_waitcnt lgkmcnt(0)\n") +
                     "v_lshlrev_b32 v1, 2, v0\n";
  for (size_t n = 0; n < test.inputs.size(); ++n) {
    text += "global_load_dword v" + std::to_string(4 + n) +
            ", v1, s[4:5] offset:" + std::to_string(n * bytes) + "\n";
  }
  text += test.before + "\n" + takeMarks(chip, test.text) + "\n" + test.after + "\n";
  for (uint32_t n = 0; n < test.results; ++n) {
    text += "global_store_dword v1, v" + std::to_string(20 + n) +
            ", s[6:7] offset:" + std::to_string(n * bytes) + "\n";
  }
  return text + "s_endpgm\n";
}

} // namespace

VectorKernel::VectorKernel(const std::string &chip, const VectorCase &test)
    : chip(chip), lanes(isWave32(chip) ? 32 : 64), results(test.results),
      kernel(chip, vectorText(chip, test)) {}

std::vector<Lanes> VectorKernel::run(const std::vector<Lanes> &inputs) {
  DeviceBuffer in(std::max<size_t>(1, inputs.size()) * lanes * 4), out(results * lanes * 4);
  for (size_t n = 0; n < inputs.size(); ++n) {
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      in.as<uint32_t>()[n * lanes + lane] = inputs[n][lane % inputs[n].size()];
    }
  }
  const DispatchResult result = kernel.run({in.address(), out.address()}, lanes);
  EXPECT_TRUE(result.ok()) << chip << ": " << result.message;
  std::vector<Lanes> values;
  for (uint32_t n = 0; n < results; ++n) {
    const uint32_t *begin = out.as<uint32_t>() + n * lanes;
    values.emplace_back(begin, begin + lanes);
  }
  return values;
}

std::vector<Lanes> runVector(const std::string &chip, const VectorCase &test) {
  return VectorKernel(chip, test).run(test.inputs);
}

} // namespace test
} // namespace qcc::emulator
