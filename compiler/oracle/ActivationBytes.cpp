#include "compiler/oracle/ActivationBytes.h"

#include <cstring>

using namespace qcc;
using namespace qcc::oracle;
using interpret::QuantizedTensor;

/// The parts of a tensor in the order of memory: what `visit` does is given an offset and a part.
template <typename Tensor, typename Visit>
static void visitParts(qnt::ActivationType type, Tensor &rows, Visit visit) {
  visit(int64_t{0}, rows.data);
  visit(type.getScalesOffset(), rows.scales);
  if (type.getSquares()) {
    visit(type.getSquaresOffset(), rows.squares);
  }
}

void oracle::encode(qnt::ActivationType type, const QuantizedTensor &rows,
                    llvm::MutableArrayRef<uint8_t> memory) {
  visitParts(type, rows, [&](int64_t offset, const auto &part) {
    std::memcpy(memory.data() + offset, part.data(), part.size() * sizeof(part[0]));
  });
}

QuantizedTensor oracle::decode(qnt::ActivationType type, llvm::ArrayRef<uint8_t> memory,
                               int64_t rows) {
  QuantizedTensor result(rows, type.getFeatures(), type.getBlock(), type.getSquares());
  visitParts(type, result, [&](int64_t offset, auto &part) {
    std::memcpy(part.data(), memory.data() + offset, part.size() * sizeof(part[0]));
  });
  return result;
}
