// The pass inside the pipeline: after clean, before fuse, which puts what is left of the scales into the
// matmul's kernel.
// RUN: example-opt %s --example-pipeline | FileCheck %s

// CHECK: lm.fused
// CHECK: qnt.matmul
// CHECK: lm.scale %{{.*}} by 2.000000e+00
// CHECK-NOT: lm.scale
module attributes {lm.model = {}} {
  func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>) -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %n = lm.append %c, %x, %x, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
    %a = lm.attention %x, %n, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
    %s = lm.select_rows %a, %b : tensor<?x8xf16>
    %l = qnt.matmul %s, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %h = lm.scale %l by 0.5 : tensor<?x8xf16>
    %y = lm.scale %h by 4.0 : tensor<?x8xf16>
    return %y, %n : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  }
}
