// Translated kernels run on the emulated device, every chip: what tile says is what is computed.
#include "emulator/hip_api/Emulated.h"
#include "test/codegen/Compilation.h"
#include "test/emulator/hip_api/HipCalls.h"
#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

using namespace qcc;

namespace {

/// A kernel `k(%in, %out)` of `workgroup` work-items around `body`, in which %t is the work-item's
/// number and %o4 four times that.
std::string kernelText(const Chip &chip, unsigned workgroup, const std::string &body) {
  return llvm::formatv(R"(
tile.kernel @k(%in: !tile.buffer<global>, %out: !tile.buffer<global>) attributes {{
    kind = "rows", schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>,
    row_capacity = 1, workgroup = {0}, grid = array<i64: 1, 1, 1>} {{
  %lane = tile.lane_id
  %wave = tile.wave_id
  %size = arith.constant {1} : i32
  %four = arith.constant 4 : i32
  %first = arith.muli %wave, %size : i32
  %t = arith.addi %first, %lane : i32
  %o4 = arith.muli %t, %four : i32
{2}
  tile.return
})",
                       workgroup, chip.waveSize, body);
}

/// One store of the f32 `value` as the `index`th array of `workgroup` elements.
std::string storeText(const std::string &value, unsigned index, unsigned workgroup) {
  return llvm::formatv("  %c_{0} = arith.constant {1} : i32\n"
                       "  %o_{0} = arith.addi %o4, %c_{0} : i32\n"
                       "  tile.store {2}, %out[%o_{0} : i32] : f32, !tile.buffer<global>\n",
                       index, index * workgroup * 4, value);
}

class Execute : public ::testing::TestWithParam<const Chip *> {
protected:
  const Chip &chip() const { return *GetParam(); }

  /// Compiles `text`, runs one workgroup of its kernel k on `input` and returns `results` elements.
  template <typename Result, typename Input>
  std::vector<Result> run(const std::string &text, unsigned workgroup,
                          const std::vector<Input> &input, size_t results) {
    std::vector<Result> output(results);
    auto object = test::Compilation().compile(text, chip());
    if (!object) {
      ADD_FAILURE() << llvm::toString(object.takeError());
      return output;
    }
    EXPECT_EQ(qccEmulatedSetChip(chip().name.data()), 0);
    hipModule_t module = nullptr;
    hipFunction_t function = nullptr;
    void *in = nullptr, *out = nullptr;
    check(hipModuleLoadData(&module, object->bytes.data()));
    check(hipModuleGetFunction(&function, module, "k"));
    check(hipMalloc(&in, input.size() * sizeof(Input)));
    check(hipMalloc(&out, results * sizeof(Result)));
    check(hipMemcpyHtoD(in, input.data(), input.size() * sizeof(Input)));
    void *arguments[] = {&in, &out};
    check(
        hipModuleLaunchKernel(function, 1, 1, 1, workgroup, 1, 1, 0, nullptr, arguments, nullptr));
    check(hipDeviceSynchronize());
    check(hipMemcpyDtoH(output.data(), out, results * sizeof(Result)));
    check(hipFree(in));
    check(hipFree(out));
    check(hipModuleUnload(module));
    return output;
  }

private:
  static void check(hipError_t error) { EXPECT_EQ(error, hipSuccess) << qccEmulatedLastError(); }
};

} // namespace

/// What OCP's E4M3 means by a code that is a number.
static float float8(unsigned code) {
  int exponent = static_cast<int>(code >> 3 & 15), mantissa = static_cast<int>(code & 7);
  float magnitude =
      exponent ? std::ldexp(8.0f + mantissa, exponent - 10) : std::ldexp(mantissa, -9);
  return code & 0x80 ? -magnitude : magnitude;
}

TEST_P(Execute, EightBitFloatsWiden) {
  std::string body;
  const std::pair<const char *, unsigned> types[] = {{"f8E4M3FN", 1},
                                                     {"vector<1xf8E4M3FN>", 1},
                                                     {"vector<2xf8E4M3FN>", 2},
                                                     {"vector<4xf8E4M3FN>", 4}};
  for (auto [index, type] : llvm::enumerate(types)) {
    auto [text, size] = type;
    std::string wide = text;
    wide.replace(wide.find("f8E4M3FN"), 8, "f32");
    body += llvm::formatv(R"(
  %size{0} = arith.constant {1} : i32
  %from{0} = arith.muli %t, %size{0} : i32
  %to{0} = arith.muli %from{0}, %four : i32
  %base{0} = arith.constant {2} : i32
  %at{0} = arith.addi %to{0}, %base{0} : i32
  %v{0} = tile.load %in[%from{0} : i32] : !tile.buffer<global> -> {3}
  %w{0} = arith.extf %v{0} : {3} to {4}
  tile.store %w{0}, %out[%at{0} : i32] : {4}, !tile.buffer<global>
)",
                          index, size, index * 1024, text, wide);
  }
  std::vector<uint8_t> codes(256);
  std::iota(codes.begin(), codes.end(), uint8_t{0});
  // Not a number in OCP's format, and minus zero, which none of FNUZ is: never stored there.
  codes[0x7F] = codes[0x80] = codes[0xFF] = 1;
  auto output = run<float>(kernelText(chip(), 64, body), 64, codes, 4 * 256);
  for (auto [index, type] : llvm::enumerate(types)) {
    for (unsigned i = 0; i < 64 * type.second; ++i) {
      EXPECT_EQ(output[index * 256 + i], float8(codes[i])) << type.first << " code " << i;
    }
  }
}

