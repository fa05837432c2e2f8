// Reductions and exchanges with each chip's cross-lane instructions; none through LDS memory where there is better.
// RUN: qcc-translate %s --target=gfx90a --emit=isa | FileCheck %s --check-prefixes=CHECK,BCAST,SWIZZLE
// RUN: qcc-translate %s --target=gfx942 --emit=isa | FileCheck %s --check-prefixes=CHECK,BCAST,SWIZZLE
// RUN: qcc-translate %s --target=gfx950 --emit=isa | FileCheck %s --check-prefixes=CHECK,BCAST,SWAP
// RUN: sed 's/width 64/width 32/; s/mask 32/mask 3/' %s | qcc-translate --target=gfx1100 --emit=isa | FileCheck %s --check-prefixes=CHECK,RDNA
// RUN: sed 's/width 64/width 32/; s/mask 32/mask 3/' %s | qcc-translate --target=gfx1201 --emit=isa | FileCheck %s --check-prefixes=CHECK,RDNA

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// CHECK-LABEL: whole_wave:
// CHECK: v_add_f32_dpp {{.*}} quad_perm:[1,0,3,2]
// CHECK: v_add_f32_dpp {{.*}} quad_perm:[2,3,0,1]
// BCAST: v_add_f32_dpp {{.*}} row_half_mirror
// BCAST: v_add_f32_dpp {{.*}} row_ror:8
// BCAST: v_add_f32_dpp {{.*}} row_bcast:15
// BCAST: v_add_f32_dpp {{.*}} row_bcast:31
// BCAST: v_readlane_b32 s{{[0-9]+}}, v{{[0-9]+}}, 63
// RDNA:  v_add_f32_dpp {{.*}} row_xmask:7
// RDNA:  v_add_f32_dpp {{.*}} row_xmask:8
// RDNA:  v_permlanex16_b32
// CHECK: s_endpgm
tile.kernel @whole_wave(%a: !tile.buffer<global>, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %two = arith.constant 2 : i32
  %offset = arith.shli %lane, %two : i32
  %v = tile.load %a[%offset : i32] : !tile.buffer<global> -> f32
  %r = tile.reduce_wave add %v width 64
  tile.store %r, %c[%offset : i32] : f32, !tile.buffer<global>
  tile.return
}

// A maximum of 32 lanes: one instruction a step, since inputs need no quieting.
// CHECK-LABEL: half_wave:
// BCAST: v_max_f32_dpp {{.*}} quad_perm:[1,0,3,2]
// BCAST: v_max_f32_dpp {{.*}} quad_perm:[2,3,0,1]
// BCAST: v_max_f32_dpp {{.*}} row_half_mirror
// BCAST: v_max_f32_dpp {{.*}} row_ror:8
// SWIZZLE: ds_swizzle_b32 {{.*}} offset:swizzle(SWAP,16)
// SWAP:    v_permlane16_swap_b32
// RDNA:    v_permlanex16_b32
// CHECK: s_endpgm
tile.kernel @half_wave(%a: !tile.buffer<global>, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %two = arith.constant 2 : i32
  %offset = arith.shli %lane, %two : i32
  %v = tile.load %a[%offset : i32] : !tile.buffer<global> -> f32
  %r = tile.reduce_wave max %v width 32
  tile.store %r, %c[%offset : i32] : f32, !tile.buffer<global>
  tile.return
}

// CHECK-LABEL: exchange:
// BCAST: ds_swizzle_b32 {{.*}} offset:swizzle(SWAP,4)
// BCAST: ds_bpermute_b32
// RDNA:  row_xmask:4
// CHECK: s_endpgm
tile.kernel @exchange(%a: !tile.buffer<global>, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %two = arith.constant 2 : i32
  %offset = arith.shli %lane, %two : i32
  %v = tile.load %a[%offset : i32] : !tile.buffer<global> -> f32
  %x = tile.shuffle_xor %v mask 4
  %y = tile.shuffle_xor %x mask 32
  tile.store %y, %c[%offset : i32] : f32, !tile.buffer<global>
  tile.return
}
