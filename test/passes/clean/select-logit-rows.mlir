// RUN: qcc-opt %s --select-logit-rows | FileCheck %s

// Rows are selected before the norm and the head, and not before the residual.
// CHECK-LABEL: func.func @head
// CHECK-SAME: (%[[B:.*]]: !lm.batch, %[[X:.*]]: tensor<?x8xf16>, %[[N:.*]]: !qnt.weight<[8], f16>, %[[W:.*]]: !qnt.weight<[24, 8], f16>)
func.func @head(%b: !lm.batch, %x: tensor<?x8xf16>, %n: !qnt.weight<[8], f16>, %w: !qnt.weight<[24, 8], f16>)
    -> tensor<?x24xf32> {
  // CHECK-NEXT: %[[R:.*]] = lm.add %[[X]], %[[X]]
  // CHECK-NEXT: %[[S:.*]] = lm.select_rows %[[R]], %[[B]] : tensor<?x8xf16>
  // CHECK-NEXT: %[[Y:.*]] = lm.rms_norm %[[S]], %[[N]]
  // CHECK-NEXT: %[[L:.*]] = qnt.matmul %[[Y]], %[[W]]
  // CHECK-NEXT: %[[O:.*]] = lm.cast %[[L]]
  // CHECK-NEXT: return %[[O]]
  %r = lm.add %x, %x : tensor<?x8xf16>
  %y = lm.rms_norm %r, %n epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %l = qnt.matmul %y, %w : tensor<?x8xf16>, !qnt.weight<[24, 8], f16> -> tensor<?x24xf16>
  %c = lm.cast %l : tensor<?x24xf16> -> tensor<?x24xf32>
  %o = lm.select_rows %c, %b : tensor<?x24xf32>
  return %o : tensor<?x24xf32>
}

// The product of all rows is used too: it is not computed again for some.
// CHECK-LABEL: func.func @further_use
func.func @further_use(%b: !lm.batch, %x: tensor<?x8xf16>, %w: !qnt.weight<[24, 8], f16>)
    -> (tensor<?x24xf16>, tensor<?x24xf16>) {
  // CHECK-NEXT: qnt.matmul
  // CHECK-NEXT: lm.select_rows
  %l = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[24, 8], f16> -> tensor<?x24xf16>
  %o = lm.select_rows %l, %b : tensor<?x24xf16>
  return %l, %o : tensor<?x24xf16>, tensor<?x24xf16>
}
