// RUN: qcc-opt %s | qcc-opt | FileCheck %s

#schedule = #tile.schedule<waves = 4, rows = 2, splitK = 2, stage = 512>

// CHECK-LABEL: tile.kernel @tensor_level(%{{.*}}: tensor<2x8xf16>, %{{.*}}: !lm.batch) -> tensor<2x8xf16>
// CHECK-SAME: kind = "rows"
// CHECK-SAME: row_capacity = 2 : i64
// CHECK-SAME: schedule = #tile.schedule<waves = 4, rows = 2, splitK = 2, stage = 512>
tile.kernel @tensor_level(%x: tensor<2x8xf16>, %b: !lm.batch) -> tensor<2x8xf16>
    attributes {kind = "rows", row_capacity = 2 : i64, schedule = #schedule} {
  // CHECK: %[[S:.*]] = lm.silu
  // CHECK-NEXT: tile.return %[[S]] : tensor<2x8xf16>
  %0 = lm.silu %x : tensor<2x8xf16>
  tile.return %0 : tensor<2x8xf16>
}

// CHECK-LABEL: tile.kernel @lane_level(%{{.*}}: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 8, 1, 1>
// CHECK-SAME: workgroup = 256 : i64
tile.kernel @lane_level(%buffer: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 2 : i64, schedule = #schedule, workgroup = 256 : i64,
                grid = array<i64: 8, 1, 1>} {
  // CHECK: %[[X:.*]] = tile.workgroup_id x
  // CHECK: tile.workgroup_id y
  // CHECK: tile.workgroup_id z
  // CHECK: tile.wave_id
  // CHECK: %[[L:.*]] = tile.lane_id
  %x = tile.workgroup_id x
  %y = tile.workgroup_id y
  %z = tile.workgroup_id z
  %wave = tile.wave_id
  %lane = tile.lane_id
  // CHECK: %[[SH:.*]] = tile.shared 512 : <shared>
  %shared = tile.shared 512 : !tile.buffer<shared>
  // CHECK: %[[P:.*]] = tile.load %{{.*}}[%[[X]] : i32] streaming invariant : <global> -> vector<4xi32>
  %packed = tile.load %buffer[%x : i32] streaming invariant : !tile.buffer<global> -> vector<4xi32>
  // CHECK: tile.load %{{.*}}[%{{.*}} : i64] : <global> -> i8
  %wide = arith.extui %x : i32 to i64
  %byte = tile.load %buffer[%wide : i64] : !tile.buffer<global> -> i8
  // CHECK: %[[U:.*]] = tile.unpack %[[P]] bits 4 : vector<4xi32> -> vector<32xf16>
  %half = tile.unpack %packed bits 4 : vector<4xi32> -> vector<32xf16>
  // CHECK: tile.unpack %[[P]] bits 8 : vector<4xi32> -> vector<16xf32>
  %float = tile.unpack %packed bits 8 : vector<4xi32> -> vector<16xf32>
  // CHECK: %[[D:.*]] = tile.dot %[[U]], %[[U]], %{{.*}} : vector<32xf16>
  %zero = arith.constant 0.0 : f32
  %dot = tile.dot %half, %half, %zero : vector<32xf16>
  // CHECK: tile.matrix_multiply %{{.*}}, %{{.*}}, %{{.*}} shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf16>, vector<16xf32>
  %a = tile.load %buffer[%x : i32] : !tile.buffer<global> -> vector<4xf16>
  %c = arith.constant dense<0.0> : vector<16xf32>
  %product = tile.matrix_multiply %a, %a, %c
      shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf16>, vector<16xf32>
  // CHECK: %[[R:.*]] = tile.reduce_wave add %[[D]] width 16
  // CHECK: tile.reduce_wave max %[[D]] width 64
  %sum = tile.reduce_wave add %dot width 16
  %max = tile.reduce_wave max %dot width 64
  // CHECK: %[[W:.*]] = tile.shuffle_xor %[[R]] mask 16
  %swapped = tile.shuffle_xor %sum mask 16
  // CHECK: tile.store %[[W]], %[[SH]][%[[L]] : i32] : f32, <shared>
  tile.store %swapped, %shared[%lane : i32] : f32, !tile.buffer<shared>
  // CHECK: tile.atomic add %[[L]], %[[SH]][%[[L]]] : i32, <shared>
  // CHECK: tile.atomic max %{{.*}}, %[[SH]][%[[L]]] : i64, <shared>
  tile.atomic add %lane, %shared[%lane] : i32, !tile.buffer<shared>
  tile.atomic max %wide, %shared[%lane] : i64, !tile.buffer<shared>
  // CHECK: %[[FURTHER:.*]] = tile.advance %{{.*}} by %[[X]] : <global>, i32
  // CHECK: tile.load %[[FURTHER]][
  %further = tile.advance %buffer by %x : !tile.buffer<global>, i32
  %ahead = tile.load %further[%lane : i32] : !tile.buffer<global> -> i8
  %word = arith.constant 1 : i32
  // CHECK: %[[B:.*]] = tile.dot_bytes %{{.*}}, %{{.*}}, %{{.*}}
  %bytes = tile.dot_bytes %word, %word, %word
  // CHECK: tile.schedule_barrier of %[[B]] : i32
  %pinnedBytes = tile.schedule_barrier of %bytes : i32
  // CHECK: tile.schedule_barrier{{$}}
  // CHECK: tile.schedule_barrier of %[[D]] : f32
  tile.schedule_barrier
  %pinned = tile.schedule_barrier of %dot : f32
  // CHECK: %[[LOADED:.*]] = tile.load_buffer %{{.*}}[%[[X]]] : <global> -> <global>
  // CHECK: tile.grid_barrier %[[LOADED]] of %[[X]] meanwhile {
  // CHECK-NEXT: tile.touch %[[LOADED]][%[[X]]] : <global>
  // CHECK-NEXT: } : <global>
  // CHECK: tile.shared 64 at 512 : <shared>
  %loaded = tile.load_buffer %buffer[%x] : !tile.buffer<global> -> !tile.buffer<global>
  tile.grid_barrier %loaded of %x meanwhile {
    tile.touch %loaded[%x] : !tile.buffer<global>
  } : !tile.buffer<global>
  %placed = tile.shared 64 at 512 : !tile.buffer<shared>
  // CHECK: tile.barrier{{$}}
  // CHECK: tile.barrier global
  tile.barrier
  tile.barrier global
  // CHECK: %{{.*}} = tile.arrive %{{.*}}[%[[X]]] : <global>
  %before = tile.arrive %buffer[%x] : !tile.buffer<global>
  // CHECK: tile.return
  tile.return
}
