// Packed elements to floating point: instructions an element.
// RUN: qcc-translate %s --target=gfx942 --emit=isa | FileCheck %s --check-prefixes=CHECK,CDNA
// RUN: qcc-translate %s --target=gfx1100 --emit=isa | FileCheck %s --check-prefixes=CHECK,RDNA

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// Sixteen bytes: eight permutations.
// CHECK-LABEL: u8:
// CHECK-COUNT-8: v_perm_b32
// CHECK-NOT: v_perm_b32
// CHECK: s_endpgm
tile.kernel @u8(%a: !tile.buffer<global>, %y: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %c4 = arith.constant 4 : i32
  %o = arith.shli %lane, %c4 overflow<nuw> : i32
  %v = tile.load %a[%o : i32] streaming invariant : !tile.buffer<global> -> vector<4xi32>
  %u = tile.unpack %v bits 8 : vector<4xi32> -> vector<16xf16>
  tile.store %u, %y[%o : i32] : vector<16xf16>, !tile.buffer<global>
  tile.return
}

// CHECK-LABEL: u2:
// CHECK-COUNT-8: v_and_or_b32
// CHECK-NOT: v_and_or_b32
// CHECK: s_endpgm
tile.kernel @u2(%a: !tile.buffer<global>, %y: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %c4 = arith.constant 4 : i32
  %o = arith.shli %lane, %c4 overflow<nuw> : i32
  %v = tile.load %a[%o : i32] streaming invariant : !tile.buffer<global> -> vector<1xi32>
  %u = tile.unpack %v bits 2 : vector<1xi32> -> vector<16xf16>
  tile.store %u, %y[%o : i32] : vector<16xf16>, !tile.buffer<global>
  tile.return
}

// f32: two masks a word, a conversion an element, and half or one multiply-add an element.
// CHECK-LABEL: u4_f32:
// CHECK-NOT: v_bfe_u32
// CHECK: v_cvt_f32_ubyte{{[0-3]}}
// CDNA: v_pk_fma_f32
// RDNA: v_fma{{c?}}
// CHECK-NOT: v_bfe_u32
// CHECK: s_endpgm
tile.kernel @u4_f32(%a: !tile.buffer<global>, %x: !tile.buffer<global>, %y: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %c4 = arith.constant 4 : i32
  %f0 = arith.constant 0.0 : f32
  %o = arith.shli %lane, %c4 overflow<nuw> : i32
  %v = tile.load %a[%o : i32] streaming invariant : !tile.buffer<global> -> vector<2xi32>
  %u = tile.unpack %v bits 4 : vector<2xi32> -> vector<16xf32>
  %w = tile.load %x[%o : i32] : !tile.buffer<global> -> vector<16xf32>
  %d = tile.dot %u, %w, %f0 : vector<16xf32>
  tile.store %d, %y[%o : i32] : f32, !tile.buffer<global>
  tile.return
}
