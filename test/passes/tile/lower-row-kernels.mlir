// RUN: qcc-opt %s --lower-row-kernels --canonicalize --cse -split-input-file -verify-diagnostics | FileCheck %s

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// The token's row of a 4-bit table, two elements a byte.
// CHECK-LABEL: tile.kernel @embed(
// CHECK-SAME: %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[T:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 2, 1, 1>
// CHECK-SAME: workgroup = 64 : i64
// CHECK: %[[ROW:.*]] = tile.workgroup_id x
// CHECK: %[[COUNT:.*]] = tile.load %[[B]]
// CHECK: arith.cmpi ult, %[[ROW]], %[[COUNT]]
// CHECK: scf.for unsigned
// CHECK: %[[TOKEN:.*]] = tile.load %[[B]][%{{.*}} : i32] invariant
// CHECK: arith.shli %[[TOKEN]], %{{.*}}
// CHECK: tile.load %[[T]][%{{.*}} : i32] invariant : <global> -> i8
// CHECK: arith.uitofp
// CHECK: tile.load %[[T]][%{{.*}} : i32] invariant : <global> -> f16
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : f16
tile.kernel @embed(%b: !lm.batch, %t: !qnt.weight<[32, 64], u4, block = 32, scale = f16>) -> tensor<2x64xf16>
    attributes {kind = "embed", row_capacity = 2 : i64, schedule = #one} {
  %x = lm.embed %b, %t : !qnt.weight<[32, 64], u4, block = 32, scale = f16> -> tensor<2x64xf16>
  tile.return %x : tensor<2x64xf16>
}

// -----

// Four groups of 16 features, a wave a group in turn, then every feature with the inverse of its group.
#two = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @norm_of_groups(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[FIFTEEN:.*]] = arith.constant 15 : i32
// CHECK: %[[S:.*]] = tile.shared 16 : <shared>
// CHECK: scf.for unsigned
// CHECK: scf.for unsigned
// CHECK: tile.reduce_wave add %{{.*}} width 64
// CHECK: %[[I:.*]] = math.rsqrt
// CHECK: tile.store %[[I]], %[[S]][
// CHECK: tile.barrier
// CHECK: scf.for unsigned
// CHECK-DAG: tile.load %[[S]][
// CHECK-DAG: tile.load %[[N]][
// CHECK-DAG: arith.andi %{{.*}}, %[[FIFTEEN]]
tile.kernel @norm_of_groups(%x: tensor<1x64xf16>, %n: !qnt.weight<[16], f16>, %b: !lm.batch) -> tensor<1x64xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #two} {
  %y = lm.rms_norm %x, %n epsilon 1.0e-6 group 16 : tensor<1x64xf16>, !qnt.weight<[16], f16> -> tensor<1x64xf16>
  tile.return %y : tensor<1x64xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// The partner is half of the rotated part away, ...
// CHECK-LABEL: tile.kernel @rope(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[S:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : i32
// CHECK-NOT: arith.xori
// CHECK: arith.subi %{{.*}}, %[[FOUR]]
// CHECK: arith.addi %{{.*}}, %[[FOUR]]
// CHECK-COUNT-2: tile.load %[[X]]
// CHECK: tile.load %[[C]]
// CHECK: tile.load %[[S]]
// CHECK: tile.store
tile.kernel @rope(%x: tensor<1x16xf16>, %c: !qnt.weight<[32, 4], f16>, %s: !qnt.weight<[32, 4], f16>, %b: !lm.batch)
    -> tensor<1x16xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #one} {
  %r = lm.rope %x, %b, %c, %s head_size 8 : tensor<1x16xf16>, !qnt.weight<[32, 4], f16>
  tile.return %r : tensor<1x16xf16>
}

// ... or the neighbour.
// CHECK-LABEL: tile.kernel @rope_interleaved(
// CHECK: arith.xori
// CHECK: tile.store
tile.kernel @rope_interleaved(%x: tensor<1x16xf16>, %t: !qnt.weight<[32, 4], f16>, %b: !lm.batch) -> tensor<1x16xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #one} {
  %r = lm.rope %x, %b, %t, %t head_size 8 interleaved : tensor<1x16xf16>, !qnt.weight<[32, 4], f16>
  tile.return %r : tensor<1x16xf16>
}

