// RUN: qcc-opt %s --sink-slices | FileCheck %s

// CHECK-LABEL: func.func @packed
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf16>, %[[W:.*]]: !qnt.weight<[24, 8], f16>, %[[B:.*]]: !qnt.weight<[24], f16>)
func.func @packed(%x: tensor<?x8xf16>, %w: !qnt.weight<[24, 8], f16>, %b: !qnt.weight<[24], f16>)
    -> (tensor<?x16xf16>, tensor<?x8xf16>) {
  // CHECK-NOT: lm.slice
  // CHECK-DAG: %[[W0:.*]] = qnt.slice_rows %[[W]] at 0 : <[24, 8], f16> -> <[16, 8], f16>
  // CHECK-DAG: %[[B0:.*]] = qnt.slice_rows %[[B]] at 0 : <[24], f16> -> <[16], f16>
  // CHECK-DAG: %[[Y0:.*]] = qnt.matmul %[[X]], %[[W0]] bias(%[[B0]] : !qnt.weight<[16], f16>)
  // CHECK-DAG: %[[W1:.*]] = qnt.slice_rows %[[W]] at 16 : <[24, 8], f16> -> <[8, 8], f16>
  // CHECK-DAG: %[[B1:.*]] = qnt.slice_rows %[[B]] at 16 : <[24], f16> -> <[8], f16>
  // CHECK-DAG: %[[Y1:.*]] = qnt.matmul %[[X]], %[[W1]] bias(%[[B1]] : !qnt.weight<[8], f16>)
  // CHECK: return %[[Y0]], %[[Y1]]
  %p = qnt.matmul %x, %w bias(%b : !qnt.weight<[24], f16>) : tensor<?x8xf16>, !qnt.weight<[24, 8], f16> -> tensor<?x24xf16>
  %0 = lm.slice %p at 0 : tensor<?x24xf16> -> tensor<?x16xf16>
  %1 = lm.slice %p at 16 : tensor<?x24xf16> -> tensor<?x8xf16>
  return %0, %1 : tensor<?x16xf16>, tensor<?x8xf16>
}

// The whole product is used too: it would be computed twice.
// CHECK-LABEL: func.func @whole_used
func.func @whole_used(%x: tensor<?x8xf16>, %w: !qnt.weight<[24, 8], f16>) -> (tensor<?x24xf16>, tensor<?x8xf16>) {
  // CHECK-NEXT: qnt.matmul
  // CHECK-NEXT: lm.slice
  %p = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[24, 8], f16> -> tensor<?x24xf16>
  %1 = lm.slice %p at 16 : tensor<?x24xf16> -> tensor<?x8xf16>
  return %p, %1 : tensor<?x24xf16>, tensor<?x8xf16>
}
