// RUN: qcc-opt %s --lower-sample-kernels --canonicalize --cse -split-input-file | FileCheck %s

#many = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>

// The sampler's record is that of the row's slot: 128 bytes each. One pass finds the largest logit, by atomics
// in LDS; only where a token is drawn come the histogram, the searches, and the pass that finds the id.
// CHECK-LABEL: tile.kernel @sample(
// CHECK-SAME: %[[L:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[S:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 3, 1, 1>
// CHECK-SAME: workgroup = 128 : i64
// CHECK-DAG: %[[SEVEN:.*]] = arith.constant 7 : i32
// CHECK: %[[ROW:.*]] = tile.workgroup_id x
// CHECK: %[[COUNT:.*]] = tile.load %[[B]]
// CHECK: arith.cmpi ult, %[[ROW]], %[[COUNT]]
// CHECK: %[[SOURCE:.*]] = tile.load %[[B]]
// CHECK: %[[SLOT:.*]] = tile.load %[[B]]
// CHECK: %[[RECORD:.*]] = arith.shli %[[SLOT]], %[[SEVEN]]
// CHECK: tile.load %[[S]][%[[RECORD]] : i32] invariant : <global> -> f32
// CHECK: scf.for
// CHECK: tile.load %[[L]][{{.*}}] invariant : <global> -> vector<4xf32>
// CHECK: tile.atomic max %{{.*}} : i64, <shared>
// CHECK: tile.atomic max %{{.*}} : i32, <shared>
// CHECK: tile.barrier
// CHECK: %[[TOKEN:.*]] = scf.if %{{.*}} -> (i32) {
// CHECK: tile.atomic add %{{.*}} : i32, <shared>
// CHECK: tile.atomic add %{{.*}} : i64, <shared>
// CHECK: scf.for
// CHECK: tile.shuffle_xor %{{.*}} mask 32
// CHECK: } else {
// What the next step reads: the token where this step's row is the next one's, one position further on.
// CHECK: tile.store %{{.*}}, %[[B]]
// CHECK: arith.cmpi eq, %[[SOURCE]], %[[ROW]]
// CHECK: tile.store %[[TOKEN]], %[[B]]
// CHECK: tile.store %{{.*}}, %[[B]]
// CHECK: tile.store %{{.*}}, %[[S]][{{.*}}] : i64
// CHECK: tile.store %{{.*}}, %[[S]][{{.*}}] : i32
tile.kernel @sample(%l: tensor<3x512xf32>, %b: !lm.batch, %s: !lm.sampler<512, slots = 2>) -> (!lm.batch, !lm.sampler<512, slots = 2>)
    attributes {kind = "sample", row_capacity = 4 : i64, schedule = #many} {
  %n, %m = lm.sample %l, %b, %s : tensor<3x512xf32>, !lm.sampler<512, slots = 2>
  tile.return %n, %m : !lm.batch, !lm.sampler<512, slots = 2>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// Rows of seven logits are not aligned for wide loads, and take one turn.
// CHECK-LABEL: tile.kernel @few(
// CHECK-NOT: vector<
// CHECK: tile.return
tile.kernel @few(%l: tensor<1x7xf32>, %b: !lm.batch, %s: !lm.sampler<7, slots = 1>) -> (!lm.batch, !lm.sampler<7, slots = 1>)
    attributes {kind = "sample", row_capacity = 1 : i64, schedule = #one} {
  %n, %m = lm.sample %l, %b, %s : tensor<1x7xf32>, !lm.sampler<7, slots = 1>
  tile.return %n, %m : !lm.batch, !lm.sampler<7, slots = 1>
}
