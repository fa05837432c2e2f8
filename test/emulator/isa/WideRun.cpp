#include "test/emulator/isa/WideRun.h"

#include "test/emulator/isa/Tested.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {

namespace {

constexpr uint32_t reach = 4096; // bytes that an offset in a memory instruction spans

/// The access of register `v` at word n of every lane, with the address in s[first:first+1]; moves
/// the address on where the offset would not reach.
std::string access(const char *mnemonic, uint32_t v, uint32_t n, uint32_t lanes, uint32_t first) {
  const uint32_t at = n * lanes * 4;
  const std::string low = "s" + std::to_string(first), high = "s" + std::to_string(first + 1);
  const std::string pair = "s[" + std::to_string(first) + ":" + std::to_string(first + 1) + "]";
  const std::string vector = "v" + std::to_string(v), offset = std::to_string(at % reach);
  std::string text;
  if (n != 0 && at % reach == 0) {
    text = "s_add_u32 " + low + ", " + low + ", " + std::to_string(reach) + "\ns_addc_u32 " + high +
           ", " + high + ", 0\n";
  }
  return text + mnemonic +
         (mnemonic == std::string("global_load_dword") ? " " + vector + ", v1, " + pair
                                                       : " v1, " + vector + ", " + pair) +
         " offset:" + offset + "\n";
}

std::string textOf(const std::string &chip, const VectorCase &test, uint32_t lanes) {
  const bool gfx9 = !isWave32(chip);
  std::string text = std::string(gfx9 ? "s_load_dwordx4" : "s_load_b128") +
                     " s[4:7], s[0:1], 0x0\n" +
                     (chip.starts_with("gfx12") ? "s_wait_kmcnt 0\n" : "s_waitcnt lgkmcnt(0)\n") +
                     "v_lshlrev_b32 v1, 2, v0\n";
  for (uint32_t n = 0; n < test.inputs.size(); ++n) {
    text += access("global_load_dword", 4 + n, n, lanes, 4);
  }
  text += test.before + "\n" + takeMarks(chip, test.text) + "\n" + test.after + "\n";
  for (uint32_t n = 0; n < test.results; ++n) {
    text += access("global_store_dword", 20 + n, n, lanes, 6);
  }
  return text + "s_endpgm\n";
}

} // namespace

std::vector<std::vector<uint32_t>> runWide(const std::string &chip, const VectorCase &test,
                                           uint32_t lanes) {
  if (lanes == (isWave32(chip) ? 32 : 64)) {
    noteTested(chip, test.text);
  }
  DeviceBuffer in(test.inputs.size() * lanes * 4), out(test.results * lanes * 4);
  for (size_t n = 0; n < test.inputs.size(); ++n) {
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      in.as<uint32_t>()[n * lanes + lane] = test.inputs[n][lane % test.inputs[n].size()];
    }
  }
  AssembledKernel kernel(chip, textOf(chip, test, lanes), lanes == 64);
  const DispatchResult result = kernel.run({in.address(), out.address()}, lanes);
  EXPECT_TRUE(result.ok()) << chip << ": " << result.message;
  std::vector<std::vector<uint32_t>> values;
  for (uint32_t n = 0; n < test.results; ++n) {
    const uint32_t *begin = out.as<uint32_t>() + n * lanes;
    values.emplace_back(begin, begin + lanes);
  }
  return values;
}

} // namespace qcc::emulator::test
