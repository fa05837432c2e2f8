// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx1100 --split-input-file --verify-diagnostics

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{is not at lane level; run the tile stage first}}
tile.kernel @tensor(%a: tensor<1x4xf16>) -> tensor<1x4xf16>
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1} {
  tile.return %a : tensor<1x4xf16>
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has a workgroup of 48, which is not made of whole waves of 32}}
tile.kernel @ragged(%a: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 48, grid = array<i64: 1, 1, 1>} {
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @wide(%a: f32)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 32, grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{has a width of 64 in waves of 32}}
  // expected-error @below {{failed to legalize}}
  %r = tile.reduce_wave add %a width 64
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @other_chip(%a: vector<4xf16>, %c: vector<16xf32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // expected-error @below {{failed to legalize}}
  %d = tile.matrix_multiply %a, %a, %c
      shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf16>, vector<16xf32>
  tile.store %d, %out[%lane : i32] : vector<16xf32>, !tile.buffer<global>
  tile.return
}
