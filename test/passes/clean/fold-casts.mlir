// RUN: qcc-opt %s --fold-casts | FileCheck %s

// CHECK-LABEL: func.func @around_norm
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf16>, %[[W:.*]]: !qnt.weight<[8], f32>)
func.func @around_norm(%x: tensor<?x8xf16>, %w: !qnt.weight<[8], f32>) -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[Y:.*]] = lm.rms_norm %[[X]], %[[W]] epsilon 1.000000e-05 : tensor<?x8xf16>, <[8], f32> -> tensor<?x8xf16>
  // CHECK-NEXT: return %[[Y]]
  %a = lm.cast %x : tensor<?x8xf16> -> tensor<?x8xf32>
  %b = lm.rms_norm %a, %w epsilon 1.0e-5 : tensor<?x8xf32>, !qnt.weight<[8], f32> -> tensor<?x8xf32>
  %y = lm.cast %b : tensor<?x8xf32> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// A narrowing cast before the norm loses bits: it stays.
// CHECK-LABEL: func.func @narrowing_before
func.func @narrowing_before(%x: tensor<?x8xf32>, %w: !qnt.weight<[8], f16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: lm.cast
  // CHECK-NEXT: lm.rms_norm
  %a = lm.cast %x : tensor<?x8xf32> -> tensor<?x8xf16>
  %b = lm.rms_norm %a, %w epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  return %b : tensor<?x8xf16>
}

// The norm's f16 result is rounded before it is widened: both stay.
// CHECK-LABEL: func.func @widening_after
func.func @widening_after(%x: tensor<?x8xf16>, %w: !qnt.weight<[8], f16>) -> tensor<?x8xf32> {
  // CHECK-NEXT: lm.rms_norm
  // CHECK-NEXT: lm.cast
  %a = lm.rms_norm %x, %w epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %b = lm.cast %a : tensor<?x8xf16> -> tensor<?x8xf32>
  return %b : tensor<?x8xf32>
}

// The f32 result is wanted too: the norm is not computed twice.
// CHECK-LABEL: func.func @further_use
func.func @further_use(%x: tensor<?x8xf16>, %w: !qnt.weight<[8], f32>) -> (tensor<?x8xf32>, tensor<?x8xf16>) {
  // CHECK-NEXT: lm.rms_norm
  // CHECK-NEXT: lm.cast
  %b = lm.rms_norm %x, %w epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f32> -> tensor<?x8xf32>
  %y = lm.cast %b : tensor<?x8xf32> -> tensor<?x8xf16>
  return %b, %y : tensor<?x8xf32>, tensor<?x8xf16>
}
