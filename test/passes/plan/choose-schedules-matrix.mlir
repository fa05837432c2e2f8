// RUN: qcc-opt %s --choose-schedules="matrix=32,32,8,2,4 matrix-of-bytes=32,32,16,2,4 unpacking-rows=26" | FileCheck %s
// RUN: qcc-opt %s --choose-schedules="wave-size=32 compute-units=96 matrix=16,16,16,1,1 matrix-of-bytes=16,16,16,1,1 unpacking-rows=13" | FileCheck %s --check-prefix=WAVE32
// RUN: qcc-opt %s --choose-schedules="matrix=32,32,8,2,4 matrix-of-bytes=32,32,16,2,4 unpacking-rows=26 products-of-latency=1376256" | FileCheck %s --check-prefix=SPLIT

!wide = !qnt.weight<[131072, 4096], u4, block = 128, scale = f16,
                    layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>>
!w = !qnt.weight<[4096, 4096], u4, block = 128, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>>

// Columns for every compute unit: workgroups of 128 rows unpack each weight least often.
// CHECK-LABEL: func.func @wide
// CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 128, splitK = 1, stage = 64, columns = 32, matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>}
// WAVE32-LABEL: func.func @wide
// WAVE32: {tile.schedule = #tile.schedule<waves = 8, rows = 128, splitK = 1, stage = 32, columns = 16, matrix = <rows = 16, columns = 16, depth = 16, depthLanes = 1, rowRun = 1>>}
func.func @wide(%x: tensor<512x4096xf16>, %w: !wide) -> tensor<512x131072xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<512x4096xf16>, !wide -> tensor<512x131072xf16>
    lm.yield %m : tensor<512x131072xf16>
  } : tensor<512x131072xf16>
  return %f : tensor<512x131072xf16>
}

// 4096 columns in 32 workgroups: with 64 rows they spread over twice as many compute units.
// CHECK-LABEL: func.func @narrow
// CHECK: rows = 64, splitK = 1, stage = 64, columns = 32, matrix
func.func @narrow(%x: tensor<512x4096xbf16>, %w: !w) -> tensor<512x4096xbf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<512x4096xbf16>, !w -> tensor<512x4096xbf16>
    lm.yield %m : tensor<512x4096xbf16>
  } : tensor<512x4096xbf16>
  return %f : tensor<512x4096xbf16>
}

// 64 rows: 64 workgroups for 304 compute units, or four times as many that share K. Of 512 rows the sums of
// several workgroups would be more than what a fuller chip saves.
// SPLIT-LABEL: func.func @wide
// SPLIT-NOT: splits
// SPLIT-LABEL: func.func @narrow
// SPLIT-NOT: splits
// SPLIT-LABEL: func.func @few_rows
// SPLIT: rows = 32, splitK = 1, stage = 64, splits = 4, columns = 32, matrix
// CHECK-LABEL: func.func @few_rows
// CHECK-NOT: splits
func.func @few_rows(%x: tensor<64x4096xf16>, %w: !w) -> tensor<64x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<64x4096xf16>, !w -> tensor<64x4096xf16>
    lm.yield %m : tensor<64x4096xf16>
  } : tensor<64x4096xf16>
  return %f : tensor<64x4096xf16>
}

// Quantized rows take the instruction for bytes, in stages of features that share a scale; RDNA3's hold many registers.
!q = !qnt.activation<512x4096xi8, block = 128>
!bytes = !qnt.weight<[131072, 4096], u4, block = 128, scale = f16,
                     layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 4>>
// CHECK-LABEL: func.func @quantized
// CHECK: rows = 128, splitK = 1, stage = 128, columns = 32, matrix = <rows = 32, columns = 32, depth = 16, depthLanes = 2, rowRun = 4>
// WAVE32-LABEL: func.func @quantized
// WAVE32: rows = 32, splitK = 1, stage = 128, columns = 16, matrix
func.func @quantized(%x: !q, %w: !bytes) -> tensor<512x131072xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : !q, !bytes -> tensor<512x131072xf16>
    lm.yield %m : tensor<512x131072xf16>
  } : tensor<512x131072xf16>
  return %f : tensor<512x131072xf16>
}

// Of two matmuls of 8 bits, RDNA3's lanes would hold 64 words for a stage of 128 features.
!gate = !qnt.weight<[16384, 4096], u8, block = 128, scale = f16,
                    layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 8>>
