// RUN: qcc-opt %s --fuse-epilogues -split-input-file | FileCheck %s

// silu(gate) * up is computed in the kernel of both, and the residual in the next.
// CHECK-LABEL: func.func @gate_and_residual
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x8xf16>, %[[Y:[a-z0-9]+]]: tensor<?x8xf16>
func.func @gate_and_residual(%x: tensor<?x8xf16>, %y: tensor<?x8xf16>, %w: !qnt.weight<[16, 8], f16>,
                             %d: !qnt.weight<[8, 16], f16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[F:.*]] = lm.fused "matmul" {
  // CHECK-NEXT:   %[[G:.*]] = qnt.matmul %[[X]]
  // CHECK-NEXT:   %[[U:.*]] = qnt.matmul %[[X]]
  // CHECK-NEXT:   %[[A:.*]] = lm.silu %[[G]]
  // CHECK-NEXT:   %[[P:.*]] = lm.mul %[[A]], %[[U]]
  // CHECK-NEXT:   lm.yield %[[P]] : tensor<?x16xf16>
  // CHECK-NEXT: } : tensor<?x16xf16>
  // CHECK-NEXT: %[[R:.*]] = lm.fused "matmul" {
  // CHECK-NEXT:   %[[M:.*]] = qnt.matmul %[[F]]
  // CHECK-NEXT:   %[[S:.*]] = lm.add %[[Y]], %[[M]]
  // CHECK-NEXT:   lm.yield %[[S]]
  // CHECK: return %[[R]]
  %f:2 = lm.fused "matmul" {
    %g = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[16, 8], f16> -> tensor<?x16xf16>
    %u = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[16, 8], f16> -> tensor<?x16xf16>
    lm.yield %g, %u : tensor<?x16xf16>, tensor<?x16xf16>
  } : tensor<?x16xf16>, tensor<?x16xf16>
  %a = lm.silu %f#0 : tensor<?x16xf16>
  %p = lm.mul %a, %f#1 : tensor<?x16xf16>
  %m = lm.fused "matmul" {
    %q = qnt.matmul %p, %d : tensor<?x16xf16>, !qnt.weight<[8, 16], f16> -> tensor<?x8xf16>
    lm.yield %q : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %s = lm.add %y, %m : tensor<?x8xf16>
  return %s : tensor<?x8xf16>
}

// -----

// The rotation of the keys and their append end in the kernel that computes them.
// CHECK-LABEL: func.func @rotated_and_appended
func.func @rotated_and_appended(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %x: tensor<?x8xf16>,
                                %w: !qnt.weight<[8, 8], f16>, %t: !qnt.weight<[16, 4], f16>)
    -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
  // CHECK-NEXT: %[[F:.*]]:2 = lm.fused "matmul" {
  // CHECK-NEXT:   %[[Q:.*]] = qnt.matmul
  // CHECK-NEXT:   %[[K:.*]] = qnt.matmul
  // CHECK-NEXT:   %[[V:.*]] = qnt.matmul
  // CHECK-DAG:    %[[QR:.*]] = lm.rope %[[Q]], {{.*}} paired
  // CHECK-DAG:    %[[KR:.*]] = lm.rope %[[K]], {{.*}} paired
  // CHECK:        %[[N:.*]] = lm.append %{{.*}}, %[[KR]], %[[V]]
  // CHECK-NEXT:   lm.yield %[[QR]], %[[N]] :
  // CHECK: lm.attention %[[F]]#0, %[[F]]#1
  %f:3 = lm.fused "matmul" {
    %q = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %k = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %v = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %q, %k, %v : tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>
  } : tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>
  %qr = lm.rope %f#0, %b, %t, %t head_size 8 paired : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  %kr = lm.rope %f#1, %b, %t, %t head_size 8 paired : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  %n = lm.append %c, %kr, %f#2, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
  %a = lm.attention %qr, %n, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  return %a, %n : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
}

// -----

// What follows a rotation of reordered columns would see them in another order.
// CHECK-LABEL: func.func @after_rotation
// CHECK: lm.rope {{.*}} paired
// CHECK-NEXT: lm.yield
// CHECK: lm.scale
func.func @after_rotation(%b: !lm.batch, %x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>,
                          %t: !qnt.weight<[16, 4], f16>) -> tensor<?x8xf16> {
  %q = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %r = lm.rope %q, %b, %t, %t head_size 8 paired : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  %s = lm.scale %r by 0.5 : tensor<?x8xf16>
  return %s : tensor<?x8xf16>
}

// -----

// A rotation joins a matmul with nothing in between, and one whose partners are side by side.
// CHECK-LABEL: func.func @rotation_declines
// CHECK: lm.fused "matmul"
// CHECK: lm.scale
// CHECK-NEXT: lm.yield
// CHECK: lm.rope %{{.*}} interleaved
// CHECK: lm.fused "matmul"
// CHECK-NEXT: qnt.matmul
// CHECK-NEXT: lm.yield
// CHECK: lm.rope %{{.*}} head_size 8 :
func.func @rotation_declines(%b: !lm.batch, %x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>,
                             %t: !qnt.weight<[16, 4], f16>) -> (tensor<?x8xf16>, tensor<?x8xf16>) {
  %q = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %s = lm.scale %q by 0.5 : tensor<?x8xf16>
  %r = lm.rope %s, %b, %t, %t head_size 8 interleaved : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  %k = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %u = lm.rope %k, %b, %t, %t head_size 8 : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  return %r, %u : tensor<?x8xf16>, tensor<?x8xf16>
}

