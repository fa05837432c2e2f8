// RUN: qcc-opt %s -split-input-file -verify-diagnostics

func.func @source_file() {
  // expected-error @below {{a source names its file}}
  %0 = qnt.parameter "w" values <"", 0, 4> storage rows : !qnt.weight<[2], f16>
  return
}

// -----

func.func @source_range() {
  // expected-error @below {{offset and bytes of a source are not negative}}
  %0 = qnt.parameter "w" values <"m", -1, 4> storage rows : !qnt.weight<[2], f16>
  return
}

// -----

// expected-error @below {{columns times lanesK is the wave size, 32 or 64}}
func.func @tiled_wave(%w: !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 3, columnsPerLane = 1, order = "linear">>)

// -----

// expected-error @below {{columnsPerLane is at least 1}}
func.func @tiled_columns(%w: !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 0, order = "linear">>)

// -----

// expected-error @below {{order is linear, pairs or bytes}}
func.func @tiled_order(%w: !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "zigzag">>)

// -----

// expected-error @below {{order bytes is for integers of 4 or 8 bits}}
func.func @bytes(%w: !qnt.weight<[8, 8], u2, block = 8, scale = f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "bytes">>)

// -----

// expected-error @below {{runLoads is a power of two}}
func.func @tiled_run(%w: !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "linear", runLoads = 3>>)

// -----

// expected-error @below {{a weight has one or two positive extents}}
func.func @weight_rank(%w: !qnt.weight<[2, 2, 2], f16>)

// -----

// expected-error @below {{a weight has one or two positive extents}}
func.func @weight_empty(%w: !qnt.weight<[0, 2], f16>)

// -----

// expected-error @below {{a weight has an element encoding}}
func.func @weight_encoding(%w: !qnt.weight<[2, 2], none>)

// -----

// expected-error @below {{a weight has scales exactly when it has blocks}}
func.func @weight_scales(%w: !qnt.weight<[2, 32], u4, block = 32>)

// -----

// expected-error @below {{scales are floating point}}
func.func @weight_scale_type(%w: !qnt.weight<[2, 32], u4, block = 32, scale = u8>)

// -----

// expected-error @below {{integer encodings have blocks, and only they have zero points}}
func.func @weight_blocks(%w: !qnt.weight<[2, 32], u4>)

// -----

// expected-error @below {{a layout is #qnt.tiled}}
func.func @weight_layout(%w: !qnt.weight<[2, 32], f16, layout = 3 : i64>)

// -----

// expected-error @below {{expected block, scale, zero or layout}}
func.func @weight_option(%w: !qnt.weight<[2, 32], f16, blocks = 3>)

// -----

func.func @parameter_layout() {
  // expected-error @below {{is in its source's layout; qnt.pack makes another}}
  %0 = qnt.parameter "w" values <"m", 0, 128> storage rows
    : !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "linear">>
  return
}

// -----

func.func @parameter_scales() {
  // expected-error @below {{names scales exactly when its type has blocks}}
  %0 = qnt.parameter "w" values <"m", 0, 32> storage rows : !qnt.weight<[2, 32], u4, block = 32, scale = f16>
  return
}

// -----

func.func @parameter_zeros() {
  // expected-error @below {{names zeros exactly when its type has zero points}}
  %0 = qnt.parameter "w" values <"m", 0, 32> storage rows scales <"m", 32, 4>
    : !qnt.weight<[2, 32], u4, block = 32, scale = f16, zero = u4>
  return
}

// -----

func.func @parameter_blocks() {
  // expected-error @below {{storage blocks needs a type with blocks}}
  %0 = qnt.parameter "w" values <"m", 0, 128> storage blocks : !qnt.weight<[2, 32], f16>
  return
}

// -----

func.func @parameter_values() {
  // expected-error @below {{takes 128 bytes of values by its type, but the source has 127}}
  %0 = qnt.parameter "w" values <"m", 0, 127> storage rows : !qnt.weight<[2, 32], f16>
  return
}

// -----

func.func @parameter_scale_bytes() {
  // expected-error @below {{takes 2 scales by its type, but the source has 3 bytes}}
  %0 = qnt.parameter "w" values <"m", 0, 32> storage blocks scales <"m", 32, 3>
    : !qnt.weight<[2, 32], u4, block = 32, scale = f16>
  return
}

// -----

func.func @slice_range(%w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{rows 4 to 12 are not within the source's 8}}
  %0 = qnt.slice_rows %w at 4 : !qnt.weight<[8, 8], f16> -> !qnt.weight<[8, 8], f16>
  return
}

// -----

func.func @slice_type(%w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{changes the number of rows and nothing else of an unpacked weight}}
  %0 = qnt.slice_rows %w at 4 : !qnt.weight<[8, 8], f16> -> !qnt.weight<[4, 8], f32>
  return
}

// -----

func.func @pair_packed(%w: !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "linear">>) {
  // expected-error @below {{reorders an unpacked weight}}
  %0 = qnt.pair_rows %w head_size 4 rotary 4
    : !qnt.weight<[8, 8], f16, layout = #qnt.tiled<columns = 16, lanesK = 4, columnsPerLane = 1, order = "linear">>
  return
}

