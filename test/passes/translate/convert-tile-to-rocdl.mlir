// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx942 --canonicalize --cse | FileCheck %s --check-prefixes=CHECK,CDNA
// RUN: qcc-opt %s --convert-tile-to-rocdl=chip=gfx1100 --canonicalize --cse | FileCheck %s --check-prefixes=CHECK,RDNA

#schedule = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>

// CHECK: #[[LOCAL:.*]] = #llvm.mmra_tag<"amdgpu-synchronize-as":"local">
// CHECK: llvm.mlir.global internal @memory.lds0() {addr_space = 3 : i32, alignment = 16 : i64{{.*}}} : !llvm.array<256 x i8>

// What is only loaded is readonly, and noalias when every load is invariant.
// CHECK-LABEL: llvm.func protected @memory(
// CHECK-SAME:    %[[A:.*]]: !llvm.ptr<1> {llvm.noalias, llvm.noundef, llvm.readonly},
// CHECK-SAME:    %[[B:.*]]: !llvm.ptr<1> {llvm.noundef, llvm.readonly}, %[[C:.*]]: !llvm.ptr<1> {llvm.noundef})
// CHECK-SAME:    rocdl.flat_work_group_size = "128,128", rocdl.kernel, rocdl.reqd_work_group_size = array<i32: 128, 1, 1>
// CDNA-SAME:     target_cpu = "gfx942"
// RDNA-SAME:     target_cpu = "gfx1100"
tile.kernel @memory(%a: !tile.buffer<global>, %b: !tile.buffer<global>, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 128, grid = array<i64: 4, 1, 1>} {
  // CHECK-DAG: %[[ID:.*]] = rocdl.workitem.id.x : i32
  // CDNA-DAG:  %[[MASK:.*]] = llvm.mlir.constant(63 : i32)
  // RDNA-DAG:  %[[MASK:.*]] = llvm.mlir.constant(31 : i32)
  // CHECK:     %[[LANE:.*]] = llvm.and %[[ID]], %[[MASK]]
  %lane = tile.lane_id
  // CHECK: %[[WAVE:.*]] = llvm.lshr %[[ID]]
  // CHECK: rocdl.readfirstlane %[[WAVE]]
  %wave = tile.wave_id
  // CHECK: rocdl.workgroup.id.y
  %group = tile.workgroup_id y
  %sum = arith.addi %wave, %group : i32
  // CHECK: %[[WIDE:.*]] = llvm.zext %[[LANE]] : i32 to i64
  // CHECK: %[[ADDRESS:.*]] = llvm.getelementptr inbounds|nuw %[[A]][%[[WIDE]]] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
  // CHECK: llvm.load %[[ADDRESS]] invariant {alignment = 16 : i64, nontemporal} : !llvm.ptr<1> -> vector<4xi32>
  %v = tile.load %a[%lane : i32] streaming invariant : !tile.buffer<global> -> vector<4xi32>
  // CHECK: llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> f16
  %h = tile.load %b[%sum : i32] : !tile.buffer<global> -> f16
  %lds = tile.shared 256 : !tile.buffer<shared>
  // CHECK: llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<4xi32>, !llvm.ptr<3>
  tile.store %v, %lds[%lane : i32] : vector<4xi32>, !tile.buffer<shared>
  // CHECK-NEXT: llvm.atomicrmw add %{{.*}}, %[[LANE]] syncscope("workgroup") monotonic : !llvm.ptr<3>, i32
  tile.atomic add %lane, %lds[%lane] : i32, !tile.buffer<shared>
  // CHECK: llvm.atomicrmw umax %{{.*}}, %[[LANE]] syncscope("workgroup") monotonic : !llvm.ptr<3>, i32
  tile.atomic max %lane, %lds[%sum] : i32, !tile.buffer<shared>
  // CHECK-NEXT: llvm.fence syncscope("workgroup") release {llvm.mmra = #[[LOCAL]]}
  // CHECK-NEXT: rocdl.s.barrier
  // CHECK-NEXT: llvm.fence syncscope("workgroup") acquire {llvm.mmra = #[[LOCAL]]}
  tile.barrier
  tile.store %h, %c[%lane : i32] : f16, !tile.buffer<global>
  // CHECK: llvm.return
  tile.return
}

