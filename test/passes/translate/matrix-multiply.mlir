// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx942 | FileCheck %s
// The same shape on the chips that follow, which have wider ones as well.
// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx950 | FileCheck %s

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
#shape = #tile.matrix_shape<rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>

// CHECK-LABEL: llvm.func protected @mfma(
// CHECK-SAME: %[[A:[a-z0-9]+]]: vector<4xf16> {{.*}}, %[[B:[a-z0-9]+]]: vector<4xbf16> {{.*}}, %[[C:[a-z0-9]+]]: vector<16xf32>
tile.kernel @mfma(%a: vector<4xf16>, %b: vector<4xbf16>, %c: vector<16xf32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK: %[[NONE:.*]] = llvm.mlir.constant(0 : i32)
  // CHECK: %[[D:.*]] = llvm.call_intrinsic "llvm.amdgcn.mfma.f32.32x32x8f16"(%[[A]], %[[A]], %[[C]], %[[NONE]], %[[NONE]], %[[NONE]])
  %d = tile.matrix_multiply %a, %a, %c shape #shape : vector<4xf16>, vector<16xf32>
  // CHECK: %[[BITS:.*]] = llvm.bitcast %[[B]] : vector<4xbf16> to vector<4xi16>
  // CHECK: llvm.call_intrinsic "llvm.amdgcn.mfma.f32.32x32x8bf16.1k"(%[[BITS]], %{{.*}}, %[[D]],
  %e = tile.matrix_multiply %b, %b, %d shape #shape : vector<4xbf16>, vector<16xf32>
  tile.store %e, %out[%lane : i32] : vector<16xf32>, !tile.buffer<global>
  tile.return
}
