// RUN: qcc-opt %s --form-silu | FileCheck %s

// CHECK-LABEL: func.func @either_side
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf16>)
func.func @either_side(%x: tensor<?x8xf16>) -> (tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK-NEXT: %[[A:.*]] = lm.silu %[[X]]
  // CHECK-NEXT: %[[B:.*]] = lm.silu %[[X]]
  // CHECK-NEXT: return %[[A]], %[[B]]
  %s = lm.sigmoid %x : tensor<?x8xf16>
  %a = lm.mul %x, %s : tensor<?x8xf16>
  %b = lm.mul %s, %x : tensor<?x8xf16>
  return %a, %b : tensor<?x8xf16>, tensor<?x8xf16>
}

// The gate of another value is no SiLU.
// CHECK-LABEL: func.func @other_factor
func.func @other_factor(%x: tensor<?x8xf16>, %y: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: lm.sigmoid
  // CHECK-NEXT: lm.mul
  %s = lm.sigmoid %x : tensor<?x8xf16>
  %a = lm.mul %y, %s : tensor<?x8xf16>
  return %a : tensor<?x8xf16>
}
