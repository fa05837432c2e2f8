// RUN: qcc-opt %s --form-persistent-kernels=max-rows=1 --split-input-file | FileCheck %s

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>

// CHECK-LABEL: program.entry_point @decode rows 1 persistent @decode_persistent
program.entry_point @decode rows 1 {
  %x = program.view arena at 0
  %y = program.view arena at 1024
  program.launch @scale(%x, %y)
  program.launch @turn(%y, %x)
  program.launch @scale(%x, %y)
}

// More rows than asked for.
// CHECK: program.entry_point @prefill rows 8 {
program.entry_point @prefill rows 8 {
  %x = program.view arena at 0
  %y = program.view arena at 1024
  program.launch @scale(%x, %y)
}

// The grid is that of the phase with most workgroups.
// CHECK-LABEL: tile.kernel @decode_persistent(
// CHECK-SAME:    %[[LIST:.*]]: !tile.buffer<global>, %[[BARRIER:.*]]: !tile.buffer<global>)
// CHECK-SAME:    grid = array<i64: 12, 1, 1>, kind = "persistent", phases = [@scale, @turn], {{.*}}workgroup = 64
// CHECK:   %[[WORKGROUPS:.*]] = tile.load %[[LIST]][%c4_i32{{.*}} : i32] invariant : <global> -> i32
// CHECK:   %[[OWN:.*]] = tile.workgroup_id x
// CHECK:   %[[COUNT:.*]] = tile.load %[[LIST]][%c0_i32{{.*}} : i32] invariant : <global> -> i32
// CHECK:   scf.for unsigned %[[INDEX:.*]] = %{{.*}} to %[[COUNT]]
// A command has a phase and as many addresses as the phase with most arguments: 8 + 2 * 8 bytes.
// CHECK:     %[[BYTES:.*]] = arith.muli %[[INDEX]], %c24_i32
// CHECK:     %[[COMMAND:.*]] = arith.addi %[[BYTES]], %c8_i32
// CHECK:     %[[WORD:.*]] = tile.load %[[LIST]][%[[COMMAND]] : i32] invariant : <global> -> i32
// CHECK:     %[[PHASE:.*]] = arith.index_castui %[[WORD]]
// CHECK:     scf.index_switch %[[PHASE]]
// CHECK:     case 1 {
// CHECK:       %[[FROM:.*]] = tile.load_buffer %[[LIST]][
// CHECK:       %[[TO:.*]] = tile.load_buffer %[[LIST]][
// CHECK:       scf.for unsigned %[[GROUP:.*]] = %[[OWN]] to %c12_i32{{.*}} step %[[WORKGROUPS]]
// Workgroup 3 * y + x of a grid of 3 x 4, from the linear index: y is GROUP / 3, x GROUP % 3.
// CHECK-DAG:     %[[Y:.*]] = arith.divui %[[GROUP]], %c3_i32
// CHECK-DAG:     %[[X:.*]] = arith.remui %[[GROUP]], %c3_i32
// Both phases' LDS starts at 0; what a phase has in one more place, behind.
// CHECK:         %[[FIRST:.*]] = tile.shared 100 at 0 : <shared>
// CHECK:         %[[SECOND:.*]] = tile.shared 64 at 112 : <shared>
// CHECK:         tile.barrier
// CHECK-NEXT:  }
// CHECK:     default {
// CHECK:       scf.for unsigned %{{.*}} = %[[OWN]] to %c2_i32{{.*}} step %[[WORKGROUPS]]
// CHECK:         tile.load
// No LDS, so that nobody waits between workgroups.
// CHECK-NOT:     tile.barrier
// CHECK:       }
// All meet behind every command but the last.
// CHECK:     %[[NEXT:.*]] = arith.addi %[[INDEX]], %c1_i32
// CHECK:     %[[MORE:.*]] = arith.cmpi ult, %[[NEXT]], %[[COUNT]]
// CHECK:     scf.if %[[MORE]] {
// CHECK:       tile.grid_barrier %[[BARRIER]] of %[[WORKGROUPS]] meanwhile {
// CHECK-NEXT:  } : <global>
tile.kernel @scale(%from: !tile.buffer<global>, %to: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 2, 1, 1>} {
  %row = tile.workgroup_id x
  %v = tile.load %from[%row : i32] : !tile.buffer<global> -> f32
  tile.store %v, %to[%row : i32] : f32, !tile.buffer<global>
  tile.return
}
tile.kernel @turn(%from: !tile.buffer<global>, %to: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #schedule, row_capacity = 1, workgroup = 64, grid = array<i64: 3, 4, 1>} {
  %x = tile.workgroup_id x
  %y = tile.workgroup_id y
  %lds = tile.shared 100 : !tile.buffer<shared>
  %more = tile.shared 64 : !tile.buffer<shared>
  %v = tile.load %from[%x : i32] : !tile.buffer<global> -> f32
  tile.store %v, %lds[%x : i32] : f32, !tile.buffer<shared>
  tile.store %v, %more[%x : i32] : f32, !tile.buffer<shared>
  tile.store %v, %to[%y : i32] : f32, !tile.buffer<global>
  tile.return
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
#two = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>

// One launch has workgroups of one size.
// CHECK-LABEL: program.entry_point @decode rows 1 {
// CHECK-NOT: persistent
program.entry_point @decode rows 1 {
  %x = program.view arena at 0
  program.launch @narrow(%x)
  program.launch @wide(%x)
}
tile.kernel @narrow(%to: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #one, row_capacity = 1, workgroup = 64, grid = array<i64: 1, 1, 1>} {
  tile.return
}
tile.kernel @wide(%to: !tile.buffer<global>)
    attributes {kind = "rows", schedule = #two, row_capacity = 1, workgroup = 128, grid = array<i64: 1, 1, 1>} {
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 2, rows = 1, splitK = 1, stage = 0>

// While the workgroups meet, the second wave touches the first lines of what its workgroup reads next: workgroups 1 to
// 3 of the phase two panels of 4 KB each, lane after lane a line of one and of the other.
// CHECK-LABEL: program.entry_point @decode rows 1 persistent @decode_persistent
// CHECK-LABEL: tile.kernel @decode_persistent(
// CHECK-SAME:    %[[LIST:.*]]: !tile.buffer<global>, %[[BARRIER:.*]]: !tile.buffer<global>)
// CHECK:   %[[OWN:.*]] = tile.workgroup_id x
// CHECK:   tile.grid_barrier %[[BARRIER]] of %{{.*}} meanwhile {
// CHECK:     %[[WAVE:.*]] = tile.wave_id
// CHECK:     %[[OTHER:.*]] = arith.cmpi ugt, %[[WAVE]], %c0_i32
// CHECK:     scf.if %[[OTHER]] {
// CHECK:       %[[LANE:.*]] = tile.lane_id
// CHECK:       %[[TOUCH:.*]] = arith.addi %{{.*}}, %[[LANE]]
// CHECK:       arith.cmpi ult, %[[OWN]], %c4_i32
// CHECK:       %[[INDEX:.*]] = arith.subi %{{.*}}, %c1_i32
// CHECK:       arith.cmpi ult, %[[INDEX]], %c3_i32
// CHECK:       %[[FIRST:.*]] = arith.shli %[[INDEX]], %c1_i32
// CHECK:       %[[ODD:.*]] = arith.andi %[[TOUCH]], %c1_i32
// CHECK:       arith.addi %[[FIRST]], %[[ODD]]
// CHECK:       arith.minui %{{.*}}, %c3968_i32
// CHECK:       %[[WEIGHTS:.*]] = tile.load_buffer %[[LIST]][
// CHECK:       %[[AT:.*]] = arith.minui %{{.*}}, %c24448_i32
// CHECK:       tile.touch %[[WEIGHTS]][%[[AT]]]
program.entry_point @decode rows 1 {
  %x = program.view arena at 0
  %y = program.view arena at 1024
  program.launch @read(%x, %y)
  program.launch @read(%y, %x)
}

tile.kernel @read(%weights: !tile.buffer<global>, %to: !tile.buffer<global>)
    attributes {kind = "matmul", schedule = #schedule, row_capacity = 1, workgroup = 128, grid = array<i64: 4, 1, 1>,
                streams = [#tile.stream<argument = 0, bytes = 24576, first = 1, workgroups = 3, panels = 2,
                                        panelBytes = 4096>]} {
  %lane = tile.lane_id
  %value = tile.load %weights[%lane : i32] : !tile.buffer<global> -> f32
  tile.store %value, %to[%lane : i32] : f32, !tile.buffer<global>
  tile.return
}
