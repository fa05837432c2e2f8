// RUN: split-file %s %t
// RUN: qcc-opt %t/cdna2.mlir --convert-tile-to-rocdl=chip=gfx90a | FileCheck %t/cdna2.mlir
// RUN: qcc-opt %t/cdna3.mlir --convert-tile-to-rocdl=chip=gfx942 | FileCheck %t/cdna3.mlir
// RUN: qcc-opt %t/rdna3.mlir --convert-tile-to-rocdl=chip=gfx1100 | FileCheck %t/rdna3.mlir

//--- cdna2.mlir
#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: llvm.func protected @bytes(
// CHECK: %[[A:.*]] = llvm.bitcast %{{.*}} : vector<1xi32> to i32
// CHECK: llvm.call_intrinsic "llvm.amdgcn.mfma.i32.32x32x8i8"(%[[A]],
tile.kernel @bytes(%a: vector<1xi32>, %c: vector<16xi32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %d = tile.matrix_multiply %a, %a, %c shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>
    : vector<1xi32>, vector<16xi32>
  tile.store %d, %out[%lane : i32] : vector<16xi32>, !tile.buffer<global>
  tile.return
}

//--- cdna3.mlir
#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: llvm.func protected @bytes(
// CHECK: %[[A:.*]] = llvm.bitcast %{{.*}} : vector<2xi32> to i64
// CHECK: llvm.call_intrinsic "llvm.amdgcn.mfma.i32.32x32x16.i8"(%[[A]],
tile.kernel @bytes(%a: vector<2xi32>, %c: vector<16xi32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %d = tile.matrix_multiply %a, %a, %c shape <rows = 32, columns = 32, depth = 16, depthLanes = 2, rowRun = 4>
    : vector<2xi32>, vector<16xi32>
  tile.store %d, %out[%lane : i32] : vector<16xi32>, !tile.buffer<global>
  tile.return
}

//--- rdna3.mlir
#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// Both sides are signed, and the sum is not clamped.
// CHECK-LABEL: llvm.func protected @bytes(
// CHECK-SAME: %[[A:[a-z0-9]+]]: vector<4xi32> {{.*}}, %[[C:[a-z0-9]+]]: vector<8xi32>
// CHECK: %[[SIGNED:.*]] = llvm.mlir.constant(true)
// CHECK: %[[NO:.*]] = llvm.mlir.constant(false)
// CHECK: llvm.call_intrinsic "llvm.amdgcn.wmma.i32.16x16x16.iu8"(%[[SIGNED]], %[[A]], %[[SIGNED]], %[[A]], %[[C]], %[[NO]])
tile.kernel @bytes(%a: vector<4xi32>, %c: vector<8xi32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 32, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %d = tile.matrix_multiply %a, %a, %c shape <rows = 16, columns = 16, depth = 16, depthLanes = 1, rowRun = 1>
    : vector<4xi32>, vector<8xi32>
  tile.store %d, %out[%lane : i32] : vector<8xi32>, !tile.buffer<global>
  tile.return
}
