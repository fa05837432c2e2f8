// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx1100 | FileCheck %s

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
#shape = #tile.matrix_shape<rows = 16, columns = 16, depth = 16, depthLanes = 1, rowRun = 1>

// CHECK-LABEL: llvm.func protected @wmma(
// CHECK-SAME: %[[A:[a-z0-9]+]]: vector<16xf16> {{.*}}, %[[C:[a-z0-9]+]]: vector<8xf32>
tile.kernel @wmma(%a: vector<16xf16>, %c: vector<8xf32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 32, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK: llvm.call_intrinsic "llvm.amdgcn.wmma.f32.16x16x16.f16"(%[[A]], %[[A]], %[[C]]) : (vector<16xf16>, vector<16xf16>, vector<8xf32>) -> vector<8xf32>
  %d = tile.matrix_multiply %a, %a, %c shape #shape : vector<16xf16>, vector<8xf32>
  tile.store %d, %out[%lane : i32] : vector<8xf32>, !tile.buffer<global>
  tile.return
}