// -----

// Keys and, half of the cache further, values, at the slot and position of the row.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<2 x 8 x f16, slots = 2, positions = 64>
// CHECK-LABEL: tile.kernel @append(
// CHECK-SAME: %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[K:[a-z0-9]+]]: !tile.buffer<global>, %[[V:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-DAG: %[[HALF:.*]] = arith.constant 4096 : i64
// CHECK-DAG: %[[KEY:.*]] = tile.load %[[K]]
// CHECK-DAG: %[[VALUE:.*]] = tile.load %[[V]]
// CHECK: tile.store %{{.*}}, %[[C]][%[[AT:.*]] : i64] : f16
// CHECK: %[[OVER:.*]] = arith.addi %[[AT]], %[[HALF]]
// CHECK: tile.store %{{.*}}, %[[C]][%[[OVER]] : i64] : f16
tile.kernel @append(%c: !c, %k: tensor<2x16xf16>, %v: tensor<2x16xf16>, %b: !lm.batch) -> !c
    attributes {kind = "rows", row_capacity = 2 : i64, schedule = #one} {
  %n = lm.append %c, %k, %v, %b : !c, tensor<2x16xf16>
  tile.return %n : !c
}

// -----

// Into a quantized cache, heads go by waves: integers, and behind the 2 * 2048 of them a scale for each head and
// position, those of the values 256 * 4 bytes further.
#one = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>
!c = !lm.cache<2 x 8 x i8, slots = 2, positions = 64>
// CHECK-LABEL: tile.kernel @append_quantized(
// CHECK-SAME: %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[K:[a-z0-9]+]]: !tile.buffer<global>, %[[V:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-DAG: %[[HALF:.*]] = arith.constant 2048 : i64
// CHECK-DAG: %[[KEY_SCALES:.*]] = arith.constant 4096 : i64
// CHECK-DAG: %[[VALUE_SCALES:.*]] = arith.constant 5120 : i64
// CHECK: %[[KEY:.*]] = arith.extf
// CHECK: math.absf %[[KEY]]
// CHECK: %[[MOST:.*]] = tile.reduce_wave max %{{.*}} width 64
// CHECK: %[[SCALE:.*]] = arith.divf %[[MOST]], %{{.*}}
// CHECK: %[[QUOTIENT:.*]] = arith.mulf %[[KEY]], %{{.*}}
// CHECK: %[[WHOLE:.*]] = math.roundeven %[[QUOTIENT]]
// CHECK: %[[STORED:.*]] = arith.fptosi %[[WHOLE]] : f32 to i8
// CHECK: tile.store %[[STORED]], %[[C]][%{{.*}} : i64] : i8
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[KEY_SCALES]]
// CHECK: tile.store %[[SCALE]], %[[C]][%[[AT]] : i64] : f32
// CHECK: %[[OVER:.*]] = arith.addi %{{.*}}, %[[HALF]]
// CHECK: tile.store %{{.*}}, %[[C]][%[[OVER]] : i64] : i8
// CHECK: arith.addi %{{.*}}, %[[VALUE_SCALES]]
tile.kernel @append_quantized(%c: !c, %k: tensor<2x16xf16>, %v: tensor<2x16xf16>, %b: !lm.batch) -> !c
    attributes {kind = "rows", row_capacity = 2 : i64, schedule = #one} {
  %n = lm.append %c, %k, %v, %b : !c, tensor<2x16xf16>
  tile.return %n : !c
}

// -----

// Only rows whose logits are wanted are computed, and their norm is that of the selected row.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @select_rows(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : i32
// CHECK: %[[WANTED:.*]] = tile.load %[[B]][%[[FOUR]] : i32]
// CHECK: arith.cmpi ult, %{{.*}}, %[[WANTED]]
// CHECK: %[[INDEX:.*]] = tile.load %[[B]]
// CHECK: arith.shli %[[INDEX]]
// CHECK: tile.load %[[X]]
tile.kernel @select_rows(%x: tensor<2x64xf16>, %n: !qnt.weight<[64], f16>, %b: !lm.batch) -> tensor<2x64xf16>
    attributes {kind = "rows", row_capacity = 2 : i64, schedule = #one} {
  %y = lm.rms_norm %x, %n epsilon 1.0e-6 : tensor<2x64xf16>, !qnt.weight<[64], f16> -> tensor<2x64xf16>
  %s = lm.select_rows %y, %b : tensor<2x64xf16>
  tile.return %s : tensor<2x64xf16>
}

