// RUN: example-opt %s --merge-scales | FileCheck %s

// CHECK-LABEL: func.func @three_in_a_row
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf16>)
func.func @three_in_a_row(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[Y:.*]] = lm.scale %[[X]] by 3.000000e+00
  // CHECK-NEXT: return %[[Y]]
  %a = lm.scale %x by 0.5 : tensor<?x8xf16>
  %b = lm.scale %a by 3.0 : tensor<?x8xf16>
  %y = lm.scale %b by 2.0 : tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// Another use keeps the first scale, and the second no longer waits for it.
// CHECK-LABEL: func.func @used_twice
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf16>)
func.func @used_twice(%x: tensor<?x8xf16>) -> (tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK-DAG: %[[A:.*]] = lm.scale %[[X]] by 5.000000e-01
  // CHECK-DAG: %[[Y:.*]] = lm.scale %[[X]] by 1.500000e+00
  // CHECK: return %[[A]], %[[Y]]
  %a = lm.scale %x by 0.5 : tensor<?x8xf16>
  %y = lm.scale %a by 3.0 : tensor<?x8xf16>
  return %a, %y : tensor<?x8xf16>, tensor<?x8xf16>
}

// 1e30 * 1e30 is infinite in fp32, though no step of the two is for a small x.
// CHECK-LABEL: func.func @too_large
func.func @too_large(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK-NEXT: lm.scale %{{.*}} by 1.000000e+30
  // CHECK-NEXT: lm.scale %{{.*}} by 1.000000e+30
  %a = lm.scale %x by 1.0e30 : tensor<?x8xf32>
  %y = lm.scale %a by 1.0e30 : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
