// RUN: qcc-opt %s --fuse-norms -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @selected_and_normalized
// CHECK-SAME: (%[[B:[a-z0-9]+]]: !lm.batch, %[[X:[a-z0-9]+]]: tensor<?x8xf16>, %[[N:[a-z0-9]+]]: !qnt.weight<[8], f16>, %[[W:[a-z0-9]+]]: !qnt.weight<[16, 8], f16>)
func.func @selected_and_normalized(%b: !lm.batch, %x: tensor<?x8xf16>, %n: !qnt.weight<[8], f16>,
                                   %w: !qnt.weight<[16, 8], f16>) -> tensor<?x16xf16> {
  // CHECK-NEXT: lm.fused "matmul" {
  // CHECK-NEXT:   %[[S:.*]] = lm.select_rows %[[X]], %[[B]]
  // CHECK-NEXT:   %[[Y:.*]] = lm.rms_norm %[[S]], %[[N]]
  // CHECK-NEXT:   qnt.matmul %[[Y]], %[[W]]
  %s = lm.select_rows %x, %b : tensor<?x8xf16>
  %y = lm.rms_norm %s, %n epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %l = lm.fused "matmul" {
    %m = qnt.matmul %y, %w : tensor<?x8xf16>, !qnt.weight<[16, 8], f16> -> tensor<?x16xf16>
    lm.yield %m : tensor<?x16xf16>
  } : tensor<?x16xf16>
  return %l : tensor<?x16xf16>
}

// -----

// Two kernels read the norm and the model returns it: both compute it again, and the original stays.
// CHECK-LABEL: func.func @several_readers
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x8xf16>
func.func @several_readers(%x: tensor<?x8xf16>, %n: !qnt.weight<[8], f16>, %w: !qnt.weight<[8, 8], f16>)
    -> (tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK: %[[Y:.*]] = lm.rms_norm %[[X]]
  // CHECK-NEXT: %[[F:.*]]:2 = lm.fused "matmul" {
  // CHECK-NEXT:   %[[A:.*]] = lm.rms_norm %[[X]]
  // CHECK-NEXT:   qnt.matmul %[[A]],
  // CHECK-NEXT:   qnt.matmul %[[A]],
  // CHECK: return %[[Y]], %[[F]]#0, %[[F]]#1
  %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %f:2 = lm.fused "matmul" {
    %m = qnt.matmul %y, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %k = qnt.matmul %y, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m, %k : tensor<?x8xf16>, tensor<?x8xf16>
  } : tensor<?x8xf16>, tensor<?x8xf16>
  return %y, %f#0, %f#1 : tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>
}

// -----

// A norm of each head is no norm of the row, and of two norms one remains outside.
// CHECK-LABEL: func.func @declines
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x8xf16>
func.func @declines(%x: tensor<?x8xf16>, %h: !qnt.weight<[4], f16>, %n: !qnt.weight<[8], f16>,
                    %w: !qnt.weight<[8, 8], f16>) -> (tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK-NEXT: %[[G:.*]] = lm.rms_norm %[[X]], %{{.*}} group 4
  // CHECK-NEXT: lm.fused "matmul" {
  // CHECK-NEXT:   qnt.matmul %[[G]],
  // CHECK: %[[O:.*]] = lm.rms_norm %[[X]], %{{.*}} epsilon
  // CHECK-NEXT: lm.fused "matmul" {
  // CHECK-NEXT:   %[[I:.*]] = lm.rms_norm %[[O]]
  // CHECK-NEXT:   qnt.matmul %[[I]],
  %g = lm.rms_norm %x, %h epsilon 1.0e-5 group 4 : tensor<?x8xf16>, !qnt.weight<[4], f16> -> tensor<?x8xf16>
  %a = lm.fused "matmul" {
    %m = qnt.matmul %g, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %o = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %i = lm.rms_norm %o, %n epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %b = lm.fused "matmul" {
    %m = qnt.matmul %i, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %a, %b : tensor<?x8xf16>, tensor<?x8xf16>
}

// -----

// Kernels of other kinds compute no norm for a matmul.
// CHECK-LABEL: func.func @other_kind
// CHECK: lm.rms_norm
// CHECK-NEXT: lm.fused "rows" {
// CHECK-NEXT: lm.silu
func.func @other_kind(%x: tensor<?x8xf16>, %n: !qnt.weight<[8], f16>) -> tensor<?x8xf16> {
  %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<?x8xf16>, !qnt.weight<[8], f16> -> tensor<?x8xf16>
  %f = lm.fused "rows" {
    %s = lm.silu %y : tensor<?x8xf16>
    lm.yield %s : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %f : tensor<?x8xf16>
}

// -----

// Quantized rows: their norm is a factor of the scales.
// CHECK-LABEL: func.func @quantized
// CHECK-SAME: (%[[B:[a-z0-9]+]]: !lm.batch, %[[Q:[a-z0-9]+]]: !qnt.activation<?x128xi8, block = 128, squares>,
func.func @quantized(%b: !lm.batch, %q: !qnt.activation<?x128xi8, block = 128, squares>,
                     %w: !qnt.weight<[16, 128], u4, block = 32, scale = f16>) -> tensor<?x16xf16> {
  // CHECK-NEXT: lm.fused "matmul" {
  // CHECK-NEXT:   %[[R:.*]] = lm.select_rows %[[Q]], %[[B]]
  // CHECK-NEXT:   %[[S:.*]] = qnt.scale_by_norm %[[R]]
  // CHECK-NEXT:   qnt.matmul %[[S]],
  %r = lm.select_rows %q, %b : !qnt.activation<?x128xi8, block = 128, squares>
  %s = qnt.scale_by_norm %r epsilon 1.0e-5
    : !qnt.activation<?x128xi8, block = 128, squares> -> !qnt.activation<?x128xi8, block = 128>
  %l = lm.fused "matmul" {
    %m = qnt.matmul %s, %w
      : !qnt.activation<?x128xi8, block = 128>, !qnt.weight<[16, 128], u4, block = 32, scale = f16> -> tensor<?x16xf16>
    lm.yield %m : tensor<?x16xf16>
  } : tensor<?x16xf16>
  return %l : tensor<?x16xf16>
}
