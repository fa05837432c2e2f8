// The same instructions through DPP and SDWA: what such a form gives is what the plain instruction
// gives on sources that were moved, or taken apart, before.
#include "test/emulator/isa/Harness.h"
#include "test/emulator/isa/coverage/Survey.h"

#include <gtest/gtest.h>

namespace qcc::emulator::test {
namespace {

const std::string chips[] = {"gfx90a", "gfx942", "gfx950", "gfx1100", "gfx1201"};

/// A form as LLVM prints it, taken apart.
struct Form {
  std::string mnemonic; // plain
  std::string operands; // "v20, v4, v6 op_sel:[0,0]"
  std::string control;  // "quad_perm:[3,2,1,0] row_mask:0xf bank_mask:0xf"
};

Form split(const std::string &text, const std::string &suffix, const std::string &controlStart) {
  const size_t space = text.find(' '), control = text.find(" " + controlStart);
  Form form;
  form.mnemonic = text.substr(0, space);
  const bool wide = form.mnemonic.ends_with("_e64" + suffix);
  form.mnemonic.resize(form.mnemonic.size() - suffix.size() - (wide ? 4 : 0));
  form.mnemonic += wide ? "_e64" : "";
  form.operands = text.substr(space + 1, control - space - 1);
  form.control = text.substr(control + 1);
  return form;
}

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The operands with source 0 (v4 or v[4:5]) and source 1 (v6) in other registers.
std::string moved(const std::string &operands, bool second) {
  const bool isPair = operands.find("v[4:5]") != std::string::npos;
  std::string text =
      isPair ? replaced(operands, "v[4:5]", "v[30:31]") : replaced(operands, "v4", "v30");
  return second ? replaced(text, "v6", "v32") : text;
}

/// v20 and v21 start as v10 and v11; then v20, v21, VCC, s[10:11] and EXEC are the results.
std::vector<Lanes> observe(const std::string &chip, const std::string &text) {
  const bool later = isWave32(chip);
  std::vector<Lanes> inputs(8);
  uint32_t random = 4711;
  for (Lanes &lanes : inputs) {
    for (unsigned n = 0; n < 64; ++n) {
      random = random * 1664525 + 1013904223;
      // Small floats, halves and integers by turns.
      const uint32_t kinds[] = {0x3f000000 | random >> 9, 0x3c003800 ^ (random >> 12 & 0x83ff83ff),
                                random >> 27, random};
      lanes.push_back(kinds[(random >> 5) & 3]);
    }
  }
  const std::string all = later ? "s_mov_b32 exec_lo, -1\n" : "s_mov_b64 exec, -1\n";
  const std::string keep =
      later ? "s_mov_b32 s30, exec_lo\ns_mov_b32 s31, 0\n" : "s_mov_b64 s[30:31], exec\n";
  const std::string vcc = later ? "s_mov_b32 vcc_lo, 0x5a5a5a5a\n"
                                : "s_mov_b32 vcc_lo, 0x5a5a5a5a\ns_mov_b32 vcc_hi, 0xc3c3c3c3\n";
  VectorCase test;
  test.inputs = inputs;
  test.results = 8;
  test.before = "v_mov_b32 v20, v10\nv_mov_b32 v21, v11\ns_mov_b32 s10, 0x33cc33cc\n"
                "s_mov_b32 s11, 0x0ff00ff0\n" +
                vcc;
  test.text = text + "\n";
  test.after = keep + all +
               "v_mov_b32 v22, vcc_lo\nv_mov_b32 v23, vcc_hi\nv_mov_b32 v24, s10\n"
               "v_mov_b32 v25, s11\nv_mov_b32 v26, s30\nv_mov_b32 v27, s31\n";
  return runVector(chip, test);
}

/// Whether the form with `control` gives what the plain one gives; false when it does not assemble.
bool checkDpp(const std::string &chip, const Form &form, const std::string &control) {
  const std::string dpp = form.mnemonic + "_dpp " + form.operands + " " + control;
  const std::string plain = form.mnemonic + " " + moved(form.operands, false);
  if (!assembles(chip, dpp) || !assembles(chip, plain)) {
    return false;
  }
  const bool later = isWave32(chip);
  std::string before;
  for (const char *registers : {"v30, v4 ", "v31, v5 "}) {
    before += std::string("v_mov_b32_dpp ") + registers + control + "\n";
  }
  // Lanes without a source do not take part.
  const bool shifts =
      control.starts_with("row_shr:1") && control.find("bound_ctrl") == std::string::npos;
  const std::string mask = !shifts ? ""
                           : later ? "s_mov_b32 exec_lo, 0xfffefffe\n"
                                   : "s_mov_b32 exec_lo, 0xfffefffe\n"
                                     "s_mov_b32 exec_hi, 0xfffefffe\n";
  const auto got = observe(chip, dpp), want = observe(chip, before + mask + plain);
  // What a mask says of lanes without a source is not defined.
  for (unsigned n = 0; n < (shifts ? 2u : 8u); ++n) {
    EXPECT_EQ(got[n], want[n]) << chip << ": " << dpp << ", result " << n;
  }
  return true;
}

TEST(Form, Dpp) {
  for (const std::string &chip : chips) {
    unsigned found = 0;
    for (const std::string &text : coverage::formTexts(chip, "DPP")) {
      const Form form =
          split(text, "_dpp", text.find(" dpp8:") != std::string::npos ? "dpp8" : "quad_perm");
      if (form.control.starts_with("dpp8")) {
        found += checkDpp(chip, form, "dpp8:[1,0,3,2,7,6,5,4]");
      } else {
        const std::string masks = " row_mask:0xf bank_mask:0xf";
        found += checkDpp(chip, form, "row_shr:1" + masks) ||
                 checkDpp(chip, form, "row_newbcast:3" + masks);
        checkDpp(chip, form, "row_shr:1" + masks + " bound_ctrl:1");
      }
      ASSERT_FALSE(HasFailure()) << text;
    }
    EXPECT_GT(found, 100u) << chip;
  }
}

TEST(Form, Sdwa) {
  for (const std::string chip : {"gfx90a", "gfx942", "gfx950"}) {
    unsigned found = 0;
    for (const std::string &text : coverage::formTexts(chip, "SDWA")) {
      const bool hasResult = text.find("dst_sel") != std::string::npos;
      const bool two = text.find("src1_sel") != std::string::npos;
      const Form form = split(text, "_sdwa", hasResult ? "dst_sel" : "src0_sel");
      const std::string sources = std::string("src0_sel:BYTE_1") + (two ? " src1_sel:WORD_1" : "");
      const std::string plain = "v_bfe_u32 v30, v4, 8, 8\nv_lshrrev_b32 v32, 16, v6\n" +
                                form.mnemonic + " " + moved(form.operands, two);
      const std::string sdwa = form.mnemonic + "_sdwa " + form.operands + " ";
      const std::string whole = hasResult ? "dst_sel:DWORD dst_unused:UNUSED_PAD " : "";
      if (!assembles(chip, sdwa + whole + sources) || !assembles(chip, plain)) {
        continue;
      }
      ++found;
      const auto want = observe(chip, plain), got = observe(chip, sdwa + whole + sources);
      EXPECT_EQ(got, want) << chip << ": " << sdwa << whole << sources;
      if (hasResult) { // the upper half of the result's register, the rest as it was
        const auto part =
            observe(chip, sdwa + "dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE " + sources);
        const auto before = observe(chip, "s_nop 0");
        for (unsigned lane = 0; lane < 64; ++lane) {
          EXPECT_EQ(part[0][lane], (before[0][lane] & 0xffff) | want[0][lane] << 16)
              << chip << ": " << sdwa << " lane " << lane;
        }
      }
      ASSERT_FALSE(HasFailure()) << text;
    }
    EXPECT_GT(found, 150u) << chip;
  }
}

/// The lines that change the sign bits of v[4:5] into v[30:31], for the type at a mnemonic's end.
std::string signsChanged(const std::string &mnemonic, bool absolute) {
  const std::string type = mnemonic.substr(mnemonic.rfind('_') + 1);
  const bool half = type == "f16" || type == "b16" || type == "bf16";
  if (!half && type != "f32" && type != "b32" && type != "f64") {
    return "";
  }
  const std::string mask =
      half ? (absolute ? "0xffff7fff" : "0x8000") : (absolute ? "0x7fffffff" : "0x80000000");
  const std::string change = (absolute ? "v_and_b32 " : "v_xor_b32 ");
  return type == "f64" ? "v_mov_b32 v30, v4\n" + change + "v31, " + mask + ", v5\n"
                       : change + "v30, " + mask + ", v4\nv_mov_b32 v31, v5\n";
}

TEST(Form, SignModifiers) {
  for (const std::string &chip : chips) {
    unsigned found = 0;
    for (const std::string &text : coverage::formTexts(chip, "DPP")) {
      const bool eight = text.find(" dpp8:") != std::string::npos;
      Form form = split(text, "_dpp", eight ? "dpp8" : "quad_perm");
      const bool isWide = form.mnemonic.ends_with("_e64");
      const std::string name = form.mnemonic.substr(0, form.mnemonic.size() - (isWide ? 4 : 0));
      for (bool absolute : {false, true}) {
        const std::string source = absolute ? "|v4|" : "-v4";
        const std::string line = name + "_e64 " + replaced(form.operands, "v4", source);
        const std::string plain = name + "_e64 " + moved(form.operands, false);
        const std::string before = signsChanged(name, absolute);
        // v_fma_mix* gives the sign modifiers a meaning of its own; pairs of halves have none.
        const bool own = name.starts_with("v_fma_mix") || name.starts_with("v_dot2") ||
                         name.starts_with("v_pk_");
        if (eight || before.empty() || own || form.operands.find("v4") == std::string::npos ||
            !assembles(chip, line) || !assembles(chip, plain)) {
          continue;
        }
        ++found;
        EXPECT_EQ(observe(chip, line), observe(chip, before + plain)) << chip << ": " << line;
      }
      ASSERT_FALSE(HasFailure()) << text;
    }
    EXPECT_GT(found, 60u) << chip;
  }
}

} // namespace
} // namespace qcc::emulator::test
