// RUN: qcc-opt %s --lower-matmul-kernels -split-input-file -verify-diagnostics

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
tile.kernel @k(%x: tensor<1x64xf16>, %w: !qnt.weight<[8, 64], f16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  // expected-error @below {{a matmul kernel reads a packed weight}}
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !qnt.weight<[8, 64], f16> -> tensor<1x8xf16>
  tile.return %m : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
tile.kernel @k(%x: tensor<1x64xf16>, %y: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  // expected-error @below {{the matmuls of a kernel share their rows}}
  %n = qnt.matmul %y, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %s = lm.add %m, %n : tensor<1x8xf16>
  tile.return %s : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{a matmul kernel has a matmul}}
tile.kernel @k(%m: tensor<1x8xf16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  tile.return %m : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
tile.kernel @k(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  // expected-error @below {{a matmul kernel takes its rows from an argument, a norm or select_rows}}
  %s = lm.silu %x : tensor<1x64xf16>
  %m = qnt.matmul %s, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  tile.return %m : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// expected-error @below {{a matmul kernel's results come from its matmuls}}
tile.kernel @k(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch) -> (tensor<1x8xf16>, tensor<1x64xf16>)
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %s = lm.silu %x : tensor<1x64xf16>
  tile.return %m, %s : tensor<1x8xf16>, tensor<1x64xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
tile.kernel @k(%x: tensor<1x64xf16>, %w: !w, %t: !qnt.weight<[16, 4], f16>, %b: !lm.batch) -> (tensor<1x8xf16>, tensor<1x8xf16>)
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %r = lm.rope %m, %b, %t, %t head_size 8 paired : tensor<1x8xf16>, !qnt.weight<[16, 4], f16>
  // expected-error @below {{a matmul is used both rotated and not}}
  %s = lm.silu %m : tensor<1x8xf16>
  tile.return %r, %s : tensor<1x8xf16>, tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
!v = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "linear">>
tile.kernel @k(%x: tensor<1x64xf16>, %w: !w, %v: !v, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  // expected-error @below {{matmuls that are combined have one layout and one width}}
  %n = qnt.matmul %x, %v : tensor<1x64xf16>, !v -> tensor<1x8xf16>
  %s = lm.add %m, %n : tensor<1x8xf16>
  tile.return %s : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
!u = !qnt.weight<[8, 512], f16, layout = #qnt.tiled<columns = 1, lanesK = 64, columnsPerLane = 1, order = "linear">>
tile.kernel @k(%x: tensor<1x512xf16>, %w: !u, %t: !qnt.weight<[16, 4], f16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  // expected-error @below {{a rotation needs two columns in a wave}}
  %m = qnt.matmul %x, %w : tensor<1x512xf16>, !u -> tensor<1x8xf16>
  %r = lm.rope %m, %b, %t, %t head_size 8 paired : tensor<1x8xf16>, !qnt.weight<[16, 4], f16>
  tile.return %r : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// expected-error @below {{has a result that no matmul epilogue computes}}
tile.kernel @k(%x: tensor<1x64xf16>, %w: !w, %n: !qnt.weight<[8], f16>, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  %r = lm.rms_norm %m, %n epsilon 1.0e-5 : tensor<1x8xf16>, !qnt.weight<[8], f16> -> tensor<1x8xf16>
  tile.return %r : tensor<1x8xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!w = !qnt.weight<[8, 64], f16, layout = #qnt.tiled<columns = 8, lanesK = 8, columnsPerLane = 1, order = "linear">>
// expected-error @below {{a matmul kernel has a result}}
tile.kernel @k(%x: tensor<1x64xf16>, %w: !w, %b: !lm.batch)
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  %m = qnt.matmul %x, %w : tensor<1x64xf16>, !w -> tensor<1x8xf16>
  tile.return
}

// -----

#mfma = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 64, columns = 32,
                       matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[128, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
// expected-error @below {{a kernel on matrix instructions takes its rows as they are, not normalized}}
tile.kernel @k(%x: tensor<64x512xf16>, %g: !qnt.weight<[512], f16>, %w: !w, %b: !lm.batch) -> tensor<64x128xf16>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #mfma} {
  %y = lm.rms_norm %x, %g epsilon 1.0e-5 : tensor<64x512xf16>, !qnt.weight<[512], f16> -> tensor<64x512xf16>
  %m = qnt.matmul %y, %w : tensor<64x512xf16>, !w -> tensor<64x128xf16>
  tile.return %m : tensor<64x128xf16>
}

// -----

#mfma = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 64, columns = 32,
                       matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[128, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
// expected-error @below {{a kernel on matrix instructions takes rows of f16 or bf16 in whole 16 bytes}}
tile.kernel @k(%x: tensor<64x512xf32>, %w: !w, %b: !lm.batch) -> tensor<64x128xf32>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #mfma} {
  %m = qnt.matmul %x, %w : tensor<64x512xf32>, !w -> tensor<64x128xf32>
  tile.return %m : tensor<64x128xf32>
}

// -----

#odd = #tile.schedule<waves = 5, rows = 96, splitK = 1, stage = 64, columns = 32,
                      matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[128, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
// expected-error @below {{a stage of the rows is no multiple of what the workgroup loads at once}}
tile.kernel @k(%x: tensor<64x512xf16>, %w: !w, %b: !lm.batch) -> tensor<64x128xf16>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #odd} {
  %m = qnt.matmul %x, %w : tensor<64x512xf16>, !w -> tensor<64x128xf16>
  tile.return %m : tensor<64x128xf16>
}

// -----

#mfma = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 32, columns = 32,
                       matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[128, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
tile.kernel @k(%x: tensor<64x512xf16>, %w: !w, %b: !lm.batch) -> tensor<64x128xf16>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #mfma} {
  // expected-error @below {{has no weights in whole stages for matrix instructions}}
  %m = qnt.matmul %x, %w : tensor<64x512xf16>, !w -> tensor<64x128xf16>
  tile.return %m : tensor<64x128xf16>
}

// -----

#shared = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 64, splits = 9, columns = 32,
                         matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!w = !qnt.weight<[128, 512], u4, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 4, lanesK = 16, columnsPerLane = 1, order = "pairs">>
tile.kernel @k(%x: tensor<64x512xf16>, %w: !w, %b: !lm.batch) -> tensor<64x128xf16>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #shared, workspace = 294912 : i64, counters = 1 : i64} {
  // expected-error @below {{has fewer stages than workgroups that share them}}
  %m = qnt.matmul %x, %w : tensor<64x512xf16>, !w -> tensor<64x128xf16>
  tile.return %m : tensor<64x128xf16>
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
!q = !qnt.activation<1x128xi8, block = 128>
!w = !qnt.weight<[8, 128], u8, block = 128, scale = f32,
                 layout = #qnt.tiled<columns = 64, lanesK = 1, columnsPerLane = 1, order = "pairs">>
tile.kernel @k(%x: !q, %w: !w, %b: !lm.batch) -> tensor<1x8xf16>
    attributes {kind = "matmul", row_capacity = 1 : i64, schedule = #one} {
  // expected-error @below {{quantized rows go with weights in the order bytes, and only they}}
  %m = qnt.matmul %x, %w : !q, !w -> tensor<1x8xf16>
  tile.return %m : tensor<1x8xf16>
}

// -----

// A stage of 64 features of which 32 share a scale.
#matrix = #tile.schedule<waves = 4, rows = 64, splitK = 1, stage = 64, columns = 32,
                         matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>
!q = !qnt.activation<64x128xi8, block = 128>
!w = !qnt.weight<[8, 128], u8, block = 32, scale = f16,
                 layout = #qnt.tiled<columns = 64, lanesK = 1, columnsPerLane = 1, order = "bytes">>
tile.kernel @k(%x: !q, %w: !w, %b: !lm.batch) -> tensor<64x8xf16>
    attributes {kind = "matmul", row_capacity = 64 : i64, schedule = #matrix} {
  // expected-error @below {{has several scales in a stage of a kernel on matrix instructions}}
  %m = qnt.matmul %x, %w : !q, !w -> tensor<64x8xf16>
  tile.return %m : tensor<64x8xf16>
}
