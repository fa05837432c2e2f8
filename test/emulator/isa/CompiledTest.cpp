// Kernels compiled by clang for every chip give what the same computation gives on the host.
#include "test/emulator/isa/CodeObject.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>
#include <tuple>

namespace qcc::emulator::test {
namespace {

constexpr uint32_t items = 512, groups = 2;

class Compiled : public testing::TestWithParam<std::tuple<const char *, const char *>> {
protected:
  Compiled()
      : object(std::string(QCC_KERNEL_DIR) + "/kernels." + std::get<0>(GetParam()) + ".O" +
                   std::get<1>(GetParam()) + ".hsaco",
               std::get<0>(GetParam())) {}

  void launch(const char *name, const std::vector<uint64_t> &arguments,
              uint32_t workgroups = groups, uint32_t workItems = 256) {
    DispatchResult result = object.run(name, arguments, workgroups, workItems);
    ASSERT_TRUE(result.ok()) << result.message;
  }

  static uint32_t noise(uint32_t n) { return (n + 1) * 2654435761u; }

  CodeObject object;
};

TEST_P(Compiled, ReducesThroughLds) {
  DeviceBuffer in(items * 4), out(groups * 4);
  for (uint32_t n = 0; n < items; ++n) {
    in.as<float>()[n] = static_cast<float>(n % 97);
  }
  launch("reduce", {in.address(), out.address(), 400});
  for (uint32_t g = 0; g < groups; ++g) {
    float sum = 0;
    for (uint32_t n = g * 256; n < std::min((g + 1) * 256, 400u); ++n) {
      sum += static_cast<float>(n % 97); // small integers: exact in any order
    }
    EXPECT_EQ(out.as<float>()[g], sum);
  }
}

TEST_P(Compiled, Divides) {
  DeviceBuffer a(items * 4), b(items * 4), q(items * 4), f(items * 4), d(items * 8);
  for (uint32_t n = 0; n < items; ++n) {
    a.as<int32_t>()[n] = static_cast<int32_t>(noise(n)) >> (n % 20);
    const int32_t divisor = static_cast<int32_t>(noise(n + 1000)) >> (n % 30);
    b.as<int32_t>()[n] = divisor == 0 || divisor == -1 ? 3 : divisor;
  }
  launch("divide", {a.address(), b.address(), q.address(), f.address(), d.address()});
  for (uint32_t n = 0; n < items; ++n) {
    const int32_t x = a.as<int32_t>()[n], y = b.as<int32_t>()[n];
    EXPECT_EQ(q.as<uint32_t>()[n],
              static_cast<uint32_t>(x / y) + static_cast<uint32_t>(x % y) * 1000u)
        << x << " / " << y;
    const float quotient = static_cast<float>(x) / static_cast<float>(y);
    EXPECT_NEAR(f.as<float>()[n] / quotient, 1.0f, 3e-7f); // OpenCL allows 2.5 ulp
    EXPECT_EQ(d.as<double>()[n], static_cast<double>(x) / y);
  }
}

TEST_P(Compiled, ComputesInHalf) {
  DeviceBuffer a(items * 8), b(items * 8), c(items * 8), dot(items * 4);
  for (uint32_t n = 0; n < items * 4; ++n) {
    a.as<_Float16>()[n] = static_cast<_Float16>(static_cast<float>(n % 61) / 8.0f);
    b.as<_Float16>()[n] = static_cast<_Float16>(static_cast<float>(n % 37) / 16.0f);
  }
  launch("halves", {a.address(), b.address(), c.address(), dot.address()});
  for (uint32_t n = 0; n < items; ++n) {
    float sum = 0;
    for (uint32_t k = n * 4; k < n * 4 + 4; ++k) {
      const float x = static_cast<float>(a.as<_Float16>()[k]);
      const float y = static_cast<float>(b.as<_Float16>()[k]);
      sum += x * y; // exact: few bits
      EXPECT_EQ(static_cast<float>(c.as<_Float16>()[k]),
                static_cast<float>(static_cast<_Float16>(x * y)));
    }
    EXPECT_EQ(dot.as<float>()[n], sum);
  }
}

TEST_P(Compiled, CountsWithAtomics) {
  DeviceBuffer in(5000), bins(256 * 4);
  std::vector<uint32_t> expected(256);
  for (uint32_t n = 0; n < in.size(); ++n) {
    in.data()[n] = static_cast<uint8_t>(noise(n) >> 13);
    ++expected[in.data()[n]];
  }
  launch("histogram", {in.address(), bins.address(), in.size()}, 4);
  for (uint32_t n = 0; n < 256; ++n) {
    EXPECT_EQ(bins.as<uint32_t>()[n], expected[n]);
  }
}

TEST_P(Compiled, IndexesScratch) {
  DeviceBuffer in(items * 4), out(items * 4);
  for (uint32_t n = 0; n < items; ++n) {
    in.as<uint32_t>()[n] = noise(n);
  }
  launch("scratch", {in.address(), out.address()});
  for (uint32_t n = 0; n < items; ++n) {
    uint32_t a[32], v = noise(n), s = 0;
    for (uint32_t k = 0; k < 32; k++) {
      a[k] = v * k + k;
    }
    for (uint32_t k = 0; k < 32; k++) {
      s = s * 3 + a[(v + k * 7) & 31];
      a[(s >> 3) & 31] ^= s;
    }
    EXPECT_EQ(out.as<uint32_t>()[n], s + a[v & 31]);
  }
}

TEST_P(Compiled, CallsFunctions) {
  DeviceBuffer out(256 * 4);
  launch("recurse", {out.address()}, 1);
  constexpr uint32_t fibonacci[] = {0, 1, 1, 2, 3, 5, 8, 13};
  for (uint32_t n = 0; n < 256; ++n) {
    EXPECT_EQ(out.as<uint32_t>()[n], fibonacci[n & 7]);
  }
}

TEST_P(Compiled, ShufflesLanes) {
  DeviceBuffer in(32 * 4), out(32 * 4);
  uint32_t sum = 0;
  for (uint32_t n = 0; n < 32; ++n) {
    in.as<uint32_t>()[n] = 3 * n + 1;
    sum += 3 * n + 1;
  }
  launch("shuffle", {in.address(), out.address()}, 1, 32);
  for (uint32_t n = 0; n < 32; ++n) {
    const uint32_t shifted = n % 16 == 0 ? 7 : 3 * (n - 1) + 1;
    EXPECT_EQ(out.as<uint32_t>()[n], sum + 1000 + (shifted << 20)) << n;
  }
}

TEST_P(Compiled, WaitsForOtherWorkgroups) {
  constexpr uint32_t many = 64;
  DeviceBuffer count(4), out(many * 64 * 4);
  launch("grid_barrier", {count.address(), out.address(), many}, many, 64);
  for (uint32_t n = 0; n < many * 64; ++n) {
    EXPECT_EQ(out.as<uint32_t>()[n], many);
  }
}

TEST_P(Compiled, ComputesIn64Bits) {
  DeviceBuffer a(items * 8), b(items * 8), out(items * 8);
  for (uint32_t n = 0; n < items; ++n) {
    a.as<uint64_t>()[n] = (static_cast<uint64_t>(noise(n)) << 32 | noise(n + 7)) >> (n % 50);
    b.as<uint64_t>()[n] = (static_cast<uint64_t>(noise(n + 3)) << 32 | noise(n)) >> (n % 33);
  }
  launch("long_math", {a.address(), b.address(), out.address()});
  for (uint32_t n = 0; n < items; ++n) {
    const int64_t x = a.as<int64_t>()[n], y = b.as<int64_t>()[n];
    const uint64_t product = static_cast<uint64_t>(x) * static_cast<uint64_t>(y);
    const int64_t rest = x < y ? x / (y | 1) : y % (x | 1);
    EXPECT_EQ(out.as<uint64_t>()[n],
              product + static_cast<uint64_t>(x >> (y & 63)) - static_cast<uint64_t>(rest));
  }
}

TEST_P(Compiled, LoadsAndStoresNarrowTypes) {
  DeviceBuffer a(items), b(items * 2), o(items), h(items * 2);
  for (uint32_t n = 0; n < items; ++n) {
    a.as<int8_t>()[n] = static_cast<int8_t>(noise(n) >> 20);
    b.as<uint16_t>()[n] = static_cast<uint16_t>(noise(n) >> 7);
  }
  launch("narrow", {a.address(), b.address(), o.address(), h.address()});
  for (uint32_t n = 0; n < items; ++n) {
    const int32_t x = a.as<int8_t>()[n], y = b.as<uint16_t>()[n];
    EXPECT_EQ(o.as<int8_t>()[n], static_cast<int8_t>(x + y));
    EXPECT_EQ(h.as<uint16_t>()[n], static_cast<uint16_t>(x * y));
  }
}

INSTANTIATE_TEST_SUITE_P(Chips, Compiled,
                         testing::Combine(testing::Values("gfx90a", "gfx942", "gfx950", "gfx1100",
                                                          "gfx1201"),
                                          testing::Values("0", "3")),
                         [](const auto &info) {
                           return std::string(std::get<0>(info.param)) + "_O" +
                                  std::get<1>(info.param);
                         });

} // namespace
} // namespace qcc::emulator::test
