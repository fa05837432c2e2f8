#include "compiler/import/onnx/ModelInfo.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace qcc;

/// The object in file `name`; an empty one when there is no such file.
static llvm::Expected<llvm::json::Object> readObject(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, name);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    return llvm::json::Object();
  }
  llvm::Expected<llvm::json::Value> value = llvm::json::parse((*buffer)->getBuffer());
  if (!value) {
    return llvm::createStringError("'" + path +
                                   "' is not JSON: " + llvm::toString(value.takeError()));
  }
  if (llvm::json::Object *object = value->getAsObject()) {
    return std::move(*object);
  }
  return llvm::createStringError("'" + path + "' holds no JSON object: copy the file again");
}

/// Takes the context length under `lengthKey` and the ids under eos_token_id where `info` has none
/// yet.
static void merge(const llvm::json::Object &object, llvm::StringRef lengthKey, ModelInfo &info) {
  if (info.contextLength == 0) {
    info.contextLength = std::max<int64_t>(object.getInteger(lengthKey).value_or(0), 0);
  }
  if (!info.endOfSequence.empty()) {
    return;
  }
  if (std::optional<int64_t> id = object.getInteger("eos_token_id")) {
    info.endOfSequence.push_back(*id);
  } else if (const llvm::json::Array *ids = object.getArray("eos_token_id")) {
    for (const llvm::json::Value &value : *ids) {
      if (std::optional<int64_t> each = value.getAsInteger()) {
        info.endOfSequence.push_back(*each);
      }
    }
  }
}

llvm::Expected<ModelInfo> qcc::readModelInfo(llvm::StringRef folder) {
  ModelInfo info;
  // The length of generation_config.json is a search limit, not the model's: it is not read.
  for (auto [name, lengthKey] :
       {std::pair("genai_config.json", "context_length"), std::pair("generation_config.json", ""),
        std::pair("config.json", "max_position_embeddings")}) {
    llvm::Expected<llvm::json::Object> object = readObject(folder, name);
    if (!object) {
      return object.takeError();
    }
    const llvm::json::Object *model = object->getObject("model");
    merge(model ? *model : *object, lengthKey, info);
  }
  return info;
}
