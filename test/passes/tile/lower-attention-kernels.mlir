// RUN: qcc-opt %s --lower-attention-kernels --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s
// RUN: qcc-opt %s --lower-attention-kernels=wave-size=32 --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s --check-prefix=WAVE32

#four = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 4>
!c = !lm.cache<2 x 64 x f16, slots = 2, positions = 512>

// Two query heads share each key and value: a workgroup for each cache head and row. A head of 64 is 8 lanes of 8
// elements: a wave of 64 visits 8 positions at once, one of 32 four, and two of them for four loads in flight.
// CHECK-LABEL: tile.kernel @head_64(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 2, 2, 1>
// CHECK-SAME: workgroup = 256 : i64
// CHECK-DAG: %[[HALF:.*]] = arith.constant 262144 : i64
// CHECK-DAG: %[[STEP:.*]] = arith.constant 64 : i32
// CHECK: tile.shared 2368 : <shared>
// CHECK: %[[KEYS:.*]] = tile.advance %[[C]] by %{{.*}} : <global>, i64
// CHECK: %[[VALUES_AT:.*]] = arith.addi %{{.*}}, %[[HALF]] : i64
// CHECK: %[[VALUES:.*]] = tile.advance %[[C]] by %[[VALUES_AT]] : <global>, i64
// CHECK-COUNT-2: tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK-COUNT-2: tile.load %[[KEYS]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK: tile.schedule_barrier
// CHECK-COUNT-2: tile.load %[[VALUES]][%{{.*}} : i32] : <global> -> vector<8xf16>
// Of several turns, all but the last: no position is compared with the end, and the next turn's loads come between.
// CHECK: scf.for unsigned %{{.*}} = %{{.*}} to %{{.*}} step %[[STEP]]
// CHECK-COUNT-4: tile.reduce_wave add %{{.*}} width 8
// CHECK-NOT: arith.cmpi
// CHECK: tile.schedule_barrier of
// CHECK-COUNT-2: tile.load %[[KEYS]]
// CHECK: tile.schedule_barrier{{$}}
// CHECK: math.exp2
// CHECK-COUNT-2: tile.load %[[VALUES]]
// CHECK: scf.yield
// CHECK: tile.dot %{{.*}} : vector<8xf16>
// CHECK: arith.cmpi ult
// One turn has nothing to add to.
// CHECK: } else {
// CHECK: tile.dot %{{.*}} : vector<8xf16>
// CHECK: arith.cmpi ult
// CHECK: arith.mulf %{{.*}} : vector<8xf32>
// Lane groups are merged by halves: 16 values of a lane become 8, 4, 2.
// CHECK-COUNT-8: tile.shuffle_xor %{{.*}} mask 8
// CHECK-COUNT-4: tile.shuffle_xor %{{.*}} mask 16
// CHECK-COUNT-2: tile.shuffle_xor %{{.*}} mask 32
// CHECK-NOT: tile.shuffle_xor
// CHECK: tile.barrier
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : f16, <global>
// WAVE32-LABEL: tile.kernel @head_64(
// WAVE32-SAME: workgroup = 128 : i64
// WAVE32-DAG: %[[STEP:.*]] = arith.constant 32 : i32
// WAVE32: scf.for unsigned %{{.*}} = %{{.*}} to %{{.*}} step %[[STEP]]
// WAVE32: tile.shuffle_xor %{{.*}} mask 16
// WAVE32-NOT: mask 32
tile.kernel @head_64(%q: tensor<2x256xf16>, %c: !c, %b: !lm.batch) -> tensor<2x256xf16>
    attributes {kind = "attention", row_capacity = 2 : i64, schedule = #four} {
  %a = lm.attention %q, %c, %b heads 4 scale 0.125 : tensor<2x256xf16>, !c
  tile.return %a : tensor<2x256xf16>
}

// -----

// Sums for 64 elements of all heads fit a lane. Four heads of 128 take 16 each, so 8 lanes a head; eight take 8 each,
// so 16 lanes. Of nine, three share a workgroup.
#four = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 8>
!c = !lm.cache<1 x 128 x f16, slots = 1, positions = 512>
// CHECK-LABEL: tile.kernel @four_heads_of_128(
// CHECK-SAME: grid = array<i64: 1, 1, 1>
// CHECK: tile.reduce_wave add %{{.*}} width 8
tile.kernel @four_heads_of_128(%q: tensor<1x512xf16>, %c: !c, %b: !lm.batch) -> tensor<1x512xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #four} {
  %a = lm.attention %q, %c, %b heads 4 scale 0.0883 : tensor<1x512xf16>, !c
  tile.return %a : tensor<1x512xf16>
}

// CHECK-LABEL: tile.kernel @eight_heads_of_128(
// CHECK-SAME: grid = array<i64: 1, 1, 1>
// CHECK: tile.reduce_wave add %{{.*}} width 16
tile.kernel @eight_heads_of_128(%q: tensor<1x1024xf16>, %c: !c, %b: !lm.batch) -> tensor<1x1024xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #four} {
  %a = lm.attention %q, %c, %b heads 8 scale 0.0883 : tensor<1x1024xf16>, !c
  tile.return %a : tensor<1x1024xf16>
}

