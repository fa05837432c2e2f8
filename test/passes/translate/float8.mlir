// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx90a | FileCheck %s --check-prefixes=CHECK,INTEGER
// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx942 | FileCheck %s --check-prefixes=CHECK,FNUZ
// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx950 | FileCheck %s --check-prefixes=CHECK,OCP

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// Four elements are a word, through loops too.
// CHECK-LABEL: llvm.func protected @widen(
tile.kernel @widen(%in: !tile.buffer<global>, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  // CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> vector<1xi32>
  %codes = tile.load %in[%lane : i32] : !tile.buffer<global> -> vector<4xf8E4M3FN>
  // CHECK: scf.for {{.*}} -> (vector<1xi32>)
  %last = scf.for %i = %c0 to %lane step %c1 iter_args(%now = %codes) -> (vector<4xf8E4M3FN>) : i32 {
    scf.yield %now : vector<4xf8E4M3FN>
  }
  // INTEGER-COUNT-2: llvm.ashr %{{.*}} : vector<2xi16>
  // INTEGER-NOT: llvm.ashr
  // FNUZ-COUNT-2: llvm.fmul %{{.*}} : vector<2xf32>
  // OCP-COUNT-2: llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"
  // OCP-NOT: llvm.fmul
  %wide = arith.extf %last : vector<4xf8E4M3FN> to vector<4xf32>
  tile.store %wide, %out[%lane : i32] : vector<4xf32>, !tile.buffer<global>
  tile.return
}

// CHECK-LABEL: llvm.func protected @narrow(
tile.kernel @narrow(%x: f32, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK: llvm.intr.minnum(%arg0,
  // CHECK: llvm.intr.maxnum
  // INTEGER: llvm.select
  // FNUZ: llvm.fmul
  // FNUZ: llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"
  // OCP-NOT: llvm.fmul
  // OCP: llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"
  // CHECK: llvm.store %{{.*}} : i8, !llvm.ptr<1>
  %code = arith.truncf %x : f32 to f8E4M3FN
  tile.store %code, %out[%lane : i32] : f8E4M3FN, !tile.buffer<global>
  // Other roundings stay.
  // CHECK: arith.truncf %arg0 : f32 to f16
  %half = arith.truncf %x : f32 to f16
  tile.store %half, %out[%lane : i32] : f16, !tile.buffer<global>
  tile.return
}

// Numbers of 16 bits are widened first.
// CHECK-LABEL: llvm.func protected @narrow_halves(
tile.kernel @narrow_halves(%x: f16, %y: bf16, %out: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK: %[[WIDE:.*]] = llvm.fpext %arg0 : f16 to f32
  // CHECK: llvm.intr.minnum(%[[WIDE]],
  %code = arith.truncf %x : f16 to f8E4M3FN
  tile.store %code, %out[%lane : i32] : f8E4M3FN, !tile.buffer<global>
  // CHECK: %[[OTHER:.*]] = llvm.fpext %arg1 : bf16 to f32
  // CHECK: llvm.intr.minnum(%[[OTHER]],
  %other = arith.truncf %y : bf16 to f8E4M3FN
  tile.store %other, %out[%lane : i32] : f8E4M3FN, !tile.buffer<global>
  tile.return
}
