#include "compiler/import/onnx/ConstantReader.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"

using namespace qcc;
using namespace qcc::onnx_import;

/// Bits of one element of an ONNX type; 0 for types that are not read.
static int64_t bitsOf(int32_t dataType) {
  switch (dataType) {
  case Int64:
    return 64;
  case Int32:
    return 32;
  default:
    return qnt::bitsOf(encodingOf(dataType));
  }
}

static llvm::Error refuse(const OnnxFile &file, const Constant &constant, const llvm::Twine &why) {
  return llvm::createStringError("'" + file.path + "': tensor '" + constant.name + "' " + why);
}

llvm::Expected<qnt::SourceAttr> ConstantReader::source(const Constant &constant,
                                                       mlir::MLIRContext *context) {
  int64_t bits = bitsOf(constant.dataType);
  if (bits == 0) {
    return refuse(file, constant,
                  "has element type " + llvm::Twine(constant.dataType) +
                      ", which is not supported: use f32, f16, bf16 or an 8 or 4 bit integer");
  }
  int64_t bytes = (constant.elements * bits + 7) / 8;
  if (constant.proto->data_location() == onnx::TensorProto::EXTERNAL) {
    return externalSource(constant, bytes, context);
  }
  if (!constant.raw) {
    return refuse(file, constant,
                  "keeps its values in a typed field: save it as raw or external data");
  }
  if (constant.raw->bytes != bytes) {
    return refuse(file, constant,
                  "takes " + llvm::Twine(bytes) + " bytes by its shape but has " +
                      llvm::Twine(constant.raw->bytes) + ": export the model again");
  }
  return qnt::SourceAttr::get(context, file.name, constant.raw->offset, bytes);
}

/// A location inside the model's folder: relative, and without steps upwards.
static bool isInsideFolder(llvm::StringRef location) {
  namespace path = llvm::sys::path;
  return !location.empty() && !path::is_absolute(location) && !location.contains('\0') &&
         llvm::none_of(llvm::make_range(path::begin(location), path::end(location)),
                       [](llvm::StringRef part) { return part == ".."; });
}

llvm::Expected<qnt::SourceAttr> ConstantReader::externalSource(const Constant &constant,
                                                               int64_t bytes,
                                                               mlir::MLIRContext *context) {
  std::string location;
  int64_t offset = 0, length = bytes;
  for (const onnx::StringStringEntryProto &entry : constant.proto->external_data()) {
    llvm::StringRef value = entry.value();
    if (entry.key() == "location") {
      location = value.str();
    } else if ((entry.key() == "offset" && (value.getAsInteger(10, offset) || offset < 0)) ||
               (entry.key() == "length" && value.getAsInteger(10, length))) {
      return refuse(file, constant,
                    "has a malformed external offset or length: export the model "
                    "again");
    }
  }
  if (!isInsideFolder(location)) {
    return refuse(file, constant,
                  "has external data at '" + location +
                      "', outside of the model's folder: keep it beside the model");
  }
  if (length != bytes) {
    return refuse(file, constant,
                  "takes " + llvm::Twine(bytes) + " bytes by its shape but its external data has " +
                      llvm::Twine(length) + ": export the model again");
  }
  qnt::SourceAttr source = qnt::SourceAttr::get(context, location, offset, bytes);
  if (llvm::Expected<llvm::ArrayRef<uint8_t>> mapped = files.bytes(source); !mapped) {
    return refuse(file, constant, "is not there: " + llvm::toString(mapped.takeError()));
  }
  return source;
}

llvm::Expected<llvm::ArrayRef<uint8_t>> ConstantReader::bytes(const Constant &constant,
                                                              mlir::MLIRContext *context) {
  llvm::Expected<qnt::SourceAttr> range = source(constant, context);
  if (!range) {
    return range.takeError();
  }
  return files.bytes(*range);
}

/// Integers kept in the typed fields of a tensor, where small constants often are.
static llvm::SmallVector<int64_t> typedIntegers(const onnx::TensorProto &proto) {
  llvm::SmallVector<int64_t> values(proto.int64_data().begin(), proto.int64_data().end());
  values.append(proto.int32_data().begin(), proto.int32_data().end());
  return values;
}

llvm::Expected<llvm::SmallVector<int64_t>> ConstantReader::integers(const Constant &constant,
                                                                    mlir::MLIRContext *context) {
  if (constant.dataType != Int32 && constant.dataType != Int64) {
    return refuse(file, constant, "is read as integers: give it type int32 or int64");
  }
  llvm::SmallVector<int64_t> values = typedIntegers(*constant.proto);
  if (!constant.raw && static_cast<int64_t>(values.size()) == constant.elements) {
    return values;
  }
  llvm::Expected<llvm::ArrayRef<uint8_t>> data = bytes(constant, context);
  if (!data) {
    return data.takeError();
  }
  values.clear();
  for (int64_t i = 0; i < constant.elements; ++i) {
    using namespace llvm::support::endian;
    values.push_back(constant.dataType == Int64 ? static_cast<int64_t>(read64le(&(*data)[i * 8]))
                                                : static_cast<int32_t>(read32le(&(*data)[i * 4])));
  }
  return values;
}

/// The first element of `data`, which holds floats of `encoding`.
static double decodeFloat(llvm::ArrayRef<uint8_t> data, qnt::Encoding encoding) {
  using namespace llvm::support::endian;
  bool single = encoding == qnt::Encoding::f32;
  const llvm::fltSemantics &semantics = single ? llvm::APFloat::IEEEsingle()
                                        : encoding == qnt::Encoding::f16 ? llvm::APFloat::IEEEhalf()
                                                                         : llvm::APFloat::BFloat();
  llvm::APInt bits(single ? 32 : 16, single ? read32le(data.data()) : read16le(data.data()));
  llvm::APFloat value(semantics, bits);
  bool inexact = false;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &inexact);
  return value.convertToDouble();
}

llvm::Expected<double> ConstantReader::scalar(const Constant &constant,
                                              mlir::MLIRContext *context) {
  qnt::Encoding encoding = onnx_import::encodingOf(constant.dataType);
  if (constant.elements != 1 || !qnt::isFloat(encoding)) {
    return refuse(file, constant, "is read as one number: give it one f32, f16 or bf16 element");
  }
  if (!constant.raw && constant.proto->float_data_size() == 1) {
    return constant.proto->float_data(0);
  }
  llvm::Expected<llvm::ArrayRef<uint8_t>> data = bytes(constant, context);
  if (!data) {
    return data.takeError();
  }
  return decodeFloat(*data, encoding);
}
