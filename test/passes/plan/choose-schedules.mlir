// RUN: qcc-opt %s --choose-schedules | FileCheck %s
// RUN: qcc-opt %s --choose-schedules="compute-units=4 bytes-in-flight=100000" | FileCheck %s --check-prefix=SMALL
// RUN: qcc-opt %s --choose-schedules="compute-units=256 bytes-in-flight=6400000" | FileCheck %s --check-prefix=FAST

// One row and few panels: all waves of a workgroup share K. On a small chip the panels suffice.
// CHECK-LABEL: func.func @one_row
// CHECK: lm.fused "matmul"
// CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 1, splitK = 4, stage = 0, prefetch = 16>}
// SMALL-LABEL: func.func @one_row
// SMALL: {tile.schedule = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 16>}
!w = !qnt.weight<[256, 4096], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
func.func @one_row(%x: tensor<1x4096xf16>, %w: !w) -> tensor<1x256xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<1x4096xf16>, !w -> tensor<1x256xf16>
    lm.yield %m : tensor<1x256xf16>
  } : tensor<1x256xf16>
  return %f : tensor<1x256xf16>
}

// Panels enough for the compute units, but not for a fast memory: 256 waves with 16 loads of 1 kB in flight are
// less than 6.4 MB.
// CHECK-LABEL: func.func @deep
// CHECK: splitK = 1, stage = 0, prefetch = 16>}
// FAST-LABEL: func.func @deep
// FAST: splitK = 2, stage = 0, prefetch = 16>}
!deep = !qnt.weight<[1280, 12288], u4, block = 128, scale = f16,
                    layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>>
func.func @deep(%x: tensor<1x12288xf16>, %w: !deep) -> tensor<1x1280xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<1x12288xf16>, !deep -> tensor<1x1280xf16>
    lm.yield %m : tensor<1x1280xf16>
  } : tensor<1x1280xf16>
  return %f : tensor<1x1280xf16>
}