// CHECK-LABEL: tile.kernel @nine_heads_of_128(
// CHECK-SAME: grid = array<i64: 3, 1, 1>
tile.kernel @nine_heads_of_128(%q: tensor<1x1152xf16>, %c: !c, %b: !lm.batch) -> tensor<1x1152xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #four} {
  %a = lm.attention %q, %c, %b heads 9 scale 0.0883 : tensor<1x1152xf16>, !c
  tile.return %a : tensor<1x1152xf16>
}

// -----

// Positions split between 3 workgroups: turns of 32 positions are dealt to them. A split leaves its partial result, and
// the last to arrive adds up those of all.
#split = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 1, splits = 3>
!c = !lm.cache<1 x 64 x f16, slots = 1, positions = 512>
// CHECK-LABEL: tile.kernel @split(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 1, 1, 3>
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1 : i32
// CHECK-DAG: %[[THREE:.*]] = arith.constant 3 : i32
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK: %[[SPLIT:.*]] = tile.workgroup_id z
// CHECK: %[[TURNS:.*]] = arith.shrui
// CHECK: %[[ACTIVE:.*]] = arith.minui %[[TURNS]], %[[THREE]]
// CHECK: %[[STAYS:.*]] = arith.cmpi ult, %[[SPLIT]], %[[ACTIVE]]
// CHECK: scf.if %[[STAYS]]
// One split is all there is: no partial result.
// CHECK: %[[ALONE:.*]] = arith.cmpi eq, %[[ACTIVE]], %[[ONE]]
// CHECK: scf.if %[[ALONE]]
// CHECK: tile.store %{{.*}}, %[[Y]]
// CHECK: tile.store %{{.*}}, %[[W]][%{{.*}}] : f32, <global>
// CHECK: tile.store %{{.*}}, %[[W]][%{{.*}}] : vector<2xf32>, <global>
// CHECK: tile.barrier global
// CHECK: %[[BEFORE:.*]] = tile.arrive %[[N]][%{{.*}}]
// CHECK: tile.store %[[BEFORE]], %[[TICKET:.*]][
// CHECK: tile.store %[[ZERO]], %[[N]][
// CHECK: tile.barrier global
// CHECK: %[[ORDER:.*]] = tile.load %[[TICKET]]
// CHECK: %[[ARRIVED:.*]] = arith.addi %[[ORDER]], %[[ONE]]
// CHECK: %[[LAST:.*]] = arith.cmpi eq, %[[ARRIVED]], %[[ACTIVE]]
// CHECK: scf.if %[[LAST]]
// CHECK: scf.for unsigned %{{.*}} = %[[ZERO]] to %[[ACTIVE]]
// CHECK: tile.load %[[W]]
// CHECK: tile.store %{{.*}}, %[[Y]]
tile.kernel @split(%q: tensor<1x64xf16>, %c: !c, %b: !lm.batch) -> tensor<1x64xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #split, workspace = 1152 : i64, counters = 1 : i64} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.125 : tensor<1x64xf16>, !c
  tile.return %a : tensor<1x64xf16>
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

// A head of 80 is 10 loads: the last 6 of 8 lanes' second pieces multiply with queries of 0.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 80 x f16, slots = 1, positions = 64>
!d = !lm.cache<1 x 80 x f32, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @head_80(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[TEN:.*]] = arith.constant 10 : i32
// CHECK-DAG: %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : vector<8xf16>
// CHECK: tile.load %[[Q]]
// CHECK: %[[QUERY:.*]] = tile.load %[[Q]]
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %{{.*}}, %[[TEN]] : i32
// CHECK: arith.select %[[INSIDE]], %[[QUERY]], %[[ZEROS]]
// CHECK: tile.reduce_wave add %{{.*}} width 8
tile.kernel @head_80(%q: tensor<1x80xf16>, %c: !c, %b: !lm.batch) -> tensor<1x80xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.1 : tensor<1x80xf16>, !c
  tile.return %a : tensor<1x80xf16>
}

// Of f32, 80 elements are 20 loads, three a lane.
// CHECK-LABEL: tile.kernel @head_80_f32(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-COUNT-3: tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<4xf32>
// CHECK: tile.reduce_wave add %{{.*}} width 8
tile.kernel @head_80_f32(%q: tensor<1x80xf32>, %c: !d, %b: !lm.batch) -> tensor<1x80xf32>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.1 : tensor<1x80xf32>, !d
  tile.return %a : tensor<1x80xf32>
}

// -----

