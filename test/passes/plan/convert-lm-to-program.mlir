// RUN: qcc-opt %s --convert-lm-to-program -split-input-file -verify-diagnostics | FileCheck %s

#limits = {max_batch = 1 : i64, max_context = 4 : i64, row_capacity = 2 : i64}
#rows = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!cache = !lm.cache<1 x 8 x f16, slots = 1, positions = 4>

// Two layers: equal kernels are one, caches follow one another, the last result is the logits.
// CHECK: program.kv_cache_bytes = 512 : i64
// CHECK-LABEL: program.entry_point @decode rows 1 {
// CHECK-DAG: %[[B:.*]] = program.view state at 0
// CHECK-DAG: %[[C0:.*]] = program.view kv_cache at 0
// CHECK-DAG: %[[C1:.*]] = program.view kv_cache at 256
// CHECK: %[[T:.*]] = program.weight_ref @table
// CHECK-NEXT: %[[X:.*]] = program.allocate 16
// CHECK-NEXT: program.launch @decode_embed(%[[B]], %[[T]], %[[X]])
// CHECK-NEXT: program.launch @decode_rows(%[[C0]], %[[X]], %[[B]])
// CHECK-NEXT: program.launch @decode_rows(%[[C1]], %[[X]], %[[B]])
// CHECK-NEXT: %[[A:.*]] = program.allocate 16
// CHECK-NEXT: program.launch @decode_attention(%[[X]], %[[C1]], %[[B]], %[[A]])
// CHECK-NEXT: %[[L:.*]] = program.view logits at 0
// CHECK-NEXT: program.launch @decode_rows_1(%[[A]], %[[B]], %[[L]])
// CHECK-NEXT: }

