// RUN: qcc-opt %s --verify-tile -split-input-file -verify-diagnostics

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @lowered(%b: !tile.buffer<global>) attributes {
    kind = "rows", row_capacity = 1 : i64, schedule = #one, workgroup = 64 : i64, grid = array<i64: 1, 1, 1>} {
  %0 = tile.lane_id
  %1 = tile.load %b[%0 : i32] : !tile.buffer<global> -> f32
  tile.return
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{is not at lane level: no lowering knows kind "convolution"}}
tile.kernel @unknown_kind(%x: tensor<1x8xf16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "convolution", row_capacity = 1 : i64, schedule = #one} {
  tile.return %x : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has an empty grid}}
tile.kernel @empty_grid(%b: !tile.buffer<global>) attributes {
    kind = "rows", row_capacity = 1 : i64, schedule = #one, workgroup = 64 : i64, grid = array<i64: 1, 0, 1>} {
  tile.return
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has an empty grid}}
tile.kernel @flat_grid(%b: !tile.buffer<global>) attributes {
    kind = "rows", row_capacity = 1 : i64, schedule = #one, workgroup = 64 : i64, grid = array<i64: 1>} {
  tile.return
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has a workgroup of 2048 work-items; the limit is 1024}}
tile.kernel @large_workgroup(%b: !tile.buffer<global>) attributes {
    kind = "rows", row_capacity = 1 : i64, schedule = #one, workgroup = 2048 : i64, grid = array<i64: 1, 1, 1>} {
  tile.return
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @left_over(%b: !tile.buffer<global>) attributes {
    kind = "rows", row_capacity = 1 : i64, schedule = #one, workgroup = 64 : i64, grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{is left at tensor level}}
  %0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
  tile.return
}
