// RUN: qcc-opt %s --separate-norms="matrix=32,32,8,2,4" | FileCheck %s
// RUN: qcc-opt %s --separate-norms | FileCheck %s --check-prefix=NONE

!w = !qnt.weight<[256, 512], u4, block = 128, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
!n = !qnt.weight<[512], f16>

// CHECK-LABEL: func.func @many_rows(
// CHECK-SAME: %[[X:.*]]: tensor<64x512xf32>, %[[N:.*]]: !qnt.weight<[512], f16>
// CHECK: %[[Y:.*]] = lm.fused "rows" {
// CHECK-NEXT: %[[NORM:.*]] = lm.rms_norm %[[X]], %[[N]] epsilon 1.000000e-05 : tensor<64x512xf32>, <[512], f16> -> tensor<64x512xf16>
// CHECK-NEXT: lm.yield %[[NORM]]
// CHECK: lm.fused "matmul" {
// CHECK-NEXT: qnt.matmul %[[Y]],
// NONE-LABEL: func.func @many_rows(
// NONE-NOT: lm.fused "rows"
// NONE: lm.fused "matmul" {
// NONE-NEXT: lm.rms_norm
func.func @many_rows(%x: tensor<64x512xf32>, %n: !n, %w: !w) -> tensor<64x256xf16> {
  %f = lm.fused "matmul" {
    %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<64x512xf32>, !n -> tensor<64x512xf16>
    %m = qnt.matmul %y, %w : tensor<64x512xf16>, !w -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  return %f : tensor<64x256xf16>
}

// All rows are normalized, those whose logits are wanted are chosen later: the kernel counts them.
// CHECK-LABEL: func.func @selected_rows(
// CHECK-SAME: %[[X:.*]]: tensor<64x512xf16>
// CHECK: %[[Y:.*]] = lm.fused "rows" {
// CHECK-NEXT: lm.rms_norm %[[X]],
// CHECK: lm.fused "matmul" {
// CHECK-NEXT: %[[S:.*]] = lm.select_rows %[[Y]], %{{.*}} : tensor<64x512xf16>
// CHECK-NEXT: qnt.matmul %[[S]],
func.func @selected_rows(%x: tensor<64x512xf16>, %n: !n, %w: !w, %b: !lm.batch) -> tensor<64x256xf16> {
  %f = lm.fused "matmul" {
    %s = lm.select_rows %x, %b : tensor<64x512xf16>
    %y = lm.rms_norm %s, %n epsilon 1.0e-5 : tensor<64x512xf16>, !n -> tensor<64x512xf16>
    %m = qnt.matmul %y, %w : tensor<64x512xf16>, !w -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  return %f : tensor<64x256xf16>
}

// Decode streams its weights past few rows, and normalizes them on the way.
// CHECK-LABEL: func.func @few_rows(
// CHECK-NOT: lm.fused "rows"
// CHECK: lm.fused "matmul" {
// CHECK-NEXT: lm.rms_norm
func.func @few_rows(%x: tensor<16x512xf16>, %n: !n, %w: !w) -> tensor<16x256xf16> {
  %f = lm.fused "matmul" {
    %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<16x512xf16>, !n -> tensor<16x512xf16>
    %m = qnt.matmul %y, %w : tensor<16x512xf16>, !w -> tensor<16x256xf16>
    lm.yield %m : tensor<16x256xf16>
  } : tensor<16x256xf16>
  return %f : tensor<16x256xf16>
}
