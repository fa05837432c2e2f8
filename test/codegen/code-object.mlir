// A code object of two kernels: one metadata note, version 5, the same bytes every time.
// RUN: qcc-translate %s --target=gfx942 -o %t.hsaco
// RUN: qcc-translate %s --target=gfx942 -o %t.again.hsaco
// RUN: cmp %t.hsaco %t.again.hsaco
// RUN: llvm-readobj --file-headers --dyn-syms --notes %t.hsaco | FileCheck %s
// RUN: llvm-objdump -d %t.hsaco | FileCheck %s --check-prefix=CODE
// RUN: qcc-translate %s --target=gfx1201 --emit=llvm | FileCheck %s --check-prefix=IR
// RUN: not qcc-translate %s --target=gfx000 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// UNKNOWN: no chip is called gfx000

// CHECK: OS/ABI: AMDGPU_HSA
// CHECK: ABIVersion: 3
// CHECK: Type: SharedObject
// CHECK: EF_AMDGPU_MACH_AMDGCN_GFX942
// CHECK-DAG: Name: first.kd
// CHECK-DAG: Name: second.kd
// CHECK-COUNT-1: AMDGPU Metadata:
// CHECK: amdhsa.kernels:
// CHECK: .kernarg_segment_size: 16
// CHECK: .name: first
// CHECK: .reqd_workgroup_size:
// CHECK-NEXT: - 128
// CHECK-NEXT: - 1
// CHECK-NEXT: - 1
// CHECK: .name: second
// CHECK: amdhsa.target: amdgcn-amd-amdhsa--gfx942
// CHECK-NOT: AMDGPU Metadata:

// CODE: <first>:
// CODE: s_endpgm
// CODE: <second>:
// CODE: s_endpgm

// IR-DAG: define protected amdgpu_kernel void @first(ptr addrspace(1)
// IR-DAG: "amdgpu-flat-work-group-size"="128,128"
// IR-DAG: !{i32 1, !"amdhsa_code_object_version", i32 500}

#schedule = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>

tile.kernel @first(%a: !tile.buffer<global>, %b: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 128, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %two = arith.constant 2 : i32
  %offset = arith.shli %lane, %two : i32
  %v = tile.load %a[%offset : i32] : !tile.buffer<global> -> f32
  tile.store %v, %b[%offset : i32] : f32, !tile.buffer<global>
  tile.return
}

tile.kernel @second(%a: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 128, grid = array<i64: 1, 1, 1>} {
  %zero = arith.constant 0 : i32
  %lds = tile.shared 16 : !tile.buffer<shared>
  tile.barrier
  %v = tile.load %lds[%zero : i32] : !tile.buffer<shared> -> f32
  %e = math.tanh %v : f32
  tile.store %e, %a[%zero : i32] : f32, !tile.buffer<global>
  tile.return
}