TEST_P(Execute, EightBitFloatsRoundAndSaturate) {
  // Every value, the middle between neighbours, what is beside that, and what is past the ends.
  std::vector<float> input{448, 464, 1e30f, INFINITY, NAN, 0, 0x1p-11f, 1e-42f};
  std::vector<float> expected{448, 448, 448, 448, 448, 0, 0, 0};
  for (unsigned code = 0; code < 0x7E; ++code) {
    float value = float8(code), next = float8(code + 1), middle = (value + next) / 2;
    for (float x : {value, middle, std::nextafter(middle, 0.0f), std::nextafter(middle, 1e9f)}) {
      input.push_back(x);
      bool up = x > middle || (x == middle && code % 2 == 1);
      expected.push_back(up ? next : value);
    }
  }
  for (size_t i = 0, count = input.size(); i < count; ++i) {
    input.push_back(-input[i]);
    expected.push_back(std::isnan(input[i]) ? 448 : -expected[i]);
  }
  constexpr unsigned lanes = 1024;
  ASSERT_EQ(input.size(), lanes);
  auto codes = run<uint8_t>(kernelText(chip(), lanes, R"(
  %v = tile.load %in[%o4 : i32] : !tile.buffer<global> -> f32
  %w = arith.truncf %v : f32 to f8E4M3FN
  tile.store %w, %out[%t : i32] : f8E4M3FN, !tile.buffer<global>
)"),
                            lanes, input, lanes);
  for (unsigned i = 0; i < lanes; ++i) {
    EXPECT_EQ(float8(codes[i]), expected[i]) << input[i];
    // FNUZ would read it as NaN.
    EXPECT_FALSE(chip().has.convertFp8 == Fp8Conversion::fnuz && codes[i] == 0x80);
  }
}

