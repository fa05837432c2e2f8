// RUN: qcc-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{yields one weight}}
program.weight @tensor {
  %0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
  %1 = qnt.dequantize %0 : !qnt.weight<[32, 8], f16> -> tensor<32x8xf16>
  program.yield %1 : tensor<32x8xf16>
}

// -----

// expected-error @below {{attribute 'offset' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
program.weight @offset at -256 {
  %0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
  program.yield %0 : !qnt.weight<[32, 8], f16>
}

// -----

// expected-note @below {{see existing symbol definition here}}
program.entry_point @decode rows 1 {
}
// expected-error @below {{redefinition of symbol named 'decode'}}
program.entry_point @decode rows 1 {
}

// -----

// expected-error @below {{attribute 'rows' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
program.entry_point @decode rows 0 {
}

// -----

program.entry_point @decode rows 1 {
  // expected-error @below {{attribute 'bytes' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = program.allocate 0
}

// -----

program.entry_point @decode rows 1 {
  // expected-error @below {{attribute 'offset' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  %0 = program.view arena at -1
}

// -----

program.entry_point @decode rows 1 {
  // expected-error @below {{expected ::qcc::program::Memory to be one of: weights, arena, kv_cache, state, logits}}
  // expected-error @below {{failed to parse Program_MemoryAttr parameter 'value'}}
  %0 = program.view scratch at 0
}

// -----

// expected-error @below {{expects parent op 'program.entry_point'}}
%0 = program.weight_ref @w

// -----

// expected-error @below {{expects parent op 'program.entry_point'}}
program.launch @k()

// -----

%0 = qnt.parameter "w" values <"m", 0, 512> storage rows : !qnt.weight<[32, 8], f16>
// expected-error @below {{expects parent op 'program.weight'}}
program.yield %0 : !qnt.weight<[32, 8], f16>
