// RUN: qcc-opt %s --lower-matmul-kernels --canonicalize --cse -split-input-file | FileCheck %s

#one = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[48, 64], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 32, lanesK = 2, columnsPerLane = 1, order = "pairs">>

// Four bits times f16: two panels in one workgroup, weights and scales on their way before the row is staged.
// The dot products start from what the zero point 8 and the unpacking biases 1024, 64, 256 and 16 add up to.
// CHECK-LABEL: tile.kernel @u4_f16(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[Y:[a-z0-9]+]]: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 1, 1, 1>
// CHECK-SAME: workgroup = 256 : i64
// CHECK-DAG: %[[BIASES:.*]] = arith.constant dense<[-1.032000e+03, -1.032000e+03, -7.200000e+01, -7.200000e+01, -2.640000e+02, -2.640000e+02, -2.400000e+01, -2.400000e+01]> : vector<8xf16>
// CHECK-DAG: %[[ROWS:.*]] = tile.shared 128 : <shared>
// CHECK-DAG: %[[SUMS:.*]] = tile.shared 8 : <shared>
// CHECK: %[[COUNT:.*]] = tile.load %[[B]][%{{.*}} : i32] invariant : <global> -> i32
// CHECK: arith.cmpi ult, %{{.*}}, %[[COUNT]]
// CHECK: %[[A:.*]] = tile.load %[[X]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK: tile.schedule_barrier{{$}}
// CHECK: %[[PANEL:.*]] = tile.advance %[[W]] by
// CHECK: %[[P:.*]] = tile.load %[[PANEL]][%{{.*}} : i32] streaming : <global> -> vector<4xi32>
// CHECK: %[[PART:.*]] = tile.advance %[[W]] by
// CHECK: %[[SCALES:.*]] = tile.advance %[[PART]] by
// CHECK: %[[H:.*]] = tile.load %[[SCALES]][%{{.*}} : i32] : <global> -> f16
// CHECK: tile.schedule_barrier{{$}}
// CHECK: tile.store %{{.*}}, %[[ROWS]][
// CHECK: %[[CORRECTION:.*]] = tile.dot %{{.*}}, %[[BIASES]], %{{.*}} : vector<8xf16>
// CHECK: %[[TOTAL:.*]] = tile.reduce_wave add %[[CORRECTION]] width 4
// CHECK: tile.store %[[TOTAL]], %[[SUMS]][
// CHECK: tile.barrier
// CHECK: %[[SUM:.*]] = tile.load %[[SUMS]][
// CHECK: %[[WORD:.*]] = vector.extract_strided_slice %[[P]] {offsets = [0], sizes = [1]
// CHECK: %[[Q:.*]] = tile.unpack %[[WORD]] bits 4 : vector<1xi32> -> vector<8xf16>
// CHECK: tile.dot %[[Q]], %{{.*}}, %[[SUM]] : vector<8xf16>
// CHECK-COUNT-3: tile.dot %{{.*}} : vector<8xf16>
// CHECK: %[[SCALE:.*]] = arith.extf %[[H]]
// CHECK: math.fma %[[SCALE]],
// CHECK: tile.schedule_barrier of %{{.*}} : f32
// CHECK: tile.reduce_wave add %{{.*}} width 2
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : f16, <global>
// CHECK: tile.return{{$}}
tile.kernel @u4_f16(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> tensor<1x48xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x48xf16>
  tile.return %m : tensor<1x48xf16>
}

// -----

// K = 172 and N = 96 fill neither steps nor panels: features past K are staged as zeros, columns past N
// are not stored. A scale and a zero point for the whole of K.
#two = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[96, 172], u8, block = 172, scale = f32, zero = u8,
                 layout = #qnt.tiled<columns = 64, lanesK = 1, columnsPerLane = 1, order = "pairs">>
