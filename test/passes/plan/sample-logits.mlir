// RUN: qcc-opt %s --sample-logits -split-input-file -verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @decoder
// CHECK-SAME: (%[[B:.*]]: !lm.batch, %[[C:.*]]: !lm.cache<1 x 8 x f16>, %[[X:.*]]: tensor<?x32xf32>, %[[S:.*]]: !lm.sampler<32>)
// CHECK-SAME: -> (tensor<?x32xf32>, !lm.cache<1 x 8 x f16>, !lm.batch, !lm.sampler<32>)
// CHECK: %[[L:.*]] = lm.fused "rows"
// CHECK: %[[F:.*]]:2 = lm.fused "sample" {
// CHECK-NEXT: %[[N:.*]], %[[M:.*]] = lm.sample %[[L]], %[[B]], %[[S]] : tensor<?x32xf32>, <32>
// CHECK-NEXT: lm.yield %[[N]], %[[M]]
// CHECK: return %[[L]], %[[C]], %[[F]]#0, %[[F]]#1
func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %x: tensor<?x32xf32>)
    -> (tensor<?x32xf32>, !lm.cache<1 x 8 x f16>) {
  %l = lm.fused "rows" {
    %0 = lm.silu %x : tensor<?x32xf32>
    lm.yield %0 : tensor<?x32xf32>
  } : tensor<?x32xf32>
  return %l, %c : tensor<?x32xf32>, !lm.cache<1 x 8 x f16>
}

// -----

// expected-error @below {{has no function @decoder}}
module {
}
