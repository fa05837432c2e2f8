// RUN: qcc-opt %s --pair-rotary-rows | FileCheck %s

// CHECK-LABEL: func.func @pairs
// CHECK-SAME: (%[[B:[a-z0-9]+]]: !lm.batch, %[[X:[a-z0-9]+]]: tensor<?x32xf16>, %[[W:[a-z0-9]+]]: !qnt.weight<[16, 32], u4, block = 32, scale = f16>, %[[C:[a-z0-9]+]]: !qnt.weight<[64, 4], f16>)
func.func @pairs(%b: !lm.batch, %x: tensor<?x32xf16>, %w: !qnt.weight<[16, 32], u4, block = 32, scale = f16>,
                 %c: !qnt.weight<[64, 4], f16>) -> tensor<?x16xf16> {
  // CHECK-NEXT: %[[P:.*]] = qnt.pair_rows %[[W]] head_size 8 rotary 8
  // CHECK-NEXT: %[[M:.*]] = qnt.matmul %[[X]], %[[P]] :
  // CHECK-NEXT: %[[R:.*]] = lm.rope %[[M]], %[[B]], %[[C]], %[[C]] head_size 8 paired
  // CHECK-NEXT: return %[[R]]
  %m = qnt.matmul %x, %w : tensor<?x32xf16>, !qnt.weight<[16, 32], u4, block = 32, scale = f16> -> tensor<?x16xf16>
  %r = lm.rope %m, %b, %c, %c head_size 8 : tensor<?x16xf16>, !qnt.weight<[64, 4], f16>
  return %r : tensor<?x16xf16>
}

// A bias is added to the reordered columns; a rotation of half of a head leaves the other half in place.
// CHECK-LABEL: func.func @bias_and_part_of_a_head
// CHECK-SAME: %[[W:[a-z0-9]+]]: !qnt.weight<[16, 32], f16>, %[[V:[a-z0-9]+]]: !qnt.weight<[16], f16>
func.func @bias_and_part_of_a_head(%w: !qnt.weight<[16, 32], f16>, %v: !qnt.weight<[16], f16>, %b: !lm.batch,
                                   %x: tensor<?x32xf16>, %c: !qnt.weight<[64, 2], f16>) -> tensor<?x16xf16> {
  // CHECK-DAG: %[[P:.*]] = qnt.pair_rows %[[W]] head_size 8 rotary 4
  // CHECK-DAG: %[[Q:.*]] = qnt.pair_rows %[[V]] head_size 8 rotary 4
  // CHECK: qnt.matmul %{{.*}}, %[[P]] bias(%[[Q]] : !qnt.weight<[16], f16>)
  // CHECK-NEXT: lm.rope %{{.*}} paired
  %m = qnt.matmul %x, %w bias(%v : !qnt.weight<[16], f16>)
    : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %r = lm.rope %m, %b, %c, %c head_size 8 : tensor<?x16xf16>, !qnt.weight<[64, 2], f16>
  return %r : tensor<?x16xf16>
}

// Interleaved partners are neighbours already.
// CHECK-LABEL: func.func @interleaved
// CHECK-NOT: qnt.pair_rows
// CHECK: lm.rope %{{.*}} head_size 8 interleaved :
func.func @interleaved(%b: !lm.batch, %x: tensor<?x32xf16>, %w: !qnt.weight<[16, 32], f16>,
                       %c: !qnt.weight<[64, 4], f16>) -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %r = lm.rope %m, %b, %c, %c head_size 8 interleaved : tensor<?x16xf16>, !qnt.weight<[64, 4], f16>
  return %r : tensor<?x16xf16>
}

// The other user of the product reads its columns in order.
// CHECK-LABEL: func.func @further_use
// CHECK-NOT: qnt.pair_rows
// CHECK: lm.rope %{{.*}} head_size 8 :
func.func @further_use(%b: !lm.batch, %x: tensor<?x32xf16>, %w: !qnt.weight<[16, 32], f16>,
                       %c: !qnt.weight<[64, 4], f16>) -> (tensor<?x16xf16>, tensor<?x16xf16>) {
  %m = qnt.matmul %x, %w : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %r = lm.rope %m, %b, %c, %c head_size 8 : tensor<?x16xf16>, !qnt.weight<[64, 4], f16>
  return %m, %r : tensor<?x16xf16>, tensor<?x16xf16>
}

// A norm of each head stands between the matmul and the rotation.
// CHECK-LABEL: func.func @normalized_heads
// CHECK-NOT: qnt.pair_rows
// CHECK: lm.rope %{{.*}} head_size 8 :
func.func @normalized_heads(%b: !lm.batch, %x: tensor<?x32xf16>, %w: !qnt.weight<[16, 32], f16>,
                            %n: !qnt.weight<[8], f16>, %c: !qnt.weight<[64, 4], f16>) -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %h = lm.rms_norm %m, %n epsilon 1.0e-6 group 8 : tensor<?x16xf16>, !qnt.weight<[8], f16> -> tensor<?x16xf16>
  %r = lm.rope %h, %b, %c, %c head_size 8 : tensor<?x16xf16>, !qnt.weight<[64, 4], f16>
  return %r : tensor<?x16xf16>
}
