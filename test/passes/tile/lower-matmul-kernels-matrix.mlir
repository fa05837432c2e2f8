// RUN: qcc-opt %s --lower-matmul-kernels --canonicalize --cse -split-input-file | FileCheck %s

#mfma = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 64, columns = 32,
                       matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[256, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>

// 256 rows in workgroups of 64, 256 columns of 128. Two stages of 64 rows and 64 features lie in LDS; 8 of them are
// multiplied. A chunk of 16 bytes of weights is 8 operands, each multiplied with two fragments of the rows.
// CHECK-LABEL: tile.kernel @mfma(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-SAME: grid = array<i64: 4, 2, 1>
// CHECK-SAME: workgroup = 256 : i64
// CHECK-DAG: %[[BIASES:.*]] = arith.constant dense<[1.032000e+03, 1.032000e+03, 7.200000e+01, 7.200000e+01, 2.640000e+02, 2.640000e+02, 2.400000e+01, 2.400000e+01]> : vector<8xf16>
// CHECK-DAG: %[[NOTHING:.*]] = arith.constant dense<0.000000e+00> : vector<16xf32>
// CHECK: %[[LDS:.*]] = tile.shared 16384 : <shared>
// The first stage.
// CHECK: tile.load %{{.*}} : <global> -> vector<4xi32>
// CHECK: tile.load %{{.*}} : <global> -> f16
// CHECK-COUNT-2: tile.load %[[X]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK-COUNT-2: tile.store %{{.*}}, %[[LDS]][%{{.*}} : i32] : vector<8xf16>, <shared>
// CHECK: tile.barrier
// Each turn loads what the next one needs before it multiplies, and stages it after.
// CHECK: %[[SUMS:.*]]:4 = scf.for unsigned %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[SUM:.*]] = %[[NOTHING]], %{{.*}} = %[[NOTHING]], %[[WORDS:.*]] = %{{.*}}, %[[SCALE:.*]] = %{{.*}})
// CHECK-COUNT-2: tile.load %[[X]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK: %[[NEXT:.*]] = tile.load %{{.*}} : <global> -> vector<4xi32>
// CHECK: tile.schedule_barrier
// CHECK: tile.load %{{.*}} : <shared> -> vector<8xf16>
// CHECK: %[[WORD:.*]] = vector.extract_strided_slice %[[WORDS]] {offsets = [0], sizes = [1]
// CHECK: %[[Q:.*]] = tile.unpack %[[WORD]] bits 4 : vector<1xi32> -> vector<8xf16>
// CHECK: %[[DIFFERENCE:.*]] = arith.subf %[[Q]], %[[BIASES]]
// CHECK: %[[SPLAT:.*]] = vector.broadcast %[[SCALE]]
// CHECK: %[[WEIGHTS:.*]] = arith.mulf %[[DIFFERENCE]], %[[SPLAT]]
// CHECK: %[[B:.*]] = vector.extract_strided_slice %[[WEIGHTS]] {offsets = [0], sizes = [4]
// CHECK: tile.matrix_multiply %{{.*}}, %[[B]], %[[SUM]] shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf16>, vector<16xf32>
// CHECK-COUNT-15: tile.matrix_multiply
// CHECK-NOT: tile.matrix_multiply
// CHECK: tile.store %{{.*}} : vector<8xf16>, <shared>
// CHECK: tile.barrier
// CHECK: scf.yield
// CHECK: vector.extract %[[SUMS]]#0[0]
// CHECK: tile.store %{{.*}} : f16, <global>
tile.kernel @mfma(%x: tensor<256x512xf16>, %w: !w, %b: !lm.batch) -> tensor<256x256xf16>
    attributes {kind = "matmul", row_capacity = 256 : i64, schedule = #mfma} {
  %m = qnt.matmul %x, %w : tensor<256x512xf16>, !w -> tensor<256x256xf16>
  tile.return %m : tensor<256x256xf16>
}

// -----

// Bytes: a stage is a lane's run of 128 features, behind which the scales of its 64 rows lie; factors of the norm
// follow both stages. 16 (q - 8) of low nibbles and of high ones are operands of 8 bytes. Products of a stage join
// the sums, times the scales of rows and columns.
#bytes = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 128, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 16, depthLanes = 2, rowRun = 4>>
!q = !qnt.activation<256x512xi8, block = 128, squares>
!n = !qnt.activation<256x512xi8, block = 128>
!w = !qnt.weight<[256, 512], u4, block = 128, scale = f16,
                 layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "bytes", runLoads = 4>>
// CHECK-LABEL: tile.kernel @bytes(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[HIGH:.*]] = arith.constant -252645136 : i32
// CHECK-DAG: %[[SIGNS:.*]] = arith.constant -2139062144 : i32
// CHECK-DAG: %[[NOTHING:.*]] = arith.constant dense<0> : vector<16xi32>
// CHECK: %[[LDS:.*]] = tile.shared 17152 : <shared>
// CHECK: math.rsqrt
// CHECK: tile.store %{{.*}}, %[[LDS]][
// CHECK-COUNT-2: tile.load %[[X]][%{{.*}} : i32] : <global> -> vector<4xi32>
// CHECK: tile.load %[[X]][%{{.*}} : i32] : <global> -> f32
// CHECK: scf.for
// CHECK: tile.schedule_barrier
// CHECK: %[[SHIFTED:.*]] = arith.shli %{{.*}}, %{{.*}} : i32
// CHECK: %[[MASKED:.*]] = arith.andi %[[SHIFTED]], %[[HIGH]]
// CHECK: arith.xori %[[MASKED]], %[[SIGNS]]
// CHECK: arith.andi %{{.*}}, %[[HIGH]]
// CHECK: tile.matrix_multiply %{{.*}}, %{{.*}}, %[[NOTHING]] shape <rows = 32, columns = 32, depth = 16, depthLanes = 2, rowRun = 4> : vector<2xi32>, vector<16xi32>
// CHECK: arith.sitofp %{{.*}} : vector<16xi32> to vector<16xf32>
// CHECK: math.fma %{{.*}} : vector<16xf32>
// CHECK: tile.store %{{.*}} : vector<4xi32>, <shared>
// CHECK: scf.yield
tile.kernel @bytes(%x: !q, %w: !w, %b: !lm.batch) -> tensor<256x256xf16>
    attributes {kind = "matmul", row_capacity = 256 : i64, schedule = #bytes} {
  %s = qnt.scale_by_norm %x epsilon 1.0e-5 : !q -> !n
  %m = qnt.matmul %s, %w : !n, !w -> tensor<256x256xf16>
  tile.return %m : tensor<256x256xf16>
}

// -----

// A run of one load: a stage is four of them, of neighbouring depth lanes. Sums of the rows' bytes follow their scales,
// and the difference of midpoint and zero point, 16 times as large as the weights' bytes are, times them joins products.
#lanes = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 128, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 16, depthLanes = 2, rowRun = 4>>
!q = !qnt.activation<256x3584xi8, block = 128>
!w = !qnt.weight<[256, 3584], u4, block = 128, scale = f16, zero = u4,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes">>
// CHECK-LABEL: tile.kernel @lanes(
// CHECK-DAG: %[[ONES:.*]] = arith.constant 16843009 : i32
// CHECK-DAG: %[[MIDPOINT:.*]] = arith.constant 8.000000e+00 : f32
// CHECK-DAG: %[[UNIT:.*]] = arith.constant 1.600000e+01 : f32
// CHECK: tile.shared 17408 : <shared>
// Two loads of 16 bytes a stage, and one scale.
// CHECK-COUNT-2: tile.load %{{.*}} : <global> -> vector<4xi32>
// CHECK: tile.dot_bytes %{{.*}}, %[[ONES]],
// CHECK: tile.reduce_wave add %{{.*}} width 8
// CHECK: scf.for
// CHECK: tile.schedule_barrier
// CHECK-COUNT-8: tile.matrix_multiply
// CHECK: %[[PRODUCTS:.*]] = arith.sitofp %{{.*}} : vector<16xi32> to vector<16xf32>
// CHECK: %[[DIFFERENCE:.*]] = arith.subf %[[MIDPOINT]], %{{.*}} : f32
// CHECK: %[[SCALED:.*]] = arith.mulf %[[DIFFERENCE]], %[[UNIT]] : f32
// CHECK: %[[SPLAT:.*]] = vector.broadcast %[[SCALED]] : f32 to vector<16xf32>
// CHECK: %[[TOTAL:.*]] = math.fma %[[SPLAT]], %{{.*}}, %[[PRODUCTS]] : vector<16xf32>
// CHECK: math.fma %[[TOTAL]], %{{.*}} : vector<16xf32>
tile.kernel @lanes(%x: !q, %w: !w, %b: !lm.batch) -> tensor<256x256xf16>
    attributes {kind = "matmul", row_capacity = 256 : i64, schedule = #lanes} {
  %m = qnt.matmul %x, %w : !q, !w -> tensor<256x256xf16>
  tile.return %m : tensor<256x256xf16>
}

// -----

// Two workgroups share the eight stages of a tile of 64 rows and 128 columns: each stores its sums and arrives at the
// tile's counter; the last one adds the two of each work-item in the order of K.
#split = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 64, splits = 2, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[256, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
// CHECK-LABEL: tile.kernel @split(
// CHECK-SAME: %[[Y:[a-z0-9]+]]: !tile.buffer<global>, %[[SUMS:[a-z0-9]+]]: !tile.buffer<global>, %[[COUNTERS:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 1, 4, 1>
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2 : i32
// CHECK: scf.for unsigned %{{.*}} = %{{.*}} to %{{.*}} step
// CHECK-COUNT-8: tile.store %{{.*}}, %[[SUMS]][%{{.*}} : i32] : vector<4xf32>, <global>
// CHECK: tile.barrier global
// CHECK: %[[BEFORE:.*]] = tile.arrive %[[COUNTERS]]
// CHECK: tile.barrier global
// CHECK: %[[LAST:.*]] = arith.cmpi eq, %{{.*}}, %[[TWO]] : i32
// CHECK: scf.if %[[LAST]]
// CHECK: %[[FIRST:.*]] = tile.load %[[SUMS]][%{{.*}} : i32] : <global> -> vector<4xf32>
// CHECK: %[[SECOND:.*]] = tile.load %[[SUMS]][%{{.*}} : i32] : <global> -> vector<4xf32>
// CHECK: arith.addf %[[FIRST]], %[[SECOND]] : vector<4xf32>
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : f16, <global>
tile.kernel @split(%x: tensor<64x512xf16>, %w: !w, %b: !lm.batch) -> tensor<64x256xf16>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #split, workspace = 131072 : i64, counters = 2 : i64} {
  %m = qnt.matmul %x, %w : tensor<64x512xf16>, !w -> tensor<64x256xf16>
  tile.return %m : tensor<64x256xf16>
}
