// RUN: qcc-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @slice_of_all_rows
// CHECK-SAME: (%[[W:.*]]: !qnt.weight
func.func @slice_of_all_rows(%w: !qnt.weight<[8, 8], f16>) -> !qnt.weight<[8, 8], f16> {
  // CHECK-NEXT: return %[[W]]
  %0 = qnt.slice_rows %w at 0 : !qnt.weight<[8, 8], f16> -> !qnt.weight<[8, 8], f16>
  return %0 : !qnt.weight<[8, 8], f16>
}
