// RUN: qcc-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{a cache has heads of f32, f16, bf16, f8E4M3FN or i8}}
func.func @cache_heads(%cache: !lm.cache<0 x 16 x f16>)

// -----

// expected-error @below {{slots and positions of a cache are not negative}}
func.func @cache_slots(%cache: !lm.cache<2 x 16 x f16, slots = -1, positions = 4>)

// -----

func.func @embed(%batch: !lm.batch, %table: !qnt.weight<[32, 64], f16>) {
  // expected-error @below {{result has as many features as the table has columns}}
  %0 = lm.embed %batch, %table : !qnt.weight<[32, 64], f16> -> tensor<?x32xf16>
  return
}

// -----

func.func @rms_norm_group(%x: tensor<?x64xf16>, %w: !qnt.weight<[10], f16>) {
  // expected-error @below {{features are whole groups of 10}}
  %0 = lm.rms_norm %x, %w epsilon 1.0e-5 group 10 : tensor<?x64xf16>, !qnt.weight<[10], f16> -> tensor<?x64xf16>
  return
}

// -----

func.func @rms_norm_weight(%x: tensor<?x64xf16>, %w: !qnt.weight<[32], f16>) {
  // expected-error @below {{weight has one element for each of 64 features}}
  %0 = lm.rms_norm %x, %w epsilon 1.0e-5 : tensor<?x64xf16>, !qnt.weight<[32], f16> -> tensor<?x64xf16>
  return
}

// -----

func.func @rms_norm_result(%x: tensor<?x64xf16>, %w: !qnt.weight<[64], f16>) {
  // expected-error @below {{result has the input's shape}}
  %0 = lm.rms_norm %x, %w epsilon 1.0e-5 : tensor<?x64xf16>, !qnt.weight<[64], f16> -> tensor<?x32xf16>
  return
}

// -----

func.func @slice_range(%x: tensor<?x64xf16>) {
  // expected-error @below {{features 40 to 72 are not within the input's 64}}
  %0 = lm.slice %x at 40 : tensor<?x64xf16> -> tensor<?x32xf16>
  return
}

// -----

func.func @slice_type(%x: tensor<?x64xf16>) {
  // expected-error @below {{keeps the element type}}
  %0 = lm.slice %x at 0 : tensor<?x64xf16> -> tensor<?x32xf32>
  return
}

// -----

func.func @rope_heads(%batch: !lm.batch, %x: tensor<?x64xf16>, %cos: !qnt.weight<[128, 8], f16>) {
  // expected-error @below {{features are whole heads of 24}}
  %0 = lm.rope %x, %batch, %cos, %cos head_size 24 : tensor<?x64xf16>, !qnt.weight<[128, 8], f16>
  return
}

// -----

func.func @rope_tables(%batch: !lm.batch, %x: tensor<?x64xf16>, %cos: !qnt.weight<[128], f16>) {
  // expected-error @below {{cos and sin are [positions, rotary / 2]}}
  %0 = lm.rope %x, %batch, %cos, %cos head_size 16 : tensor<?x64xf16>, !qnt.weight<[128], f16>
  return
}

// -----

func.func @rope_rotary(%batch: !lm.batch, %x: tensor<?x64xf16>, %cos: !qnt.weight<[128, 16], f16>) {
  // expected-error @below {{rotates 32 elements of a head of 16}}
  %0 = lm.rope %x, %batch, %cos, %cos head_size 16 : tensor<?x64xf16>, !qnt.weight<[128, 16], f16>
  return
}

// -----

func.func @rope_order(%batch: !lm.batch, %x: tensor<?x64xf16>, %cos: !qnt.weight<[128, 8], f16>) {
  // expected-error @below {{interleaved partners are neighbours already: not paired}}
  %0 = lm.rope %x, %batch, %cos, %cos head_size 16 interleaved paired : tensor<?x64xf16>, !qnt.weight<[128, 8], f16>
  return
}

// -----

func.func @append(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %k: tensor<?x64xf16>) {
  // expected-error @below {{key and value have 32 features by the cache's type}}
  %0 = lm.append %cache, %k, %k, %batch : !lm.cache<2 x 16 x f16>, tensor<?x64xf16>
  return
}

// -----

func.func @attention_heads(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %q: tensor<?x48xf16>) {
  // expected-error @below {{has 3 heads, no multiple of the cache's 2}}
  %0 = lm.attention %q, %cache, %batch heads 3 scale 0.25 : tensor<?x48xf16>, !lm.cache<2 x 16 x f16>
  return
}

// -----

func.func @attention_features(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %q: tensor<?x48xf16>) {
  // expected-error @below {{query has 48 features, but 4 heads of 16}}
  %0 = lm.attention %q, %cache, %batch heads 4 scale 0.25 : tensor<?x48xf16>, !lm.cache<2 x 16 x f16>
  return
}

// -----

func.func @group_query_pairs(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %q: tensor<?x64xf16>, %k: tensor<?x32xf16>) {
  // expected-error @below {{key and value, cos and sin come in twos}}
  %0, %1 = "lm.group_query_attention"(%q, %k, %cache, %batch)
    <{heads = 4 : i64, scale = 2.5e-01 : f64, operandSegmentSizes = array<i32: 1, 1, 0, 1, 1, 0, 0>}>
    : (tensor<?x64xf16>, tensor<?x32xf16>, !lm.cache<2 x 16 x f16>, !lm.batch) -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>)
  return
}

// -----

func.func @group_query_keys(%batch: !lm.batch, %cache: !lm.cache<2 x 16 x f16>, %q: tensor<?x64xf16>) {
  // expected-error @below {{key and value have 32 features by the cache's type}}
  %0, %1 = lm.group_query_attention %q key %q value %q cache %cache, %batch heads 4 scale 0.25
    : (tensor<?x64xf16>, tensor<?x64xf16>, tensor<?x64xf16>, !lm.cache<2 x 16 x f16>, !lm.batch) -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>)
  return
}

// -----

func.func @fused_yield(%x: tensor<?x64xf16>) {
  // expected-error @below {{yields its results}}
  %0 = lm.fused "rows" {
    lm.yield %x : tensor<?x64xf16>
  } : tensor<?x32xf16>
  return
}

// -----

func.func @fused_kind(%x: tensor<?x64xf16>) {
  // expected-error @below {{kind is matmul, attention, embed, rows or sample}}
  %0 = lm.fused "anything" {
    lm.yield %x : tensor<?x64xf16>
  } : tensor<?x64xf16>
  return
}

// -----

func.func @sample(%logits: tensor<?x64xf32>, %batch: !lm.batch, %sampler: !lm.sampler<32>) {
  // expected-error @below {{reads f32 logits of the sampler's 32 tokens}}
  %0, %1 = lm.sample %logits, %batch, %sampler : tensor<?x64xf32>, !lm.sampler<32>
  return
}

// -----

func.func @sample_half(%logits: tensor<?x32xf16>, %batch: !lm.batch, %sampler: !lm.sampler<32>) {
  // expected-error @below {{reads f32 logits of the sampler's 32 tokens}}
  %0, %1 = lm.sample %logits, %batch, %sampler : tensor<?x32xf16>, !lm.sampler<32>
  return
}

// -----

// expected-error @below {{a sampler has a vocabulary, and slots that are not negative}}
func.func private @sampler(!lm.sampler<0>)
