// RUN: qcc-opt %s --verify-fuse -split-input-file -verify-diagnostics

func.func @kernels(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
  %p = qnt.pair_rows %w head_size 8 rotary 8 : !qnt.weight<[8, 8], f16>
  %q = lm.fused "matmul" {
    %m = qnt.matmul %x, %p : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  %a = lm.fused "attention" {
    %s = lm.attention %q, %c, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
    lm.yield %s : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %a : tensor<?x8xf16>
}

// -----

func.func @left_over(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  // expected-error @below {{has no kernel}}
  %s = lm.silu %x : tensor<?x8xf16>
  return %s : tensor<?x8xf16>
}

// -----

func.func @matmul_left_over(%x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>) -> tensor<?x8xf16> {
  // expected-error @below {{has no kernel}}
  %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
  return %m : tensor<?x8xf16>
}

// -----

func.func @matmul_elsewhere(%x: tensor<?x8xf16>, %w: !qnt.weight<[8, 8], f16>) -> tensor<?x8xf16> {
  %f = lm.fused "rows" {
    // expected-error @below {{is in a kernel of another kind}}
    %m = qnt.matmul %x, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    lm.yield %m : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %f : tensor<?x8xf16>
}

// -----

func.func @attention_elsewhere(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %x: tensor<?x8xf16>) -> tensor<?x8xf16> {
  %f = lm.fused "matmul" {
    // expected-error @below {{is in a kernel of another kind}}
    %s = lm.attention %x, %c, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
    lm.yield %s : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %f : tensor<?x8xf16>
}