// CHECK-LABEL: func.func @gate_up
// CHECK: stage = 128, columns = 32, matrix
// WAVE32-LABEL: func.func @gate_up
// WAVE32: rows = 32, splitK = 1, stage = 64, columns = 16, matrix
func.func @gate_up(%x: !q, %g: !gate, %u: !gate) -> tensor<512x16384xf16> {
  %f = lm.fused "matmul" {
    %0 = qnt.matmul %x, %g : !q, !gate -> tensor<512x16384xf16>
    %1 = qnt.matmul %x, %u : !q, !gate -> tensor<512x16384xf16>
    %2 = lm.mul %0, %1 : tensor<512x16384xf16>
    lm.yield %2 : tensor<512x16384xf16>
  } : tensor<512x16384xf16>
  return %f : tensor<512x16384xf16>
}

// So they do with zero points, where a run is shorter or longer than a stage, and where runs pad K.
!q3584 = !qnt.activation<512x3584xi8, block = 128>
!zeros = !qnt.weight<[4096, 4096], u4, block = 64, scale = f16, zero = u4,
                     layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 2>>
!lanes = !qnt.weight<[4096, 3584], u4, block = 128, scale = f16,
                     layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes">>
!channels = !qnt.weight<[4096, 4096], u8, block = 4096, scale = f32, zero = f32,
                        layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 16>>
!padded = !qnt.weight<[4096, 3584], u8, block = 256, scale = f16,
                      layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 4>>