// -----

// Columns of 4-bit and 8-bit weights lie in different lanes: their product is not in the kernel.
// CHECK-LABEL: func.func @other_encoding
// CHECK: lm.yield %{{.*}}, %{{.*}} : tensor<?x16xf16>, tensor<?x16xf16>
// CHECK: lm.mul
func.func @other_encoding(%x: tensor<?x32xf16>, %w: !qnt.weight<[16, 32], u4, block = 32, scale = f16>,
                          %u: !qnt.weight<[16, 32], u8, block = 32, scale = f16>) -> tensor<?x16xf16> {
  %f:2 = lm.fused "matmul" {
    %g = qnt.matmul %x, %w : tensor<?x32xf16>, !qnt.weight<[16, 32], u4, block = 32, scale = f16> -> tensor<?x16xf16>
    %h = qnt.matmul %x, %u : tensor<?x32xf16>, !qnt.weight<[16, 32], u8, block = 32, scale = f16> -> tensor<?x16xf16>
    lm.yield %g, %h : tensor<?x16xf16>, tensor<?x16xf16>
  } : tensor<?x16xf16>, tensor<?x16xf16>
  %p = lm.mul %f#0, %f#1 : tensor<?x16xf16>
  return %p : tensor<?x16xf16>
}

// -----

// The other summand is computed after the kernel.
// CHECK-LABEL: func.func @not_ready
// CHECK: lm.fused "matmul"
// CHECK-NEXT: qnt.matmul
// CHECK-NEXT: lm.yield
// CHECK: %[[A:.*]] = lm.attention
// CHECK: lm.add %{{.*}}, %[[A]]
func.func @not_ready(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>)
    -> tensor<?x8xf16> {
  %q = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %a = lm.attention %q, %c, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  %s = lm.add %q, %a : tensor<?x8xf16>
  return %s : tensor<?x8xf16>
}

// -----

// A scale needs a whole head: keys and values for a quantized cache leave the kernel that computes them.
// CHECK-LABEL: func.func @appended_quantized
func.func @appended_quantized(%b: !lm.batch, %c: !lm.cache<1 x 8 x i8>, %x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>,
                              %t: !qnt.weight<[16, 4], f16>) -> !lm.cache<1 x 8 x i8> {
  // CHECK-NEXT: %[[F:.*]]:2 = lm.fused "matmul" {
  // CHECK:        lm.rope
  // CHECK:      lm.yield
  // CHECK:      lm.append %{{.*}}, %[[F]]#{{[01]}}, %[[F]]#{{[01]}}
  %f:2 = lm.fused "matmul" {
    %k = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %v = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %k, %v : tensor<?x8xf16>, tensor<?x8xf16>
  } : tensor<?x8xf16>, tensor<?x8xf16>
  %kr = lm.rope %f#0, %b, %t, %t head_size 8 paired : tensor<?x8xf16>, !qnt.weight<[16, 4], f16>
  %n = lm.append %c, %kr, %f#1, %b : !lm.cache<1 x 8 x i8>, tensor<?x8xf16>
  return %n : !lm.cache<1 x 8 x i8>
}

// -----

// What another matmul reads as 8-bit integers is quantized by the kernel that computes it, beside the residual.
// CHECK-LABEL: func.func @quantized
func.func @quantized(%x: tensor<?x8xf16>, %y: tensor<?x128xf16>, %w: !qnt.weight<[128, 8], f16>,
                     %n: !qnt.weight<[128], f16>) -> (tensor<?x128xf16>, !qnt.activation<?x128xi8, block = 128, squares>) {
  // CHECK-NEXT: %[[F:.*]]:2 = lm.fused "matmul" {
  // CHECK-NEXT:   %[[M:.*]] = qnt.matmul
  // CHECK-NEXT:   %[[S:.*]] = lm.add %{{.*}}, %[[M]]
  // CHECK-NEXT:   %[[Q:.*]] = qnt.quantize %[[S]] weighted(%{{.*}} : !qnt.weight<[128], f16>)
  // CHECK-NEXT:   lm.yield %[[S]], %[[Q]]
  // CHECK: return %[[F]]#0, %[[F]]#1
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[128, 8], f16> -> tensor<?x128xf16>
    lm.yield %m : tensor<?x128xf16>
  } : tensor<?x128xf16>
  %s = lm.add %y, %f : tensor<?x128xf16>
  %q = qnt.quantize %s weighted(%n : !qnt.weight<[128], f16>) : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128, squares>
  return %s, %q : tensor<?x128xf16>, !qnt.activation<?x128xi8, block = 128, squares>
}