// Eight rows of 4096 features in f16 take 64 kB, and padding: half of the LDS holds 1536 features at once.
// CHECK-LABEL: func.func @staged
// CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 8, splitK = 2, stage = 1024, prefetch = 4>}
func.func @staged(%x: tensor<64x4096xf16>, %w: !w) -> tensor<64x256xf16> {
  %f = lm.fused "matmul" {
    %m = qnt.matmul %x, %w : tensor<64x4096xf16>, !w -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  return %f : tensor<64x256xf16>
}

// Rows are staged in the type in which they are read, which a norm in front may not keep; and no more waves
// share K than a stage has runs.
// CHECK-LABEL: func.func @staged_before_a_norm
// CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 8, splitK = 1, stage = 512, prefetch = 4>}
func.func @staged_before_a_norm(%x: tensor<64x4096xf32>, %n: !qnt.weight<[4096], f32>, %w: !w) -> tensor<64x256xf16> {
  %f = lm.fused "matmul" {
    %y = lm.rms_norm %x, %n epsilon 1.0e-5 : tensor<64x4096xf32>, !qnt.weight<[4096], f32> -> tensor<64x4096xf16>
    %m = qnt.matmul %y, %w : tensor<64x4096xf16>, !w -> tensor<64x256xf16>
    lm.yield %m : tensor<64x256xf16>
  } : tensor<64x256xf16>
  return %f : tensor<64x256xf16>
}

// CHECK-LABEL: func.func @others
func.func @others(%b: !lm.batch, %c: !lm.cache<1 x 64 x f16, slots = 1, positions = 512>,
                  %d: !lm.cache<1 x 64 x f16, slots = 1, positions = 64>, %x: tensor<1x64xf16>, %y: tensor<1x256xf16>)
    -> (tensor<1x64xf16>, tensor<1x64xf16>, tensor<1x256xf16>) {
  // CHECK: lm.fused "attention"
  // CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 8, splits = 4>}
  %0 = lm.fused "attention" {
    %a = lm.attention %x, %c, %b heads 1 scale 0.125 : tensor<1x64xf16>, !lm.cache<1 x 64 x f16, slots = 1, positions = 512>
    lm.yield %a : tensor<1x64xf16>
  } : tensor<1x64xf16>
  // A turn of 128 positions covers a short context.
  // CHECK: lm.fused "attention"
  // CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0, prefetch = 8>}
  %1 = lm.fused "attention" {
    %a = lm.attention %x, %d, %b heads 1 scale 0.125 : tensor<1x64xf16>, !lm.cache<1 x 64 x f16, slots = 1, positions = 64>
    lm.yield %a : tensor<1x64xf16>
  } : tensor<1x64xf16>
  // CHECK: lm.fused "rows"
  // CHECK: {tile.schedule = #tile.schedule<waves = 4, rows = 1, splitK = 1, stage = 0>}
  %2 = lm.fused "rows" {
    %s = lm.silu %y : tensor<1x256xf16>
    lm.yield %s : tensor<1x256xf16>
  } : tensor<1x256xf16>
  return %0, %1, %2 : tensor<1x64xf16>, tensor<1x64xf16>, tensor<1x256xf16>
}

// Split to fill the chip: 16 workgroups a split and 304 compute units, or the 8 turns of 64 positions that the context
// has. A window has fewer turns; a compute unit for each row and head needs no splits.
// CHECK-LABEL: func.func @split_attention
!long = !lm.cache<8 x 128 x f16, slots = 2, positions = 8192>
!few = !lm.cache<8 x 128 x f16, slots = 2, positions = 512>
func.func @split_attention(%b: !lm.batch, %c: !long, %d: !few, %x: tensor<2x4096xf16>, %y: tensor<64x4096xf16>)
    -> (tensor<2x4096xf16>, tensor<2x4096xf16>, tensor<2x4096xf16>, tensor<64x4096xf16>) {
  // CHECK: prefetch = 8, splits = 19>}
  %0 = lm.fused "attention" {
    %a = lm.attention %x, %c, %b heads 32 scale 0.0883 : tensor<2x4096xf16>, !long
    lm.yield %a : tensor<2x4096xf16>
  } : tensor<2x4096xf16>
  // CHECK: prefetch = 8, splits = 8>}
  %1 = lm.fused "attention" {
    %a = lm.attention %x, %d, %b heads 32 scale 0.0883 : tensor<2x4096xf16>, !few
    lm.yield %a : tensor<2x4096xf16>
  } : tensor<2x4096xf16>
  // CHECK: prefetch = 8, splits = 2>}
  %2 = lm.fused "attention" {
    %a = lm.attention %x, %c, %b heads 32 scale 0.0883 {window = 100 : i64} : tensor<2x4096xf16>, !long
    lm.yield %a : tensor<2x4096xf16>
  } : tensor<2x4096xf16>
  // CHECK: prefetch = 8>}
  %3 = lm.fused "attention" {
    %a = lm.attention %y, %c, %b heads 32 scale 0.0883 : tensor<64x4096xf16>, !long
    lm.yield %a : tensor<64x4096xf16>
  } : tensor<64x4096xf16>
  return %0, %1, %2, %3 : tensor<2x4096xf16>, tensor<2x4096xf16>, tensor<2x4096xf16>, tensor<64x4096xf16>
}

// One workgroup reads a row of logits: 1024 work-items, unless the vocabulary has fewer tokens.
// CHECK-LABEL: func.func @sample
// CHECK: {tile.schedule = #tile.schedule<waves = 16, rows = 1, splitK = 1, stage = 0>}
// CHECK: {tile.schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>}
func.func @sample(%l: tensor<1x32000xf32>, %few: tensor<1x7xf32>, %b: !lm.batch, %s: !lm.sampler<32000>, %t: !lm.sampler<7>) {
  %n, %m = lm.fused "sample" {
    %0, %1 = lm.sample %l, %b, %s : tensor<1x32000xf32>, !lm.sampler<32000>
    lm.yield %0, %1 : !lm.batch, !lm.sampler<32000>
  } : !lm.batch, !lm.sampler<32000>
  %o, %p = lm.fused "sample" {
    %0, %1 = lm.sample %few, %b, %t : tensor<1x7xf32>, !lm.sampler<7>
    lm.yield %0, %1 : !lm.batch, !lm.sampler<7>
  } : !lm.batch, !lm.sampler<7>
  return
}
