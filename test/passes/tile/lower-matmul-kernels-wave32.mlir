// RUN: qcc-opt %s --lower-matmul-kernels=wave-size=32 --canonicalize --cse | FileCheck %s

#wmma = #tile.schedule<waves = 8, rows = 32, splitK = 1, stage = 32, columns = 16,
                       matrix = <rows = 16, columns = 16, depth = 16, depthLanes = 1, rowRun = 1>>
!w = !qnt.weight<[128, 512], u8, block = 512, scale = bf16, zero = u8,
                 layout = #qnt.tiled<columns = 2, lanesK = 16, columnsPerLane = 1, order = "pairs">>

// Both halves of a wave hold the same operands, two pieces of 16 bytes each. bf16 is computed in f32 and rounded; the scale
// of a whole column is left to the sums, the zero point is not. Two matmuls are combined column by column.
// CHECK-LABEL: tile.kernel @wmma(
// CHECK-SAME: grid = array<i64: 1, 1, 1>
// CHECK-SAME: workgroup = 256 : i64
// CHECK: scf.for
// CHECK: tile.unpack %{{.*}} bits 8 : vector<4xi32> -> vector<16xf32>
// CHECK-NOT: arith.mulf
// CHECK: arith.truncf %{{.*}} fastmath<nnan> : vector<16xf32> to vector<16xbf16>
// CHECK: tile.matrix_multiply %{{.*}} : vector<16xbf16>, vector<8xf32>
// CHECK: scf.yield
// CHECK-COUNT-2: tile.load %{{.*}} invariant : <global> -> bf16
// CHECK: arith.mulf
tile.kernel @wmma(%x: tensor<32x512xbf16>, %w: !w, %v: !w, %b: !lm.batch) -> tensor<32x128xbf16>
    attributes {kind = "matmul", row_capacity = 32 : i64, schedule = #wmma} {
  %m = qnt.matmul %x, %w : tensor<32x512xbf16>, !w -> tensor<32x128xbf16>
  %n = qnt.matmul %x, %v : tensor<32x512xbf16>, !w -> tensor<32x128xbf16>
  %s = lm.silu %m : tensor<32x128xbf16>
  %p = lm.mul %s, %n : tensor<32x128xbf16>
  tile.return %p : tensor<32x128xbf16>
}