// A query wider than the cache is multiplied with widened keys. One row reads each key and value once.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 16 x f16, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @wider_query(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>
// CHECK: %[[QUERY:.*]] = tile.load %[[Q]][%{{.*}} : i32] : <global> -> vector<8xf32>
// CHECK: %[[KEY:.*]] = tile.load %{{.*}}[%{{.*}} : i32] streaming : <global> -> vector<8xf16>
// CHECK: %[[WIDE:.*]] = arith.extf %
// CHECK: tile.dot %[[QUERY]], %[[WIDE]], %{{.*}} : vector<8xf32>
tile.kernel @wider_query(%q: tensor<1x16xf32>, %c: !c, %b: !lm.batch) -> tensor<1x16xf32>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 : tensor<1x16xf32>, !c
  tile.return %a : tensor<1x16xf32>
}

// -----

// The window begins 31 positions before the last; a softcap is a scaled tanh of the score, kept times log2 e. bf16 is
// multiplied as f32.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 16 x bf16, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @window_and_softcap(
// CHECK-DAG: %[[REACH:.*]] = arith.constant 31 : i32
// CHECK-DAG: %[[CAP:.*]] = arith.constant 72.13{{.*}} : f32
// CHECK: %[[BACK:.*]] = arith.minui %[[LAST:.*]], %[[REACH]] : i32
// CHECK: %[[FIRST:.*]] = arith.subi %[[LAST]], %[[BACK]] : i32
// CHECK: tile.dot %{{.*}} : vector<8xf32>
// CHECK: math.exp2
// CHECK: %[[TANH:.*]] = arith.subf
// CHECK: arith.mulf %[[TANH]], %[[CAP]]
tile.kernel @window_and_softcap(%q: tensor<1x16xbf16>, %c: !c, %b: !lm.batch) -> tensor<1x16xbf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 {window = 32 : i64, softcap = 5.0e+01 : f64}
    : tensor<1x16xbf16>, !c
  tile.return %a : tensor<1x16xbf16>
}

// -----

// Keys and values of a quantized cache have scales, which scores and weights are multiplied with.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<1 x 16 x i8, slots = 1, positions = 64>
// CHECK-LABEL: tile.kernel @quantized(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[KEY_SCALES_AT:.*]] = arith.constant 2048 : i64
// CHECK-DAG: %[[VALUE_SCALES_AT:.*]] = arith.constant 2304 : i64
// CHECK: %[[KEYS_AT:.*]] = arith.addi %{{.*}}, %[[KEY_SCALES_AT]]
// CHECK: %[[KEY_SCALES:.*]] = tile.advance %[[C]] by %[[KEYS_AT]]
// CHECK: %[[VALUES_AT:.*]] = arith.addi %{{.*}}, %[[VALUE_SCALES_AT]]
// CHECK: %[[VALUE_SCALES:.*]] = tile.advance %[[C]] by %[[VALUES_AT]]
// CHECK: tile.load %{{.*}} -> vector<16xi8>
// CHECK: %[[KEY_SCALE:.*]] = tile.load %[[KEY_SCALES]][%{{.*}}] : <global> -> f32
// CHECK: tile.load %{{.*}} -> vector<16xi8>
// CHECK: %[[VALUE_SCALE:.*]] = tile.load %[[VALUE_SCALES]][%{{.*}}] : <global> -> f32
// CHECK: } else {
// CHECK: %[[KEY:.*]] = arith.sitofp %{{.*}} : vector<16xi8> to vector<16xf32>
// CHECK: tile.dot %{{.*}}, %[[KEY]]
// CHECK: %[[SUM:.*]] = tile.reduce_wave add
// CHECK: arith.mulf %[[SUM]], %[[KEY_SCALE]]
// CHECK: %[[WEIGHT:.*]] = math.exp2
// CHECK: arith.mulf %[[WEIGHT]], %[[VALUE_SCALE]]
tile.kernel @quantized(%q: tensor<1x16xf16>, %c: !c, %b: !lm.batch) -> tensor<1x16xf16>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 : tensor<1x16xf16>, !c
  tile.return %a : tensor<1x16xf16>
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

// -----

// A result that leaves as 8-bit integers: rounded to its type on the way through LDS, then a wave a block.
#four = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 4>
!c = !lm.cache<1 x 128 x f16, slots = 1, positions = 512>
// CHECK-LABEL: tile.kernel @quantized(
// CHECK: %[[LDS:.*]] = tile.shared 1024 : <shared>
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK-NOT: tile.store %{{.*}} : f16
// CHECK: tile.store %{{.*}}, %[[LDS]]
// CHECK: tile.barrier
// CHECK: tile.load %[[LDS]]
// CHECK: tile.reduce_wave max %{{.*}} width 64
// CHECK: tile.store %{{.*}} : vector<2xi8>, <global>
tile.kernel @quantized(%q: tensor<1x256xf16>, %c: !c, %b: !lm.batch) -> !qnt.activation<1x256xi8, block = 128>
    attributes {kind = "attention", row_capacity = 1 : i64, schedule = #four} {
  %a = lm.attention %q, %c, %b heads 2 scale 1.0 : tensor<1x256xf16>, !c
  %r = qnt.quantize %a : tensor<1x256xf16> -> !qnt.activation<1x256xi8, block = 128>
  tile.return %r : !qnt.activation<1x256xi8, block = 128>
}
