// RUN: qcc-opt %s --assign-memory -split-input-file -verify-diagnostics | FileCheck %s

// %0 and %1 live at the same time, %2 takes the place of %0, and %3 that of %1 and what
// follows.
// CHECK: module attributes {program.memory = {arena = 1024 : i64, kv_cache = 4096 : i64, max_batch = 1 : i64,
// CHECK-SAME: max_context = 8 : i64, row_capacity = 4 : i64, sampler = 256 : i64, state = 96 : i64, weights = 768 : i64}}
// CHECK-LABEL: program.entry_point @decode rows 1 {
// CHECK-NEXT: %[[A:.*]] = program.view arena at 0
// CHECK-NEXT: program.launch @k(%[[A]])
// CHECK-NEXT: %[[B:.*]] = program.view arena at 256
// CHECK-NEXT: program.launch @k(%[[A]], %[[B]])
// CHECK-NEXT: %[[C:.*]] = program.view arena at 0
// CHECK-NEXT: program.launch @k(%[[B]], %[[C]])
// CHECK-NEXT: %[[D:.*]] = program.view arena at 256
// CHECK-NEXT: program.launch @k(%[[C]], %[[D]])
// CHECK: program.weight @w at 0 {
// CHECK: program.weight @v at 512 {
module attributes {program.limits = {max_batch = 1 : i64, max_context = 8 : i64, row_capacity = 4 : i64},
                   program.kv_cache_bytes = 4096 : i64, program.sampler_bytes = 256 : i64} {
  program.entry_point @decode rows 1 {
    %0 = program.allocate 100
    program.launch @k(%0)
    %1 = program.allocate 256
    program.launch @k(%0, %1)
    %2 = program.allocate 256
    program.launch @k(%1, %2)
    %3 = program.allocate 700
    program.launch @k(%2, %3)
  }
  program.weight @w {
    %0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
    program.yield %0 : !qnt.weight<[32, 8], f16>
  }
  program.weight @v {
    %0 = qnt.parameter "v" values <"m", 512, 16> storage rows : !qnt.weight<[8], f16>
    program.yield %0 : !qnt.weight<[8], f16>
  }
}

// -----

// Counters are one place behind the state's arrays, 16 + 5 * 16 bytes for 4 rows, as large as any launch needs.
// CHECK: state = 128 : i64
// CHECK-LABEL: program.entry_point @decode rows 1 {
// CHECK-NEXT: %[[A:.*]] = program.view state at 96
// CHECK-NEXT: program.launch @k(%[[A]])
// CHECK-NEXT: %[[B:.*]] = program.view state at 96
// CHECK-NEXT: program.launch @k(%[[B]])
module attributes {program.limits = {max_batch = 1 : i64, max_context = 8 : i64, row_capacity = 4 : i64},
                   program.kv_cache_bytes = 0 : i64, program.sampler_bytes = 0 : i64} {
  program.entry_point @decode rows 1 {
    %0 = program.counters 2
    program.launch @k(%0)
    %1 = program.counters 8
    program.launch @k(%1)
  }
}

// -----

// Entry points share the arena: the larger one says how much there is.
// CHECK: arena = 512 : i64
// CHECK-LABEL: program.entry_point @decode
// CHECK: program.view arena at 0
// CHECK-LABEL: program.entry_point @prefill
// CHECK: program.view arena at 0
module attributes {program.limits = {max_batch = 1 : i64, max_context = 8 : i64, row_capacity = 4 : i64},
                   program.kv_cache_bytes = 0 : i64, program.sampler_bytes = 0 : i64} {
  program.entry_point @decode rows 1 {
    %0 = program.allocate 16
    program.launch @k(%0)
  }
  program.entry_point @prefill rows 4 {
    %0 = program.allocate 500
    program.launch @k(%0)
  }
}

// -----

// expected-error @below {{is no program yet: it has no limits, cache or sampler size}}
module {
}
