#include "compiler/package/WeightStream.h"

#include "compiler/package/OrderedWork.h"

#include <algorithm>
#include <array>
#include <memory>
#include <xxhash.h>

using namespace qcc;
using namespace qcc::package;

//===-- Preparation ---------------------------------------------------------------------------===//

/// Weights lie apart from each other and inside their memory.
static llvm::Error checkPlaces(llvm::ArrayRef<PlacedWeight> placed, int64_t memoryBytes) {
  int64_t free = 0;
  for (const PlacedWeight &weight : placed) {
    if (weight.offset < free || weight.offset > memoryBytes ||
        weight.packer.bytes() > memoryBytes - weight.offset) {
      return llvm::createStringError("weight '" + weight.packer.name() +
                                     "' overlaps its predecessor or the end of the weights memory");
    }
    free = weight.offset + weight.packer.bytes();
  }
  return llvm::Error::success();
}

llvm::Expected<WeightStream> WeightStream::open(mlir::ModuleOp planned, int64_t memoryBytes,
                                                WeightFiles &files) {
  WeightStream stream;
  stream.memoryBytes = memoryBytes;
  for (auto weight : planned.getOps<program::WeightOp>()) {
    if (!weight.getOffset()) {
      return llvm::createStringError("weight '" + weight.getSymName() +
                                     "' has no place in the weights memory yet");
    }
    llvm::Expected<WeightPacker> packer = WeightPacker::create(weight, files);
    if (!packer) {
      return packer.takeError();
    }
    stream.placed.push_back({std::move(*packer), static_cast<int64_t>(*weight.getOffset())});
  }
  llvm::sort(stream.placed,
             [](const PlacedWeight &a, const PlacedWeight &b) { return a.offset < b.offset; });
  if (llvm::Error error = checkPlaces(stream.placed, memoryBytes)) {
    return std::move(error);
  }
  return stream;
}

//===-- Packing -------------------------------------------------------------------------------===//

namespace {

/// XXH3-64 of a stream of bytes with gaps of zeros in it.
class GappedHash {
public:
  GappedHash() : state(XXH3_createState(), XXH3_freeState) { XXH3_64bits_reset(state.get()); }

  /// Adds `bytes`, which lie at `offset`, and zeros from where the last bytes ended.
  void add(int64_t offset, llvm::ArrayRef<uint8_t> bytes) {
    static constexpr std::array<uint8_t, 4096> zeros = {};
    for (; position < offset; position += std::min<int64_t>(offset - position, zeros.size())) {
      XXH3_64bits_update(state.get(), zeros.data(),
                         std::min<int64_t>(offset - position, zeros.size()));
    }
    XXH3_64bits_update(state.get(), bytes.data(), bytes.size());
    position += static_cast<int64_t>(bytes.size());
  }

  uint64_t digest() const { return XXH3_64bits_digest(state.get()); }

private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t *)> state;
  int64_t position = 0;
};

/// A chunk of one of the weights.
struct Item {
  const PlacedWeight *weight;
  const Chunk *chunk;

  int64_t offset() const { return weight->offset + chunk->offset; }
};

} // namespace

llvm::Expected<uint64_t> WeightStream::pack(unsigned threads, Sink sink, Progress &progress) const {
  std::vector<Item> items;
  for (const PlacedWeight &weight : placed) {
    for (const Chunk &chunk : weight.packer.chunks()) {
      items.push_back({&weight, &chunk});
    }
  }
  GappedHash hash;
  auto produce = [&](size_t index, std::vector<uint8_t> &buffer) -> llvm::Error {
    const Item &item = items[index];
    buffer.resize(item.chunk->bytes);
    if (llvm::Error error = item.weight->packer.pack(*item.chunk, buffer)) {
      return error;
    }
    return sink(item.offset(), buffer);
  };
  auto consume = [&](size_t index, llvm::ArrayRef<uint8_t> bytes) {
    hash.add(items[index].offset(), bytes);
    progress.advance(bytes.size());
  };
  progress.begin("packing weights", memoryBytes);
  llvm::Error error = forEachInOrder(items.size(), threads, produce, consume);
  progress.end();
  if (error) {
    return std::move(error);
  }
  hash.add(memoryBytes, {});
  return hash.digest();
}
