// RUN: qcc-opt %s --widen-logits -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @decoder
// CHECK-SAME: %[[C:[a-z0-9]+]]: !lm.cache<1 x 8 x f16>, %[[L:[a-z0-9]+]]: tensor<?x8xf16>) -> (tensor<?x8xf32>, !lm.cache<1 x 8 x f16>)
func.func @decoder(%c: !lm.cache<1 x 8 x f16>, %l: tensor<?x8xf16>) -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
  // CHECK-NEXT: %[[W:.*]] = lm.cast %[[L]] : tensor<?x8xf16> -> tensor<?x8xf32>
  // CHECK-NEXT: return %[[W]], %[[C]] : tensor<?x8xf32>, !lm.cache<1 x 8 x f16>
  return %l, %c : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
}

// -----

// CHECK-LABEL: func.func @wide_already
// CHECK-SAME: (%[[L:[a-z0-9]+]]: tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT: return %[[L]]
func.func @wide_already(%l: tensor<?x8xf32>) -> tensor<?x8xf32> {
  return %l : tensor<?x8xf32>
}