TEST_P(Execute, ReductionsAndExchangesReachTheLanesTheyName) {
  unsigned lanes = chip().waveSize, stores = 0;
  std::string body = "  %v = tile.load %in[%o4 : i32] : !tile.buffer<global> -> f32\n";
  for (unsigned width = 2; width <= lanes; width *= 2) {
    for (const char *reduction : {"add", "max"}) {
      body +=
          llvm::formatv("  %r{0} = tile.reduce_wave {1} %v width {2}\n", stores, reduction, width);
      body += storeText("%r" + std::to_string(stores), stores, lanes), ++stores;
    }
  }
  unsigned reductions = stores;
  for (unsigned mask = 1; mask < lanes; ++mask) {
    body += llvm::formatv("  %r{0} = tile.shuffle_xor %v mask {1}\n", stores, mask);
    body += storeText("%r" + std::to_string(stores), stores, lanes), ++stores;
  }
  // Small integers, so that sums are exact in any order.
  std::vector<float> input(lanes);
  for (unsigned i = 0; i < lanes; ++i) {
    input[i] = static_cast<float>((i * 37) % 101) - 50;
  }
  auto output = run<float>(kernelText(chip(), lanes, body), lanes, input, stores * lanes);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    for (unsigned i = 0; i < reductions; ++i) {
      unsigned width = 2u << (i / 2);
      auto *group = input.data() + lane / width * width;
      float expected = i % 2 ? *std::max_element(group, group + width)
                             : std::accumulate(group, group + width, 0.0f);
      EXPECT_EQ(output[i * lanes + lane], expected) << "width " << width << " lane " << lane;
    }
    for (unsigned mask = 1; mask < lanes; ++mask) {
      EXPECT_EQ(output[(reductions + mask - 1) * lanes + lane], input[lane ^ mask])
          << "mask " << mask << " lane " << lane;
    }
  }
}

TEST_P(Execute, UnpackedElementsAreInOrder) {
  unsigned lanes = chip().waveSize;
  std::vector<uint32_t> input(lanes);
  for (unsigned i = 0; i < lanes; ++i) {
    input[i] = i * 2654435761u;
  }
  for (unsigned bits : {2u, 4u, 8u}) {
    for (bool half : {false, true}) {
      unsigned elements = 32 / bits;
      std::string type = llvm::formatv("vector<{0}xf{1}>", elements, half ? 16 : 32);
      std::string wide = llvm::formatv("vector<{0}xf32>", elements);
      std::string body = llvm::formatv(
          "  %v = tile.load %in[%o4 : i32] : !tile.buffer<global> -> vector<1xi32>\n"
          "  %u = tile.unpack %v bits {0} : vector<1xi32> -> {1}\n"
          "  {2}\n"
          "  %n = arith.constant {3} : i32\n"
          "  %o = arith.muli %t, %n : i32\n"
          "  tile.store {4}, %out[%o : i32] : {5}, !tile.buffer<global>\n",
          bits, type, half ? "%w = arith.extf %u : " + type + " to " + wide : std::string(),
          elements * 4, half ? "%w" : "%u", wide);
      auto output =
          run<float>(kernelText(chip(), lanes, body), lanes, input, size_t(lanes) * elements);
      for (unsigned i = 0; i < lanes * elements; ++i) {
        // The `pairs` order: even elements in the low half of the word, odd ones in the high half.
        unsigned element = i % elements, shift = element / 2 * bits + element % 2 * 16;
        uint32_t value = input[i / elements] >> shift & ((1u << bits) - 1);
        // Where pairs lie in the mantissa of f16, by the largest group of them that it holds.
        const std::map<unsigned, std::vector<unsigned>> positions = {
            {2, {0, 2, 4, 6, 8, 4, 6, 8}}, {4, {0, 4, 2, 6}}, {8, {0, 0}}};
        unsigned bias = half ? 1024u >> positions.at(bits)[element / 2] : 0;
        EXPECT_EQ(output[i], static_cast<float>(value + bias)) << bits << " bits, element " << i;
      }
    }
  }
}

TEST_P(Execute, DotProductsAddUp) {
  unsigned lanes = chip().waveSize;
  std::string body = R"(
  %two = arith.constant 2 : i32
  %o32 = arith.muli %t, %size32 : i32
  %a = tile.load %in[%o32 : i32] : !tile.buffer<global> -> vector<8xf32>
  %h = arith.truncf %a : vector<8xf32> to vector<8xf16>
  %one = arith.constant 1.0 : f32
  %df = tile.dot %a, %a, %one : vector<8xf32>
  %dh = tile.dot %h, %h, %one : vector<8xf16>
)";
  body = "  %size32 = arith.constant 32 : i32\n" + body + storeText("%df", 0, lanes) +
         storeText("%dh", 1, lanes);
  std::vector<float> input(8 * lanes);
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<float>(i % 23) - 11;
  }
  auto output = run<float>(kernelText(chip(), lanes, body), lanes, input, 2 * lanes);
  for (unsigned lane = 0; lane < lanes; ++lane) {
    auto *row = input.data() + 8 * lane;
    float expected = std::inner_product(row, row + 8, row, 1.0f);
    EXPECT_EQ(output[lane], expected) << "f32, lane " << lane;
    EXPECT_EQ(output[lanes + lane], expected) << "f16, lane " << lane;
  }
}

