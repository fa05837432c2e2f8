// RUN: qcc-opt %s --verify-clean -split-input-file -verify-diagnostics

module attributes {lm.model = {}} {
  func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>) -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %n = lm.append %c, %x, %x, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
    %a = lm.attention %x, %n, %b heads 1 scale 1.0 : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
    %s = lm.select_rows %a, %b : tensor<?x8xf16>
    %l = qnt.matmul %s, %w : tensor<?x8xf16>, !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    return %l, %n : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  }
}

// -----

// expected-error @below {{has lm.model and one function, @decoder, of one block}}
module {
  func.func private @decoder(%b: !lm.batch) -> tensor<?x8xf16>
}

// -----

module attributes {lm.model = {}} {
  // expected-error @below {{takes a batch and caches and returns logits and these caches}}
  func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>) -> tensor<?x8xf16> {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    return %x : tensor<?x8xf16>
  }
}

// -----

module attributes {lm.model = {}} {
  func.func @decoder(%b: !lm.batch) -> tensor<?x8xf16> {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    // expected-error @below {{is not of the canonical form}}
    %d = qnt.dequantize %w : !qnt.weight<[8, 8], f16> -> tensor<8x8xf16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %s = lm.select_rows %x, %b : tensor<?x8xf16>
    return %s : tensor<?x8xf16>
  }
}

// -----

module attributes {lm.model = {}} {
  // expected-error @below {{does not append exactly once to cache 0}}
  func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>) -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %s = lm.select_rows %x, %b : tensor<?x8xf16>
    return %s, %c : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  }
}

// -----

module attributes {lm.model = {}} {
  func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>, %d: !lm.cache<1 x 8 x f16>)
      -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>, !lm.cache<1 x 8 x f16>) {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    // expected-error @below {{is not returned in the place of its cache}}
    %n = lm.append %c, %x, %x, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
    %m = lm.append %d, %x, %x, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
    %s = lm.select_rows %x, %b : tensor<?x8xf16>
    return %s, %m, %n : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>, !lm.cache<1 x 8 x f16>
  }
}

// -----

module attributes {lm.model = {}} {
  func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 8 x f16>) -> (tensor<?x8xf16>, !lm.cache<1 x 8 x f16>) {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    // expected-error @below {{is used by something other than attention}}
    %n = lm.append %c, %x, %x, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
    %m = lm.append %n, %x, %x, %b : !lm.cache<1 x 8 x f16>, tensor<?x8xf16>
    %s = lm.select_rows %x, %b : tensor<?x8xf16>
    return %s, %n : tensor<?x8xf16>, !lm.cache<1 x 8 x f16>
  }
}

// -----

module attributes {lm.model = {}} {
  func.func @decoder(%b: !lm.batch) -> tensor<?x8xf16> {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    %s = lm.select_rows %x, %b : tensor<?x8xf16>
    // expected-error @below {{mixes selected rows with the rows of the batch}}
    %y = lm.add %x, %s : tensor<?x8xf16>
    return %y : tensor<?x8xf16>
  }
}

// -----

module attributes {lm.model = {}} {
  // expected-error @below {{returns logits of rows that were not selected}}
  func.func @decoder(%b: !lm.batch) -> tensor<?x8xf16> {
    %w = qnt.parameter "w" values <"m", 0, 128> storage rows : !qnt.weight<[8, 8], f16>
    %x = lm.embed %b, %w : !qnt.weight<[8, 8], f16> -> tensor<?x8xf16>
    return %x : tensor<?x8xf16>
  }
}
