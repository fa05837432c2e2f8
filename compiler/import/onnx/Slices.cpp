#include "compiler/import/onnx/Operators.h"

using namespace mlir;
using namespace qcc;
using namespace qcc::onnx_import;

/// lm.slice of `size` features of `input` from `offset`, as output `index` of the node.
static llvm::Error makeSlice(Node &node, int index, Value input, int64_t offset, int64_t size) {
  if (offset < 0 || size < 1 || offset > featuresOf(input) - size) {
    return node.refuse("takes features outside of its input's " + llvm::Twine(featuresOf(input)) +
                       ": export it again");
  }
  Type type = activationOf(size, elementOf(input));
  node.define(index, lm::SliceOp::create(node.builder, node.loc, type, input, offset));
  return llvm::Error::success();
}

/// lm.select_rows of `input`: the runtime names the last position of every sequence there.
static llvm::Error makeSelectRows(Node &node, Value input) {
  if (node.importer.rowsSelected) {
    return node.refuse("selects positions a second time, which is not supported");
  }
  node.importer.rowsSelected = true;
  node.define(0, lm::SelectRowsOp::create(node.builder, node.loc, input, node.importer.batch));
  return llvm::Error::success();
}

llvm::Error qcc::onnx_import::importLastPosition(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  int64_t axis = node.integer("axis", 0);
  llvm::Expected<llvm::SmallVector<int64_t>> indices = node.integers(1);
  if (!indices) {
    return indices.takeError();
  }
  if ((axis != 1 && axis != -2) || *indices != llvm::SmallVector<int64_t>{-1}) {
    return node.refuse("is supported on embedding tables, and on activations for the last position "
                       "(axis 1, index -1)");
  }
  return makeSelectRows(node, *input);
}

llvm::Error qcc::onnx_import::importSlice(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  llvm::SmallVector<int64_t, 4> range;
  for (int index = 1; index < 5; ++index) {
    if (index == 4 && node.input(4).empty()) {
      range.push_back(1);
      continue;
    }
    llvm::Expected<llvm::SmallVector<int64_t>> values = node.integers(index);
    if (!values) {
      return values.takeError();
    }
    if (values->size() != 1) {
      return node.refuse("slices several axes at once: slice one axis at a time");
    }
    range.push_back(values->front());
  }
  int64_t start = range[0], end = range[1], axis = range[2], features = featuresOf(*input);
  if (range[3] != 1) {
    return node.refuse("slices with steps: only steps of 1 are supported");
  }
  if ((axis == 1 || axis == -2) && start == -1 && end >= maxExtent - 1) {
    return makeSelectRows(node, *input);
  }
  if (axis != 2 && axis != -1) {
    return node.refuse("slices positions other than the last one: export it again without");
  }
  start = start < 0 ? start + features : start;
  end = end < 0 ? end + features : std::min(end, features);
  return makeSlice(node, 0, *input, start, end - start);
}

llvm::Error qcc::onnx_import::importSplit(Node &node) {
  llvm::Expected<Value> input = node.activation(0);
  if (!input) {
    return input.takeError();
  }
  int64_t axis = node.integer("axis", 0);
  if (axis != 2 && axis != -1) {
    return node.refuse("splits an axis other than the last, which is not supported");
  }
  int parts = node.proto.output_size();
  int64_t features = featuresOf(*input);
  llvm::SmallVector<int64_t> sizes(parts, parts ? features / parts : 0);
  if (!node.input(1).empty()) {
    llvm::Expected<llvm::SmallVector<int64_t>> stated = node.integers(1);
    if (!stated) {
      return stated.takeError();
    }
    sizes = *stated;
  }
  bool even = !node.input(1).empty() || (parts > 0 && features % parts == 0);
  if (!even || static_cast<int>(sizes.size()) != parts) {
    return node.refuse("does not say how many features each part has: state the split");
  }
  int64_t offset = 0;
  for (auto [index, size] : llvm::enumerate(sizes)) {
    if (llvm::Error error = makeSlice(node, index, *input, offset, size)) {
      return error;
    }
    offset += size;
  }
  return llvm::Error::success();
}
