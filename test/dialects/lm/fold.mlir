// RUN: qcc-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @scale_by_one
// CHECK-SAME: (%[[X:.*]]: tensor
func.func @scale_by_one(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: return %[[X]]
  %0 = lm.scale %x by 1.0 : tensor<?x8xf16>
  return %0 : tensor<?x8xf16>
}

// CHECK-LABEL: func.func @cast_to_own_type
// CHECK-SAME: (%[[X:.*]]: tensor
func.func @cast_to_own_type(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: return %[[X]]
  %0 = lm.cast %x : tensor<?x8xf16> -> tensor<?x8xf16>
  return %0 : tensor<?x8xf16>
}

// CHECK-LABEL: func.func @cast_there_and_back
// CHECK-SAME: (%[[X:.*]]: tensor
func.func @cast_there_and_back(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: return %[[X]]
  %0 = lm.cast %x : tensor<?x8xf16> -> tensor<?x8xf32>
  %1 = lm.cast %0 : tensor<?x8xf32> -> tensor<?x8xf16>
  return %1 : tensor<?x8xf16>
}

// A narrower type on the way loses bits: it stays.
// CHECK-LABEL: func.func @cast_through_narrower
func.func @cast_through_narrower(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK-COUNT-2: lm.cast
  %0 = lm.cast %x : tensor<?x8xf32> -> tensor<?x8xf16>
  %1 = lm.cast %0 : tensor<?x8xf16> -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @slice_of_all_features
// CHECK-SAME: (%[[X:.*]]: tensor
func.func @slice_of_all_features(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: return %[[X]]
  %0 = lm.slice %x at 0 : tensor<?x8xf16> -> tensor<?x8xf16>
  return %0 : tensor<?x8xf16>
}
