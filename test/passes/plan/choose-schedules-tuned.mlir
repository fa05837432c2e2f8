// RUN: qcc-opt %s --choose-layouts --choose-schedules | FileCheck %s

// A tuned kernel takes its layout from the tuning, and its schedule where it has the batch's rows.
!w = !qnt.weight<[256, 4096], u4, block = 32, scale = f16>
#tuning = #tile.tuning<batch = 2, lanesK = 8, loads = 1, columnsPerLane = 2, rows = 2, splitK = 2, stage = 2048, prefetch = 8>

// CHECK-LABEL: func.func @tuned
// CHECK: qnt.pack {{.*}}#qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 2, order = "pairs">
// CHECK: tile.schedule = #tile.schedule<waves = 4, rows = 2, splitK = 2, stage = 2048, prefetch = 8>
func.func @tuned(%x: tensor<2x4096xf16>, %w: !w) -> tensor<2x256xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<2x4096xf16>, !w -> tensor<2x256xf16>
    lm.yield %m : tensor<2x256xf16>
  } {tile.tuning = #tuning} : tensor<2x256xf16>
  return %f : tensor<2x256xf16>
}

// CHECK-LABEL: func.func @tuned_for_other_rows
// CHECK: qnt.pack {{.*}}#qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 2, order = "pairs">
// CHECK: tile.schedule = #tile.schedule<waves = 4, rows = 3, splitK = 4, stage = 0, prefetch = 4>
func.func @tuned_for_other_rows(%x: tensor<3x4096xf16>, %w: !w) -> tensor<3x256xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<3x4096xf16>, !w -> tensor<3x256xf16>
    lm.yield %m : tensor<3x256xf16>
  } {tile.tuning = #tuning} : tensor<3x256xf16>
  return %f : tensor<3x256xf16>
}