// CHECK-LABEL: llvm.func protected @unpack(
tile.kernel @unpack(%a: vector<1xi32>, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // The magic number of a CDNA chip is in a vector register; of an RDNA chip a literal.
  // CDNA-DAG: %[[MAGIC:.*]] = llvm.inline_asm "v_mov_b32 $0, 0x64006400", "=v"
  // RDNA-DAG: %[[MAGIC:.*]] = llvm.mlir.constant(1677747200 : i32)
  // CHECK-DAG: %[[NIBBLES:.*]] = llvm.mlir.constant(983055 : i32)
  // CHECK: %[[LOW:.*]] = llvm.and %{{.*}}, %[[NIBBLES]]
  // CHECK: llvm.or %[[LOW]], %[[MAGIC]]
  // CHECK: llvm.bitcast %{{.*}} : vector<4xi32> to vector<8xf16>
  %u4 = tile.unpack %a bits 4 : vector<1xi32> -> vector<8xf16>
  // CHECK: llvm.call_intrinsic "llvm.amdgcn.perm"(%{{.*}}, %[[MAGIC]],
  %u8 = tile.unpack %a bits 8 : vector<1xi32> -> vector<4xf16>
  // CHECK: llvm.uitofp %{{.*}} : i32 to f32
  %f4 = tile.unpack %a bits 4 : vector<1xi32> -> vector<8xf32>
  tile.store %u4, %c[%lane : i32] : vector<8xf16>, !tile.buffer<global>
  tile.store %u8, %c[%lane : i32] : vector<4xf16>, !tile.buffer<global>
  tile.store %f4, %c[%lane : i32] : vector<8xf32>, !tile.buffer<global>
  tile.return
}

// CHECK-LABEL: llvm.func protected @dot(
tile.kernel @dot(%a: vector<4xf16>, %b: vector<4xf32>, %acc: f32, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK-COUNT-2: llvm.call_intrinsic "llvm.amdgcn.fdot2"
  %h = tile.dot %a, %a, %acc : vector<4xf16>
  // CDNA-COUNT-2: llvm.intr.fma({{.*}}) : (vector<2xf32>, vector<2xf32>, vector<2xf32>) -> vector<2xf32>
  // RDNA-COUNT-4: llvm.intr.fma({{.*}}) : (f32, f32, f32) -> f32
  %s = tile.dot %b, %b, %h : vector<4xf32>
  tile.store %s, %c[%lane : i32] : f32, !tile.buffer<global>
  tile.return
}

// CHECK-LABEL: llvm.func protected @dot_bytes(
// CHECK-SAME: %[[A:[a-z0-9]+]]: i32
tile.kernel @dot_bytes(%a: i32, %b: i32, %acc: i32, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CDNA: llvm.call_intrinsic "llvm.amdgcn.sdot4"(%[[A]], %{{.*}}, %{{.*}}, %{{.*}}) : (i32, i32, i32, i1) -> i32
  // RDNA: %[[SIGNED:.*]] = llvm.mlir.constant(true) : i1
  // RDNA: llvm.call_intrinsic "llvm.amdgcn.sudot4"(%[[SIGNED]], %[[A]], %[[SIGNED]], %{{.*}}, %{{.*}}, %{{.*}}) : (i1, i32, i1, i32, i32, i1) -> i32
  %d = tile.dot_bytes %a, %b, %acc
  tile.store %d, %c[%lane : i32] : i32, !tile.buffer<global>
  tile.return
}

// CHECK-LABEL: llvm.func protected @cross_lane(
tile.kernel @cross_lane(%a: f32, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // quad_perm [1,0,3,2] is 177.
  // CHECK: rocdl.update.dpp %{{.*}}, %{{.*}} with 177, 15, 15, true : f32
  // CHECK: llvm.fadd
  %r = tile.reduce_wave add %a width 2
  // row_xmask:4 is 356; CDNA goes by ds_swizzle.
  // CDNA: rocdl.ds_swizzle
  // RDNA: rocdl.update.dpp %{{.*}}, %{{.*}} with 356, 15, 15, true : f32
  %x4 = tile.shuffle_xor %r mask 4
  // CDNA: rocdl.ds_swizzle
  // RDNA: rocdl.permlanex16
  %x16 = tile.shuffle_xor %x4 mask 16
  tile.store %x16, %c[%lane : i32] : f32, !tile.buffer<global>
  tile.return
}

// Workgroups meet at a counter: what the workgroup wrote comes before, for every chip's caches.
// CHECK-LABEL: llvm.func protected @meet(
// CHECK-SAME:    %[[C:[a-z0-9]+]]: !llvm.ptr<1> {llvm.noundef})
tile.kernel @meet(%c: !tile.buffer<global>)
    attributes {kind = "attention", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %offset = arith.constant 8 : i32
  // CHECK: llvm.fence syncscope("workgroup") release{{$}}
  // CHECK-NEXT: rocdl.s.barrier
  // CHECK-NEXT: llvm.fence syncscope("workgroup") acquire{{$}}
  tile.barrier global
  // CHECK: %[[AT:.*]] = llvm.getelementptr inbounds|nuw %[[C]][
  // CHECK: %[[BEFORE:.*]] = llvm.atomicrmw add %[[AT]], %{{.*}} syncscope("agent") acq_rel : !llvm.ptr<1>, i32
  %before = tile.arrive %c[%offset] : !tile.buffer<global>
  tile.store %before, %c[%offset : i32] : i32, !tile.buffer<global>
  tile.return
}

