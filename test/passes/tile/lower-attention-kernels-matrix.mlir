// RUN: qcc-opt %s --lower-attention-kernels --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s

#cdna3 = #tile.schedule<waves = 4, rows = 128, splitK = 1, stage = 32, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!c = !lm.cache<2 x 64 x f16, slots = 2, positions = 512>

// Two query heads share a key/value head: a workgroup's 128 queries are 64 rows of one of two heads, so that 100 rows
// are two workgroups a head. Keys are lines of 64 elements, values 64 lines of 32 positions, padded by 16 bytes.
// CHECK-LABEL: tile.kernel @grouped(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 2, 2, 1>
// CHECK-SAME: workgroup = 256 : i64
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1 : i32
// CHECK-DAG: %[[BLOCK:.*]] = arith.constant 32 : i32
// CHECK-DAG: %[[MASKED:.*]] = arith.constant -1.000000e+35 : f32
// The last workgroups, which see the most positions, come first.
// CHECK: %[[TURN:.*]] = tile.workgroup_id y
// CHECK: arith.subi %[[ONE]], %[[TURN]]
// CHECK: %[[KEYS:.*]] = tile.shared 4608 : <shared>
// CHECK: %[[VALUES:.*]] = tile.shared 5120 : <shared>
// CHECK-COUNT-4: tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<8xf16>
// A run of rows of one sequence, found by bisection where it is not all of the workgroup's 65 rows at most.
// CHECK: scf.while
// CHECK: scf.if
// CHECK: scf.yield
// CHECK: } else {
// CHECK-COUNT-7: arith.minui
// The first block is on its way: a row of keys for each work-item, half of one of values of four positions.
// CHECK: %[[K:.*]] = tile.load %[[CK:.*]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK-COUNT-4: tile.load %{{.*}}[%{{.*}} : i32] : <global> -> vector<4xf16>
// CHECK: scf.for unsigned %[[BASE:.*]] = %{{.*}} to %{{.*}} step %[[BLOCK]]
// CHECK: tile.barrier
// CHECK: tile.store %{{.*}}, %[[KEYS]][%{{.*}} : i32] : vector<8xf16>, <shared>
// Values are transposed.
// CHECK-COUNT-4: tile.store %{{.*}}, %[[VALUES]][%{{.*}} : i32] : vector<4xf16>, <shared>
// CHECK: tile.barrier
// CHECK: tile.load %[[CK]]
// CHECK: tile.schedule_barrier
// A wave that sees nothing of the block leaves it out.
// CHECK: scf.if
// CHECK-COUNT-8: tile.matrix_multiply {{.*}} : vector<4xf16>, vector<16xf32>
// CHECK-NOT: tile.matrix_multiply
// Scores are masked where not all rows see all positions.
// CHECK: scf.if
// CHECK: } else {
// CHECK-COUNT-16: arith.select %{{.*}}, %{{.*}}, %[[MASKED]]
// CHECK: tile.shuffle_xor %{{.*}} mask 32
// CHECK-COUNT-17: math.exp2
// Weights of a lane are operands as they are.
// CHECK-NOT: tile.shuffle_xor
// CHECK: arith.truncf %{{.*}} fastmath<nnan> : vector<8xf32> to vector<8xf16>
// CHECK: tile.load %[[VALUES]][%{{.*}} : i32] : <shared> -> vector<8xf16>
// CHECK-COUNT-8: tile.matrix_multiply {{.*}} : vector<4xf16>, vector<16xf32>
// CHECK-NOT: tile.matrix_multiply
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : vector<4xf16>, <global>
tile.kernel @grouped(%q: tensor<100x256xf16>, %c: !c, %b: !lm.batch) -> tensor<100x256xf16>
    attributes {kind = "attention", row_capacity = 100 : i64, schedule = #cdna3} {
  %a = lm.attention %q, %c, %b heads 4 scale 0.125 : tensor<100x256xf16>, !c
  tile.return %a : tensor<100x256xf16>
}

// -----

// A workgroup has a wave for every 32 of its queries.
#cdna3 = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 32, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!c = !lm.cache<1 x 64 x f16, slots = 2, positions = 512>
// expected-error @below {{a wave takes a query for each column of its matrix instruction}}
tile.kernel @columns(%q: tensor<100x64xf16>, %c: !c, %b: !lm.batch) -> tensor<100x64xf16>
    attributes {kind = "attention", row_capacity = 100 : i64, schedule = #cdna3} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.125 : tensor<100x64xf16>, !c
  tile.return %a : tensor<100x64xf16>
}

// -----

#cdna3 = #tile.schedule<waves = 4, rows = 128, splitK = 1, stage = 32, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!c = !lm.cache<1 x 24 x f16, slots = 2, positions = 512>
// expected-error @below {{heads and blocks of positions are whole operands}}
tile.kernel @size(%q: tensor<100x24xf16>, %c: !c, %b: !lm.batch) -> tensor<100x24xf16>
    attributes {kind = "attention", row_capacity = 100 : i64, schedule = #cdna3} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.2 : tensor<100x24xf16>, !c
  tile.return %a : tensor<100x24xf16>
}

// -----

#cdna3 = #tile.schedule<waves = 4, rows = 128, splitK = 1, stage = 32, columns = 32,
                        matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!c = !lm.cache<1 x 64 x f32, slots = 2, positions = 512>
// expected-error @below {{attention on matrix instructions takes queries of f16 or bf16}}
tile.kernel @element(%q: tensor<100x64xf32>, %c: !c, %b: !lm.batch) -> tensor<100x64xf32>
    attributes {kind = "attention", row_capacity = 100 : i64, schedule = #cdna3} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.125 : tensor<100x64xf32>, !c
  tile.return %a : tensor<100x64xf32>
}
