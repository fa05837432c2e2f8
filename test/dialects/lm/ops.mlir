// RUN: qcc-opt %s | qcc-opt | FileCheck %s

// CHECK-LABEL: func.func @rows
func.func @rows(%batch: !lm.batch, %table: !qnt.weight<[32, 64], f16>) {
  // CHECK: lm.embed %{{.*}}, %{{.*}} : <[32, 64], f16> -> tensor<?x64xf16>
  %0 = lm.embed %batch, %table : !qnt.weight<[32, 64], f16> -> tensor<?x64xf16>
  // CHECK: lm.select_rows %{{.*}}, %{{.*}} : tensor<?x64xf16>
  %1 = lm.select_rows %0, %batch : tensor<?x64xf16>
  %quantized = qnt.quantize %0 : tensor<?x64xf16> -> !qnt.activation<?x64xi8, block = 32>
  // CHECK: lm.select_rows %{{.*}}, %{{.*}} : !qnt.activation<?x64xi8, block = 32>
  %rows = lm.select_rows %quantized, %batch : !qnt.activation<?x64xi8, block = 32>
  return
}

// CHECK-LABEL: func.func @norms
func.func @norms(%x: tensor<?x64xf16>, %w: !qnt.weight<[64], f16>, %h: !qnt.weight<[16], f16>) {
  // CHECK: lm.rms_norm %{{.*}}, %{{.*}} epsilon 1.000000e-05 : tensor<?x64xf16>, <[64], f16> -> tensor<?x64xf32>
  %0 = lm.rms_norm %x, %w epsilon 1.0e-5 : tensor<?x64xf16>, !qnt.weight<[64], f16> -> tensor<?x64xf32>
  // CHECK: lm.rms_norm %{{.*}}, %{{.*}} epsilon 1.000000e-05 group 16 :
  %1 = lm.rms_norm %x, %h epsilon 1.0e-5 group 16 : tensor<?x64xf16>, !qnt.weight<[16], f16> -> tensor<?x64xf16>
  // CHECK: lm.skip_rms_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon 1.000000e-05
  %2, %3 = lm.skip_rms_norm %x, %x, %w epsilon 1.0e-5
    : tensor<?x64xf16>, tensor<?x64xf16>, !qnt.weight<[64], f16> -> tensor<?x64xf16>, tensor<?x64xf16>
  return
}

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<?x64xf16>) {
  // CHECK: lm.sigmoid %{{.*}} : tensor<?x64xf16>
  %0 = lm.sigmoid %x : tensor<?x64xf16>
  // CHECK: lm.silu %{{.*}} : tensor<?x64xf16>
  %1 = lm.silu %x : tensor<?x64xf16>
  // CHECK: lm.gelu %{{.*}} : tensor<?x64xf16>
  %2 = lm.gelu %x : tensor<?x64xf16>
  // CHECK: lm.add %{{.*}}, %{{.*}} : tensor<?x64xf16>
  %3 = lm.add %0, %1 : tensor<?x64xf16>
  // CHECK: lm.mul %{{.*}}, %{{.*}} : tensor<?x64xf16>
  %4 = lm.mul %3, %2 : tensor<?x64xf16>
  // CHECK: lm.scale %{{.*}} by 5.000000e-01 : tensor<?x64xf16>
  %5 = lm.scale %4 by 0.5 : tensor<?x64xf16>
  // CHECK: lm.cast %{{.*}} : tensor<?x64xf16> -> tensor<?x64xbf16>
  %6 = lm.cast %5 : tensor<?x64xf16> -> tensor<?x64xbf16>
  // CHECK: lm.slice %{{.*}} at 16 : tensor<?x64xf16> -> tensor<?x32xf16>
  %7 = lm.slice %5 at 16 : tensor<?x64xf16> -> tensor<?x32xf16>
  return
}

