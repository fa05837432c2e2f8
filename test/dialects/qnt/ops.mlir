// RUN: qcc-opt %s | qcc-opt | FileCheck %s

// CHECK-LABEL: func.func @parameters
func.func @parameters() {
  // CHECK: qnt.parameter "norm" values <"m.onnx", 16, 512> storage rows : <[256], f16>
  %0 = qnt.parameter "norm" values <"m.onnx", 16, 512> storage rows : !qnt.weight<[256], f16>
  // CHECK: qnt.parameter "head" values <"m.data", 0, 4096> storage columns : <[64, 32], bf16>
  %1 = qnt.parameter "head" values <"m.data", 0, 4096> storage columns : !qnt.weight<[64, 32], bf16>
  // CHECK: qnt.parameter "q_proj" values <"m.data", 0, 1024> storage blocks
  // CHECK-SAME: scales <"m.data", 1024, 128> : <[32, 64], u4, block = 32, scale = f16>
  %2 = qnt.parameter "q_proj" values <"m.data", 0, 1024> storage blocks scales <"m.data", 1024, 128>
    : !qnt.weight<[32, 64], u4, block = 32, scale = f16>
  // CHECK: scales <"m.data", 1024, 256> zeros <"m.data", 1280, 32> group_index <"m.data", 2048, 256>
  // CHECK-SAME: : <[32, 64], u4, block = 32, scale = f32, zero = u4>
  %3 = qnt.parameter "o_proj" values <"m.data", 0, 1024> storage blocks scales <"m.data", 1024, 256>
    zeros <"m.data", 1280, 32> group_index <"m.data", 2048, 256>
    : !qnt.weight<[32, 64], u4, block = 32, scale = f32, zero = u4>
  // The last block of a row is padded in the source: 172 is ten blocks of 16 and one of 12.
  // CHECK: qnt.parameter "down" values <"m.data", 0, 704> storage blocks
  %4 = qnt.parameter "down" values <"m.data", 0, 704> storage blocks scales <"m.data", 704, 176>
    : !qnt.weight<[4, 172], i8, block = 16, scale = f32>
  return
}

// CHECK-LABEL: func.func @recipe
func.func @recipe(%w: !qnt.weight<[128, 64], u4, block = 32, scale = f16>) {
  // CHECK: qnt.slice_rows %{{.*}} at 64 : <[128, 64], u4, block = 32, scale = f16> -> <[64, 64], u4, block = 32, scale = f16>
  %0 = qnt.slice_rows %w at 64 : !qnt.weight<[128, 64], u4, block = 32, scale = f16>
    -> !qnt.weight<[64, 64], u4, block = 32, scale = f16>
  // CHECK: qnt.pair_rows %{{.*}} head_size 64 rotary 32 : <[64, 64], u4, block = 32, scale = f16>
  %1 = qnt.pair_rows %0 head_size 64 rotary 32 : !qnt.weight<[64, 64], u4, block = 32, scale = f16>
  // CHECK: qnt.pack %{{.*}} -> <[64, 64], u4, block = 32, scale = f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 2, order = "pairs">>
  %2 = qnt.pack %1 : !qnt.weight<[64, 64], u4, block = 32, scale = f16>
    -> !qnt.weight<[64, 64], u4, block = 32, scale = f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 2, order = "pairs">>
  // CHECK: qnt.dequantize %{{.*}} : <[64, 64], u4, block = 32, scale = f16> -> tensor<64x64xf32>
  %3 = qnt.dequantize %1 : !qnt.weight<[64, 64], u4, block = 32, scale = f16> -> tensor<64x64xf32>
  return
}

// CHECK-LABEL: func.func @matmul
func.func @matmul(%x: tensor<?x64xf16>, %w: !qnt.weight<[32, 64], u4, block = 32, scale = f16>,
                  %b: !qnt.weight<[32], f16>) {
  // CHECK: qnt.matmul %{{.*}}, %{{.*}} : tensor<?x64xf16>, <[32, 64], u4, block = 32, scale = f16> -> tensor<?x32xf16>
  %0 = qnt.matmul %x, %w : tensor<?x64xf16>, !qnt.weight<[32, 64], u4, block = 32, scale = f16> -> tensor<?x32xf16>
  // CHECK: qnt.matmul %{{.*}}, %{{.*}} bias(%{{.*}} : !qnt.weight<[32], f16>)
  %1 = qnt.matmul %x, %w bias(%b : !qnt.weight<[32], f16>)
    : tensor<?x64xf16>, !qnt.weight<[32, 64], u4, block = 32, scale = f16> -> tensor<?x32xf16>
  return
}

// CHECK-LABEL: func.func @activations
func.func @activations(%x: tensor<?x256xf16>, %n: !qnt.weight<[256], f16>,
                       %w: !qnt.weight<[32, 256], u4, block = 32, scale = f16>) {
  // CHECK: qnt.quantize %{{.*}} : tensor<?x256xf16> -> <?x256xi8, block = 128>
  %0 = qnt.quantize %x : tensor<?x256xf16> -> !qnt.activation<?x256xi8, block = 128>
  // CHECK: qnt.quantize %{{.*}} weighted(%{{.*}} : !qnt.weight<[256], f16>) : tensor<?x256xf16> -> <?x256xi8, block = 128, squares>
  %1 = qnt.quantize %x weighted(%n : !qnt.weight<[256], f16>)
    : tensor<?x256xf16> -> !qnt.activation<?x256xi8, block = 128, squares>
  // CHECK: qnt.scale_by_norm %{{.*}} epsilon {{.*}} : <?x256xi8, block = 128, squares> -> <?x256xi8, block = 128>
  %2 = qnt.scale_by_norm %1 epsilon 1.0e-05
    : !qnt.activation<?x256xi8, block = 128, squares> -> !qnt.activation<?x256xi8, block = 128>
  // CHECK: qnt.matmul %{{.*}}, %{{.*}} : !qnt.activation<?x256xi8, block = 128>, <[32, 256], u4, block = 32, scale = f16> -> tensor<?x32xf16>
  %3 = qnt.matmul %2, %w : !qnt.activation<?x256xi8, block = 128>, !qnt.weight<[32, 256], u4, block = 32, scale = f16>
    -> tensor<?x32xf16>
  return
}

// Rows are known once entry points are specialized.
// CHECK: func.func private @rows(!qnt.activation<4x256xi8, block = 64>)
func.func private @rows(!qnt.activation<4x256xi8, block = 64>)
