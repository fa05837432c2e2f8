#include "test/interpret/TinyModel.h"

#include "dialects/lm/Lm.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace qcc::interpret;

TinyModel::TinyModel() {
  context.loadDialect<qcc::qnt::QntDialect, qcc::lm::LmDialect, mlir::func::FuncDialect>();
  EXPECT_FALSE(sys::fs::createUniqueDirectory("qcc-interpret-test", folder));
}

TinyModel::~TinyModel() {
  sys::fs::remove_directories(folder);
}

//===-- Weights ------------------------------------------------------------------------------===//

std::string TinyModel::bytes(ArrayRef<uint8_t> bytes) {
  std::string source =
      "<\"w.data\", " + std::to_string(contents.size()) + ", " + std::to_string(bytes.size()) + ">";
  append_range(contents, bytes);
  return source;
}

template <typename T> static ArrayRef<uint8_t> asBytes(ArrayRef<T> values) {
  return {reinterpret_cast<const uint8_t *>(values.data()), values.size() * sizeof(T)};
}

std::string TinyModel::f32(ArrayRef<float> values) {
  return bytes(asBytes(values));
}

std::string TinyModel::words(ArrayRef<uint16_t> patterns) {
  return bytes(asBytes(patterns));
}

std::string TinyModel::i32(ArrayRef<int32_t> values) {
  return bytes(asBytes(values));
}

static std::string weightType(ArrayRef<size_t> shape) {
  return "!qnt.weight<[" +
         join(map_range(shape, [](size_t n) { return std::to_string(n); }), ", ") + "], f32>";
}

std::string TinyModel::matrix(const std::string &name, const Rows &values) {
  std::vector<float> flat;
  for (const std::vector<float> &row : values) {
    append_range(flat, row);
  }
  return "%" + name + " = qnt.parameter \"" + name + "\" values " + f32(flat) +
         " storage rows : " + weightType({values.size(), values.front().size()}) + "\n";
}

std::string TinyModel::vector(const std::string &name, ArrayRef<float> values) {
  return "%" + name + " = qnt.parameter \"" + name + "\" values " + f32(values) +
         " storage rows : " + weightType({values.size()}) + "\n";
}

std::string TinyModel::tensor(const std::string &name, const Rows &values,
                              const std::string &type) {
  size_t features = values.front().size();
  return matrix(name + "_table", values) + "%" + name + " = lm.embed %batch, %" + name +
         "_table : " + weightType({values.size(), features}) + " -> tensor<?x" +
         std::to_string(features) + "x" + type + ">\n";
}

//===-- Running ------------------------------------------------------------------------------===//

Error TinyModel::load(const std::string &body, const std::string &result, const std::string &cache,
                      const std::string &attributes, InterpreterOptions options) {
  std::string argument = cache.empty() ? "" : ", %cache: " + cache;
  std::string types = cache.empty() ? result : result + ", " + cache;
  std::string text = "module attributes {" + attributes +
                     "} { func.func @decoder(%batch: !lm.batch" + argument + ") -> (" + types +
                     ") {\n" + body + "return %r" + (cache.empty() ? "" : ", %cache1") + " : " +
                     types + "\n} }";
  return parse(text, options);
}

Error TinyModel::loadSampling(const std::string &body, int vocabulary) {
  std::string logits = "tensor<?x" + std::to_string(vocabulary) + "xf32>";
  std::string sampler = "!lm.sampler<" + std::to_string(vocabulary) + ">";
  std::string types = logits + ", !lm.batch, " + sampler;
  return parse("func.func @decoder(%batch: !lm.batch, %sampler: " + sampler + ") -> (" + types +
                   ") {\n" + body + "%next, %new = lm.sample %r, %batch, %sampler : " + logits +
                   ", " + sampler + "\nreturn %r, %next, %new : " + types + "\n}",
               {});
}

Error TinyModel::parse(const std::string &text, InterpreterOptions options) {
  loaded.reset();
  module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module) {
    return createStringError("cannot parse\n" + text);
  }
  std::error_code code;
  SmallString<128> path(folder);
  sys::path::append(path, "w.data");
  raw_fd_ostream(path, code) << toStringRef(contents);
  files = std::make_unique<WeightFiles>(folder.str().str());
  auto created = Interpreter::create(*module, *files, options);
  if (!created) {
    return created.takeError();
  }
  loaded = std::move(*created);
  return Error::success();
}

Expected<Rows> TinyModel::evaluate(const std::string &body, const std::string &result, int32_t rows,
                                   const std::string &cache) {
  if (Error error = load(body, result, cache)) {
    return error;
  }
  std::vector<Row> batch;
  std::vector<int32_t> wanted;
  for (int32_t t = 0; t < rows; ++t) {
    batch.push_back({t, /*slot=*/0, /*position=*/t});
    wanted.push_back(t);
  }
  auto logits = loaded->step(batch, wanted);
  if (!logits) {
    return logits.takeError();
  }
  return rowsOf(*logits);
}

Rows qcc::interpret::rowsOf(const Tensor &tensor) {
  Rows rows;
  for (int64_t t = 0; t < tensor.rows; ++t) {
    rows.push_back(tensor.row(t).vec());
  }
  return rows;
}

void qcc::interpret::expectRows(Expected<Rows> actual, const Rows &expected, float tolerance) {
  if (!actual) {
    FAIL() << toString(actual.takeError());
  }
  ASSERT_EQ(actual->size(), expected.size());
  for (auto [row, values] : enumerate(zip(*actual, expected))) {
    auto &[got, want] = values;
    ASSERT_EQ(got.size(), want.size()) << "row " << row;
    for (size_t f = 0; f < got.size(); ++f) {
      bool equal = got[f] == want[f] || std::abs(got[f] - want[f]) <= tolerance;
      EXPECT_TRUE(equal) << "row " << row << ", feature " << f << " is " << got[f] << ", not "
                         << want[f];
    }
  }
}

void qcc::interpret::expectFailure(Error error, StringRef part) {
  std::string message = toString(std::move(error));
  EXPECT_NE(message.find(part), std::string::npos) << message;
}