// CHECK-LABEL: tile.kernel @u8_f32_per_channel(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: arith.constant 172 : i32
// CHECK-DAG: arith.constant 96 : i32
// CHECK: tile.shared 704 : <shared>
// CHECK: tile.load %[[X]][%{{.*}} : i32] : <global> -> vector<4xf32>
// CHECK: arith.select %{{.*}}, %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK: scf.for unsigned
// CHECK: tile.unpack %{{.*}} bits 8 : vector<1xi32> -> vector<4xf32>
// CHECK-COUNT-4: tile.dot %{{.*}} : vector<4xf32>
// CHECK: %[[Z:.*]] = tile.load %[[W]][%{{.*}} : i32] invariant : <global> -> f32
// CHECK: %[[N:.*]] = arith.negf %[[Z]]
// CHECK: math.fma %[[N]],
// The next load is under way before the one that the turn began with is due.
// CHECK: %[[NEXT:.*]] = tile.load %{{.*}}[%{{.*}} : i32] streaming
// CHECK: scf.yield %{{.*}}, %[[NEXT]]
// CHECK: %[[SUM:.*]] = tile.schedule_barrier
// The scale once, after the whole of K.
// CHECK: %[[S:.*]] = tile.load %[[W]][%{{.*}} : i32] invariant : <global> -> f32
// CHECK: arith.mulf %[[SUM]], %[[S]]
// CHECK: tile.store
tile.kernel @u8_f32_per_channel(%x: tensor<1x172xf32>, %w: !w, %b: !lm.batch) -> tensor<1x96xf32>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #two} {
  %m = qnt.matmul %x, %w : tensor<1x172xf32>, !w -> tensor<1x96xf32>
  tile.return %m : tensor<1x96xf32>
}

// -----

// A lane's load of 32 elements has two blocks of 16, so two scales.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[32, 64], u4, block = 16, scale = f16,
                 layout = #qnt.tiled<columns = 32, lanesK = 2, columnsPerLane = 1, order = "pairs">>
// CHECK-LABEL: tile.kernel @small_blocks(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-COUNT-2: tile.load %{{.*}}[%{{.*}} : i32] : <global> -> f16
// CHECK: tile.unpack
// CHECK: tile.dot
// CHECK: tile.dot
// CHECK-NOT: tile.dot
// CHECK: math.fma
// CHECK: tile.dot
// CHECK: tile.dot
// CHECK-NOT: tile.dot
// CHECK: math.fma
tile.kernel @small_blocks(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> tensor<1x32xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x32xf16>
  tile.return %m : tensor<1x32xf16>
}

// -----

// Queries rotated in the epilogue: the partner is lanesK lanes away, and the result is in ordinary order.
// The bias is added before.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[16, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// CHECK-LABEL: tile.kernel @rope_and_bias(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[W:[a-z0-9]+]]: !tile.buffer<global>, %[[V:[a-z0-9]+]]: !tile.buffer<global>, %[[C:[a-z0-9]+]]: !tile.buffer<global>, %[[S:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>
// CHECK: vector.bitcast %{{.*}} : vector<4xi32> to vector<8xf16>
// CHECK: tile.dot %{{.*}} : vector<8xf16>
// CHECK: %[[SUM:.*]] = tile.reduce_wave add %{{.*}} width 8
// CHECK: tile.load %[[V]][%{{.*}} : i32] invariant : <global> -> f16
// CHECK: %[[OWN:.*]] = arith.addf %[[SUM]],
// CHECK: %[[PARTNER:.*]] = tile.shuffle_xor %[[OWN]] mask 8
// CHECK: tile.load %[[B]][
// CHECK: tile.load %[[C]][%{{.*}} : i32] invariant : <global> -> f16
// CHECK: tile.load %[[S]][%{{.*}} : i32] invariant : <global> -> f16
// CHECK: arith.mulf %[[OWN]],
// CHECK: math.fma %[[PARTNER]],
// CHECK: tile.store
tile.kernel @rope_and_bias(%x: tensor<1x64xf16>, %w: !w, %v: !qnt.weight<[16], f16>, %c: !qnt.weight<[32, 4], f16>,
                           %s: !qnt.weight<[32, 4], f16>, %b: !lm.batch) -> tensor<1x16xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w bias(%v : !qnt.weight<[16], f16>) : tensor<1x64xf16>, !w -> tensor<1x16xf16>
  %r = lm.rope %m, %b, %c, %s head_size 8 paired : tensor<1x16xf16>, !qnt.weight<[32, 4], f16>
  tile.return %r : tensor<1x16xf16>
}

// -----

