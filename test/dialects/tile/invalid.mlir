// RUN: qcc-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{waves, rows, splitK, prefetch and splits are at least 1}}
#schedule = #tile.schedule<waves = 0, rows = 1, splitK = 1, stage = 0>

// -----

// expected-error @below {{waves are whole groups of splitK}}
#schedule = #tile.schedule<waves = 4, rows = 1, splitK = 3, stage = 0>

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has a body}}
tile.kernel @k() attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{attribute 'row_capacity' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
tile.kernel @k() attributes {kind = "rows", row_capacity = 0 : i64, schedule = #schedule} {
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{has a grid and a workgroup, or neither}}
tile.kernel @k() attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64} {
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{at lane level takes no tensors and returns nothing}}
tile.kernel @k(%x: tensor<1x8xf16>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{entry block must have 1 arguments to match function signature}}
"tile.kernel"() <{function_type = (!tile.buffer<global>) -> (), kind = "rows", row_capacity = 1 : i64, schedule = #schedule,
  sym_name = "k"}> ({
  "tile.return"() : () -> ()
}) : () -> ()

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%x: tensor<1x8xf16>) -> tensor<1x8xf16>
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule} {
  // expected-error @below {{returns the results of its kernel's type}}
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{attribute 'bytes' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = tile.shared 0 : !tile.buffer<shared>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{is a buffer of shared memory}}
  %0 = tile.shared 64 : !tile.buffer<global>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  // expected-error @below {{a scalar or a vector of rank 1 of whole-byte elements}}
  %0 = tile.load %b[%i : i32] : !tile.buffer<global> -> !tile.buffer<global>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  // expected-error @below {{a scalar or a vector of rank 1 of whole-byte elements}}
  %0 = tile.load %b[%i : i32] : !tile.buffer<global> -> vector<8xi4>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>, %c: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  // expected-error @below {{a scalar or a vector of rank 1 of whole-byte elements}}
  tile.store %c, %b[%i : i32] : !tile.buffer<global>, !tile.buffer<global>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  // expected-error @below {{unpacks a vector of i32 to a vector}}
  %0 = tile.unpack %i bits 4 : i32 -> vector<8xf32>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %p = tile.load %b[%i : i32] : !tile.buffer<global> -> vector<4xi32>
  // expected-error @below {{knows elements of 2, 4 and 8 bits}}
  %0 = tile.unpack %p bits 16 : vector<4xi32> -> vector<8xf32>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %p = tile.load %b[%i : i32] : !tile.buffer<global> -> vector<4xi32>
  // expected-error @below {{result holds 32 elements}}
  %0 = tile.unpack %p bits 4 : vector<4xi32> -> vector<16xf32>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %p = tile.load %b[%i : i32] : !tile.buffer<global> -> vector<4xi32>
  // expected-error @below {{makes f16 or f32}}
  %0 = tile.unpack %p bits 4 : vector<4xi32> -> vector<32xbf16>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %f = tile.load %b[%i : i32] : !tile.buffer<global> -> f32
  // expected-error @below {{multiplies vectors of rank 1}}
  %0 = tile.dot %f, %f, %f : f32
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %a = tile.load %b[%i : i32] : !tile.buffer<global> -> f32
  %f = tile.load %b[%i : i32] : !tile.buffer<global> -> vector<3xf16>
  // expected-error @below {{elements are f32, or an even number of f16}}
  %0 = tile.dot %f, %f, %a : vector<3xf16>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %f = tile.load %b[%i : i32] : !tile.buffer<global> -> f32
  // expected-error @below {{width is a power of two up to 64}}
  %0 = tile.reduce_wave add %f width 48
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  %f = tile.load %b[%i : i32] : !tile.buffer<global> -> f32
  // expected-error @below {{attribute 'mask' failed to satisfy constraint}}
  %0 = tile.shuffle_xor %f mask 64
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
// expected-error @below {{expected one of [global, shared]}}
// expected-error @+1 {{failed to parse Tile_BufferType parameter 'space'}}
tile.kernel @k(%b: !tile.buffer<scratch>) attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule} {
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{starts at a multiple of 16 bytes}}
  %0 = tile.shared 64 at 8 : !tile.buffer<shared>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %0 = tile.workgroup_id x
  // expected-error @below {{loads a pointer to global memory}}
  %1 = tile.load_buffer %b[%0] : !tile.buffer<global> -> !tile.buffer<shared>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%b: !tile.buffer<global>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  %i = tile.lane_id
  // expected-error @below {{is for shared memory}}
  tile.atomic add %i, %b[%i] : i32, !tile.buffer<global>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k() attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                             grid = array<i64: 1, 1, 1>} {
  %shared = tile.shared 4 : !tile.buffer<shared>
  %i = tile.lane_id
  // expected-error @below {{counts in global memory}}
  %0 = tile.arrive %shared[%i] : !tile.buffer<shared>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%a: vector<8xf16>, %c: vector<16xf32>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{operands hold 4 elements a lane}}
  %0 = tile.matrix_multiply %a, %a, %c
      shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<8xf16>, vector<16xf32>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%a: vector<4xf32>, %c: vector<16xf32>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{multiplies f16, bf16, or bytes in words}}
  %0 = tile.matrix_multiply %a, %a, %c
      shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf32>, vector<16xf32>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%a: vector<4xf16>, %c: vector<12xf32>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{the tile's elements are not those of whole lanes}}
  %0 = tile.matrix_multiply %a, %a, %c
      shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf16>, vector<12xf32>
  tile.return
}

// -----

#schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
tile.kernel @k(%a: vector<4xf16>, %c: vector<32xf32>)
    attributes {kind = "rows", row_capacity = 1 : i64, schedule = #schedule, workgroup = 64 : i64,
                grid = array<i64: 1, 1, 1>} {
  // expected-error @below {{the tile's elements are not those of whole lanes}}
  %0 = tile.matrix_multiply %a, %a, %c
      shape <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4> : vector<4xf16>, vector<32xf32>
  tile.return
}

// -----

// expected-error @below {{sizes of matrix instructions are powers of two}}
#shape = #tile.matrix_shape<rows = 24, columns = 24, depth = 8, depthLanes = 2, rowRun = 4>

// -----

// expected-error @below {{rows are as many as columns, and lanes share no element}}
#shape = #tile.matrix_shape<rows = 16, columns = 16, depth = 2, depthLanes = 4, rowRun = 4>

// -----

// expected-error @below {{rows and columns are whole tiles of the matrix instruction}}
#schedule = #tile.schedule<waves = 4, rows = 48, splitK = 1, stage = 64, columns = 32,
                           matrix = <rows = 32, columns = 32, depth = 8, depthLanes = 2, rowRun = 4>>

// -----

// expected-error @+1 {{all but stage are at least 1}}
#tuning = #tile.tuning<batch = 0, lanesK = 8, loads = 1, columnsPerLane = 2, rows = 2, splitK = 2, stage = 0, prefetch = 8>

// -----

// expected-error @+1 {{stage is not negative}}
#tuning = #tile.tuning<batch = 1, lanesK = 8, loads = 1, columnsPerLane = 2, rows = 2, splitK = 2, stage = -1, prefetch = 8>
