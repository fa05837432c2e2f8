// How fast the emulated device executes: wave instructions a second of processor time (one core's
// speed, whatever else the machine does) and of wall-clock time on all cores, for a few loops of
// typical instructions. Prints JSON.
#include "test/emulator/isa/Harness.h"

#include <chrono>
#include <cstdio>
#include <ctime>
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
};

struct Rate {
  double perCore, allCores;
};

double processorSeconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

Rate measure(const Loop &loop, unsigned workgroups) {
  constexpr unsigned unroll = 16;
  const unsigned iterations = loop.iterations;
  std::string text = isWave32(loop.chip) ? "s_load_b64 s[4:5], s[0:1], 0x0\n"
                                         : "s_load_dwordx2 s[4:5], s[0:1], 0x0\n";
  text += "v_lshlrev_b32 v1, 2, v0\ns_mov_b32 s8, 1.0\ns_movk_i32 s9, 0\nagain:\n";
  for (unsigned n = 0; n < unroll; ++n) {
    text += loop.body;
  }
  text += "s_addk_i32 s9, 1\ns_cmpk_lt_i32 s9, " + std::to_string(iterations) +
          "\ns_cbranch_scc1 again\ns_endpgm\n";
  AssembledKernel kernel(loop.chip, text);
  DeviceBuffer buffer(4096);
  kernel.run({buffer.address()}, kernel.lanes, 1); // decodes
  const double processor = processorSeconds();
  const auto begin = std::chrono::steady_clock::now();
  kernel.run({buffer.address()}, kernel.lanes, workgroups);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const double executed = double(iterations) * (unroll * loop.instructions + 3) * workgroups;
  return {executed / (processorSeconds() - processor), executed / seconds.count()};
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

} // namespace

int main() {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  std::printf("{\n  \"cores\": %u,\n  \"launches_per_second\": %.0f,\n"
              "  \"wave_instructions_per_second\": {\n",
              cores, launchesPerSecond());
  for (size_t n = 0; n < std::size(loops); ++n) {
    const Rate rate = measure(loops[n], cores);
    std::printf("    \"%s\": {\"per_core\": %.0f, \"all_cores\": %.0f}%s\n", loops[n].name,
                rate.perCore, rate.allCores, n + 1 == std::size(loops) ? "" : ",");
    std::fflush(stdout);
  }
  std::printf("  }\n}\n");
}
