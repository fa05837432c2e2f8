// RUN: qcc-opt %s --form-kernels -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @attention_and_embedding
// CHECK-SAME: %[[B:[a-z0-9]+]]: !lm.batch, %[[C:[a-z0-9]+]]: !lm.cache<1 x 8 x f16>, %[[T:[a-z0-9]+]]: !qnt.weight<[32, 8], f16>
func.func @attention_and_embedding(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %t: !qnt.weight<[32, 8], f16>)
    -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[E:.*]] = lm.fused "embed" {
  // CHECK-NEXT:   %[[X:.*]] = lm.embed %[[B]], %[[T]]
  // CHECK-NEXT:   lm.yield %[[X]]
  // CHECK: %[[A:.*]] = lm.fused "attention" {
  // CHECK-NEXT:   %[[Y:.*]] = lm.attention %[[E]], %[[C]], %[[B]]
  // CHECK-NEXT:   lm.yield %[[Y]]
  // CHECK: return %[[A]]
  %x = lm.embed %b, %t : !qnt.weight<[32, 8], f16> -> tensor<?x8xf16>
  %a = lm.attention %x, %c, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  return %a : tensor<?x8xf16>
}

// -----

// An operation takes along the producers that nothing else reads, in their order.
// CHECK-LABEL: func.func @keys_with_norm
// CHECK-SAME: %[[K:[a-z0-9]+]]: tensor<?x8xf16>, %[[V:[a-z0-9]+]]: tensor<?x8xf16>
func.func @keys_with_norm(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %n: !qnt.weight<[8], f16>,
                          %t: !qnt.weight<[16, 4], f16>, %k: tensor<?x8xf16>, %v: tensor<?x8xf16>)
    -> !lm.cache<1 x 8 x f16> {
  // CHECK-NEXT: %[[F:.*]] = lm.fused "rows" {
  // CHECK-NEXT:   %[[H:.*]] = lm.rms_norm %[[K]], {{.*}} group 8
  // CHECK-NEXT:   %[[R:.*]] = lm.rope %[[H]]
  // CHECK-NEXT:   %[[S:.*]] = lm.scale %[[V]] by 2.0
  // CHECK-NEXT:   %[[N:.*]] = lm.append %{{.*}}, %[[R]], %[[S]]
  // CHECK-NEXT:   lm.yield %[[N]]
  // CHECK: return %[[F]]
  %h = lm.rms_norm %k, %n epsilon 1.0e-6 group 8 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %s = lm.scale %v by 2.0 : tensor<?x8xf16>
  %r = lm.rope %h, %b, %t, %t head_size 8 : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  %m = lm.append %c, %r, %s, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
  return %m : !lm.cache<1 x 8 x f16>
}

// -----

// A producer with two readers is computed once, in a kernel before both.
// CHECK-LABEL: func.func @shared_producer
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x8xf16>
func.func @shared_producer(%x: tensor<?x8xf16>) -> (tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK-NEXT: %[[A:.*]] = lm.fused "rows" {
  // CHECK-NEXT:   %[[S:.*]] = lm.silu %[[X]]
  // CHECK-NEXT:   lm.yield %[[S]]
  // CHECK: %[[B:.*]] = lm.fused "rows" {
  // CHECK-NEXT:   lm.scale %[[A]]
  // CHECK: %[[C:.*]] = lm.fused "rows" {
  // CHECK-NEXT:   lm.mul %[[A]], %[[A]]
  // CHECK: return %[[B]], %[[C]]
  %s = lm.silu %x : tensor<?x8xf16>
  %a = lm.scale %s by 2.0 : tensor<?x8xf16>
  %m = lm.mul %s, %s : tensor<?x8xf16>
  return %a, %m : tensor<?x8xf16>, tensor<?x8xf16>
}

// -----

// An embedding and an attention keep a kernel of their own.
// CHECK-LABEL: func.func @scaled_embedding
func.func @scaled_embedding(%b: !lm.batch, %t: !qnt.weight<[32, 8], f16>) -> tensor<?x8xf16> {
  // CHECK: %[[E:.*]] = lm.fused "embed" {
  // CHECK: %[[F:.*]] = lm.fused "rows" {
  // CHECK-NEXT:   lm.scale %[[E]]
  // CHECK: return %[[F]]
  %x = lm.embed %b, %t : !qnt.weight<[32, 8], f16> -> tensor<?x8xf16>
  %s = lm.scale %x by 8.0 : tensor<?x8xf16>
  return %s : tensor<?x8xf16>
}

// -----

// What has a kernel keeps it.
// CHECK-LABEL: func.func @formed_already
// CHECK-COUNT-1: lm.fused
// CHECK-NOT: lm.fused
func.func @formed_already(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %f = lm.fused "rows" {
    %s = lm.silu %x : tensor<?x8xf16>
    lm.yield %s : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %f : tensor<?x8xf16>
}

// -----

// What is quantized is quantized by the kernel that computes it, ...
// CHECK-LABEL: func.func @quantized
// CHECK-SAME: %[[B:[a-z0-9]+]]: !lm.batch, %[[C:[a-z0-9]+]]: !lm.cache<1 x 128 x f16>
func.func @quantized(%b: !lm.batch, %c: !lm.cache<1 x 128 x f16>, %t: !qnt.weight<[32, 128], f16>)
    -> (tensor<?x128xf16>, !qnt.activation<?x128xi8, block = 128>, !qnt.activation<?x128xi8, block = 128>) {
  // CHECK-NEXT: %[[E:.*]]:2 = lm.fused "embed" {
  // CHECK-NEXT:   %[[X:.*]] = lm.embed
  // CHECK-NEXT:   %[[P:.*]] = qnt.quantize %[[X]]
  // CHECK-NEXT:   lm.yield %[[X]], %[[P]]
  // CHECK: %[[A:.*]] = lm.fused "attention" {
  // CHECK-NEXT:   %[[Y:.*]] = lm.attention %[[E]]#0
  // CHECK-NEXT:   %[[Q:.*]] = qnt.quantize %[[Y]]
  // CHECK-NEXT:   lm.yield %[[Q]]
  // CHECK: return %[[E]]#0, %[[E]]#1, %[[A]]
  %x = lm.embed %b, %t : !qnt.weight<[32, 128], f16> -> tensor<?x128xf16>
  %a = lm.attention %x, %c, %b heads 1 scale 1.0 : tensor<?x128xf16>, !lm.cache<1 x 128 x f16>
  %p = qnt.quantize %x : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  %q = qnt.quantize %a : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  return %x, %p, %q : tensor<?x128xf16>, !qnt.activation<?x128xi8, block = 128>, !qnt.activation<?x128xi8, block = 128>
}

// -----

// ... unless none of its workgroups has a whole block of channels: of attention, here one head of 64.
// CHECK-LABEL: func.func @quantized_apart
func.func @quantized_apart(%b: !lm.batch, %c: !lm.cache<2 x 64 x f16>, %x: tensor<?x128xf16>)
    -> !qnt.activation<?x128xi8, block = 128> {
  // CHECK-NEXT: %[[A:.*]] = lm.fused "attention" {
  // CHECK-NEXT:   lm.attention
  // CHECK-NEXT:   lm.yield
  // CHECK: %[[Q:.*]] = lm.fused "rows" {
  // CHECK-NEXT:   qnt.quantize %[[A]]
  // CHECK: return %[[Q]]
  %a = lm.attention %x, %c, %b heads 2 scale 1.0 : tensor<?x128xf16>, !lm.cache<2 x 64 x f16>
  %q = qnt.quantize %a : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  return %q : !qnt.activation<?x128xi8, block = 128>
}
