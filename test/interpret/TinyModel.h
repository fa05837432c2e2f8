// Decoders of a few lines for tests: IR text around a body, and a weight file in a temporary
// folder.
#pragma once

#include "compiler/interpret/Interpreter.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SmallString.h"

#include <gtest/gtest.h>

namespace qcc::interpret {

/// Values of every row of a tensor.
using Rows = std::vector<std::vector<float>>;

class TinyModel {
public:
  TinyModel();
  ~TinyModel();

  /// Appends bytes to the weight file; the source as IR text: <"w.data", offset, bytes>.
  std::string bytes(llvm::ArrayRef<uint8_t> bytes);
  std::string f32(llvm::ArrayRef<float> values);
  /// Elements of 16 bits by their bit patterns.
  std::string words(llvm::ArrayRef<uint16_t> patterns);
  std::string i32(llvm::ArrayRef<int32_t> values);

  /// `%name = qnt.parameter ...` of f32 values: a matrix, or a vector.
  std::string matrix(const std::string &name, const Rows &values);
  std::string vector(const std::string &name, llvm::ArrayRef<float> values);
  /// `%name`, a tensor<?xFxTYPE> whose row t has the values of row token[t].
  std::string tensor(const std::string &name, const Rows &values, const std::string &type = "f32");

  /// Parses @decoder with `%batch`, `%cache` (when `cache` names a type) and `body`, which defines
  /// `%r : result` (and `%cache1` when there is a cache), and makes an interpreter of it.
  llvm::Error load(const std::string &body, const std::string &result,
                   const std::string &cache = "", const std::string &attributes = "",
                   InterpreterOptions options = {});
  /// The same with a sampler, and no cache; `%r` are logits of `vocabulary` tokens.
  llvm::Error loadSampling(const std::string &body, int vocabulary);
  Interpreter &interpreter() { return *loaded; }

  /// The rows that `body` computes in one step of tokens 0, 1, ... in slot 0, all rows wanted.
  llvm::Expected<Rows> evaluate(const std::string &body, const std::string &result, int32_t rows,
                                const std::string &cache = "");

private:
  llvm::Error parse(const std::string &text, InterpreterOptions options);

  mlir::MLIRContext context;
  llvm::SmallString<128> folder;
  std::vector<uint8_t> contents;
  std::unique_ptr<WeightFiles> files;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<Interpreter> loaded;
};

/// The rows of a tensor, for comparison.
Rows rowsOf(const Tensor &tensor);

/// Expects a success and equal values: exactly, or within `tolerance` of each.
void expectRows(llvm::Expected<Rows> actual, const Rows &expected, float tolerance = 0);

/// Expects a failure whose sentence contains `part`.
template <typename T> void expectFailure(llvm::Expected<T> actual, llvm::StringRef part) {
  ASSERT_FALSE(static_cast<bool>(actual));
  std::string message = llvm::toString(actual.takeError());
  EXPECT_NE(message.find(part), std::string::npos) << message;
}
void expectFailure(llvm::Error error, llvm::StringRef part);

} // namespace qcc::interpret