namespace {

/// Small integers, so that products and sums of them are exact, in the chip's largest tile.
class MatrixProduct {
public:
  explicit MatrixProduct(const Chip &chip) : shape(chip.has.matrixOfHalves), lanes(chip.waveSize) {}

  unsigned held() const { return shape.depth / shape.depthLanes; }
  unsigned results() const { return shape.rows / groups(); }
  /// Elements of a lane: of A, then of B, then of C.
  unsigned stride() const { return 2 * held() + results(); }

  std::vector<float> input() const {
    std::vector<float> input;
    for (unsigned lane = 0; lane < lanes; ++lane) {
      unsigned column = lane % shape.columns;
      unsigned part = lane / shape.columns % shape.depthLanes * held();
      for (unsigned i = 0; i < held(); ++i) {
        input.push_back(a(column, part + i));
      }
      for (unsigned i = 0; i < held(); ++i) {
        input.push_back(b(part + i, column));
      }
      for (unsigned i = 0; i < results(); ++i) {
        input.push_back(c(rowOf(i, lane), column));
      }
    }
    return input;
  }

  /// Element `i` of D in `lane`.
  float expected(unsigned i, unsigned lane) const {
    unsigned row = rowOf(i, lane), column = lane % shape.columns;
    float sum = c(row, column);
    for (unsigned k = 0; k < shape.depth; ++k) {
      sum += a(row, k) * b(k, column);
    }
    return sum;
  }

  std::string body(const char *type) const {
    return llvm::formatv(R"(
  %stride = arith.constant {0} : i32
  %resultSize = arith.constant {1} : i32
  %bOffset = arith.constant {2} : i32
  %cOffset = arith.constant {3} : i32
  %oa = arith.muli %t, %stride : i32
  %ob = arith.addi %oa, %bOffset : i32
  %oc = arith.addi %oa, %cOffset : i32
  %or = arith.muli %t, %resultSize : i32
  %a = tile.load %in[%oa : i32] : !tile.buffer<global> -> vector<{4}xf32>
  %b = tile.load %in[%ob : i32] : !tile.buffer<global> -> vector<{4}xf32>
  %c = tile.load %in[%oc : i32] : !tile.buffer<global> -> vector<{5}xf32>
  %ha = arith.truncf %a : vector<{4}xf32> to vector<{4}x{6}>
  %hb = arith.truncf %b : vector<{4}xf32> to vector<{4}x{6}>
  %d = tile.matrix_multiply %ha, %hb, %c shape <rows = {7}, columns = {8}, depth = {9}, depthLanes = {10},
      rowRun = {11}> : vector<{4}x{6}>, vector<{5}xf32>
  tile.store %d, %out[%or : i32] : vector<{5}xf32>, !tile.buffer<global>
)",
                         stride() * 4, results() * 4, held() * 4, 2 * held() * 4, held(), results(),
                         type, shape.rows, shape.columns, shape.depth, shape.depthLanes,
                         shape.rowRun);
  }

private:
  static float a(unsigned row, unsigned k) { return float((row * 5 + k * 3) % 13) - 6; }
  static float b(unsigned k, unsigned column) { return float((column * 7 + k * 11) % 17) - 8; }
  static float c(unsigned row, unsigned column) { return float(row) + 100 * float(column); }
  unsigned groups() const { return lanes / shape.columns; }
  unsigned rowOf(unsigned i, unsigned lane) const {
    return i / shape.rowRun * shape.rowRun * groups() + lane / shape.columns * shape.rowRun +
           i % shape.rowRun;
  }

