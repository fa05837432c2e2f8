// RUN: qcc-opt %s --choose-layouts -split-input-file -verify-diagnostics | FileCheck %s --check-prefixes=CHECK,WAVE64
// RUN: qcc-opt %s --choose-layouts=wave-size=32 -split-input-file -verify-diagnostics | FileCheck %s --check-prefixes=CHECK,WAVE32

// 16 lanes of 32 elements would pad K = 64 to 512; two hold it exactly.
// CHECK-LABEL: func.func @least_padding
// CHECK-SAME: %[[W:[a-z0-9]+]]: !qnt.weight<[16, 64], u4
func.func @least_padding(%x: tensor<?x64xf16>, %w: !qnt.weight<[16, 64], u4, block = 32, scale = f16>) -> tensor<?x16xf16> {
  // CHECK-NEXT: %[[P:.*]] = qnt.pack %[[W]]
  // WAVE64-SAME: #qnt.tiled<columns = 32, lanesK = 2, columnsPerLane = 1, order = "pairs">
  // WAVE32-SAME: #qnt.tiled<columns = 16, lanesK = 2, columnsPerLane = 1, order = "pairs">
  // CHECK-NEXT: qnt.matmul %{{.*}}, %[[P]]
  %m = qnt.matmul %x, %w : tensor<?x64xf16>, !qnt.weight<[16, 64], u4, block = 32, scale = f16> -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}

// -----

// A lane gets through a block of 128 elements in a run.
// CHECK-LABEL: func.func @block_a_run
// WAVE64: columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>
// WAVE32: columns = 2, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 4>
func.func @block_a_run(%x: tensor<?x4096xf16>, %w: !qnt.weight<[16, 4096], u4, block = 128, scale = f16>) -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w : tensor<?x4096xf16>, !qnt.weight<[16, 4096], u4, block = 128, scale = f16> -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}

// -----

// 16 lanes with whole blocks would pad K = 3072 to 4096.
// CHECK-LABEL: func.func @half_a_block_a_run
// WAVE64: columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 2>
// WAVE32: columns = 2, lanesK = 16, columnsPerLane = 1, order = "pairs", runLoads = 2>
func.func @half_a_block_a_run(%x: tensor<?x3072xf16>, %w: !qnt.weight<[16, 3072], u4, block = 128, scale = f16>) -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w : tensor<?x3072xf16>, !qnt.weight<[16, 3072], u4, block = 128, scale = f16> -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}

// -----

// With waves enough for every compute unit a lane has two columns; not with runs of eight loads, which fill
// the registers.
// CHECK-LABEL: func.func @wide
// WAVE64: columns = 4, lanesK = 16, columnsPerLane = 2, order = "pairs", runLoads = 4>
// WAVE32: columns = 2, lanesK = 16, columnsPerLane = 2, order = "pairs", runLoads = 4>
// CHECK-LABEL: func.func @wide_8_bits
// CHECK: columnsPerLane = 1, order = "pairs", runLoads = 8>
func.func @wide(%x: tensor<?x4096xf16>, %w: !qnt.weight<[32000, 4096], u4, block = 128, scale = f16>) -> tensor<?x32000xf16> {
  %m = qnt.matmul %x, %w : tensor<?x4096xf16>, !qnt.weight<[32000, 4096], u4, block = 128, scale = f16> -> tensor<?x32000xf16>
  return %m : tensor<?x32000xf16>
}
func.func @wide_8_bits(%x: tensor<?x4096xf16>, %w: !qnt.weight<[32000, 4096], u8, block = 128, scale = f16>) -> tensor<?x32000xf16> {
  %m = qnt.matmul %x, %w : tensor<?x4096xf16>, !qnt.weight<[32000, 4096], u8, block = 128, scale = f16> -> tensor<?x32000xf16>
  return %m : tensor<?x32000xf16>
}

// -----

// Quantized rows: elements in the order of integer dot products, and runs no longer than the rows' blocks.
// CHECK-LABEL: func.func @quantized_rows
// WAVE64: columns = 4, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 4>
// WAVE32: columns = 2, lanesK = 16, columnsPerLane = 1, order = "bytes", runLoads = 4>
func.func @quantized_rows(%x: !qnt.activation<?x4096xi8, block = 128>, %w: !qnt.weight<[16, 4096], u4, block = 256, scale = f16>)
    -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w
    : !qnt.activation<?x4096xi8, block = 128>, !qnt.weight<[16, 4096], u4, block = 256, scale = f16> -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}

// -----

// Where all pad alike, 16 lanes share a column; floats keep their order.
// CHECK-LABEL: func.func @float
// WAVE64: columns = 4, lanesK = 16, columnsPerLane = 1, order = "linear"
// WAVE32: columns = 2, lanesK = 16, columnsPerLane = 1, order = "linear"
func.func @float(%x: tensor<?x256xf16>, %w: !qnt.weight<[16, 256], f16>) -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w : tensor<?x256xf16>, !qnt.weight<[16, 256], f16> -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}

// -----

// K = 172 is 11 loads of 16 bytes; a scale for all of K needs no power of two.
// CHECK-LABEL: func.func @odd_depth
// WAVE64: columns = 64, lanesK = 1,
// WAVE32: columns = 32, lanesK = 1,
func.func @odd_depth(%x: tensor<?x172xf32>, %w: !qnt.weight<[96, 172], i8, block = 172, scale = f32>) -> tensor<?x96xf32> {
  %m = qnt.matmul %x, %w : tensor<?x172xf32>, !qnt.weight<[96, 172], i8, block = 172, scale = f32> -> tensor<?x96xf32>
  return %m : tensor<?x96xf32>
}

// -----

// A weight of the embedding is read row by row: it is packed for the matmul alone.
// CHECK-LABEL: func.func @tied
// CHECK-SAME: %[[W:[a-z0-9]+]]: !qnt.weight<[32, 64], f16>
// CHECK: lm.embed %{{.*}}, %[[W]] :
// CHECK: qnt.matmul
func.func @tied(%b: !lm.batch, %w: !qnt.weight<[32, 64], f16>) -> tensor<?x32xf16> {
  %x = lm.embed %b, %w : !qnt.weight<[32, 64], f16> -> tensor<?x64xf16>
  %m = qnt.matmul %x, %w : tensor<?x64xf16>, !qnt.weight<[32, 64], f16> -> tensor<?x32xf16>
  return %m : tensor<?x32xf16>
}

// -----

// CHECK-LABEL: func.func @packed_already
// CHECK-NOT: qnt.pack
func.func @packed_already(%x: tensor<?x64xf16>,
    %w: !qnt.weight<[16, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>)
    -> tensor<?x16xf16> {
  %m = qnt.matmul %x, %w : tensor<?x64xf16>,
    !qnt.weight<[16, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
    -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}

// -----

func.func @block_size(%x: tensor<?x64xf16>, %w: !qnt.weight<[16, 64], u4, block = 24, scale = f16>) -> tensor<?x16xf16> {
  // expected-error @below {{block size 24 is neither a power of two from 8 nor all of K = 64}}
  %m = qnt.matmul %x, %w : tensor<?x64xf16>, !qnt.weight<[16, 64], u4, block = 24, scale = f16> -> tensor<?x16xf16>
  return %m : tensor<?x16xf16>
}
