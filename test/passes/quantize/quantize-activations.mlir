// RUN: qcc-opt %s --quantize-activations --verify-quantize | FileCheck %s
// RUN: qcc-opt %s --quantize-activations --cse | FileCheck %s --check-prefix=SHARED

// CHECK-LABEL: func.func @matmul
// CHECK-SAME: (%[[X:.*]]: tensor<?x256xf16>, %[[W:.*]]: !qnt.weight<[8, 256], u4, block = 32, scale = f16>,
// CHECK-SAME: %[[B:.*]]: !qnt.weight<[8], f16>)
func.func @matmul(%x: tensor<?x256xf16>, %w: !qnt.weight<[8, 256], u4, block = 32, scale = f16>,
                  %b: !qnt.weight<[8], f16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[Q:.*]] = qnt.quantize %[[X]] : tensor<?x256xf16> -> <?x256xi8, block = 128>
  // CHECK-NEXT: %[[Y:.*]] = qnt.matmul %[[Q]], %[[W]] bias(%[[B]] : !qnt.weight<[8], f16>)
  // CHECK-NEXT: return %[[Y]]
  %y = qnt.matmul %x, %w bias(%b : !qnt.weight<[8], f16>)
    : tensor<?x256xf16>, !qnt.weight<[8, 256], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// Rows that a norm makes are quantized in front of it; matmuls of the same rows share them.
// CHECK-LABEL: func.func @norm
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<?x256xf16>, %[[N:[a-z0-9]+]]: !qnt.weight<[256], f32>,
func.func @norm(%x: tensor<?x256xf16>, %n: !qnt.weight<[256], f32>,
                %v: !qnt.weight<[8, 256], i8, block = 256, scale = f32>,
                %w: !qnt.weight<[8, 256], u4, block = 32, scale = f16, zero = u4>)
    -> (tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK: %[[Q:.*]] = qnt.quantize %[[X]] weighted(%[[N]] : !qnt.weight<[256], f32>) : tensor<?x256xf16> -> <?x256xi8, block = 128, squares>
  // CHECK: %[[S:.*]] = qnt.scale_by_norm %[[Q]] epsilon 9.9999999999999995E-7 : <?x256xi8, block = 128, squares> -> <?x256xi8, block = 128>
  // CHECK: qnt.matmul %[[S]], %{{.*}} : !qnt.activation<?x256xi8, block = 128>
  // SHARED-LABEL: func.func @norm
  // SHARED: %[[S:.*]] = qnt.scale_by_norm
  // SHARED-NEXT: qnt.matmul %[[S]]
  // SHARED-NEXT: qnt.matmul %[[S]]
  // CHECK-NOT: lm.rms_norm
  %r = lm.rms_norm %x, %n epsilon 1.0e-6 : tensor<?x256xf16>, !qnt.weight<[256], f32> -> tensor<?x256xf16>
  %y = qnt.matmul %r, %v : tensor<?x256xf16>, !qnt.weight<[8, 256], i8, block = 256, scale = f32> -> tensor<?x8xf16>
  %z = qnt.matmul %r, %w
    : tensor<?x256xf16>, !qnt.weight<[8, 256], u4, block = 32, scale = f16, zero = u4> -> tensor<?x8xf16>
  return %y, %z : tensor<?x8xf16>, tensor<?x8xf16>
}

// The head: all rows are quantized where they are made, and some of them selected.
// CHECK-LABEL: func.func @head
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<?x128xf16>, %[[B:[a-z0-9]+]]: !lm.batch,
func.func @head(%x: tensor<?x128xf16>, %b: !lm.batch, %n: !qnt.weight<[128], f16>,
                %w: !qnt.weight<[8, 128], u4, block = 32, scale = f16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[Q:.*]] = qnt.quantize %[[X]] weighted
  // CHECK-NEXT: %[[R:.*]] = lm.select_rows %[[Q]], %[[B]] : !qnt.activation<?x128xi8, block = 128, squares>
  // CHECK-NEXT: %[[S:.*]] = qnt.scale_by_norm %[[R]]
  // CHECK-NEXT: qnt.matmul %[[S]]
  %s = lm.select_rows %x, %b : tensor<?x128xf16>
  %r = lm.rms_norm %s, %n epsilon 1.0e-6 : tensor<?x128xf16>, !qnt.weight<[128], f16> -> tensor<?x128xf16>
  %y = qnt.matmul %r, %w : tensor<?x128xf16>, !qnt.weight<[8, 128], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// A factor for each head is no factor of the row: what that norm makes is quantized.
// CHECK-LABEL: func.func @norm_of_heads
func.func @norm_of_heads(%x: tensor<?x128xf16>, %n: !qnt.weight<[64], f16>,
                         %w: !qnt.weight<[8, 128], u4, block = 32, scale = f16>) -> tensor<?x8xf16> {
  // CHECK-NEXT: %[[R:.*]] = lm.rms_norm
  // CHECK-NEXT: qnt.quantize %[[R]] : tensor
  %r = lm.rms_norm %x, %n epsilon 1.0e-6 group 64 : tensor<?x128xf16>, !qnt.weight<[64], f16> -> tensor<?x128xf16>
  %y = qnt.matmul %r, %w : tensor<?x128xf16>, !qnt.weight<[8, 128], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// Floating-point weights, other widths, and K that is no multiple of 128 keep their rows.
// CHECK-LABEL: func.func @declines
func.func @declines(%x: tensor<?x128xf16>, %f: !qnt.weight<[8, 128], f16>,
                    %w: !qnt.weight<[8, 128], u2, block = 32, scale = f16>,
                    %z: tensor<?x64xf16>, %v: !qnt.weight<[8, 64], u4, block = 32, scale = f16>)
    -> (tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>) {
  // CHECK-NOT: qnt.quantize
  %0 = qnt.matmul %x, %f : tensor<?x128xf16>, !qnt.weight<[8, 128], f16> -> tensor<?x8xf16>
  %1 = qnt.matmul %x, %w : tensor<?x128xf16>, !qnt.weight<[8, 128], u2, block = 32, scale = f16> -> tensor<?x8xf16>
  %2 = qnt.matmul %z, %v : tensor<?x64xf16>, !qnt.weight<[8, 64], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %0, %1, %2 : tensor<?x8xf16>, tensor<?x8xf16>, tensor<?x8xf16>
}
