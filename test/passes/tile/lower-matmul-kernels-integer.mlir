// RUN: qcc-opt %s --lower-matmul-kernels --canonicalize --cse -split-input-file | FileCheck %s

#one = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0>
!q = !qnt.activation<1x256xi8, block = 128, squares>
!n = !qnt.activation<1x256xi8, block = 128>
!w = !qnt.weight<[64, 256], u4, block = 64, scale = f16,
                 layout = #qnt.tiled<columns = 32, lanesK = 2, columnsPerLane = 1, order = "bytes", runLoads = 2>>

// Sums of squares and rows come ahead of the weights; each granule of 64 features leaves its scale in LDS, a 16th of
// it, and -8 times the sum of what low nibbles meet. The norm is a factor of the result.
// CHECK-LABEL: tile.kernel @nibbles(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-DAG: %[[LOW:.*]] = arith.constant 252645135 : i32
// CHECK-DAG: %[[HIGH:.*]] = arith.constant -252645136 : i32
// CHECK-DAG: %[[MINUS8:.*]] = arith.constant -117901064 : i32
// CHECK-DAG: %[[ROWS:.*]] = tile.shared 256 : <shared>
// CHECK-DAG: %[[SUMS:.*]] = tile.shared 32 : <shared>
// CHECK-DAG: %[[NORMS:.*]] = tile.shared 4 : <shared>
// CHECK: tile.load %[[X]][%{{.*}} : i32] : <global> -> f32
// CHECK: tile.load %[[X]][%{{.*}} : i32] : <global> -> vector<4xi32>
// CHECK: %[[SCALE:.*]] = tile.load %[[X]][%{{.*}} : i32] : <global> -> f32
// CHECK: tile.schedule_barrier{{$}}
// CHECK: tile.load %{{.*}}[%{{.*}} : i32] streaming : <global> -> vector<4xi32>
// CHECK: tile.schedule_barrier{{$}}
// CHECK: tile.reduce_wave add %{{.*}} width 64
// CHECK: math.rsqrt
// CHECK: tile.store %{{.*}}, %[[NORMS]][
// CHECK: tile.store %{{.*}}, %[[ROWS]][%{{.*}} : i32] : vector<4xi32>
// CHECK: arith.mulf %[[SCALE]], %{{.*}} : f32
// CHECK: tile.dot_bytes %{{.*}}, %[[MINUS8]],
// CHECK: tile.reduce_wave add %{{.*}} width 4
// CHECK: arith.fptosi
// CHECK: tile.store %{{.*}}, %[[SUMS]][%{{.*}} : i32] : f32
// CHECK: tile.store %{{.*}}, %[[SUMS]][%{{.*}} : i32] : i32
// CHECK: tile.barrier
// CHECK: %[[CORRECTION:.*]] = tile.load %[[SUMS]][%{{.*}} : i32] : <shared> -> i32
// CHECK: %[[A:.*]] = tile.load %[[SUMS]][%{{.*}} : i32] : <shared> -> f32
// CHECK: tile.load %[[ROWS]][%{{.*}} : i32] : <shared> -> vector<4xi32>
// CHECK: %[[L:.*]] = arith.andi %{{.*}}, %[[LOW]]
// CHECK: %[[H:.*]] = arith.andi %{{.*}}, %[[HIGH]]
// CHECK: tile.dot_bytes %[[L]], %{{.*}}, %[[CORRECTION]]
// CHECK: tile.dot_bytes %[[H]],
// CHECK-COUNT-14: tile.dot_bytes
// CHECK: arith.shli %{{.*}}, %{{.*}} : i32
// CHECK: %[[D:.*]] = arith.sitofp %{{.*}} : i32 to f32
// CHECK: %[[S:.*]] = arith.mulf %{{.*}}, %[[A]]
// CHECK: math.fma %[[S]], %[[D]],
// CHECK: tile.reduce_wave add %{{.*}} width 2
// CHECK: %[[N:.*]] = tile.load %[[NORMS]][
// CHECK: arith.mulf %{{.*}}, %[[N]]
tile.kernel @nibbles(%x: !q, %w: !w, %b: !lm.batch) -> tensor<1x64xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %s = qnt.scale_by_norm %x epsilon 1.0e-5 : !q -> !n
  %m = qnt.matmul %s, %w : !n, !w -> tensor<1x64xf16>
  tile.return %m : tensor<1x64xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!q = !qnt.activation<1x128xi8, block = 128>
!w = !qnt.weight<[64, 128], u8, block = 128, scale = f32, zero = u8,
                 layout = #qnt.tiled<columns = 64, lanesK = 1, columnsPerLane = 1, order = "bytes", runLoads = 8>>

// Bytes need no masks and no correction; a zero point is taken off its difference to the midpoint, times the sum of
// the features.
// CHECK-LABEL: tile.kernel @bytes(
// CHECK-DAG: %[[MIDPOINT:.*]] = arith.constant 1.280000e+02 : f32
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK-COUNT-4: tile.dot_bytes
// CHECK: tile.barrier
// CHECK-NOT: arith.andi
// CHECK: tile.dot_bytes %{{.*}}, %{{.*}}, %[[ZERO]]
// CHECK-COUNT-31: tile.dot_bytes
// CHECK: arith.subf %[[MIDPOINT]],
tile.kernel @bytes(%x: !q, %w: !w, %b: !lm.batch) -> tensor<1x64xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : !q, !w -> tensor<1x64xf16>
  tile.return %m : tensor<1x64xf16>
}
