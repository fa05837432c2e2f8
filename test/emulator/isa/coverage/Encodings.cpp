// Source: the ISA manuals, "Microcode Formats" (CDNA3, CDNA4, RDNA3, RDNA4).
#include "test/emulator/isa/coverage/Encodings.h"

namespace qcc::emulator::coverage {

namespace {

// Registers: scalars s4 (result), s8, s6; vectors v20 (result), v4, v6, v8; all even, as pairs must
// be. A vector register as source 0 is its number plus 256.
constexpr uint32_t v4 = 260, v6 = 262, v8 = 264;
constexpr uint32_t vectorThree = v4 | v6 << 9 | v8 << 18;
constexpr uint32_t scalarMask = v4 | v6 << 9 | 10u << 18;   // a mask as source 2
constexpr uint32_t vectorScalar = v4 | 8u << 9 | 10u << 18; // scalars behind the first source
constexpr uint32_t pairsAll = 3u << 27;                     // op_sel_hi of sources 0 and 1
constexpr uint32_t sdwaDefault = 4 | 6u << 8 | 6u << 16 | 6u << 24;
constexpr uint32_t dppDefault = 4 | 0x1bu << 8 | 0xffu << 24; // quad_perm [3,2,1,0]
constexpr uint32_t dpp8Default = 4 | 0xfac688u << 8;

constexpr Fill sop2[] = {{{4u << 16 | 6u << 8 | 8, 0x1234}}};
constexpr Fill sopk[] = {{{4u << 16 | 1, 0x1234}}, {{4u << 16 | 2, 0x1234}}};
constexpr Fill sop1[] = {
    {{4u << 16 | 8}}, {{4u << 16 | 193}}, {{4u << 16 | 131}}, {{193}}, {{125}}};
constexpr Fill sopc[] = {{{6u << 8 | 8}}};
constexpr Fill sopp[] = {{{0}}, {{1}}};
constexpr Fill smem9[] = {{{4 | 16u << 6 | 1u << 17, 16}}, {{4 | 16u << 6, 16}}};
constexpr Fill smem11[] = {{{4 | 16u << 6, 16 | 0x7cu << 25}}};
constexpr Fill vop2[] = {{{20u << 17 | 6u << 9 | v4, 0x1234, 0x1234}}};
constexpr Fill vopc[] = {{{6u << 9 | v4}}};
constexpr Fill vop1[] = {{{20u << 17 | v4}}, {{20u << 17 | 8}}, {{0}}};
constexpr Fill vop3[] = {{{20, vectorThree}},
                         {{20, scalarMask}},
                         {{20, vectorScalar}},
                         {{20 | 10u << 8, vectorThree}},
                         {{20 | 10u << 8, scalarMask}},
                         {{20, v4 | v6 << 9}},
                         {{20, v4}},
                         {{20, 8 | 129u << 9}},
                         {{20, 8}}};
constexpr Fill vop3p[] = {
    {{20 | 1u << 14, vectorThree | pairsAll}}, {{20, vectorThree | pairsAll}}, {{20, vectorThree}}};
constexpr Fill sdwa2[] = {{{20u << 17 | 6u << 9 | 249, sdwaDefault}}};
constexpr Fill sdwac[] = {{{6u << 9 | 249, sdwaDefault & ~0xff00u}}};
constexpr Fill sdwa1[] = {{{20u << 17 | 249, sdwaDefault}}};
constexpr Fill dpp2[] = {{{20u << 17 | 6u << 9 | 250, dppDefault}}};
constexpr Fill dppc[] = {{{6u << 9 | 250, dppDefault}}};
constexpr Fill dpp1[] = {{{20u << 17 | 250, dppDefault}}};
constexpr Fill dpp82[] = {{{20u << 17 | 6u << 9 | 233, dpp8Default}}};
constexpr Fill dpp8c[] = {{{6u << 9 | 233, dpp8Default}}};
constexpr Fill dpp81[] = {{{20u << 17 | 233, dpp8Default}}};
constexpr uint32_t dppVector = 250 | v6 << 9 | v8 << 18, dpp8Vector = 233 | v6 << 9 | v8 << 18;
constexpr Fill dpp3[] = {{{20, dppVector, dppDefault}},
                         {{20, 250 | v6 << 9 | 10u << 18, dppDefault}},
                         {{20 | 10u << 8, dppVector, dppDefault}}};
constexpr Fill dpp83[] = {{{20, dpp8Vector, dpp8Default}},
                          {{20, 233 | v6 << 9 | 10u << 18, dpp8Default}},
                          {{20 | 10u << 8, dpp8Vector, dpp8Default}}};
// The half whose opcode does not change: a move, and for the other a multiplication.
constexpr Fill vopdX[] = {{{8u << 17 | 6u << 9 | v4, 261 | 10u << 17 | 20u << 24, 0x1234}},
                          {{8u << 17 | v4, 261 | 10u << 17 | 20u << 24}}};
constexpr Fill vopdY[] = {
    {{3u << 22 | 6u << 9 | v4, 261 | 7u << 9 | 10u << 17 | 20u << 24, 0x1234}},
    {{3u << 22 | 6u << 9 | v4, 261 | 10u << 17 | 20u << 24}}};
// Fields that an instruction does not have must be zero.
constexpr Fill ds[] = {{{0, 4 | 6u << 8 | 8u << 16 | 20u << 24}},
                       {{0, 4 | 6u << 8 | 20u << 24}},
                       {{0, 4 | 20u << 24}},
                       {{0, 20u << 24}},
                       {{0, 4 | 6u << 8 | 8u << 16}},
                       {{0, 4 | 6u << 8}},
                       {{0, 6u << 8}},
                       {{0, 4}},
                       {{0, 0}}};
constexpr Fill flat9[] = {{{0, 4 | 6u << 8 | 0x7fu << 16 | 20u << 24}},
                          {{1u << 16, 4 | 6u << 8 | 0x7fu << 16 | 20u << 24}},
                          {{0, 4 | 6u << 8 | 20u << 24}}};
constexpr Fill flat11[] = {{{0, 4 | 6u << 8 | 0x7cu << 16 | 20u << 24}},
                           {{1u << 14, 4 | 6u << 8 | 0x7cu << 16 | 20u << 24}}};
constexpr Fill flat12[] = {{{0x7c, 20 | 6u << 23, 4}}, {{0x7c, 20 | 1u << 20 | 6u << 23, 4}}};
constexpr Fill mubuf9[] = {{{1u << 12, 4 | 6u << 8 | 2u << 16 | 128u << 24}},
                           {{1u << 12 | 1u << 16, 4 | 6u << 8 | 2u << 16 | 128u << 24}},
                           {{1u << 16, 2u << 16 | 128u << 24}},
                           {{0, 0}}};
constexpr Fill mubuf11[] = {{{0, 4 | 6u << 8 | 2u << 16 | 1u << 22 | 128u << 24}},
                            {{1u << 14, 4 | 6u << 8 | 2u << 16 | 1u << 22 | 128u << 24}},
                            {{0, 0}}};
constexpr Fill vbuffer12[] = {{{0x7c, 20 | 8u << 9 | 22u << 23 | 1u << 30, 4}},
                              {{0x7c, 20 | 8u << 9 | 1u << 20 | 22u << 23 | 1u << 30, 4}}};
constexpr Fill mtbuf9[] = {{{1u << 12 | 4u << 19 | 7u << 23, 4 | 6u << 8 | 2u << 16 | 128u << 24}}};
constexpr Fill mtbuf11[] = {{{22u << 19, 4 | 6u << 8 | 2u << 16 | 1u << 22 | 128u << 24}}};
// A scale prefix and the matrix instruction that it belongs to.
constexpr uint32_t scaledSources = v4 | (256u + 12) << 9 | (256u + 28) << 18 | pairsAll;
constexpr Fill scaled[] = {{{0xd3ac0000, v4 | v6 << 9 | pairsAll, 0xd3800000 | 20, scaledSources}}};

constexpr Encoding gfx9[] = {
    {"SOP2", 0x80000000, 23, 0x60, 0, sop2, false},
    {"SOPK", 0xb0000000, 23, 29, 0, sopk, false},
    {"SOP1", 0xbe800000, 8, 256, 0, sop1, false},
    {"SOPC", 0xbf000000, 16, 128, 0, sopc, false},
    {"SOPP", 0xbf800000, 16, 128, 0, sopp, false},
    {"SMEM", 0xc0000000, 18, 256, 0, smem9, false},
    {"VOP2", 0x00000000, 25, 62, 0, vop2, false},
    {"VOP1", 0x7e000000, 9, 256, 0, vop1, false},
    {"VOPC", 0x7c000000, 17, 256, 0, vopc, false},
    {"VOP3", 0xd0000000, 16, 0x380, 0, vop3, false},
    {"VOP3P", 0xd3800000, 16, 128, 0, vop3p, false},
    {"VOP3P", 0, 16, 128, 2, scaled, false},
    {"SDWA", 0x00000000, 25, 62, 0, sdwa2, true},
    {"SDWA", 0x7e000000, 9, 256, 0, sdwa1, true},
    {"SDWA", 0x7c000000, 17, 256, 0, sdwac, true},
    {"DPP", 0x00000000, 25, 62, 0, dpp2, true},
    {"DPP", 0x7e000000, 9, 256, 0, dpp1, true},
    {"DPP", 0x7c000000, 17, 256, 0, dppc, true},
    {"DS", 0xd8000000, 17, 256, 0, ds, false},
    {"FLAT", 0xdc000000, 18, 128, 0, flat9, false},
    {"SCRATCH", 0xdc004000, 18, 128, 0, flat9, false},
    {"GLOBAL", 0xdc008000, 18, 128, 0, flat9, false},
    {"MUBUF", 0xe0000000, 18, 128, 0, mubuf9, false},
    {"MTBUF", 0xe8000000, 15, 16, 0, mtbuf9, false},
};

constexpr Encoding gfx11[] = {
    {"SOP2", 0x80000000, 23, 0x60, 0, sop2, false},
    {"SOPK", 0xb0000000, 23, 29, 0, sopk, false},
    {"SOP1", 0xbe800000, 8, 256, 0, sop1, false},
    {"SOPC", 0xbf000000, 16, 128, 0, sopc, false},
    {"SOPP", 0xbf800000, 16, 128, 0, sopp, false},
    {"SMEM", 0xf4000000, 18, 256, 0, smem11, false},
    {"VOP2", 0x00000000, 25, 62, 0, vop2, false},
    {"VOP1", 0x7e000000, 9, 256, 0, vop1, false},
    {"VOPC", 0x7c000000, 17, 256, 0, vopc, false},
    {"VOP3", 0xd4000000, 16, 0x400, 0, vop3, false},
    {"VOP3P", 0xcc000000, 16, 128, 0, vop3p, false},
    {"VOPD", 0xc8000000, 22, 16, 0, vopdX, false},
    {"VOPD", 0xc8000000, 17, 32, 0, vopdY, false},
    {"DPP16", 0x00000000, 25, 62, 0, dpp2, true},
    {"DPP16", 0x7e000000, 9, 256, 0, dpp1, true},
    {"DPP16", 0x7c000000, 17, 256, 0, dppc, true},
    {"DPP16", 0xd4000000, 16, 0x400, 0, dpp3, true},
    {"DPP8", 0x00000000, 25, 62, 0, dpp82, true},
    {"DPP8", 0x7e000000, 9, 256, 0, dpp81, true},
    {"DPP8", 0x7c000000, 17, 256, 0, dpp8c, true},
    {"DPP8", 0xd4000000, 16, 0x400, 0, dpp83, true},
    {"DS", 0xd8000000, 18, 256, 0, ds, false},
    {"FLAT", 0xdc000000, 18, 128, 0, flat11, false},
    {"SCRATCH", 0xdc010000, 18, 128, 0, flat11, false},
    {"GLOBAL", 0xdc020000, 18, 128, 0, flat11, false},
    {"MUBUF", 0xe0000000, 18, 256, 0, mubuf11, false},
    {"MTBUF", 0xe8000000, 15, 16, 0, mtbuf11, false},
};

constexpr Encoding gfx12[] = {
    {"SOP2", 0x80000000, 23, 0x60, 0, sop2, false},
    {"SOPK", 0xb0000000, 23, 29, 0, sopk, false},
    {"SOP1", 0xbe800000, 8, 256, 0, sop1, false},
    {"SOPC", 0xbf000000, 16, 128, 0, sopc, false},
    {"SOPP", 0xbf800000, 16, 128, 0, sopp, false},
    {"SMEM", 0xf4000000, 13, 64, 0, smem11, false},
    {"VOP2", 0x00000000, 25, 62, 0, vop2, false},
    {"VOP1", 0x7e000000, 9, 256, 0, vop1, false},
    {"VOPC", 0x7c000000, 17, 256, 0, vopc, false},
    {"VOP3", 0xd4000000, 16, 0x400, 0, vop3, false},
    {"VOP3P", 0xcc000000, 16, 128, 0, vop3p, false},
    {"VOPD", 0xc8000000, 22, 16, 0, vopdX, false},
    {"VOPD", 0xc8000000, 17, 32, 0, vopdY, false},
    {"DPP16", 0x00000000, 25, 62, 0, dpp2, true},
    {"DPP16", 0x7e000000, 9, 256, 0, dpp1, true},
    {"DPP16", 0x7c000000, 17, 256, 0, dppc, true},
    {"DPP16", 0xd4000000, 16, 0x400, 0, dpp3, true},
    {"DPP8", 0x00000000, 25, 62, 0, dpp82, true},
    {"DPP8", 0x7e000000, 9, 256, 0, dpp81, true},
    {"DPP8", 0x7c000000, 17, 256, 0, dpp8c, true},
    {"DPP8", 0xd4000000, 16, 0x400, 0, dpp83, true},
    {"DS", 0xd8000000, 18, 256, 0, ds, false},
    {"FLAT", 0xec000000, 14, 256, 0, flat12, false},
    {"SCRATCH", 0xed000000, 14, 256, 0, flat12, false},
    {"GLOBAL", 0xee000000, 14, 256, 0, flat12, false},
    {"MUBUF", 0xc4000000, 14, 128, 0, vbuffer12, false},
    {"MTBUF", 0xc4200000, 14, 128, 0, vbuffer12, false},
};

} // namespace

std::span<const Encoding> encodingsOf(std::string_view generation) {
  if (generation == "gfx9") {
    return gfx9;
  }
  return generation == "gfx11" ? std::span<const Encoding>(gfx11) : gfx12;
}

} // namespace qcc::emulator::coverage
