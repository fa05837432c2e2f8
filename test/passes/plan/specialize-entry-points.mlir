// RUN: qcc-opt %s --specialize-entry-points="max-batch=2 max-context=128 prefill-rows=16" -split-input-file -verify-diagnostics | FileCheck %s
// RUN: qcc-opt %s --specialize-entry-points="max-batch=4 max-context=128 prefill-rows=4" -split-input-file -verify-diagnostics | FileCheck %s --check-prefix=ONE

// CHECK: module attributes {program.limits = {max_batch = 2 : i64, max_context = 128 : i64, row_capacity = 16 : i64}}
// CHECK-LABEL: func.func @decode
// CHECK-SAME: %[[C:[a-z0-9]+]]: !lm.cache<1 x 8 x f16, slots = 2, positions = 128>, %[[X:[a-z0-9]+]]: tensor<2x8xf16>) -> (tensor<2x8xf16>, !lm.cache<1 x 8 x f16, slots = 2, positions = 128>)
// CHECK-SAME: program.entry_rows = 2 : i64
// CHECK-NEXT: lm.fused "rows"
// CHECK-NEXT: lm.silu %[[X]] : tensor<2x8xf16>
// CHECK-LABEL: func.func @prefill
// CHECK-SAME: !lm.cache<1 x 8 x f16, slots = 2, positions = 128>, %{{.*}}: tensor<16x8xf16>
// CHECK-SAME: program.entry_rows = 16 : i64
// CHECK: lm.silu %{{.*}} : tensor<16x8xf16>

// A step of prefill that decodes no more rows than a step of decoding is that.
// ONE: row_capacity = 4
// ONE: func.func @decode
// ONE: lm.silu %{{.*}} : tensor<4x8xf16>
// ONE-NOT: @prefill
func.func @decoder(%c: !lm.cache<1 x 8 x f16>, %x: tensor<?x8xf16>) -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
  %f = lm.fused "rows" {
    %s = lm.silu %x : tensor<?x8xf16>
    lm.yield %s : tensor<?x8xf16>
  } : tensor<?x8xf16>
  return %f, %c : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
}

// -----

// Quantized rows are as many as those of tensors.
// CHECK-LABEL: func.func @decode
// CHECK: -> <2x128xi8, block = 128>
// CHECK-LABEL: func.func @prefill
// CHECK: -> <16x128xi8, block = 128>
func.func @decoder(%x: tensor<?x128xf16>) -> !qnt.activation<?x128xi8, block = 128> {
  %q = qnt.quantize %x : tensor<?x128xf16> -> !qnt.activation<?x128xi8, block = 128>
  return %q : !qnt.activation<?x128xi8, block = 128>
}

// -----

// A sampler has a slot for each sequence.
// CHECK-LABEL: func.func @decode
// CHECK-SAME: !lm.sampler<32, slots = 2>
// CHECK-LABEL: func.func @prefill
// CHECK: lm.sample %{{.*}} : tensor<16x32xf32>, <32, slots = 2>
func.func @decoder(%l: tensor<?x32xf32>, %b: !lm.batch, %s: !lm.sampler<32>) -> (!lm.batch, !lm.sampler<32>) {
  %n, %m = lm.sample %l, %b, %s : tensor<?x32xf32>, !lm.sampler<32>
  return %n, %m : !lm.batch, !lm.sampler<32>
}

// -----

// expected-error @below {{has no function @decoder}}
module {
  func.func @encoder(%x: tensor<?x8xf16>) -> tensor<?x8xf16> {
    return %x : tensor<?x8xf16>
  }
}
