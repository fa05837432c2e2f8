// RUN: qcc-opt %s --verify-quantize -split-input-file -verify-diagnostics

func.func @canonical(%x: tensor<?x128xf16>, %b: !lm.batch, %n: !qnt.weight<[128], f16>,
                     %w: !qnt.weight<[8, 128], u4, block = 32, scale = f16>) -> tensor<?x8xf16> {
  %q = qnt.quantize %x weighted(%n : !qnt.weight<[128], f16>)
    : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128, squares>
  %r = lm.select_rows %q, %b : !qnt.activation<?x128xi8, block = 128, squares>
  %s = qnt.scale_by_norm %r epsilon 1.0e-6
    : !qnt.activation<?x128xi8, block = 128, squares> -> !qnt.activation<?x128xi8, block = 128>
  %y = qnt.matmul %s, %w
    : !qnt.activation<?x128xi8, block = 128>, !qnt.weight<[8, 128], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// -----

func.func @float_weight(%x: tensor<?x128xf16>, %w: !qnt.weight<[8, 128], f16>) -> tensor<?x8xf16> {
  %q = qnt.quantize %x : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  // expected-error @below {{multiplies quantized rows by a weight that is not of 4 or 8 bits}}
  %y = qnt.matmul %q, %w : !qnt.activation<?x128xi8, block = 128>, !qnt.weight<[8, 128], f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// -----

func.func @reader(%x: tensor<?x128xf16>) -> !qnt.activation<?x128xi8, block = 128> {
  %q = qnt.quantize %x : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  // expected-error @below {{reads quantized rows}}
  return %q : !qnt.activation<?x128xi8, block = 128>
}

// -----

func.func @norm(%x: tensor<?x128xf16>, %n: !qnt.weight<[128], f16>,
                %w: !qnt.weight<[8, 128], u4, block = 32, scale = f16>) -> tensor<?x8xf16> {
  %r = lm.rms_norm %x, %n epsilon 1.0e-6 : tensor<?x128xf16>, !qnt.weight<[128], f16> -> tensor<?x128xf16>
  // expected-error @below {{quantizes what a norm or a selection made, not their input}}
  %q = qnt.quantize %r : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  %y = qnt.matmul %q, %w
    : !qnt.activation<?x128xi8, block = 128>, !qnt.weight<[8, 128], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}

// -----

func.func @selection(%x: tensor<?x128xf16>, %b: !lm.batch,
                     %w: !qnt.weight<[8, 128], u4, block = 32, scale = f16>) -> tensor<?x8xf16> {
  %r = lm.select_rows %x, %b : tensor<?x128xf16>
  // expected-error @below {{quantizes what a norm or a selection made, not their input}}
  %q = qnt.quantize %r : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  %y = qnt.matmul %q, %w
    : !qnt.activation<?x128xi8, block = 128>, !qnt.weight<[8, 128], u4, block = 32, scale = f16> -> tensor<?x8xf16>
  return %y : tensor<?x8xf16>
}
