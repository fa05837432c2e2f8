// Counters as JSON and as text.
#include "emulator/counters/Report.h"
#include "emulator/counters/Collection.h"
#include "test/emulator/counters/CountedKernel.h"

#include <nlohmann/json.hpp>

namespace qcc::emulator::test {
namespace {

LaunchCounters copyKernel() {
  return count("gfx942", R"(
    v_lshlrev_b32 v1, 4, v0
    global_load_dwordx4 v[4:7], v1, s[4:5] nt
    s_waitcnt vmcnt(0)
    ds_write_b128 v1, v[4:7]
    v_mfma_f32_32x32x8_f16 v[16:31], v[4:5], v[6:7], v[16:31]
    global_store_dword v1, v16, s[6:7]
  )");
}

TEST(Report, EveryPartIsThere) {
  const nlohmann::ordered_json json = toJson(copyKernel(), /*byInstruction=*/true);
  EXPECT_EQ(json["kernel"], "test");
  EXPECT_EQ(json["wave_size"], 64);
  EXPECT_EQ(json["instructions"]["matrix"], 1);
  EXPECT_EQ(json["instructions"]["total"], 9);
  EXPECT_EQ(json["matrix"]["cycles"], 32);
  EXPECT_EQ(json["matrix"]["passes"], 8);
  EXPECT_EQ(json["global"]["loads"]["coalescing_128"], 1.0);
  EXPECT_EQ(json["global"]["loads"]["non_temporal_share"], 1.0);
  EXPECT_EQ(json["global"]["loads"]["requests_by_width"]["16"], 1);
  EXPECT_EQ(json["global"]["stores"]["coalescing_64"], 0.25); // 256 bytes spread over 1024
  EXPECT_EQ(json["global"]["stores"]["non_temporal_share"], 0.0);
  EXPECT_EQ(json["global"]["scalar_bytes"], 16);
  EXPECT_EQ(json["global"]["unique"]["least_bytes_64"], (16 + 1 + 16) * 64);
  EXPECT_EQ(json["lds"]["stores"]["bank_cycles"], 8);
  EXPECT_EQ(json["lds"]["stores"]["conflict_cycles"], 0);
  EXPECT_EQ(json["cycle_estimate"]["average_wave"]["matrix"], 32.0);
  EXPECT_EQ(json["cycle_estimate"]["busiest_simd"]["limit"], "matrix");
  const auto &load = json["by_instruction"][3];
  EXPECT_EQ(load["text"], "global_load_dwordx4 v[4:7], v1, s[4:5] nt");
  EXPECT_EQ(load["class"], "global");
  EXPECT_EQ(load["executions"], 1);
  EXPECT_EQ(load["bytes_per_lane"], 16);
  EXPECT_EQ(load["non_temporal"], true);
  EXPECT_EQ(load["global"]["lines_128"], 8);
  EXPECT_FALSE(toJson(copyKernel(), false).contains("by_instruction"));
}

TEST(Report, TextSaysTheSame) {
  const std::string text = describe(copyKernel());
  for (const char *part :
       {"kernel test (gfx942)\n", "launches: 1, workgroups: 1, waves of 64: 1",
        "loads        1 requests, 1024 bytes, 8 lines of 128 (coalescing 100.0 %), non-temporal "
        "100.0 %, requests by bytes a lane 16: 1\n",
        "matrix       32 cycles\n", "LDS stores   1 requests, 1024 bytes, 8 bank cycles",
        "limited by matrix\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(Report, LaunchesOfTheSameCodeAddUp) {
  CounterCollection collection;
  LaunchCounters counters = copyKernel();
  collection.add(counters, 1);
  collection.add(counters, 1);
  collection.add(counters, 2); // the same name in another code object
  counters.kernel = "not UTF-8: \xff";
  collection.add(counters, 1);
  const auto json = nlohmann::json::parse(collection.json(), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["version"], 1);
  ASSERT_EQ(json["kernels"].size(), 3u);
  EXPECT_EQ(json["kernels"][0]["launches"], 2);
  EXPECT_EQ(json["kernels"][1]["launches"], 1);
  ASSERT_EQ(json["launches"].size(), 4u);
  EXPECT_EQ(json["launches"][3]["kernel_index"], 2);
  collection.clear();
  EXPECT_EQ(collection.text(), "");
}

} // namespace
} // namespace qcc::emulator::test
