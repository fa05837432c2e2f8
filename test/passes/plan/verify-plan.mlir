// RUN: qcc-opt %s --verify-plan -split-input-file -verify-diagnostics

#rows = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
module attributes {program.memory = {}} {
  program.entry_point @decode rows 1 {
    %0 = program.view state at 0
    %1 = program.weight_ref @w
    %2 = program.view logits at 0
    program.launch @k(%0, %1, %2)
  }
  program.weight @w at 0 {
    %0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
    program.yield %0 : !qnt.weight<[32, 8], f16>
  }
  tile.kernel @k(%b: !lm.batch, %t: !qnt.weight<[32, 8], f16>) -> tensor<1x8xf16>
      attributes {kind = "embed", row_capacity = 1 : i64, schedule = #rows} {
    %x = lm.embed %b, %t : !qnt.weight<[32, 8], f16> -> tensor<1x8xf16>
    tile.return %x : tensor<1x8xf16>
  }
}

// -----

// expected-error @below {{has no program.memory: buffers are not assigned}}
module {
}

// -----

module attributes {program.memory = {}} {
  // expected-error @below {{has no place in the weights memory}}
  program.weight @w {
    %0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
    program.yield %0 : !qnt.weight<[32, 8], f16>
  }
}

// -----

module attributes {program.memory = {}} {
  // expected-error @below {{does not belong in a planned module}}
  func.func @decode(%b: !lm.batch) {
    return
  }
}

// -----

module attributes {program.memory = {}} {
  program.entry_point @decode rows 1 {
    // expected-error @below {{has no place in a planned entry point}}
    %0 = program.allocate 16
  }
}

// -----

module attributes {program.memory = {}} {
  program.entry_point @decode rows 1 {
    // expected-error @below {{refers to @w, which is no weight of the module}}
    %0 = program.weight_ref @w
  }
}

// -----

module attributes {program.memory = {}} {
  program.entry_point @decode rows 1 {
    // expected-error @below {{launches @k, which is no kernel of the module}}
    program.launch @k()
  }
}

// -----

#rows = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
module attributes {program.memory = {}} {
  program.entry_point @decode rows 1 {
    %0 = program.view state at 0
    // expected-error @below {{passes 1 buffers to a kernel that takes 3}}
    program.launch @k(%0)
  }
  tile.kernel @k(%b: !lm.batch, %t: !qnt.weight<[32, 8], f16>) -> tensor<1x8xf16>
      attributes {kind = "embed", row_capacity = 1 : i64, schedule = #rows} {
    %x = lm.embed %b, %t : !qnt.weight<[32, 8], f16> -> tensor<1x8xf16>
    tile.return %x : tensor<1x8xf16>
  }
}

// -----

#one = #tile.schedule<waves = 1, rows = 1, splitK = 1, stage = 0>
module attributes {program.memory = {}} {
  program.entry_point @decode rows 1 {
    %0 = program.view logits at 0
    %1 = program.view state at 0
    %2 = program.view sampler at 0
    program.launch @k(%0, %1, %2) sampling
    // expected-error @below {{comes after a sampling launch}}
    program.launch @k(%0, %1, %2)
  }
  tile.kernel @k(%l: tensor<1x32xf32>, %b: !lm.batch, %s: !lm.sampler<32, slots = 1>) -> (!lm.batch, !lm.sampler<32, slots = 1>)
      attributes {kind = "sample", row_capacity = 1 : i64, schedule = #one} {
    %n, %m = lm.sample %l, %b, %s : tensor<1x32xf32>, !lm.sampler<32, slots = 1>
    tile.return %n, %m : !lm.batch, !lm.sampler<32, slots = 1>
  }
}
