#include "compiler/codegen/Link.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;
using namespace qcc;

static Error writeFile(StringRef path, ArrayRef<char> bytes) {
  std::error_code code;
  raw_fd_ostream stream(path, code);
  if (!code) {
    stream.write(bytes.data(), bytes.size());
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  return code ? createStringError(code, path + ": cannot be written: " + code.message())
              : Error::success();
}

/// Runs lld on the files `inputs`; its complaints become the error.
static Error runLinker(ArrayRef<std::string> inputs, const std::string &output) {
  static std::mutex mutex;
  static bool usable = true;
  std::lock_guard<std::mutex> lock(mutex);
  if (!usable) {
    return createStringError("lld failed before and cannot run again in this process");
  }
  std::vector<const char *> arguments{
      "ld.lld",          "-shared",     "-m", "elf64_amdgpu", "--no-undefined",
      "--build-id=none", "--threads=1", "-o", output.c_str()};
  for (const std::string &input : inputs) {
    arguments.push_back(input.c_str());
  }
  std::string complaints;
  raw_string_ostream stream(complaints);
  lld::Result result = lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  return result.retCode == 0 ? Error::success()
                             : createStringError("lld: " + StringRef(complaints).rtrim());
}

Expected<std::vector<uint8_t>> codegen::linkObjects(ArrayRef<SmallVector<char, 0>> objects) {
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory("qcc-link", folder)) {
    return createStringError(code, "no temporary folder for linking: " + code.message());
  }
  scope_exit remove([&] { sys::fs::remove_directories(folder); });
  auto pathOf = [&](const Twine &name) {
    SmallString<128> path = folder;
    sys::path::append(path, name);
    return path.str().str();
  };
  std::vector<std::string> inputs;
  for (auto [index, object] : enumerate(objects)) {
    inputs.push_back(pathOf(Twine(index) + ".o"));
    if (Error error = writeFile(inputs.back(), object)) {
      return error;
    }
  }
  std::string output = pathOf("code.hsaco");
  if (Error error = runLinker(inputs, output)) {
    return error;
  }
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(output);
  if (!file) {
    return createStringError(file.getError(), output + ": cannot be read");
  }
  return std::vector<uint8_t>((*file)->getBuffer().bytes_begin(), (*file)->getBuffer().bytes_end());
}
