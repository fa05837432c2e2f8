// What observers are told: accesses with their addresses, registers read and written, barriers.
#include "emulator/isa/Observer.h"
#include "emulator/isa/Program.h"
#include "test/emulator/isa/Harness.h"

#include <gtest/gtest.h>

#include <mutex>

namespace qcc::emulator::test {
namespace {

struct Seen {
  std::string text;
  isa::AccessKind kind;
  isa::Space space;
  uint64_t active, first, second;
  unsigned bytes;
};

class Recorder : public isa::LaunchObserver {
public:
  std::vector<Seen> seen;
  std::vector<std::string> executed;
  int groups = 0, barriers = 0, ends = 0;

  void start(const isa::Launch &, const isa::GroupShape &) override {}
  void end(const DispatchResult &) override {}
  std::unique_ptr<isa::GroupObserver> observeGroups() override {
    return std::make_unique<Group>(*this);
  }

private:
  class Group : public isa::GroupObserver {
  public:
    explicit Group(Recorder &all) : all(all) {}
    void start(std::span<const std::unique_ptr<isa::Wave>>,
               const std::array<uint32_t, 3> &) override {
      std::lock_guard lock(all.mutex);
      ++all.groups;
    }
    void before(isa::Wave &, const isa::Instruction &i,
                std::span<isa::MemoryAccess> accesses) override {
      std::lock_guard lock(all.mutex);
      for (const isa::MemoryAccess &a : accesses) {
        all.seen.push_back({i.text, a.kind, a.space, a.addresses.active, a.addresses.of[0],
                            a.addresses.of[1], a.bytes});
      }
    }
    void after(isa::Wave &, const isa::Instruction &i, std::span<isa::MemoryAccess>) override {
      std::lock_guard lock(all.mutex);
      all.executed.push_back(i.text);
    }
    void barrier(std::span<const std::unique_ptr<isa::Wave>>) override {
      std::lock_guard lock(all.mutex);
      ++all.barriers;
    }
    void end(std::span<const std::unique_ptr<isa::Wave>>) override {
      std::lock_guard lock(all.mutex);
      ++all.ends;
    }

  private:
    Recorder &all;
  };
  std::mutex mutex;
};

TEST(Observer, SeesAccessesOfEverySpace) {
  DeviceBuffer buffer(4096);
  AssembledKernel kernel("gfx942", R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    s_waitcnt lgkmcnt(0)
    v_lshlrev_b32 v1, 4, v0
    global_load_dwordx4 v[4:7], v1, s[4:5]
    ds_write2_b32 v1, v4, v5 offset0:1 offset1:3
    s_waitcnt vmcnt(0) lgkmcnt(0)
    s_barrier
    ds_add_rtn_u32 v2, v1, v4
    v_mov_b32 v3, 8
    scratch_store_dword v3, v4, off
    s_mov_b64 exec, 1
    global_atomic_add v1, v4, s[4:5]
    s_endpgm
  )");
  Recorder recorder;
  kernel.observers = {&recorder};
  ASSERT_TRUE(kernel.run({buffer.address()}, 128, 2).ok());
  EXPECT_EQ(recorder.groups, 2);
  EXPECT_EQ(recorder.barriers, 2);
  EXPECT_EQ(recorder.ends, 2);
  EXPECT_EQ(recorder.executed.size(), 4u * 13);
  auto find = [&](const std::string &start, unsigned nth = 0) {
    for (const Seen &s : recorder.seen) {
      if (s.text.compare(0, start.size(), start) == 0 && nth-- == 0) {
        return s;
      }
    }
    ADD_FAILURE() << start;
    return Seen{};
  };
  const Seen load = find("global_load");
  EXPECT_EQ(load.kind, isa::AccessKind::Load);
  EXPECT_EQ(load.bytes, 16u);
  EXPECT_EQ(load.active, ~0ull);
  EXPECT_EQ(load.second - load.first, 16u);
  const Seen first = find("ds_write2"), second = find("ds_write2", 1);
  EXPECT_EQ(first.space, isa::Space::Lds);
  EXPECT_EQ(first.kind, isa::AccessKind::Store);
  EXPECT_EQ(second.first - first.first, 8u);
  EXPECT_EQ(find("ds_add").kind, isa::AccessKind::Atomic);
  const Seen scratch = find("scratch_store");
  EXPECT_EQ(scratch.space, isa::Space::Scratch);
  EXPECT_EQ(scratch.first, 8u);
  EXPECT_EQ(find("global_atomic").active, 1u);
  EXPECT_EQ(find("s_load").bytes, 8u);
}

TEST(Observer, LimitEndsAnEndlessKernel) {
  for (const char *chip : {"gfx942", "gfx1100"}) {
    AssembledKernel kernel(chip, "loop:\ns_branch loop\ns_endpgm\n");
    kernel.instructionLimit = 100000;
    const DispatchResult result = kernel.run({}, 64, 8);
    EXPECT_EQ(result.status, DispatchResult::Status::Limit);
    EXPECT_NE(result.message.find("100000 instructions"), std::string::npos) << result.message;
  }
}

/// "v4 v5:2 s106:2 | v1": reads, then writes.
std::string registersOf(const char *chip, const std::string &text) {
  const std::vector<uint8_t> code = assemble(chip, text + "\ns_endpgm\n");
  isa::Program program(code.data(), code.size(), *isa::findChip(chip), isWave32(chip) ? 32 : 64);
  const isa::Facts &facts = program.decoded(0)->facts;
  std::string out;
  auto print = [&](const isa::RegisterSpan &r) {
    out += (r.vector ? "v" : "s") + std::to_string(r.first) +
           (r.count > 1 ? ":" + std::to_string(r.count) : "") + " ";
  };
  for (const isa::RegisterSpan &r : facts.reads) {
    print(r);
  }
  out += "|";
  for (const isa::RegisterSpan &r : facts.writes) {
    out += " ";
    print(r);
    out.pop_back();
  }
  return out;
}

TEST(Observer, FactsNameEveryRegister) {
  EXPECT_EQ(registersOf("gfx942", "v_addc_co_u32 v1, vcc, v2, v3, vcc"),
            "v2 v3 s106:2 | v1 s106:2");
  EXPECT_EQ(registersOf("gfx942", "v_fmac_f32 v1, v2, s3"), "v2 s3 v1 | v1");
  EXPECT_EQ(registersOf("gfx942", "v_mfma_f32_32x32x8_f16 a[0:15], v[2:3], v[4:5], a[0:15]"),
            "v2:2 v4:2 v256:16 | v256:16");
  EXPECT_EQ(registersOf("gfx942", "s_addc_u32 s1, s2, s3"), "s2 s3 s143 | s1 s143");
  EXPECT_EQ(registersOf("gfx942", "s_and_saveexec_b64 s[2:3], vcc"), "s106:2 | s2:2 s126:2 s143");
  EXPECT_EQ(registersOf("gfx942", "ds_read2_b32 v[2:3], v1 offset1:4"), "v1 | v2:2");
  EXPECT_EQ(registersOf("gfx942", "v_readlane_b32 s1, v2, m0"), "v2 s124 | s1");
  EXPECT_EQ(registersOf("gfx1100", "v_dual_fmac_f32 v12, v41, v51 :: v_dual_fmac_f32 v7, v42, v52"),
            "v41 v51 v12 v42 v52 v7 | v12 v7");
  EXPECT_EQ(registersOf("gfx1100", "v_add_f16 v1.h, v2.l, v3.h"), "v2 v3 | v1");
}

} // namespace
} // namespace qcc::emulator::test