// CHECK: tile.kernel @decode_embed(%[[KB:.*]]: !lm.batch, %[[KT:.*]]: !qnt.weight<[32, 8], f16>) -> tensor<1x8xf16>
// CHECK-SAME: kind = "embed"
// CHECK-SAME: row_capacity = 2 : i64
// CHECK-NEXT: %[[E:.*]] = lm.embed %[[KB]], %[[KT]]
// CHECK-NEXT: tile.return %[[E]] : tensor<1x8xf16>
// CHECK: program.weight @table {
// CHECK-NEXT: %[[P:.*]] = qnt.parameter "table"
// CHECK-NEXT: program.yield %[[P]]
// CHECK: tile.kernel @decode_rows(%{{.*}}: !lm.cache<1 x 8 x f16, slots = 1, positions = 4>
// CHECK: lm.append
// CHECK: tile.kernel @decode_attention
// CHECK: tile.kernel @decode_rows_1
// CHECK: lm.cast
// CHECK-NOT: func.func
module attributes {program.limits = #limits} {
  func.func @decode(%b: !lm.batch, %c: !cache, %d: !cache) -> (tensor<1x8xf32>, !cache, !cache)
      attributes {program.entry_rows = 1 : i64} {
    %t = qnt.parameter "table" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
    %x = lm.fused "embed" {
      %e = lm.embed %b, %t : !qnt.weight<[32, 8], f16> -> tensor<1x8xf16>
      lm.yield %e : tensor<1x8xf16>
    } {tile.schedule = #rows} : tensor<1x8xf16>
    %c1 = lm.fused "rows" {
      %n = lm.append %c, %x, %x, %b : !cache, tensor<1x8xf16>
      lm.yield %n : !cache
    } {tile.schedule = #rows} : !cache
    %d1 = lm.fused "rows" {
      %n = lm.append %d, %x, %x, %b : !cache, tensor<1x8xf16>
      lm.yield %n : !cache
    } {tile.schedule = #rows} : !cache
    %a = lm.fused "attention" {
      %n = lm.attention %x, %d1, %b heads 1 scale 1.0 : tensor<1x8xf16>, !cache
      lm.yield %n : tensor<1x8xf16>
    } {tile.schedule = #rows} : tensor<1x8xf16>
    %l = lm.fused "rows" {
      %n = lm.cast %a : tensor<1x8xf16> -> tensor<1x8xf32>
      lm.yield %n : tensor<1x8xf32>
    } {tile.schedule = #rows} : tensor<1x8xf32>
    return %l, %c1, %d1 : tensor<1x8xf32>, !cache, !cache
  }
}

// -----

#limits = {max_batch = 1 : i64, max_context = 4 : i64, row_capacity = 1 : i64}
#rows = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// Two weights are called "w", and one has the name that the second of them would get.
// CHECK-LABEL: program.entry_point @names
// CHECK-DAG: program.weight_ref @w{{$}}
// CHECK-DAG: program.weight_ref @w_1{{$}}
// CHECK-DAG: program.weight_ref @w_2{{$}}
module attributes {program.limits = #limits} {
  func.func @names(%b: !lm.batch) -> (tensor<1x8xf32>) attributes {program.entry_rows = 1 : i64} {
    %0 = qnt.parameter "w" values <"m", 0, 32> storage rows : !qnt.weight<[1, 8], f32>
    %1 = qnt.parameter "w_1" values <"m", 32, 32> storage rows : !qnt.weight<[1, 8], f32>
    %2 = qnt.parameter "w" values <"m", 64, 32> storage rows : !qnt.weight<[1, 8], f32>
    %f = lm.fused "embed" {
      %x = lm.embed %b, %0 : !qnt.weight<[1, 8], f32> -> tensor<1x8xf32>
      %y = lm.embed %b, %1 : !qnt.weight<[1, 8], f32> -> tensor<1x8xf32>
      %z = lm.embed %b, %2 : !qnt.weight<[1, 8], f32> -> tensor<1x8xf32>
      %s = lm.add %x, %y : tensor<1x8xf32>
      %t = lm.add %s, %z : tensor<1x8xf32>
      lm.yield %t : tensor<1x8xf32>
    } {tile.schedule = #rows} : tensor<1x8xf32>
    return %f : tensor<1x8xf32>
  }
}

// -----

// Attention of 2 splits: a partial result of 2 heads is 2 * 8 values and 2 pairs of f32, 128 bytes.
#split = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, splits = 2>
!cache = !lm.cache<1 x 8 x f16, slots = 1, positions = 512>
// CHECK-LABEL: program.entry_point @decode rows 3 {
// CHECK: program.weight_ref
// CHECK: program.launch @decode_embed(
// CHECK: %[[Y:.*]] = program.allocate 96
// CHECK-NEXT: %[[W:.*]] = program.allocate 768
// CHECK-NEXT: %[[N:.*]] = program.counters 3
// CHECK-NEXT: program.launch @decode_attention(%{{.*}}, %{{.*}}, %{{.*}}, %[[Y]], %[[W]], %[[N]])
// CHECK: tile.kernel @decode_attention(
// CHECK-SAME: counters = 3 : i64
// CHECK-SAME: workspace = 768 : i64
module attributes {program.limits = {max_batch = 3 : i64, max_context = 512 : i64, row_capacity = 3 : i64}} {
  func.func @decode(%b: !lm.batch, %c: !cache) -> tensor<3x16xf32> attributes {program.entry_rows = 3 : i64} {
    %t = qnt.parameter "table" values <"m", 0, 1024> storage rows : !qnt.weight<[32, 16], f16>
    %x = lm.fused "embed" {
      %e = lm.embed %b, %t : !qnt.weight<[32, 16], f16> -> tensor<3x16xf16>
      lm.yield %e : tensor<3x16xf16>
    } {tile.schedule = #split} : tensor<3x16xf16>
    %a = lm.fused "attention" {
      %n = lm.attention %x, %c, %b heads 2 scale 1.0 : tensor<3x16xf16>, !cache
      lm.yield %n : tensor<3x16xf16>
    } {tile.schedule = #split} : tensor<3x16xf16>
    %l = lm.fused "rows" {
      %n = lm.cast %a : tensor<3x16xf16> -> tensor<3x16xf32>
      lm.yield %n : tensor<3x16xf32>
    } {tile.schedule = #split} : tensor<3x16xf32>
    return %l : tensor<3x16xf32>
  }
}

// -----

// Quantized rows: 3 of 8 integers, 24 bytes and 8 behind them, 2 scales each, and 2 sums of squares.
#rows = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!quantized = !qnt.activation<3x8xi8, block = 4, squares>
// CHECK-LABEL: program.entry_point @decode rows 3 {
// CHECK: %[[X:.*]] = program.allocate 96
// CHECK-NEXT: %[[Q:.*]] = program.allocate 80
// CHECK-NEXT: program.launch @decode_embed(%{{.*}}, %{{.*}}, %[[X]], %[[Q]])
// CHECK: program.launch @decode_matmul(%[[Q]],
// CHECK: tile.kernel @decode_embed({{.*}}) -> (tensor<3x8xf32>, !qnt.activation<3x8xi8, block = 4, squares>)
module attributes {program.limits = {max_batch = 3 : i64, max_context = 4 : i64, row_capacity = 3 : i64}} {
  func.func @decode(%b: !lm.batch) -> tensor<3x8xf32> attributes {program.entry_rows = 3 : i64} {
    %t = qnt.parameter "t" values <"m", 0, 256> storage rows : !qnt.weight<[8, 8], f32>
    %n = qnt.parameter "n" values <"m", 256, 32> storage rows : !qnt.weight<[8], f32>
    %x, %q = lm.fused "embed" {
      %e = lm.embed %b, %t : !qnt.weight<[8, 8], f32> -> tensor<3x8xf32>
      %i = qnt.quantize %e weighted(%n : !qnt.weight<[8], f32>) : tensor<3x8xf32> -> !quantized
      lm.yield %e, %i : tensor<3x8xf32>, !quantized
    } {tile.schedule = #rows} : tensor<3x8xf32>, !quantized
    %y = lm.fused "matmul" {
      %s = qnt.scale_by_norm %q epsilon 1.0e-5 : !quantized -> !qnt.activation<3x8xi8, block = 4>
      %m = qnt.matmul %s, %t : !qnt.activation<3x8xi8, block = 4>, !qnt.weight<[8, 8], f32> -> tensor<3x8xf32>
      lm.yield %m : tensor<3x8xf32>
    } {tile.schedule = #rows} : tensor<3x8xf32>
    %l = lm.fused "rows" {
      %a = lm.add %x, %y : tensor<3x8xf32>
      lm.yield %a : tensor<3x8xf32>
    } {tile.schedule = #rows} : tensor<3x8xf32>
    return %l : tensor<3x8xf32>
  }
}

// -----

// A sampling kernel: what it returns is what it was given, so it takes three buffers.
// CHECK: program.sampler_bytes = 256 : i64
// CHECK-LABEL: program.entry_point @sampled rows 1 {
// CHECK-DAG: %[[B:.*]] = program.view state at 0
// CHECK-DAG: %[[S:.*]] = program.view sampler at 0
// CHECK: %[[L:.*]] = program.view logits at 0
// CHECK-NEXT: program.launch @sampled_embed(%{{.*}}, %{{.*}}, %[[L]])
// CHECK-NEXT: program.launch @sampled_sample(%[[L]], %[[B]], %[[S]]) sampling
// CHECK: tile.kernel @sampled_sample({{.*}}) -> (!lm.batch, !lm.sampler<32, slots = 2>)
module attributes {program.limits = {max_batch = 2 : i64, max_context = 4 : i64, row_capacity = 1 : i64}} {
  func.func @sampled(%b: !lm.batch, %s: !lm.sampler<32, slots = 2>)
      -> (tensor<1x32xf32>, !lm.batch, !lm.sampler<32, slots = 2>) attributes {program.entry_rows = 1 : i64} {
    %t = qnt.parameter "t" values <"m", 0, 1024> storage rows : !qnt.weight<[8, 32], f32>
    %l = lm.fused "embed" {
      %e = lm.embed %b, %t : !qnt.weight<[8, 32], f32> -> tensor<1x32xf32>
      lm.yield %e : tensor<1x32xf32>
    } {tile.schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>} : tensor<1x32xf32>
    %n, %m = lm.fused "sample" {
      %0, %1 = lm.sample %l, %b, %s : tensor<1x32xf32>, !lm.sampler<32, slots = 2>
      lm.yield %0, %1 : !lm.batch, !lm.sampler<32, slots = 2>
    } {tile.schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>} : !lm.batch, !lm.sampler<32, slots = 2>
    return %l, %n, %m : tensor<1x32xf32>, !lm.batch, !lm.sampler<32, slots = 2>
  }
}

// -----

// expected-error @below {{has no program.limits: entry points come first}}
module {
  func.func @decode(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
    return %x : tensor<1x8xf32>
  }
}

// -----

module attributes {program.limits = {max_batch = 1 : i64, max_context = 4 : i64, row_capacity = 1 : i64}} {
  func.func @decode(%x: tensor<1x8xf32>) -> tensor<1x8xf32> attributes {program.entry_rows = 1 : i64} {
    // expected-error @below {{has no schedule}}
    %f = lm.fused "rows" {
      %s = lm.silu %x : tensor<1x8xf32>
      lm.yield %s : tensor<1x8xf32>
    } : tensor<1x8xf32>
    return %f : tensor<1x8xf32>
  }
}

// -----

module attributes {program.limits = {max_batch = 1 : i64, max_context = 4 : i64, row_capacity = 1 : i64}} {
  // expected-error @below {{has no program.entry_rows: it is no entry point}}
  func.func @decode(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
    return %x : tensor<1x8xf32>
  }
}
