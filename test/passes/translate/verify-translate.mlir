// RUN: qcc-opt %s --verify-translate=chip=gfx942 --split-input-file --verify-diagnostics

llvm.mlir.global internal @lds() {addr_space = 3 : i32} : !llvm.array<65536 x i8>
llvm.func @good(%a: !llvm.ptr<1>) attributes {rocdl.kernel, rocdl.reqd_work_group_size = array<i32: 64, 1, 1>} {
  %0 = llvm.mlir.addressof @lds : !llvm.ptr<3>
  llvm.return
}

// -----

llvm.func @left_over(%a: f32) attributes {rocdl.kernel, rocdl.reqd_work_group_size = array<i32: 64, 1, 1>} {
  // expected-error @below {{'math.sin' has no translation to LLVM}}
  %0 = math.sin %a : f32
  llvm.return
}

// -----

// expected-error @below {{'__ocml_sin_f32' is defined nowhere; a code object calls nothing outside}}
llvm.func @__ocml_sin_f32(f32) -> f32

// -----

// expected-error @below {{'helper' is not a kernel of a fixed workgroup size}}
llvm.func @helper() {
  llvm.return
}

// -----

llvm.mlir.global internal @lds0() {addr_space = 3 : i32} : !llvm.array<65536 x i8>
llvm.mlir.global internal @lds1() {addr_space = 3 : i32} : !llvm.array<16 x i8>
// expected-error @below {{kernel 'greedy' needs 65552 bytes of LDS; gfx942 gives a workgroup 65536}}
llvm.func @greedy() attributes {rocdl.kernel, rocdl.reqd_work_group_size = array<i32: 64, 1, 1>} {
  %0 = llvm.mlir.addressof @lds0 : !llvm.ptr<3>
  %1 = llvm.mlir.addressof @lds1 : !llvm.ptr<3>
  llvm.return
}