// Four waves share each panel, every fourth run of K each, and add up through LDS. Three rows a workgroup.
#split = #tile.schedule<waves = 4, rows = 3, splitK = 4, stage = 256>
!w = !qnt.weight<[8, 1024], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// CHECK-LABEL: tile.kernel @split_depth(
// CHECK-SAME: grid = array<i64: 1, 2, 1>
// CHECK: tile.shared 1536 : <shared>
// CHECK: %[[PARTIALS:.*]] = tile.shared 384 : <shared>
// CHECK: scf.for
// CHECK: tile.barrier
// CHECK: tile.barrier
// CHECK-COUNT-3: tile.dot
// CHECK-NOT: tile.dot
// CHECK-COUNT-3: tile.reduce_wave add %{{.*}} width 8
// CHECK: scf.if
// CHECK-COUNT-3: tile.store %{{.*}}, %[[PARTIALS]][
// CHECK: tile.barrier
// CHECK-COUNT-12: tile.load %[[PARTIALS]][
tile.kernel @split_depth(%x: tensor<6x1024xf16>, %w: !w, %b: !lm.batch) -> tensor<6x8xf16>
    attributes {kind = "matmul", row_capacity = 6 : i64, schedule = #split} {
  %m = qnt.matmul %x, %w : tensor<6x1024xf16>, !w -> tensor<6x8xf16>
  tile.return %m : tensor<6x8xf16>
}

// -----

// The head: rows whose logits are wanted, normalized while they are staged; results in f32.
#one = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// CHECK-LABEL: tile.kernel @head(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[B:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>
// CHECK-DAG: %[[FOUR:.*]] = arith.constant 4 : i32
// CHECK: %[[COUNT:.*]] = tile.load %[[B]][%[[FOUR]] : i32] invariant : <global> -> i32
// CHECK: %[[INDEX:.*]] = tile.load %[[B]][%{{.*}} : i32] invariant : <global> -> i32
// CHECK: arith.shli %[[INDEX]],
// One row fits into registers: it is loaded once, ahead of the weights.
// CHECK: tile.load %[[X]][
// CHECK: tile.load %[[N]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK: tile.schedule_barrier{{$}}
// CHECK: tile.load %{{.*}} streaming
// CHECK: tile.schedule_barrier{{$}}
// CHECK: tile.reduce_wave add %{{.*}} width 64
// CHECK: tile.barrier
// CHECK: math.rsqrt
// CHECK-NOT: tile.load %[[X]][
// CHECK: tile.barrier
// CHECK: tile.dot
// CHECK: tile.store %{{.*}} : f32, <global>
tile.kernel @head(%x: tensor<2x64xf16>, %b: !lm.batch, %n: !qnt.weight<[64], f16>, %w: !w) -> tensor<2x8xf32>
    attributes {kind = "matmul", row_capacity = 2 : i64, schedule = #one} {
  %s = lm.select_rows %x, %b : tensor<2x64xf16>
  %y = lm.rms_norm %s, %n epsilon 1.0e-5 : tensor<2x64xf16>, !qnt.weight<[64], f16> -> tensor<2x64xf16>
  %m = qnt.matmul %y, %w : tensor<2x64xf16>, !w -> tensor<2x8xf16>
  %l = lm.cast %m : tensor<2x8xf16> -> tensor<2x8xf32>
  tile.return %l : tensor<2x8xf32>
}

// -----

// Two rows: norms first, then staging, which loads the rows again.
#two_rows = #tile.schedule<waves = 2, rows = 2, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// CHECK-LABEL: tile.kernel @norm_of_two_rows(
// CHECK-SAME: %[[X:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>
// CHECK: tile.load %{{.*}} streaming
// CHECK: tile.load %[[X]][
// CHECK: tile.load %[[X]][
// CHECK: tile.barrier
// CHECK: math.rsqrt
// CHECK: tile.barrier
// CHECK: tile.load %[[X]][
// CHECK: tile.load %[[N]][%{{.*}} : i32] : <global> -> vector<8xf16>
// CHECK: tile.barrier
// CHECK-COUNT-2: tile.dot
tile.kernel @norm_of_two_rows(%x: tensor<2x64xf16>, %n: !qnt.weight<[64], f16>, %w: !w, %b: !lm.batch) -> tensor<2x8xf16>
    attributes {kind = "matmul", row_capacity = 2 : i64, schedule = #two_rows} {
  %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<2x64xf16>, !qnt.weight<[64], f16> -> tensor<2x64xf16>
  %m = qnt.matmul %y, %w : tensor<2x64xf16>, !w -> tensor<2x8xf16>
  tile.return %m : tensor<2x8xf16>
}

