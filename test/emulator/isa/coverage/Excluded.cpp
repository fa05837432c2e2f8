// The instructions that no compute kernel of a compiler has, with the reason.
#include "test/emulator/isa/coverage/Survey.h"

namespace qcc::emulator::coverage {

namespace {

struct Exclusion {
  const char *prefix; // of the mnemonic
  const char *reason;
};

constexpr const char *graphics = "graphics: interpolation, cube maps, export, primitive shaders";
constexpr const char *forks =
    "wave forks, vector skipping, loops over half a wave: no compiler emits them";
constexpr const char *ordered = "global wave sync and ordered append: graphics state outside LDS";
constexpr const char *images = "ray tracing and images";
constexpr const char *handler = "for trap handlers and debuggers";
constexpr const char *halves = "the first half of another instruction, which LLVM prints as one";
constexpr const char *profiling = "for profilers: counters and thread traces";

constexpr Exclusion exclusions[] = {
    {"v_mfma_ld_scale_b32", halves},
    {"v_interp_", graphics},
    {"v_cube", graphics},
    {"lds_param_load", graphics},
    {"lds_direct_load", graphics},
    {"ds_param_load", graphics},
    {"ds_direct_load", graphics},
    {"s_endpgm_ordered_ps_done", graphics},
    {"v_screen_partition_", graphics},
    {"s_cbranch_g_fork", forks},
    {"s_cbranch_i_fork", forks},
    {"s_cbranch_join", forks},
    {"s_setvskip", forks},
    {"s_subvector_loop_", forks},
    {"global_atomic_ordered_add_b64", ordered},
    {"ds_gws_", ordered},
    {"ds_ordered_count", ordered},
    {"ds_bvh_", images},
    {"image_", images},
    {"s_rfe_", handler},
    {"s_endpgm_saved", handler},
    {"s_cbranch_cdbg", handler},
    {"s_sethalt", handler},
    {"s_sendmsghalt", handler},
    {"s_setkill", handler},
    {"s_set_gpr_idx_mode", handler},
    {"s_ttracedata", profiling},
    {"s_incperflevel", profiling},
    {"s_decperflevel", profiling},
};

} // namespace

const char *whyExcluded(const std::string &mnemonic) {
  for (const Exclusion &row : exclusions) {
    if (mnemonic.starts_with(row.prefix)) {
      return row.reason;
    }
  }
  return nullptr;
}

} // namespace qcc::emulator::coverage