// A wave's part of an address stays in scalar registers; a schedule barrier pins values and costs nothing.
// CHECK-LABEL: llvm.func protected @order(
// CHECK-SAME:    %[[A:[a-z0-9]+]]: !llvm.ptr<1> {llvm.noundef, llvm.readonly}, %[[C:[a-z0-9]+]]: !llvm.ptr<1>
tile.kernel @order(%a: !tile.buffer<global>, %c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  %wave = tile.wave_id
  // CHECK: %[[WIDE:.*]] = llvm.zext %{{.*}} : i32 to i64
  // CHECK: %[[SUM:.*]] = llvm.getelementptr inbounds|nuw %[[A]][%[[WIDE]]]
  // CHECK: %[[BASE:.*]] = llvm.inline_asm "", "=s,0" %[[SUM]] : (!llvm.ptr<1>) -> !llvm.ptr<1>
  %base = tile.advance %a by %wave : !tile.buffer<global>, i32
  // CHECK: %[[AT:.*]] = llvm.getelementptr inbounds|nuw %[[BASE]][
  // CHECK: %[[V:.*]] = llvm.load %[[AT]]
  %v = tile.load %base[%lane : i32] : !tile.buffer<global> -> f32
  // CHECK: %[[PINNED:.*]] = llvm.inline_asm has_side_effects "", "=v,0" %[[V]] : (f32) -> f32
  // CHECK: rocdl.sched.barrier 0
  %pinned = tile.schedule_barrier of %v : f32
  // CHECK: llvm.store %[[PINNED]]
  tile.store %pinned, %c[%lane : i32] : f32, !tile.buffer<global>
  tile.return
}

// Placed allocations share one, which reaches as far as the longest.
// CHECK-LABEL: llvm.func protected @placed(
tile.kernel @placed(%c: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %lane = tile.lane_id
  // CHECK: %[[LDS:.*]] = llvm.mlir.addressof @placed.lds : !llvm.ptr<3>
  // CHECK: llvm.getelementptr inbounds|nuw %[[LDS]][32]
  %first = tile.shared 64 at 0 : !tile.buffer<shared>
  %second = tile.shared 64 at 32 : !tile.buffer<shared>
  %v = tile.load %first[%lane : i32] : !tile.buffer<shared> -> f32
  tile.store %v, %second[%lane : i32] : f32, !tile.buffer<shared>
  tile.store %v, %c[%lane : i32] : f32, !tile.buffer<global>
  tile.return
}

// One work-item arrives for its workgroup, and waits for all others unless it is the last. Caches are written
// back and invalidated once.
// CHECK-LABEL: llvm.func protected @grid_barrier(
// CHECK-SAME:    %[[LIST:[a-z0-9]+]]: !llvm.ptr<1> {llvm.noalias, llvm.noundef, llvm.readonly}
tile.kernel @grid_barrier(%list: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  %group = tile.workgroup_id x
  // CHECK: %[[BARRIER:.*]] = llvm.load %{{.*}} invariant {alignment = 8 : i64} : !llvm.ptr<1> -> !llvm.ptr<1>
  %barrier = tile.load_buffer %list[%group] : !tile.buffer<global> -> !tile.buffer<global>
  // CHECK: %[[PASSED:.*]] = llvm.getelementptr inbounds|nuw %[[BARRIER]][128]
  // CHECK: llvm.fence syncscope("workgroup") release
  // CHECK-NEXT: rocdl.s.barrier
  // CHECK-NEXT: llvm.fence syncscope("workgroup") acquire
  // CHECK: %[[ARRIVAL:.*]]:2 = scf.if
  // CHECK:   %[[BEFORE:.*]] = llvm.load %[[PASSED]] atomic syncscope("agent") monotonic
  // CHECK:   llvm.atomicrmw add %[[BARRIER]], %{{.*}} syncscope("agent") release
  // CHECK:   scf.if
  // CHECK:     llvm.fence syncscope("agent") acquire
  // CHECK:     llvm.store %{{.*}}, %[[BARRIER]] atomic syncscope("agent") monotonic
  // CHECK:     llvm.store %{{.*}}, %[[PASSED]] atomic syncscope("agent") release
  // CHECK:   scf.yield %{{.*}}, %[[BEFORE]]
  // CHECK: } else {
  // The line is there when the wave goes on.
  // CHECK: %[[WORD:.*]] = llvm.load %{{.*}} : !llvm.ptr<1> -> i32
  // CHECK: llvm.inline_asm has_side_effects {{.*}}"", "v" %[[WORD]]
  // CHECK: scf.if %[[ARRIVAL]]#0 {
  // CHECK:   scf.while
  // CHECK:     rocdl.s.sleep 1
  // CHECK:     llvm.load %[[PASSED]] atomic syncscope("agent") monotonic
  // CHECK:   llvm.fence syncscope("agent") acquire
  // CHECK: llvm.fence syncscope("workgroup") release
  // CHECK-NEXT: rocdl.s.barrier
  tile.grid_barrier %barrier of %group meanwhile {
    tile.touch %barrier[%group] : !tile.buffer<global>
  } : !tile.buffer<global>
  tile.return
}
