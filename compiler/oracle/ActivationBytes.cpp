#include "compiler/oracle/ActivationBytes.h"

#include <cstring>

using namespace qcc;
using interpret::QuantizedTensor;

template <typename T>
static void store(const std::vector<T> &values, llvm::MutableArrayRef<uint8_t> memory,
                  int64_t offset) {
  std::memcpy(memory.data() + offset, values.data(), values.size() * sizeof(T));
}

template <typename T>
static std::vector<T> load(llvm::ArrayRef<uint8_t> memory, int64_t offset, int64_t count) {
  std::vector<T> values(count);
  std::memcpy(values.data(), memory.data() + offset, count * sizeof(T));
  return values;
}

void oracle::encode(qnt::ActivationType type, const QuantizedTensor &values,
                    llvm::MutableArrayRef<uint8_t> memory) {
  store(values.data, memory, 0);
  store(values.scales, memory, type.getScalesOffset());
  store(values.squares, memory, type.getSquaresOffset());
}

QuantizedTensor oracle::decode(qnt::ActivationType type, llvm::ArrayRef<uint8_t> memory,
                               int64_t rows) {
  QuantizedTensor result;
  result.rows = rows;
  result.features = static_cast<int64_t>(type.getFeatures());
  result.block = static_cast<int64_t>(type.getBlock());
  const int64_t blocks = rows * result.blocksPerRow();
  result.data = load<int8_t>(memory, 0, rows * result.features);
  result.scales = load<float>(memory, type.getScalesOffset(), blocks);
  if (type.getSquares()) {
    result.squares = load<float>(memory, type.getSquaresOffset(), blocks);
  }
  return result;
}
