// RUN: qcc-opt %s --choose-schedules="matrix-of-few-rows=16,16,16,4,4" | FileCheck %s

!w = !qnt.weight<[4096, 4096], u4, block = 128, scale = f16,
                 layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "pairs", runLoads = 2>>
!deep = !qnt.weight<[4096, 5376], u4, block = 128, scale = f16,
                    layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "pairs", runLoads = 2>>
!lanes = !qnt.weight<[4096, 4096], u4, block = 128, scale = f16,
                     layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>>

// All rows in one workgroup; a stage is what four waves keep in registers, 2048 features of 8 rows.
// CHECK-LABEL: func.func @eight
// CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 8, splitK = 4, stage = 2048, prefetch = 8, matrix = <rows = 16, columns = 16, depth = 16, depthLanes = 4, rowRun = 4>>}
func.func @eight(%x: tensor<8x4096xf16>, %w: !w) -> tensor<8x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<8x4096xf16>, !w -> tensor<8x4096xf16>
    lm.yield %m : tensor<8x4096xf16>
  } : tensor<8x4096xf16>
  return %f : tensor<8x4096xf16>
}

// 21 runs in stages of eight: the last is as long.
// CHECK-LABEL: func.func @sixteen
// CHECK: rows = 16, splitK = 4, stage = 1024, prefetch = 8, matrix
func.func @sixteen(%x: tensor<16x5376xf16>, %w: !deep) -> tensor<16x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<16x5376xf16>, !deep -> tensor<16x4096xf16>
    lm.yield %m : tensor<16x4096xf16>
  } : tensor<16x4096xf16>
  return %f : tensor<16x4096xf16>
}

// Weights in a layout for vector instructions.
// CHECK-LABEL: func.func @other_layout
// CHECK: rows = 8
// CHECK-NOT: matrix
func.func @other_layout(%x: tensor<8x4096xf16>, %w: !lanes) -> tensor<8x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<8x4096xf16>, !lanes -> tensor<8x4096xf16>
    lm.yield %m : tensor<8x4096xf16>
  } : tensor<8x4096xf16>
  return %f : tensor<8x4096xf16>
}

// The vector unit keeps up with memory.
// CHECK-LABEL: func.func @three
// CHECK-NOT: matrix
func.func @three(%x: tensor<3x4096xf16>, %w: !w) -> tensor<3x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<3x4096xf16>, !w -> tensor<3x4096xf16>
    lm.yield %m : tensor<3x4096xf16>
  } : tensor<3x4096xf16>
  return %f : tensor<3x4096xf16>
}
