// RUN: qcc-opt %s | qcc-opt | FileCheck %s --strict-whitespace

// CHECK-LABEL:{{^}}  program.weight @head at 4096 {
// CHECK-NEXT:{{^}}    %0 = qnt.parameter "head" values <"m", 0, 512> storage rows : <[32, 8], f16>
// CHECK-NEXT:{{^}}    program.yield %0 : !qnt.weight<[32, 8], f16>
// CHECK-NEXT:{{^}}  }
program.weight @head at 4096 {
  %0 = qnt.parameter "head" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
  program.yield %0 : !qnt.weight<[32, 8], f16>
}

// CHECK-LABEL:{{^}}  program.weight @not_placed {
program.weight @not_placed {
  %0 = qnt.parameter "norm" values <"m", 512, 16> storage rows : !qnt.weight<[8], f16>
  program.yield %0 : !qnt.weight<[8], f16>
}

// CHECK-LABEL:{{^}}  program.entry_point @decode rows 2 {
// CHECK-NEXT:{{^}}    %0 = program.view state at 0
// CHECK-NEXT:{{^}}    %1 = program.view kv_cache at 256
// CHECK-NEXT:{{^}}    %2 = program.view arena at 512
// CHECK-NEXT:{{^}}    %3 = program.view logits at 0
// CHECK-NEXT:{{^}}    %4 = program.view weights at 4096
// CHECK-NEXT:{{^}}    %5 = program.weight_ref @head
// CHECK-NEXT:{{^}}    %6 = program.allocate 64
// CHECK-NEXT:{{^}}    %7 = program.counters 8
// CHECK-NEXT:{{^}}    program.launch @embed(%0, %5, %6, %7)
// CHECK-NEXT:{{^}}    program.launch @nothing()
// CHECK-NEXT:{{^}}    %8 = program.view sampler at 0
// CHECK-NEXT:{{^}}    program.launch @sample(%3, %0, %8) sampling
// CHECK-NEXT:{{^}}  }
program.entry_point @decode rows 2 {
  %0 = program.view state at 0
  %1 = program.view kv_cache at 256
  %2 = program.view arena at 512
  %3 = program.view logits at 0
  %4 = program.view weights at 4096
  %5 = program.weight_ref @head
  %6 = program.allocate 64
  %7 = program.counters 8
  program.launch @embed(%0, %5, %6, %7)
  program.launch @nothing()
  %8 = program.view sampler at 0
  program.launch @sample(%3, %0, %8) sampling
}
