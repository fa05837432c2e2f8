// RUN: qcc-opt %s --expand-math | FileCheck %s

// CHECK-LABEL: func.func @rsqrt(
func.func @rsqrt(%x: f32, %h: f16) -> (f32, f16) {
  // CHECK: llvm.call_intrinsic "llvm.amdgcn.rsq"(%{{.*}}) : (f32) -> f32
  %0 = math.rsqrt %x : f32
  // CHECK: math.rsqrt %{{.*}} : f16
  %1 = math.rsqrt %h : f16
  return %0, %1 : f32, f16
}

// CHECK-LABEL: func.func @exp2(
func.func @exp2(%x: f32, %h: f16) -> (f32, f16) {
  // CHECK: llvm.call_intrinsic "llvm.amdgcn.exp2"(%{{.*}}) : (f32) -> f32
  %0 = math.exp2 %x : f32
  // CHECK: math.exp2 %{{.*}} : f16
  %1 = math.exp2 %h : f16
  return %0, %1 : f32, f16
}

// CHECK-LABEL: func.func @tanh(
// CHECK-NOT: math.tanh
// CHECK: math.exp
// CHECK: arith.divf
func.func @tanh(%x: f32) -> f32 {
  %0 = math.tanh %x : f32
  return %0 : f32
}

// CHECK-LABEL: func.func @ceildiv(
// CHECK-NOT: arith.ceildivui
// CHECK: arith.divui
func.func @ceildiv(%x: i32, %y: i32) -> i32 {
  %0 = arith.ceildivui %x, %y : i32
  return %0 : i32
}

// What has an intrinsic stays.
// CHECK-LABEL: func.func @kept(
// CHECK: math.log2
// CHECK: arith.maxnumf
func.func @kept(%x: f32) -> f32 {
  %0 = math.log2 %x : f32
  %1 = arith.maxnumf %0, %x : f32
  return %1 : f32
}
