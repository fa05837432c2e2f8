// RUN: qcc-opt %s --lower-attention-kernels --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s
// RUN: qcc-opt %s --lower-attention-kernels=wave-size=32 --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s --check-prefix=WAVE32

#four = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<2 x 64 x f16, slots = 2, positions = 512>

// A head of 64 is 8 lanes of 8 elements: a wave of 64 reads 8 positions at once, one of 32 four.
// CHECK-LABEL: tile.kernel @head_64(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 4, 2, 1>
// CHECK-SAME: workgroup = 256 : i64
// CHECK-DAG: %[[HALF:.*]] = arith.constant 262144 : i64
// CHECK-DAG: %[[STEP:.*]] = arith.constant 32 : i32
// CHECK: tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK: scf.for unsigned %{{.*}} = %{{.*}} to %{{.*}} step %[[STEP]]
// CHECK: tile.load %[[C]][%[[AT:.*]] : i64] : <global> -> vector<8xf16>
// CHECK: %[[VALUE:.*]] = arith.addi %{{.*}}, %[[HALF]] : i64
// CHECK: tile.load %[[C]][%{{.*}} : i64] : <global> -> vector<8xf16>
// CHECK: tile.dot %{{.*}} : vector<8xf16>
// CHECK: tile.reduce_wave add %{{.*}} width 8
// CHECK: math.exp
// CHECK: tile.shuffle_xor %{{.*}} mask 8
// CHECK: tile.shuffle_xor %{{.*}} mask 16
// CHECK: tile.shuffle_xor %{{.*}} mask 32
// CHECK: tile.shared 1056 : <shared>
// CHECK: tile.barrier
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : f16, <global>
// WAVE32-LABEL: tile.kernel @head_64(
// WAVE32-SAME: workgroup = 128 : i64
// WAVE32: scf.for
// WAVE32: tile.reduce_wave add %{{.*}} width 8
// WAVE32: tile.shuffle_xor %{{.*}} mask 16
// WAVE32-NOT: mask 32
tile.kernel @head_64(%q: tensor<2x256xf16>, %c: !c, %b: !lm.batch) -> tensor<2x256xf16>
    attributes {kind = "attention", row_capacity = 2 : i64, schedule = #four} {
  %a = lm.attention %q, %c, %b heads 4 scale 0.125 : tensor<2x256xf16>, !c
  tile.return %a : tensor<2x256xf16>
}

// -----

// A head of 8 is one lane's load: every lane of the wave has a position of its own.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<4 x 8 x f16, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @head_8(
// CHECK: tile.reduce_wave add %{{.*}} width 1
// CHECK: tile.shuffle_xor %{{.*}} mask 1
// CHECK: tile.shuffle_xor %{{.*}} mask 32
// WAVE32-LABEL: tile.kernel @head_8(
// WAVE32: workgroup = 32 : i64
tile.kernel @head_8(%q: tensor<1x64xf16>, %c: !c, %b: !lm.batch) -> tensor<1x64xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 8 scale 0.35 : tensor<1x64xf16>, !c
  tile.return %a : tensor<1x64xf16>
}

// -----

// A head of 80 is 10 loads: of 16 lanes six hold nothing. f32 heads of 80 take two pieces a lane.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 80 x f16, slots = 1, positions = 64>
!d = !lm.cache<1 x 80 x f32, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @head_80(
// CHECK-DAG: %[[TEN:.*]] = arith.constant 10 : i32
// CHECK: arith.cmpi ult, %{{.*}}, %[[TEN]] : i32
// CHECK: arith.select
// CHECK: tile.reduce_wave add %{{.*}} width 16
tile.kernel @head_80(%q: tensor<1x80xf16>, %c: !c, %b: !lm.batch) -> tensor<1x80xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.1 : tensor<1x80xf16>, !c
  tile.return %a : tensor<1x80xf16>
}

// CHECK-LABEL: tile.kernel @head_80_f32(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-COUNT-2: tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<4xf32>
// CHECK: tile.reduce_wave add %{{.*}} width 16
tile.kernel @head_80_f32(%q: tensor<1x80xf32>, %c: !d, %b: !lm.batch) -> tensor<1x80xf32>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.1 : tensor<1x80xf32>, !d
  tile.return %a : tensor<1x80xf32>
}

// -----

// A query wider than the cache is multiplied with widened keys.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 16 x f16, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @wider_query(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>
// CHECK: %[[QUERY:.*]] = tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<8xf32>
// CHECK: %[[KEY:.*]] = tile.load %[[C]][%{{.*}} : i64] : <global> -> vector<8xf16>
// CHECK: %[[WIDE:.*]] = arith.extf %[[KEY]]
// CHECK: tile.dot %[[QUERY]], %[[WIDE]], %{{.*}} : vector<8xf32>
tile.kernel @wider_query(%q: tensor<1x16xf32>, %c: !c, %b: !lm.batch) -> tensor<1x16xf32>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 : tensor<1x16xf32>, !c
  tile.return %a : tensor<1x16xf32>
}

// -----

// The window begins 31 positions before the last; a softcap is a scaled tanh of the score.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 16 x bf16, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @window_and_softcap(
// CHECK-DAG: %[[REACH:.*]] = arith.constant 31 : i32
// CHECK-DAG: %[[CAP:.*]] = arith.constant 5.000000e+01 : f32
// CHECK: %[[BACK:.*]] = arith.minui %[[LAST:.*]], %[[REACH]] : i32
// CHECK: %[[FIRST:.*]] = arith.subi %[[LAST]], %[[BACK]] : i32
// CHECK: vector.reduction <add>
// CHECK: math.exp
// CHECK: %[[TANH:.*]] = arith.subf
// CHECK: arith.mulf %[[TANH]], %[[CAP]]
tile.kernel @window_and_softcap(%q: tensor<1x16xbf16>, %c: !c, %b: !lm.batch) -> tensor<1x16xbf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 {window = 32 : i64, softcap = 5.0e+01 : f64}
    : tensor<1x16xbf16>, !c
  tile.return %a : tensor<1x16xbf16>
}

// -----

// Other kinds are left alone.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @other_kind(
// CHECK: lm.silu
tile.kernel @other_kind(%x: tensor<1x8xf16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #one} {
  %s = lm.silu %x : tensor<1x8xf16>
  tile.return %s : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 16 x f16, slots = 1, positions = 64>
// expected-error @below {{an attention kernel has one lm.attention and nothing else}}
tile.kernel @something_else(%q: tensor<1x16xf16>, %c: !c, %b: !lm.batch) -> tensor<1x16xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 : tensor<1x16xf16>, !c
  %s = lm.silu %a : tensor<1x16xf16>
  tile.return %s : tensor<1x16xf16>
}