// -----

func.func @pair_heads(%w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{needs whole heads of 3 rows}}
  %0 = qnt.pair_rows %w head_size 3 rotary 2 : !qnt.weight<[8, 8], f16>
  return
}

// -----

func.func @pair_rotary(%w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{rotary is even and at most the head size}}
  %0 = qnt.pair_rows %w head_size 4 rotary 3 : !qnt.weight<[8, 8], f16>
  return
}

// -----

func.func @pack(%w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{gives an unpacked weight a layout and changes nothing else}}
  %0 = qnt.pack %w : !qnt.weight<[8, 8], f16> -> !qnt.weight<[8, 8], f16>
  return
}

// -----

func.func @dequantize(%w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{result has the weight's shape}}
  %0 = qnt.dequantize %w : !qnt.weight<[8, 8], f16> -> tensor<8x9xf32>
  return
}

// -----

func.func @matmul_rank(%x: tensor<8xf16>, %w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{multiplies [rows, K] by a weight of [N, K]}}
  %0 = qnt.matmul %x, %w : tensor<8xf16>, !qnt.weight<[8, 8], f16> -> tensor<8xf16>
  return
}

// -----

func.func @matmul_depth(%x: tensor<?x9xf16>, %w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{lhs has K = 9, the weight K = 8}}
  %0 = qnt.matmul %x, %w : tensor<?x9xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
  return
}

// -----

func.func @matmul_result(%x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>) {
  // expected-error @below {{result is [rows of lhs, N of weight]}}
  %0 = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x9xf16>
  return
}

// -----

func.func @matmul_bias(%x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>, %b: !qnt.weight<[9], f16>) {
  // expected-error @below {{bias has one element an output feature}}
  %0 = qnt.matmul %x, %w bias(%b : !qnt.weight<[9], f16>) : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
  return
}

// -----

// expected-error @below {{expected rows by features of i8}}
func.func @activation_extents(%x: !qnt.activation<256xi8, block = 128>)

// -----

// expected-error @below {{expected rows by features of i8}}
func.func @activation_element(%x: !qnt.activation<?x256xf16, block = 128>)

// -----

// expected-error @below {{quantized activations have rows}}
func.func @activation_rows(%x: !qnt.activation<0x256xi8, block = 128>)

// -----

// expected-error @below {{features are whole blocks of 96}}
func.func @activation_blocks(%x: !qnt.activation<?x256xi8, block = 96>)

// -----

func.func @quantize_integers(%x: tensor<?x256xi32>) {
  // expected-error @below {{quantizes rows by features of floating point}}
  %0 = qnt.quantize %x : tensor<?x256xi32> -> !qnt.activation<?x256xi8, block = 128>
  return
}

// -----

func.func @quantize_extents(%x: tensor<?x256xf16>) {
  // expected-error @below {{result has the input's rows and features}}
  %0 = qnt.quantize %x : tensor<?x256xf16> -> !qnt.activation<?x128xi8, block = 128>
  return
}

// -----

func.func @quantize_squares(%x: tensor<?x256xf16>) {
  // expected-error @below {{result has squares exactly when there is a norm's weight}}
  %0 = qnt.quantize %x : tensor<?x256xf16> -> !qnt.activation<?x256xi8, block = 128, squares>
  return
}

// -----

func.func @quantize_weight(%x: tensor<?x256xf16>, %n: !qnt.weight<[128], f16>) {
  // expected-error @below {{weight has one floating-point element for each of 256 features}}
  %0 = qnt.quantize %x weighted(%n : !qnt.weight<[128], f16>)
    : tensor<?x256xf16> -> !qnt.activation<?x256xi8, block = 128, squares>
  return
}

// -----

func.func @scale_by_norm(%x: !qnt.activation<?x256xi8, block = 128>) {
  // expected-error @below {{takes squares from its input's type and changes nothing else}}
  %0 = qnt.scale_by_norm %x epsilon 1.0e-05
    : !qnt.activation<?x256xi8, block = 128> -> !qnt.activation<?x256xi8, block = 128>
  return
}

// -----

func.func @matmul_squares(%x: !qnt.activation<?x256xi8, block = 128, squares>, %w: !qnt.weight<[8, 256], f16>) {
  // expected-error @below {{multiplies rows whose norm qnt.scale_by_norm has applied}}
  %0 = qnt.matmul %x, %w : !qnt.activation<?x256xi8, block = 128, squares>, !qnt.weight<[8, 256], f16> -> tensor<?x8xf16>
  return
}

// -----

func.func @matmul_depth(%x: !qnt.activation<?x256xi8, block = 128>, %w: !qnt.weight<[8, 128], f16>) {
  // expected-error @below {{lhs has K = 256, the weight K = 128}}
  %0 = qnt.matmul %x, %w : !qnt.activation<?x256xi8, block = 128>, !qnt.weight<[8, 128], f16> -> tensor<?x8xf16>
  return
}
