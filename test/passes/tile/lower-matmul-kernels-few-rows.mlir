// RUN: qcc-opt %s --lower-matmul-kernels --canonicalize --cse | FileCheck %s

// 64 runs of 128 features, in four stages of 16 runs, four for each wave. Eight rows of a stage lie in LDS as they are,
// 16 bytes more apart than that.
// CHECK-LABEL: tile.kernel @norm(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[BIASES:.*]] = arith.constant dense<[1.032000e+03, 1.032000e+03, 7.200000e+01, 7.200000e+01, 2.640000e+02, 2.640000e+02, 2.400000e+01, 2.400000e+01]> : vector<8xf16>
// CHECK-DAG: %[[NOTHING:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// CHECK-DAG: %[[ROWS:.*]] = tile.shared 32896 : <shared>
// CHECK-DAG: %[[NORMS:.*]] = tile.shared 160 : <shared>
// CHECK-DAG: %[[PARTIALS:.*]] = tile.shared 4096 : <shared>
// Weights are under way first; then squares of all rows are added up together.
// CHECK-COUNT-4: streaming : <global> -> vector<4xi32>
// CHECK: tile.schedule_barrier
// CHECK: scf.for
// CHECK-COUNT-8: tile.load %[[X]]
// CHECK-COUNT-8: tile.dot
// CHECK-COUNT-2: tile.barrier
// The first stage's rows and the weights of their norm.
// CHECK: tile.load %[[X]]{{.*}} -> vector<8xf16>
// CHECK: tile.load %[[N]]{{.*}} -> vector<8xf16>
// CHECK: scf.for {{.*}} iter_args(%[[SUM:[a-z0-9]+]] = %[[NOTHING]]
// CHECK: tile.barrier
// A row times a power of two, times the norm's weights.
// CHECK: %[[INVERSE:.*]] = tile.load %[[NORMS]]
// CHECK: %[[BITS:.*]] = arith.bitcast %[[INVERSE]] : f32 to i32
// CHECK: %[[EXPONENT:.*]] = arith.andi %[[BITS]], %c-8388608_i32
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK: arith.mulf %{{.*}} : vector<8xf16>
// CHECK: arith.mulf %{{.*}} : vector<8xf16>
// CHECK: tile.store %{{.*}}, %[[ROWS]]
// CHECK-COUNT-7: tile.store %{{.*}}, %[[ROWS]]
// CHECK: tile.barrier
// The next stage's rows are loaded ahead of the products.
// CHECK: tile.load %[[X]]{{.*}} -> vector<8xf16>
// CHECK-COUNT-4: tile.load %[[ROWS]]{{.*}} -> vector<8xf16>
// CHECK: %[[Q:.*]] = tile.unpack %{{.*}} bits 4 : vector<1xi32> -> vector<8xf16>
// CHECK: %[[DIFFERENCE:.*]] = arith.subf %[[Q]], %[[BIASES]]
// CHECK: %[[WEIGHTS:.*]] = arith.mulf %[[DIFFERENCE]]
// CHECK: %[[B:.*]] = vector.extract_strided_slice %[[WEIGHTS]] {offsets = [0], sizes = [4]
// CHECK: tile.matrix_multiply %{{.*}}, %[[B]], %[[SUM]] shape <rows = 16, columns = 16, depth = 16, depthLanes = 4, rowRun = 4>
// CHECK-COUNT-7: tile.matrix_multiply
// CHECK: tile.schedule_barrier
// CHECK: streaming : <global> -> vector<4xi32>
// CHECK: scf.yield
// The last stage loads nothing more.
// CHECK: tile.barrier
// CHECK-NOT: streaming
// CHECK: tile.store %{{.*}}, %[[PARTIALS]]
// CHECK: tile.barrier
// CHECK-COUNT-4: tile.load %[[PARTIALS]]{{.*}} -> vector<4xf32>
// Each lane has four rows of its column.
// CHECK-COUNT-4: tile.store %{{.*}} : f16, <global>
// CHECK-NOT: tile.store
!w = !qnt.weight<[256, 8192], u4, block = 128, scale = f16,
                 layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "pairs", runLoads = 1>>
!norm = !qnt.weight<[8192], f16>
#mfma = #tile.schedule<waves = 4, rows = 8, splitK = 4, stage = 2048, prefetch = 4,
                       matrix = <rows = 16, columns = 16, depth = 16, depthLanes = 4, rowRun = 4>>
tile.kernel @norm(%x: tensor<8x8192xf16>, %n: !norm, %w: !w, %b: !lm.batch) -> tensor<8x256xf16>
    attributes {kind = "matmul", row_capacity = 8 : i64, schedule = #mfma} {
  %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<8x8192xf16>, !norm -> tensor<8x8192xf16>
  %m = qnt.matmul %y, %w : tensor<8x8192xf16>, !w -> tensor<8x256xf16>
  tile.return %m : tensor<8x256xf16>
}
