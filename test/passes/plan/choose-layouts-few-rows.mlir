// RUN: qcc-opt %s --choose-layouts="rows=8 matrix-of-few-rows=16,16,16,4,4" | FileCheck %s --check-prefixes=CHECK,MATRIX
// RUN: qcc-opt %s --choose-layouts="rows=16 wave-size=32 matrix-of-few-rows=16,16,16,2,8" | FileCheck %s --check-prefixes=CHECK,WAVE32
// RUN: qcc-opt %s --choose-layouts="rows=3 matrix-of-few-rows=16,16,16,4,4" | FileCheck %s --check-prefixes=CHECK,VECTOR
// Both halves of a wave would unpack all weights.
// RUN: qcc-opt %s --choose-layouts="rows=8 wave-size=32 matrix-of-few-rows=16,16,16,1,1" | FileCheck %s --check-prefixes=CHECK,HALVES

// A wave has the instruction's 16 columns, a lane 64 elements of a run.
// CHECK-LABEL: func.func @halves
// MATRIX: columns = 16, lanesK = 4, columnsPerLane = 1, order = "pairs", runLoads = 2>
// WAVE32: columns = 16, lanesK = 2, columnsPerLane = 1, order = "pairs", runLoads = 2>
// VECTOR: columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>
// HALVES: columns = 2, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>
func.func @halves(%x: tensor<?x4096xf16>, %w: !qnt.weight<[64, 4096], u4, block = 128, scale = f16>) -> tensor<?x64xf16> {
  %m = lm.fused "matmul" {
    %y = qnt.matmul %x, %w : tensor<?x4096xf16>, !qnt.weight<[64, 4096], u4, block = 128, scale = f16> -> tensor<?x64xf16>
    lm.yield %y : tensor<?x64xf16>
  } : tensor<?x64xf16>
  return %m : tensor<?x64xf16>
}

// CHECK-LABEL: func.func @bytes
// MATRIX: columns = 16, lanesK = 4, columnsPerLane = 1, order = "pairs", runLoads = 4>
func.func @bytes(%x: tensor<?x4096xbf16>, %w: !qnt.weight<[64, 4096], i8, block = 64, scale = f16>) -> tensor<?x64xbf16> {
  %m = lm.fused "matmul" {
    %y = qnt.matmul %x, %w : tensor<?x4096xbf16>, !qnt.weight<[64, 4096], i8, block = 64, scale = f16> -> tensor<?x64xbf16>
    lm.yield %y : tensor<?x64xbf16>
  } : tensor<?x64xbf16>
  return %m : tensor<?x64xbf16>
}

// Runs of 256 features would pad K = 384.
// CHECK-LABEL: func.func @short_runs
// MATRIX: columns = 16, lanesK = 4, columnsPerLane = 1, order = "pairs">
func.func @short_runs(%x: tensor<?x384xf16>, %w: !qnt.weight<[64, 384], u4, block = 128, scale = f16>) -> tensor<?x64xf16> {
  %m = lm.fused "matmul" {
    %y = qnt.matmul %x, %w : tensor<?x384xf16>, !qnt.weight<[64, 384], u4, block = 128, scale = f16> -> tensor<?x64xf16>
    lm.yield %y : tensor<?x64xf16>
  } : tensor<?x64xf16>
  return %m : tensor<?x64xf16>
}

// Neither f32 rows nor scales that f16 does not hold make fragments.
// CHECK-LABEL: func.func @no_fragments
// CHECK: lanesK = 16
// CHECK: lanesK = 16
func.func @no_fragments(%x: tensor<?x4096xf32>, %y: tensor<?x4096xf16>, %w: !qnt.weight<[64, 4096], u4, block = 128, scale = f16>,
                        %v: !qnt.weight<[64, 4096], u4, block = 128, scale = f32>) -> (tensor<?x64xf32>, tensor<?x64xf16>) {
  %m = lm.fused "matmul" {
    %z = qnt.matmul %x, %w : tensor<?x4096xf32>, !qnt.weight<[64, 4096], u4, block = 128, scale = f16> -> tensor<?x64xf32>
    lm.yield %z : tensor<?x64xf32>
  } : tensor<?x64xf32>
  %n = lm.fused "matmul" {
    %z = qnt.matmul %y, %v : tensor<?x4096xf16>, !qnt.weight<[64, 4096], u4, block = 128, scale = f32> -> tensor<?x64xf16>
    lm.yield %z : tensor<?x64xf16>
  } : tensor<?x64xf16>
  return %m, %n : tensor<?x64xf32>, tensor<?x64xf16>
}