// -----

// silu(gate) * up in one segment; keys and values in two, into the halves of the cache.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
!c = !lm.cache<1 x 8 x f16, slots = 1, positions = 4>
// CHECK-LABEL: tile.kernel @gate_up(
// CHECK-SAME: grid = array<i64: 1, 1, 1>
// CHECK-COUNT-2: tile.dot
// CHECK: math.exp
// CHECK: arith.divf
// CHECK-COUNT-1: tile.store %{{.*}} : f16, <global>
// CHECK-NOT: tile.store %{{.*}} : f16, <global>
tile.kernel @gate_up(%x: tensor<1x64xf16>, %w: !w, %u: !w, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %0 = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %1 = qnt.matmul %x, %u : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %2 = lm.silu %0 : tensor<1x8xf16>
  %3 = lm.mul %2, %1 : tensor<1x8xf16>
  tile.return %3 : tensor<1x8xf16>
}

// CHECK-LABEL: tile.kernel @keys_and_values(
// CHECK-SAME: %[[C:[a-z0-9]+]]: !tile.buffer<global>, %{{[a-z0-9]+}}: !tile.buffer<global>)
// CHECK-SAME: grid = array<i64: 2, 1, 1>
// CHECK: %[[HALF:.*]] = arith.constant 64 : i64
// CHECK: tile.dot
// CHECK: tile.store %{{.*}}, %[[C]][%{{.*}} : i64] : f16, <global>
// CHECK: tile.dot
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[HALF]] : i64
// CHECK: tile.store %{{.*}}, %[[C]][%[[AT]] : i64] : f16, <global>
tile.kernel @keys_and_values(%x: tensor<1x64xf16>, %w: !w, %v: !w, %c: !c, %b: !lm.batch) -> !c
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %0 = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %1 = qnt.matmul %x, %v : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %2 = lm.append %c, %0, %1, %b : !c, tensor<1x8xf16>
  tile.return %2 : !c
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

// Two panels of 64 columns a workgroup: each workgroup has a block of 128 channels of its own, which its waves
// quantize after a barrier.
#two = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[256, 64], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 64, lanesK = 1, columnsPerLane = 1, order = "pairs">>
// CHECK-LABEL: tile.kernel @quantized(
// CHECK-SAME: %[[Y:[a-z0-9]+]]: !tile.buffer<global>, %[[S:[a-z0-9]+]]: !tile.buffer<global>) {{.*}} workspace = 512
// CHECK: tile.store %{{.*}}, %[[S]][%{{.*}} : i32] : f16
// CHECK: tile.barrier global
// CHECK-NOT: tile.arrive
// CHECK: tile.load %[[S]][%{{.*}} : i32] : <global> -> vector<2xf16>
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : vector<2xi8>
tile.kernel @quantized(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> !qnt.activation<1x256xi8, block = 128>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #two, workspace = 512 : i64} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x256xf16>
  %q = qnt.quantize %m : tensor<1x256xf16> -> !qnt.activation<1x256xi8, block = 128>
  tile.return %q : !qnt.activation<1x256xi8, block = 128>
}

// A panel a workgroup: the last of two to arrive quantizes.
#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// CHECK-LABEL: tile.kernel @quantized_by_the_last(
// CHECK-SAME: %[[Y:[a-z0-9]+]]: !tile.buffer<global>, %[[S:[a-z0-9]+]]: !tile.buffer<global>, %[[N:[a-z0-9]+]]: !tile.buffer<global>) {{.*}} workspace = 512
// CHECK: tile.store %{{.*}}, %[[S]][%{{.*}} : i32] : f16
// CHECK: tile.barrier global
// CHECK: tile.arrive %[[N]]
// CHECK: tile.barrier global
// CHECK: scf.if
// CHECK: tile.load %[[S]][%{{.*}} : i32] : <global> -> vector<2xf16>
// CHECK: tile.store %{{.*}}, %[[Y]][%{{.*}} : i32] : vector<2xi8>
tile.kernel @quantized_by_the_last(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> !qnt.activation<1x256xi8, block = 128>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one, workspace = 512 : i64, counters = 2 : i64} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x256xf16>
  %q = qnt.quantize %m : tensor<1x256xf16> -> !qnt.activation<1x256xi8, block = 128>
  tile.return %q : !qnt.activation<1x256xi8, block = 128>
}