// -----

// Elementwise operations of a slice; a narrowing cast in between rounds.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @elementwise(
// CHECK: tile.load %{{.*}} : <global> -> f32
// CHECK: math.exp
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: arith.mulf
tile.kernel @elementwise(%x: tensor<1x16xf32>, %b: !lm.batch) -> tensor<1x8xf32>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #one} {
  %0 = lm.slice %x at 8 : tensor<1x16xf32> -> tensor<1x8xf32>
  %1 = lm.sigmoid %0 : tensor<1x8xf32>
  %2 = lm.cast %1 : tensor<1x8xf32> -> tensor<1x8xf16>
  %3 = lm.cast %2 : tensor<1x8xf16> -> tensor<1x8xf32>
  %4 = lm.mul %3, %3 : tensor<1x8xf32>
  tile.return %4 : tensor<1x8xf32>
}

// -----

// Other kinds are left alone.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @other_kind(
// CHECK: lm.attention
tile.kernel @other_kind(%q: tensor<1x16xf16>, %c: !lm.cache<1 x 16 x f16, slots = 1, positions = 64>, %b: !lm.batch)
    -> tensor<1x16xf16> attributes {kind = "attention", row_capacity = 1 : i64, schedule = #one} {
  %a = lm.attention %q, %c, %b heads 1 scale 0.25 : tensor<1x16xf16>, !lm.cache<1 x 16 x f16, slots = 1, positions = 64>
  tile.return %a : tensor<1x16xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has an operation that is neither elementwise, nor an embedding, norm or rotation}}
tile.kernel @paired(%x: tensor<1x16xf16>, %t: !qnt.weight<[32, 4], f16>, %b: !lm.batch) -> tensor<1x16xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #one} {
  // expected-error @below {{paired features are rotated by the kernel that computes them}}
  %r = lm.rope %x, %b, %t, %t head_size 8 paired : tensor<1x16xf16>, !qnt.weight<[32, 4], f16>
  tile.return %r : tensor<1x16xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has an operation that is neither elementwise, nor an embedding, norm or rotation}}
tile.kernel @matmul(%x: tensor<1x8xf16>, %w: !qnt.weight<[8, 8], f16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<1x8xf16>
  tile.return %m : tensor<1x8xf16>
}

// -----

// A wave a block of 128 channels in turn, two a lane: the largest magnitude of the block is 127. The norm's weight is
// multiplied in, and the sum of squares beside the scale is of what it was before.
#two = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @quantize(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>, %{{[a-z0-9]+}}: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-DAG: %[[MOST:.*]] = arith.constant 1.270000e+02 : f32
// CHECK: scf.for unsigned
// CHECK: %[[LOADED:.*]] = tile.load %[[X]]
// CHECK: %[[V:.*]] = arith.extf %[[LOADED]]
// CHECK: tile.load %[[N]]
// CHECK: %[[M:.*]] = tile.reduce_wave max %{{.*}} width 64
// CHECK: %[[SCALE:.*]] = arith.divf %[[M]], %[[MOST]]
// CHECK-COUNT-2: arith.fptosi %{{.*}} : f32 to i8
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : vector<2xi8>
// CHECK: tile.store %[[SCALE]], %[[Y]]
// CHECK: math.fma %[[V]], %[[V]]
// CHECK: %[[SQUARES:.*]] = tile.reduce_wave add
// CHECK: tile.store %[[SQUARES]], %[[Y]]
tile.kernel @quantize(%x: tensor<1x512xf16>, %n: !qnt.weight<[512], f16>, %b: !lm.batch)
    -> !qnt.activation<1x512xi8, block = 128, squares>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #two} {
  %q = qnt.quantize %x weighted(%n : !qnt.weight<[512], f16>) : tensor<1x512xf16> -> !qnt.activation<1x512xi8, block = 128, squares>
  tile.return %q : !qnt.activation<1x512xi8, block = 128, squares>
}
