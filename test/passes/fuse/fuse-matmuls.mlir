// RUN: qcc-opt %s --fuse-matmuls | FileCheck %s

// Three matmuls of the same rows share a kernel, which stands where the first did; weights come to the top.
// CHECK-LABEL: func.func @shared_rows
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x8xf16>
func.func @shared_rows(%x: tensor<?x8xf16>) -> (tensor<?x8xf16>, tensor<?x4xf16>) {
  // CHECK-NEXT: %[[Q:.*]] = qnt.parameter "q"
  // CHECK-NEXT: %[[K:.*]] = qnt.parameter "k"
  // CHECK-NEXT: %[[P:.*]] = qnt.pair_rows %[[K]]
  // CHECK-NEXT: %[[F:.*]]:3 = lm.fused "matmul" {
  // CHECK-NEXT:   %[[A:.*]] = qnt.matmul %[[X]], %[[Q]]
  // CHECK-NEXT:   %[[B:.*]] = qnt.matmul %[[X]], %[[P]]
  // CHECK-NEXT:   %[[C:.*]] = qnt.matmul %[[X]], %[[K]]
  // CHECK-NEXT:   lm.yield %[[A]], %[[B]], %[[C]] :
  // CHECK-NEXT: } : tensor<?x8xf16>, tensor<?x4xf16>, tensor<?x4xf16>
  // CHECK-NEXT: %[[S:.*]] = lm.silu %[[F]]#0
  // CHECK-NEXT: %[[T:.*]] = lm.add %[[F]]#1, %[[F]]#2
  // CHECK-NEXT: return %[[S]], %[[T]]
  %wq = qnt.parameter "q" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
  %q = qnt.matmul %x, %wq : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
  %s = lm.silu %q : tensor<?x8xf16>
  %wk = qnt.parameter "k" values <"m", 128, 64> storage rows : !qnt.weight<[4, 8], f16>
  %wp = qnt.pair_rows %wk head_size 4 rotary 4 : !qnt.weight<[4, 8], f16>
  %k = qnt.matmul %x, %wp : tensor<?x8xf16>, !qnt.weight<[4, 8], f16> -> tensor<?x4xf16>
  %v = qnt.matmul %x, %wk : tensor<?x8xf16>, !qnt.weight<[4, 8], f16> -> tensor<?x4xf16>
  %t = lm.add %k, %v : tensor<?x4xf16>
  return %s, %t : tensor<?x8xf16>, tensor<?x4xf16>
}

// Of other rows: a kernel of its own.
// CHECK-LABEL: func.func @other_rows
func.func @other_rows(%x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>) -> tensor<?x8xf16> {
  // CHECK: %[[F:.*]] = lm.fused "matmul" {
  // CHECK-NEXT: %[[A:.*]] = qnt.matmul %{{.*}}, %{{.*}}
  // CHECK-NEXT: lm.yield %[[A]] : tensor<?x8xf16>
  // CHECK: %[[G:.*]] = lm.fused "matmul" {
  // CHECK-NEXT: %[[B:.*]] = qnt.matmul %[[F]], %{{.*}}
  // CHECK-NEXT: lm.yield %[[B]] : tensor<?x8xf16>
  // CHECK: return %[[G]]
  %a = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
  %b = qnt.matmul %a, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
  return %b : tensor<?x8xf16>
}

// CHECK-LABEL: func.func @no_matmul
// CHECK-NOT: lm.fused
// CHECK: lm.silu
func.func @no_matmul(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %s = lm.silu %x : tensor<?x8xf16>
  return %s : tensor<?x8xf16>
}
