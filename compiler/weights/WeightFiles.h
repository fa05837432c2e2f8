// The files that a model's weights are in, mapped read-only and shared by everything that reads weights.
#pragma once

#include "dialects/qnt/Qnt.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace qcc {

class WeightFiles {
public:
  /// Sources name their files relative to `folder` (the folder of the model).
  explicit WeightFiles(std::string folder);
  ~WeightFiles();

  /// The bytes of `source`, mapped on first use of its file. Fails with one sentence when the file is
  /// missing or shorter than the source says. Safe to call from any thread.
  llvm::Expected<llvm::ArrayRef<uint8_t>> bytes(qnt::SourceAttr source);

  /// Tells the system that these mapped bytes have been read, so that resident memory does not grow with
  /// the model. They stay readable.
  void dropBehind(llvm::ArrayRef<uint8_t> bytes);

private:
  struct MappedFile;
  std::string folder;
  std::mutex mutex;
  llvm::StringMap<std::unique_ptr<MappedFile>> files;
};

} // namespace qcc
