// The W4A16 matrix-vector loop: what it costs a weight, on every chip.
// RUN: qcc-translate %s --target=gfx90a --emit=isa | FileCheck %s --check-prefixes=CHECK,GFX9,GFX90A
// RUN: qcc-translate %s --target=gfx942 --emit=isa | FileCheck %s --check-prefixes=CHECK,GFX9,GFX94
// RUN: qcc-translate %s --target=gfx950 --emit=isa | FileCheck %s --check-prefixes=CHECK,GFX9,GFX94
// RUN: qcc-translate %s --target=gfx1100 --emit=isa | FileCheck %s --check-prefixes=CHECK,GFX11
// RUN: qcc-translate %s --target=gfx1151 --emit=isa | FileCheck %s --check-prefixes=CHECK,GFX11
// RUN: qcc-translate %s --target=gfx1201 --emit=isa | FileCheck %s --check-prefixes=CHECK,GFX12
// RUN: qcc-translate %s --target=gfx942 --emit=resources | FileCheck %s --check-prefix=RESOURCES

// RESOURCES: gemv: {{[0-9]+}} VGPRs, {{[0-9]+}} SGPRs, 0 spills, 0 B scratch, 8192 B LDS, 32 B arguments, 256 work-items

// CHECK-LABEL: gemv:
// CHECK-NOT: scratch_
// Staging: loads stay in flight up to the barrier, which waits for LDS.
// GFX9:  ds_write_b128
// GFX9:  s_barrier
// GFX11: ds_store_b128
// GFX11: s_barrier
// GFX12: s_barrier_signal -1
// GFX12: s_barrier_wait -1
// The loop: a scalar base and a 32-bit offset, read once.
// GFX90A: global_load_dwordx4 v[{{[0-9:]+}}], v{{[0-9]+}}, s[{{[0-9:]+}}] glc slc
// GFX94:  global_load_dwordx4 v[{{[0-9:]+}}], v{{[0-9]+}}, s[{{[0-9:]+}}] nt
// GFX11:  global_load_b128 v[{{[0-9:]+}}], v{{[0-9]+}}, s[{{[0-9:]+}}] slc dlc
// GFX12:  global_load_b128 v[{{[0-9:]+}}], v{{[0-9]+}}, s[{{[0-9:]+}}] th:TH_LOAD_NT
// 32 weights: 16 masks, 4 shifts and 16 dot products.
// GFX9:   v_and_or_b32 v{{[0-9]+}}, v{{[0-9]+}}, s{{[0-9]+}}, v{{[0-9]+}}
// GFX9:   v_dot2c_f32_f16
// GFX11:  v_and_or_b32 v{{[0-9]+}}, v{{[0-9]+}}, s{{[0-9]+}}, 0x64006400
// GFX11:  v_dot2acc_f32_f16
// GFX12:  v_and_or_b32 v{{[0-9]+}}, v{{[0-9]+}}, s{{[0-9]+}}, 0x64006400
// GFX12:  v_dot2_f32_f16
// CHECK-NOT: v_or_b32
// CHECK:  v_fma_mix_f32
// CHECK:  s_cbranch_scc1
// Eight lanes to one.
// CHECK:  v_add_f32_dpp {{.*}} quad_perm:[1,0,3,2]
// CHECK:  v_add_f32_dpp {{.*}} quad_perm:[2,3,0,1]
// GFX9:   row_half_mirror
// GFX11:  row_xmask:7
// GFX12:  row_xmask:7
// CHECK:  s_endpgm
tile.kernel @gemv(%w: !tile.buffer<global>, %s: !tile.buffer<global>, %x: !tile.buffer<global>,
                  %y: !tile.buffer<global>) attributes {
    kind = "matmul", schedule = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 4096>,
    row_capacity = 1, workgroup = 256, grid = array<i64: 128, 1, 1>} {
  %lds = tile.shared 8192 : !tile.buffer<shared>
  %lane = tile.lane_id
  %wave = tile.wave_id
  %wg = tile.workgroup_id x
  %c2 = arith.constant 2 : i32
  %c3 = arith.constant 3 : i32
  %c4 = arith.constant 4 : i32
  %c6 = arith.constant 6 : i32
  %c7 = arith.constant 7 : i32
  %c1024 = arith.constant 1024 : i32
  %c4096 = arith.constant 4096 : i32
  // stage x: 256 lanes x 16 bytes x 2
  %t0 = arith.shli %wave, %c6 : i32
  %t = arith.addi %t0, %lane overflow<nuw> : i32
  %to = arith.shli %t, %c4 overflow<nuw> : i32
  %to2 = arith.addi %to, %c4096 overflow<nuw> : i32
  %x0 = tile.load %x[%to : i32] : !tile.buffer<global> -> vector<4xi32>
  %x1 = tile.load %x[%to2 : i32] : !tile.buffer<global> -> vector<4xi32>
  tile.store %x0, %lds[%to : i32] : vector<4xi32>, !tile.buffer<shared>
  tile.store %x1, %lds[%to2 : i32] : vector<4xi32>, !tile.buffer<shared>
  tile.barrier
  // panel of 8 rows: step = 64 lanes x 16 bytes = 8 rows x 256 k / 2
  %pw = arith.shli %wg, %c2 : i32
  %panel = arith.addi %pw, %wave overflow<nuw> : i32
  %c14 = arith.constant 14 : i32
  %pbase = arith.shli %panel, %c14 overflow<nuw> : i32
  %lb = arith.shli %lane, %c4 overflow<nuw> : i32
  %sub = arith.andi %lane, %c7 : i32
  %xl = arith.shli %sub, %c6 overflow<nuw> : i32
  %row = arith.shrui %lane, %c3 : i32
  %wb = arith.addi %pbase, %lb overflow<nuw> : i32
  %i0 = arith.constant 0 : i32
  %i1 = arith.constant 1 : i32
  %i16 = arith.constant 16 : i32
  %f0 = arith.constant 0.0 : f32
  %c9 = arith.constant 9 : i32
  %c10 = arith.constant 10 : i32
  %c8 = arith.constant 8 : i32
  %sb0 = arith.shli %panel, %c8 overflow<nuw> : i32
  %row1 = arith.shli %row, %i1 overflow<nuw> : i32
  %sb = arith.addi %sb0, %row1 overflow<nuw> : i32
  %acc = scf.for %k = %i0 to %i16 step %i1 iter_args(%a = %f0) -> (f32) : i32 {
    %ko = arith.shli %k, %c10 overflow<nuw> : i32
    %off = arith.addi %wb, %ko overflow<nuw> : i32
    %q = tile.load %w[%off : i32] streaming invariant : !tile.buffer<global> -> vector<4xi32>
    %xko = arith.shli %k, %c9 overflow<nuw> : i32
    %xo = arith.addi %xl, %xko overflow<nuw> : i32
    %xv = tile.load %lds[%xo : i32] : !tile.buffer<shared> -> vector<32xf16>
    %so0 = arith.shli %k, %c4 overflow<nuw> : i32
    %so = arith.addi %sb, %so0 overflow<nuw> : i32
    %sc = tile.load %s[%so : i32] streaming invariant : !tile.buffer<global> -> f16
    %scf = arith.extf %sc : f16 to f32
    %u = tile.unpack %q bits 4 : vector<4xi32> -> vector<32xf16>
    %d = tile.dot %u, %xv, %f0 : vector<32xf16>
    %n = math.fma %d, %scf, %a : f32
    scf.yield %n : f32
  }
  %r = tile.reduce_wave add %acc width 8
  %h = arith.truncf %r : f32 to f16
  %first = arith.cmpi eq, %sub, %i0 : i32
  scf.if %first {
    %p8 = arith.shli %panel, %c4 overflow<nuw> : i32
    %r2 = arith.shli %row, %i1 overflow<nuw> : i32
    %yo = arith.addi %p8, %r2 overflow<nuw> : i32
    tile.store %h, %y[%yo : i32] : f16, !tile.buffer<global>
  }
  tile.return
}
