#include "emulator/isa/decode/VectorNames.h"

#include "emulator/isa/lane/LaneSet.h"

#include <unordered_map>

namespace qcc::emulator::isa {

namespace {

struct Alias {
  const char *from;
  const char *to;
};

// Later generations' names for what an earlier name says as well.
constexpr Alias aliases[] = {
    {"v_add_nc_u32", "v_add_u32"},
    {"v_sub_nc_u32", "v_sub_u32"},
    {"v_subrev_nc_u32", "v_subrev_u32"},
    {"v_add_nc_i32", "v_add_i32"},
    {"v_sub_nc_i32", "v_sub_i32"},
    {"v_add_nc_u16", "v_add_u16"},
    {"v_sub_nc_u16", "v_sub_u16"},
    {"v_add_nc_i16", "v_add_i16"},
    {"v_sub_nc_i16", "v_sub_i16"},
    {"v_add_co_ci_u32", "v_addc_co_u32"},
    {"v_sub_co_ci_u32", "v_subb_co_u32"},
    {"v_subrev_co_ci_u32", "v_subbrev_co_u32"},
    {"v_clz_i32_u32", "v_ffbh_u32"},
    {"v_ctz_i32_b32", "v_ffbl_b32"},
    {"v_cls_i32", "v_ffbh_i32"},
    {"v_mul_dx9_zero_f32", "v_mul_legacy_f32"},
    {"v_fma_dx9_zero_f32", "v_fma_legacy_f32"},
    {"v_fmac_dx9_zero_f32", "v_fmac_legacy_f32"},
    {"v_min_num_f16", "v_min_f16"},
    {"v_max_num_f16", "v_max_f16"},
    {"v_min_num_f32", "v_min_f32"},
    {"v_max_num_f32", "v_max_f32"},
    {"v_min_num_f64", "v_min_f64"},
    {"v_max_num_f64", "v_max_f64"},
    {"v_min3_num_f32", "v_min3_f32"},
    {"v_max3_num_f32", "v_max3_f32"},
    {"v_med3_num_f32", "v_med3_f32"},
    {"v_min3_num_f16", "v_min3_f16"},
    {"v_max3_num_f16", "v_max3_f16"},
    {"v_med3_num_f16", "v_med3_f16"},
    {"v_minmax_num_f32", "v_minmax_f32"},
    {"v_maxmin_num_f32", "v_maxmin_f32"},
    {"v_minmax_num_f16", "v_minmax_f16"},
    {"v_maxmin_num_f16", "v_maxmin_f16"},
    {"v_pk_min_num_f16", "v_pk_min_f16"},
    {"v_pk_max_num_f16", "v_pk_max_f16"},
    {"v_cvt_pk_rtz_f16_f32", "v_cvt_pkrtz_f16_f32"},
    {"v_cvt_pk_norm_i16_f32", "v_cvt_pknorm_i16_f32"},
    {"v_cvt_pk_norm_u16_f32", "v_cvt_pknorm_u16_f32"},
    {"v_cvt_pk_norm_i16_f16", "v_cvt_pknorm_i16_f16"},
    {"v_cvt_pk_norm_u16_f16", "v_cvt_pknorm_u16_f16"},
    {"v_cvt_nearest_i32_f32", "v_cvt_rpi_i32_f32"},
    {"v_cvt_floor_i32_f32", "v_cvt_flr_i32_f32"},
    {"v_accvgpr_read_b32", "v_mov_b32"},
    {"v_accvgpr_write_b32", "v_mov_b32"},
    {"v_accvgpr_mov_b32", "v_mov_b32"},
    {"v_mad_co_u64_u32", "v_mad_u64_u32"},
    {"v_mad_co_i64_i32", "v_mad_i64_i32"},
    {"v_mul_lo_i32", "v_mul_lo_u32"},
    {"v_mad_mix_f32", "v_fma_mix_f32"},
    {"v_mad_mixlo_f16", "v_fma_mixlo_f16"},
    {"v_mad_mixhi_f16", "v_fma_mixhi_f16"},
    {"v_madak_f16", "v_mad_f16"},
    {"v_madmk_f16", "v_mad_f16"},
    {"v_madak_f32", "v_mad_f32"},
    {"v_madmk_f32", "v_mad_f32"},
    {"v_fma_legacy_f16", "v_fma_f16"},
    {"v_div_fixup_legacy_f16", "v_div_fixup_f16"},
    {"v_mad_legacy_u16", "v_mad_u16"},
    {"v_mad_legacy_i16", "v_mad_i16"},
    {"v_mad_legacy_f16", "v_mad_f16"},
};

std::string plainName(std::string_view mnemonic) {
  static const auto index = [] {
    std::unordered_map<std::string_view, std::string_view> map;
    for (const Alias &alias : aliases) {
      map.emplace(alias.from, alias.to);
    }
    return map;
  }();
  std::string name(mnemonic);
  for (std::string_view prefix : {"v_dual_", "v_cmpx_"}) {
    if (name.starts_with(prefix)) {
      name = (prefix == "v_dual_" ? "v_" : "v_cmp_") + name.substr(prefix.size());
    }
  }
  auto found = index.find(name);
  return found == index.end() ? name : std::string(found->second);
}

bool isSmallFloatConversion(std::string_view name) {
  return name.find("_fp8") != std::string_view::npos || name.find("_bf8") != std::string_view::npos;
}

} // namespace

std::string vectorRowName(const AssemblyLine &line, const DecodeContext &context) {
  std::string name = plainName(line.mnemonic);
  if (name == "v_dot4_i32_iu8" || name == "v_dot8_i32_iu4") {
    name += " " + std::to_string(line.bits("neg_lo", 0) & 3);
  }
  if (context.chip->smallFloatFnuz && isSmallFloatConversion(name)) {
    name += " fnuz";
  }
  if (line.has("clamp") && findVectorRow((name + " clamp").c_str()) != nullptr) {
    name += " clamp";
  }
  return name;
}

bool keepsOtherHalf(std::string_view mnemonic, const ChipRow &chip) {
  if (chip.keepsUpperHalf) {
    return true;
  }
  // gfx9: most clear the upper half; these do not (LLVM: zeroesHigh16BitsOfDest).
  constexpr std::string_view keeping[] = {
      "v_fma_f16",       "v_mad_f16",      "v_mad_u16",  "v_mad_i16",  "v_div_fixup_f16",
      "v_med3_f16",      "v_med3_i16",     "v_med3_u16", "v_min3_f16", "v_min3_i16",
      "v_min3_u16",      "v_max3_f16",     "v_max3_i16", "v_max3_u16", "v_bitop3_b16",
      "v_fma_mixlo_f16", "v_fma_mixhi_f16"};
  for (std::string_view name : keeping) {
    if (mnemonic == name) {
      return true;
    }
  }
  return mnemonic.starts_with("v_cvt_pk_fp8_") || mnemonic.starts_with("v_cvt_pk_bf8_") ||
         mnemonic.starts_with("v_cvt_sr_") || mnemonic.starts_with("v_ashr_pk_");
}

} // namespace qcc::emulator::isa