// CHECK-LABEL: func.func @quantized_forms
// CHECK: stage = 64, columns = 32, matrix
// CHECK: stage = 128, columns = 32, matrix
// CHECK: stage = 128, columns = 32, matrix
// CHECK: stage = 128, columns = 32, matrix
// WAVE32-LABEL: func.func @quantized_forms
// WAVE32: stage = 64, columns = 16, matrix
// WAVE32: stage = 128, columns = 16, matrix
// WAVE32: stage = 128, columns = 16, matrix
// WAVE32: stage = 128, columns = 16, matrix
func.func @quantized_forms(%x: !q, %y: !q3584, %z: !zeros, %l: !lanes, %c: !channels, %p: !padded)
    -> (tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<512x4096xf16>) {
  %0 = lm.fused "matmul" {
    %m = qnt.matmul %x, %z : !q, !zeros -> tensor<512x4096xf16>
    lm.yield %m : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  %1 = lm.fused "matmul" {
    %m = qnt.matmul %y, %l : !q3584, !lanes -> tensor<512x4096xf16>
    lm.yield %m : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  %2 = lm.fused "matmul" {
    %m = qnt.matmul %x, %c : !q, !channels -> tensor<512x4096xf16>
    lm.yield %m : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  %3 = lm.fused "matmul" {
    %m = qnt.matmul %y, %p : !q3584, !padded -> tensor<512x4096xf16>
    lm.yield %m : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  return %0, %1, %2, %3 : tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<512x4096xf16>
}

// 16 features that share a scale are enough for each group of lanes along the depth, of which RDNA3 has one.
!halfLoads = !qnt.weight<[4096, 4096], u4, block = 32, scale = f16,
                      layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes">>
!short = !qnt.weight<[4096, 4096], u4, block = 16, scale = f16,
                     layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes">>
// CHECK-LABEL: func.func @half_loads
// CHECK: stage = 32, columns = 32, matrix
// WAVE32-LABEL: func.func @half_loads
// WAVE32: stage = 32, columns = 16, matrix
func.func @half_loads(%x: !q, %h: !halfLoads) -> tensor<512x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %h : !q, !halfLoads -> tensor<512x4096xf16>
    lm.yield %m : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  return %f : tensor<512x4096xf16>
}

// CHECK-LABEL: func.func @short_blocks
// CHECK-NOT: matrix =
// CHECK: return
// WAVE32-LABEL: func.func @short_blocks
// WAVE32: stage = 16, columns = 16, matrix
func.func @short_blocks(%x: !q, %s: !short) -> tensor<512x4096xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %s : !q, !short -> tensor<512x4096xf16>
    lm.yield %m : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  return %f : tensor<512x4096xf16>
}

// What matrix instructions do not take streams its weights: few rows, rows that are not whole 16 bytes, f32, scales that
// f16 does not hold, float weights.
// CHECK-LABEL: func.func @others
// CHECK-NOT: matrix =
// CHECK: return
!ragged = !qnt.weight<[256, 172], u4, block = 32, scale = f16,
                      layout = #qnt.tiled<columns = 64, lanesK = 1, columnsPerLane = 1, order = "pairs">>
!scales = !qnt.weight<[256, 512], u4, block = 32, scale = f32,
                      layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
!float = !qnt.weight<[256, 512], f16,
                     layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "linear">>
func.func @others(%a: tensor<16x4096xf16>, %w: !w, %b: tensor<64x172xf16>, %ragged: !ragged, %c: tensor<64x4096xf32>,
                  %d: tensor<64x512xf16>, %scales: !scales, %float: !float)
    -> (tensor<16x4096xf16>, tensor<64x256xf16>, tensor<64x4096xf32>, tensor<64x256xf16>, tensor<64x256xf16>) {
  %0 = lm.fused "matmul" {
    %m = qnt.matmul %a, %w : tensor<16x4096xf16>, !w -> tensor<16x4096xf16>
    lm.yield %m : tensor<16x4096xf16>
  } : tensor<16x4096xf16>
  %1 = lm.fused "matmul" {
    %m = qnt.matmul %b, %ragged : tensor<64x172xf16>, !ragged -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  %2 = lm.fused "matmul" {
    %m = qnt.matmul %c, %w : tensor<64x4096xf32>, !w -> tensor<64x4096xf32>
    lm.yield %m : tensor<64x4096xf32>
  } : tensor<64x4096xf32>
  %3 = lm.fused "matmul" {
    %m = qnt.matmul %d, %scales : tensor<64x512xf16>, !scales -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  %4 = lm.fused "matmul" {
    %m = qnt.matmul %d, %float : tensor<64x512xf16>, !float -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  return %0, %1, %2, %3, %4 : tensor<16x4096xf16>, tensor<64x256xf16>, tensor<64x4096xf32>, tensor<64x256xf16>,
                              tensor<64x256xf16>
}

// Attention of many rows takes the instruction as well: a wave has a query for each of its columns. Elements of 8 bits
// become queries' type; those of another float would lose, a head of 24 is no whole operand, and 16 rows are decoded.
!halves = !lm.cache<8 x 128 x f16, slots = 2, positions = 512>
!bytes8 = !lm.cache<8 x 128 x i8, slots = 2, positions = 512>
!floats = !lm.cache<8 x 128 x f32, slots = 2, positions = 512>
!small = !lm.cache<1 x 24 x f16, slots = 2, positions = 512>
// CHECK-LABEL: func.func @attention
// WAVE32-LABEL: func.func @attention
func.func @attention(%b: !lm.batch, %c: !halves, %i: !bytes8, %f: !floats, %s: !small, %x: tensor<512x4096xf16>,
                     %y: tensor<64x24xf16>, %z: tensor<16x4096xf16>)
    -> (tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<64x24xf16>, tensor<16x4096xf16>) {
  // CHECK: waves = 4, rows = 128, splitK = 1, stage = 32, columns = 32, matrix = <rows = 32, columns = 32, depth = 8
  // WAVE32: waves = 8, rows = 128, splitK = 1, stage = 32, columns = 16, matrix = <rows = 16, columns = 16, depth = 16
  %0 = lm.fused "attention" {
    %a = lm.attention %x, %c, %b heads 32 scale 0.0883 : tensor<512x4096xf16>, !halves
    lm.yield %a : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  // CHECK: waves = 4, rows = 128, splitK = 1, stage = 32, columns = 32, matrix
  %1 = lm.fused "attention" {
    %a = lm.attention %x, %i, %b heads 32 scale 0.0883 : tensor<512x4096xf16>, !bytes8
    lm.yield %a : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  // CHECK: waves = 4, rows = 1, splitK = 1, stage = 0
  %2 = lm.fused "attention" {
    %a = lm.attention %x, %f, %b heads 32 scale 0.0883 : tensor<512x4096xf16>, !floats
    lm.yield %a : tensor<512x4096xf16>
  } : tensor<512x4096xf16>
  // CHECK: waves = 4, rows = 1, splitK = 1, stage = 0
  %3 = lm.fused "attention" {
    %a = lm.attention %y, %s, %b heads 1 scale 0.2 : tensor<64x24xf16>, !small
    lm.yield %a : tensor<64x24xf16>
  } : tensor<64x24xf16>
  // CHECK: waves = 4, rows = 1, splitK = 1, stage = 0
  %4 = lm.fused "attention" {
    %a = lm.attention %z, %c, %b heads 32 scale 0.0883 : tensor<16x4096xf16>, !halves
    lm.yield %a : tensor<16x4096xf16>
  } : tensor<16x4096xf16>
  return %0, %1, %2, %3, %4
      : tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<512x4096xf16>, tensor<64x24xf16>, tensor<16x4096xf16>
}
