// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx942 | FileCheck %s
// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx950 | FileCheck %s --check-prefix=OWN

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// CHECK-LABEL: llvm.func protected @round(
// OWN-LABEL: llvm.func protected @round(
tile.kernel @round(%x: vector<4xf32>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK: %[[BITS:.*]] = llvm.bitcast %arg0 : vector<4xf32> to vector<4xi32>
  // CHECK: %[[HALF:.*]] = llvm.mlir.constant(dense<32768> : vector<4xi32>)
  // CHECK: %[[SUM:.*]] = llvm.add %[[BITS]], %[[HALF]]
  // CHECK: %[[HIGH:.*]] = llvm.lshr %[[SUM]],
  // CHECK: %[[HALVES:.*]] = llvm.trunc %[[HIGH]] : vector<4xi32> to vector<4xi16>
  // CHECK: llvm.bitcast %[[HALVES]] : vector<4xi16> to vector<4xbf16>
  // OWN: arith.truncf %arg0 fastmath<nnan>
  %numbers = arith.truncf %x fastmath<nnan> : vector<4xf32> to vector<4xbf16>
  // What may be NaN is left to LLVM.
  // CHECK: arith.truncf %arg0 : vector<4xf32> to vector<4xbf16>
  %any = arith.truncf %x : vector<4xf32> to vector<4xbf16>
  tile.store %numbers, %out[%lane : i32] : vector<4xbf16>, !tile.buffer<global>
  tile.store %any, %out[%lane : i32] : vector<4xbf16>, !tile.buffer<global>
  tile.return
}