  MatrixShape shape;
  unsigned lanes;
};

} // namespace

TEST_P(Execute, MatrixProductsAddUp) {
  MatrixProduct product(chip());
  unsigned lanes = chip().waveSize, results = product.results();
  for (const char *type : {"f16", "bf16"}) {
    auto output = run<float>(kernelText(chip(), lanes, product.body(type)), lanes, product.input(),
                             size_t(lanes) * results);
    for (unsigned i = 0; i < lanes * results; ++i) {
      EXPECT_EQ(output[i], product.expected(i % results, i / results))
          << type << ", lane " << i / results << ", element " << i % results;
    }
  }
}

TEST_P(Execute, WavesMeetAtTheBarrier) {
  unsigned workgroup = 4 * chip().waveSize;
  std::string body = llvm::formatv(R"(
  %lds = tile.shared {0} : !tile.buffer<shared>
  %v = tile.load %in[%o4 : i32] : !tile.buffer<global> -> i32
  tile.store %v, %lds[%o4 : i32] : i32, !tile.buffer<shared>
  tile.barrier
  %last = arith.constant {1} : i32
  %r4 = arith.subi %last, %o4 : i32
  %w = tile.load %lds[%r4 : i32] : !tile.buffer<shared> -> i32
  tile.store %w, %out[%o4 : i32] : i32, !tile.buffer<global>
)",
                                   workgroup * 4, workgroup * 4 - 4);
  std::vector<int32_t> input(workgroup);
  std::iota(input.begin(), input.end(), 7);
  auto output = run<int32_t>(kernelText(chip(), workgroup, body), workgroup, input, workgroup);
  EXPECT_EQ(output, std::vector<int32_t>(input.rbegin(), input.rend()));
}

TEST_P(Execute, MathIsAccurate) {
  struct Function {
    const char *operation;
    double (*reference)(double);
  };
  static constexpr Function functions[] = {
      {"math.exp", [](double x) { return std::exp(x); }},
      {"math.exp2", [](double x) { return std::exp2(x); }},
      {"math.log", [](double x) { return std::log(x); }},
      {"math.sqrt", [](double x) { return std::sqrt(x); }},
      {"math.rsqrt", [](double x) { return 1 / std::sqrt(x); }},
      {"math.tanh", [](double x) { return std::tanh(x); }},
  };
  unsigned lanes = chip().waveSize, stores = 0;
  std::string body = "  %v = tile.load %in[%o4 : i32] : !tile.buffer<global> -> f32\n";
  for (const Function &function : functions) {
    body += llvm::formatv("  %r{0} = {1} %v : f32\n", stores, function.operation);
    body += storeText("%r" + std::to_string(stores), stores, lanes), ++stores;
  }
  std::vector<float> input(lanes);
  for (unsigned i = 0; i < lanes; ++i) {
    input[i] = 0.11f + 0.37f * static_cast<float>(i);
  }
  auto output = run<float>(kernelText(chip(), lanes, body), lanes, input, stores * lanes);
  for (unsigned i = 0; i < stores; ++i) {
    for (unsigned lane = 0; lane < lanes; ++lane) {
      double expected = functions[i].reference(input[lane]);
      // 2^-20: the chips' approximations are good to about 1 ulp (2^-23); tanh and log of numbers
      // near 1 subtract and lose up to three bits.
      double tolerance = std::max(std::abs(expected), 0.125) * 0x1p-20;
      EXPECT_NEAR(output[i * lanes + lane], expected, tolerance)
          << functions[i].operation << "(" << input[lane] << ")";
    }
  }
}

static std::vector<const Chip *> chipRows() {
  std::vector<const Chip *> rows;
  for (const Chip &chip : allChips()) {
    rows.push_back(&chip);
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Chips, Execute, ::testing::ValuesIn(chipRows()),
                         [](const auto &info) { return info.param->name.str(); });