// CHECK-LABEL: func.func @attention
func.func @attention(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %q: tensor<?x64xf16>, %k: tensor<?x32xf16>,
                     %cos: !qnt.weight<[128, 8], f16>) {
  // CHECK: lm.rope %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} head_size 16 : tensor<?x64xf16>, <[128, 8], f16>
  %0 = lm.rope %q, %batch, %cos, %cos head_size 16 : tensor<?x64xf16>, !qnt.weight<[128, 8], f16>
  // CHECK: head_size 16 interleaved
  %1 = lm.rope %k, %batch, %cos, %cos head_size 16 interleaved : tensor<?x32xf16>, !qnt.weight<[128, 8], f16>
  // CHECK: head_size 16 paired
  %2 = lm.rope %k, %batch, %cos, %cos head_size 16 paired : tensor<?x32xf16>, !qnt.weight<[128, 8], f16>
  // CHECK: lm.append %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : <2 x 16 x f16>, tensor<?x32xf16>
  %3 = lm.append %cache, %1, %2, %batch : !lm.cache<2 x 16 x f16>, tensor<?x32xf16>
  // CHECK: lm.attention %{{.*}}, %{{.*}}, %{{.*}} heads 4 scale 2.500000e-01 :
  %4 = lm.attention %0, %3, %batch heads 4 scale 0.25 : tensor<?x64xf16>, !lm.cache<2 x 16 x f16>
  // CHECK: lm.attention %{{.*}} heads 4 scale 2.500000e-01 {softcap = 5.000000e+01 : f64, window = 32 : i64} :
  %5 = lm.attention %0, %3, %batch heads 4 scale 0.25 {window = 32 : i64, softcap = 5.0e+01 : f64}
    : tensor<?x64xf16>, !lm.cache<2 x 16 x f16>
  return
}

// CHECK-LABEL: func.func @group_query_attention
func.func @group_query_attention(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %q: tensor<?x64xf16>,
                                 %k: tensor<?x32xf16>, %qkv: tensor<?x128xf16>, %cos: !qnt.weight<[128, 8], f16>) {
  // CHECK: lm.group_query_attention %{{.*}} key %{{.*}} value %{{.*}} cache %{{.*}}, %{{.*}} rotary %{{.*}}, %{{.*}} heads 4
  %0, %1 = lm.group_query_attention %q key %k value %k cache %cache, %batch rotary %cos, %cos heads 4 scale 0.25
    : (tensor<?x64xf16>, tensor<?x32xf16>, tensor<?x32xf16>, !lm.cache<2 x 16 x f16>, !lm.batch,
       !qnt.weight<[128, 8], f16>, !qnt.weight<[128, 8], f16>) -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>)
  // CHECK: lm.group_query_attention %{{.*}} cache %{{.*}}, %{{.*}} heads 4 scale 2.500000e-01 {interleaved} :
  %2, %3 = lm.group_query_attention %qkv cache %1, %batch heads 4 scale 0.25 {interleaved}
    : (tensor<?x128xf16>, !lm.cache<2 x 16 x f16>, !lm.batch) -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>)
  return
}

// CHECK-LABEL: func.func @fused
// CHECK-SAME: !lm.cache<2 x 16 x f16, slots = 4, positions = 512>
func.func @fused(%x: tensor<?x64xf16>, %cache: !lm.cache<2 x 16 x f16, slots = 4, positions = 512>) {
  // CHECK: lm.fused "rows" {
  %0 = lm.fused "rows" {
    %1 = lm.silu %x : tensor<?x64xf16>
    // CHECK: lm.yield %{{.*}} : tensor<?x64xf16>
    lm.yield %1 : tensor<?x64xf16>
  } : tensor<?x64xf16>
  return
}

// CHECK-LABEL: func.func @sample
// CHECK-SAME: !lm.sampler<32, slots = 4>
func.func @sample(%logits: tensor<?x32xf32>, %batch: !lm.batch, %sampler: !lm.sampler<32, slots = 4>) {
  // CHECK: %[[NEXT:.*]], %[[NEW:.*]] = lm.sample %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x32xf32>, <32, slots = 4>
  %next, %new = lm.sample %logits, %batch, %sampler : tensor<?x32xf32>, !lm.sampler<32, slots = 4>
  // CHECK: lm.sample %{{.*}}, %[[NEXT]], %[[NEW]] :
  %next2, %new2 = lm.sample %logits, %next, %new : tensor<?x32xf32>, !lm.sampler<32, slots = 4>
  return
}
