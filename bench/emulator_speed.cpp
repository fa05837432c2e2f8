// How fast the emulated device executes: wave instructions a second of processor time (one core's
// speed, whatever else the machine does) and of wall-clock time on all cores, for a few loops of
// typical instructions, and how many times longer the same takes while it is watched. Prints JSON;
// with --table, a table.
#include "emulator/checks/Checks.h"
#include "emulator/counters/Counting.h"
#include "test/emulator/isa/Harness.h"

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>

using qcc::emulator::test::AssembledKernel;
using qcc::emulator::test::DeviceBuffer;
using qcc::emulator::test::isWave32;

namespace {

struct Loop {
  const char *name;
  const char *chip;
  const char *body;      // repeated in the loop; v1 holds the lane's byte offset, s[4:5] a buffer
  unsigned instructions; // in the body
  unsigned iterations = 4000;
};

constexpr Loop loops[] = {
    {"valu_f32_fma", "gfx942", "v_fma_f32 v2, v3, v4, v2\nv_fma_f32 v5, v3, v4, v5\n", 2},
    {"valu_int", "gfx942",
     "v_add_u32 v2, v2, v3\nv_lshlrev_b32 v4, 3, v2\nv_and_b32 v5, v4, v2\n"
     "v_xor_b32 v3, v5, v2\n",
     4},
    {"valu_scalar_operand", "gfx942", "v_mul_f32 v2, s8, v2\nv_add_f32 v2, 1.0, v2\n", 2},
    {"valu_dot4", "gfx942", "v_dot4_i32_i8 v2, v3, v4, v2\n", 1},
    {"valu_pk_fma_f16", "gfx942", "v_pk_fma_f16 v2, v3, v4, v2\n", 1},
    {"valu_pk_fma_f32", "gfx942", "v_pk_fma_f32 v[2:3], v[4:5], v[6:7], v[2:3]\n", 1},
    {"valu_dpp", "gfx942", "v_add_f32_dpp v2, v3, v2 row_shr:1 row_mask:0xf bank_mask:0xf\n", 1},
    {"valu_dual", "gfx1100", "v_dual_fmac_f32 v2, v3, v4 :: v_dual_add_f32 v5, v6, v7\n", 1},
    {"compare_select", "gfx942", "v_cmp_lt_u32 vcc, v2, v3\nv_cndmask_b32 v4, v2, v3, vcc\n", 2},
    {"mfma_32x32x8_f16", "gfx942", "v_mfma_f32_32x32x8_f16 v[16:31], v[2:3], v[4:5], v[16:31]\n", 1,
     400},
    {"mfma_16x16x16_bf16", "gfx942",
     "v_mfma_f32_16x16x16_bf16 v[16:19], v[2:3], v[4:5], v[16:19]\n", 1, 400},
    {"mfma_16x16x32_i8", "gfx942", "v_mfma_i32_16x16x32_i8 v[16:19], v[2:3], v[4:5], v[16:19]\n", 1,
     400},
    {"mfma_scale_32x32x64_fp4", "gfx950",
     "v_mov_b32 v10, 0x7e\n"
     "v_mfma_scale_f32_32x32x64_f8f6f4 v[16:31], v[2:5], v[6:9], v[16:31], v10, v10 "
     "op_sel_hi:[0,0,0] cbsz:4 blgp:4\n",
     2, 100},
    {"wmma_16x16x16_f16", "gfx1100",
     "v_wmma_f32_16x16x16_f16 v[16:23], v[2:9], v[24:31], v[16:23]\n", 1, 400},
    {"global_load", "gfx942", "global_load_dword v2, v1, s[4:5]\n", 1},
    {"lds_load", "gfx942", "ds_read_b32 v2, v1\n", 1},
    {"mix_dequantize", "gfx942",
     "global_load_dwordx4 v[8:11], v31, s[4:5]\ns_waitcnt vmcnt(0)\n"
     "v_and_b32 v12, 15, v8\nv_lshrrev_b32 v13, 4, v9\nv_cvt_f32_u32 v12, v12\n"
     "v_cvt_f32_ubyte0 v13, v13\nv_fma_f32 v2, v12, v13, v2\nv_fma_f32 v3, v12, v10, v3\n"
     "v_fma_f32 v4, v13, v11, v4\ns_add_u32 s10, s10, 1\n",
     10, 8000},
    {"mix_exchange", "gfx942",
     "ds_write_b32 v1, v2\ns_waitcnt lgkmcnt(0)\ns_barrier\nds_read_b32 v3, v1 offset:4\n"
     "s_waitcnt lgkmcnt(0)\ns_barrier\nv_add_f32 v2, v3, v2\nv_max_f32 v4, v3, v4\n",
     8, 8000},
};

/// Ways to watch a launch whose cost is measured.
struct Watcher {
  const char *name;
  std::unique_ptr<qcc::emulator::isa::LaunchObserver> (*make)();
};

/// All checks; what they find in loops that nobody meant to run is not told.
std::unique_ptr<qcc::emulator::isa::LaunchObserver> allChecks() {
  using namespace qcc::emulator::checks;
  static Checks checks(Selection::all(), [](const Report &) {});
  return checks.observeLaunch();
}

constexpr Watcher watchers[] = {
    {"counters",
     []() -> std::unique_ptr<qcc::emulator::isa::LaunchObserver> {
       return std::make_unique<qcc::emulator::CountingObserver>();
     }},
    {"checks", allChecks},
};

/// Wave instructions a second.
struct Rate {
  double perCore, allCores;
};

struct Measured {
  Rate rate;
  double slowdown[std::size(watchers)]; // processor time watched over processor time unwatched
};

double processorSeconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

constexpr unsigned unroll = 16;

std::string textOf(const Loop &loop, unsigned iterations) {
  std::string text = isWave32(loop.chip) ? "s_load_b64 s[4:5], s[0:1], 0x0\n"
                                         : "s_load_dwordx2 s[4:5], s[0:1], 0x0\n";
  for (unsigned n = 2; n < 32; ++n) { // checks look at registers without a value
    text += "v_mov_b32 v" + std::to_string(n) + ", v0\n";
  }
  text += "v_lshlrev_b32 v31, 4, v0\nv_lshlrev_b32 v1, 2, v0\nds_write_b32 v1, v0\n"
          "ds_write_b32 v1, v0 offset:256\ns_mov_b32 s8, 1.0\ns_mov_b32 s10, 0\ns_movk_i32 s9, 0\n"
          "s_waitcnt lgkmcnt(0)\nagain:\n";
  for (unsigned n = 0; n < unroll; ++n) {
    text += loop.body;
  }
  return text + "s_addk_i32 s9, 1\ns_cmpk_lt_i32 s9, " + std::to_string(iterations) +
         "\ns_cbranch_scc1 again\ns_endpgm\n";
}

/// One wave a workgroup; `watcher` may be null.
Rate measure(const Loop &loop, unsigned iterations, unsigned workgroups,
             qcc::emulator::isa::LaunchObserver *watcher) {
  AssembledKernel kernel(loop.chip, textOf(loop, iterations));
  DeviceBuffer buffer(4096);
  kernel.run({buffer.address()}, kernel.lanes, 1); // decodes
  if (watcher != nullptr) {
    kernel.observers = {watcher};
  }
  const double processor = processorSeconds();
  const auto begin = std::chrono::steady_clock::now();
  kernel.run({buffer.address()}, kernel.lanes, workgroups);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const double executed = double(iterations) * (unroll * loop.instructions + 3) * workgroups;
  return {executed / (processorSeconds() - processor), executed / seconds.count()};
}

Measured measureAll(const Loop &loop, unsigned workgroups) {
  Measured measured{measure(loop, loop.iterations, workgroups, nullptr), {}};
  for (size_t n = 0; n < std::size(watchers); ++n) {
    const auto watcher = watchers[n].make();
    const Rate watched = measure(loop, loop.iterations, workgroups, watcher.get());
    measured.slowdown[n] = measured.rate.perCore / watched.perCore;
  }
  return measured;
}

/// Launches of an empty kernel of four waves a second of wall-clock time.
double launchesPerSecond() {
  constexpr unsigned launches = 2000;
  AssembledKernel kernel("gfx942", "s_endpgm\n");
  kernel.run({}, 256, 1);
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned n = 0; n < launches; ++n) {
    kernel.run({}, 256, 1);
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  return launches / seconds.count();
}

void printTable(unsigned cores) {
  std::printf("%.0f launches a second\n\n%-20s %12s %12s", launchesPerSecond(), "loop", "a core",
              "all cores");
  for (const Watcher &watcher : watchers) {
    std::printf(" %12s", watcher.name);
  }
  std::printf("\n");
  for (const Loop &loop : loops) {
    const Measured measured = measureAll(loop, cores);
    std::printf("%-20s %10.1f M %10.1f M", loop.name, measured.rate.perCore / 1e6,
                measured.rate.allCores / 1e6);
    for (double slowdown : measured.slowdown) {
      std::printf(" %11.1fx", slowdown);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
}

void printJson(unsigned cores) {
  std::printf("{\n  \"cores\": %u,\n  \"launches_per_second\": %.0f,\n"
              "  \"wave_instructions_per_second\": {\n",
              cores, launchesPerSecond());
  for (size_t n = 0; n < std::size(loops); ++n) {
    const Measured measured = measureAll(loops[n], cores);
    std::printf("    \"%s\": {\"per_core\": %.0f, \"all_cores\": %.0f", loops[n].name,
                measured.rate.perCore, measured.rate.allCores);
    for (size_t w = 0; w < std::size(watchers); ++w) {
      std::printf(", \"%s_slowdown\": %.2f", watchers[w].name, measured.slowdown[w]);
    }
    std::printf("}%s\n", n + 1 == std::size(loops) ? "" : ",");
    std::fflush(stdout);
  }
  std::printf("  }\n}\n");
}

} // namespace

int main(int argc, char **argv) {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  if (argc > 1 && std::strcmp(argv[1], "--table") == 0) {
    printTable(cores);
  } else {
    printJson(cores);
  }
}
