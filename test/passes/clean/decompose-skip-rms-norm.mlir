// RUN: qcc-opt %s --decompose-skip-rms-norm | FileCheck %s

// CHECK-LABEL: func.func @both_results
// CHECK-SAME: (%[[X:.*]]: tensor<?x64xf16>, %[[S:.*]]: tensor<?x64xf16>, %[[W:.*]]: !qnt.weight<[64], f16>)
func.func @both_results(%x: tensor<?x64xf16>, %s: tensor<?x64xf16>, %w: !qnt.weight<[64], f16>)
    -> (tensor<?x64xf16>, tensor<?x64xf16>) {
  // CHECK-NEXT: %[[SUM:.*]] = lm.add %[[X]], %[[S]]
  // CHECK-NEXT: %[[Y:.*]] = lm.rms_norm %[[SUM]], %[[W]] epsilon 1.000000e-05
  // CHECK-NEXT: return %[[Y]], %[[SUM]]
  %y, %sum = lm.skip_rms_norm %x, %s, %w epsilon 1.0e-5
    : tensor<?x64xf16>, tensor<?x64xf16>, !qnt.weight<[64], f16> -> tensor<?x64xf16>, tensor<?x64xf16>
  return %y, %sum : tensor<?x64xf16>, tensor<?x64xf16>
}
