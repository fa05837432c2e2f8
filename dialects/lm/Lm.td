// The lm dialect: a language-model decoder as operations on whole tensors. A step processes a batch of
// rows; every row is one token of one sequence at one position.
#ifndef QCC_DIALECTS_LM
#define QCC_DIALECTS_LM

include "dialects/qnt/QntTypes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Lm_Dialect : Dialect {
  let name = "lm";
  let cppNamespace = "::qcc::lm";
  let summary = "Language-model decoders on whole tensors";
  let description = [{
    A decoder is a function `@decoder(%batch: !lm.batch, %cache0: !lm.cache<...>, ...)` that returns the
    logits and the caches after the step. Activations are `tensor<?xFxT>`: rows by features, T one of f32,
    f16, bf16. Every op computes in fp32 and rounds its result once to its element type, unless it says
    otherwise; `compiler/interpret` is its meaning in code.

    The module carries `lm.model`, a dictionary: `name`, `layers`, `vocabulary_size`, `max_positions`
    (0: unknown) and `end_of_sequence` (array of ids).
  }];
  let dependentDialects = ["::qcc::qnt::QntDialect"];
  let useDefaultTypePrinterParser = 1;
}

//===-- Types ----------------------------------------------------------------------------------------===//

def Lm_BatchType : TypeDef<Lm_Dialect, "Batch"> {
  let mnemonic = "batch";
  let summary = "the rows of a step";
  let description = [{
    For every row its token id, sequence slot and position, and the list of rows whose logits are wanted.
    It lives in device memory, so that every step launches the same commands.
  }];
}

def Lm_CacheType : TypeDef<Lm_Dialect, "Cache"> {
  let mnemonic = "cache";
  let summary = "keys and values of one layer for every sequence";
  let description = [{
    `!lm.cache<2 x 64 x f16>`: `heads` key/value heads of `head_size` elements, at every slot and position.

    Planning adds how many slots and positions there are, and with that the layout:
    `!lm.cache<2 x 64 x f16, slots = 4, positions = 512>` is
    keys[slot][head][position][element], then values[slot][head][position][element].

    Elements of f8E4M3FN (`--kv-cache fp8`; the E4M3 of OCP's 8-bit floating-point specification) have no scale,
    so that the kernel that computes keys and values appends them: rounded to nearest (ties to even), what is past
    448 becomes 448, and so does NaN. Between 2^-6 and 448 the relative error is at most 2^-4; smaller numbers are
    multiples of 2^-9. Keys that pass 448 need i8.

    Elements of i8 are quantized: each key, and each value, of a head is a scale times integers from -127 to
    127, `scale = max |x| / 127` in f32 and `q = x / scale` to nearest (ties to even). Behind the values lie, from
    a multiple of 16 bytes on, f32 scales of keys[slot][head][position], then of values[slot][head][position].
  }];
  let parameters = (ins "int64_t":$heads, "int64_t":$headSize, "::mlir::Type":$elementType,
                        DefaultValuedParameter<"int64_t", "0">:$slots,
                        DefaultValuedParameter<"int64_t", "0">:$positions);
  let assemblyFormat = [{
    `<` $heads `x` $headSize `x` $elementType (`,` `slots` `=` $slots^)? (`,` `positions` `=` $positions^)? `>`
  }];
  let extraClassDeclaration = [{
    /// Bytes of the keys, and as many of the values, of all slots.
    int64_t getHalfBytes() const {
      return getSlots() * getHeads() * getPositions() * getHeadSize() *
             getElementType().getIntOrFloatBitWidth() / 8;
    }
    bool isQuantized() const { return getElementType().isInteger(8); }
    /// Where the scales of all keys begin, or those of the values.
    int64_t getScalesOffset(bool ofValues) const {
      return (2 * getHalfBytes() + 15) / 16 * 16 + ofValues * getScaleBytes();
    }
    /// Bytes of the scales of the keys, and as many of the values.
    int64_t getScaleBytes() const { return isQuantized() ? getSlots() * getHeads() * getPositions() * 4 : 0; }
    /// Everything.
    int64_t getBytes() const {
      return isQuantized() ? getScalesOffset(/*ofValues=*/true) + getScaleBytes() : 2 * getHalfBytes();
    }
  }];
  let genVerifyDecl = 1;
}

def Lm_SamplerType : TypeDef<Lm_Dialect, "Sampler"> {
  let mnemonic = "sampler";
  let summary = "how tokens of each sequence are picked, and which of them it had";
  let description = [{
    `!lm.sampler<32000>`: a record for every slot, for a vocabulary of 32000 tokens: parameters, the number of
    random numbers drawn so far, and a bit for each token, set when the repetition penalty applies to it.

    Planning adds how many slots there are, `!lm.sampler<32000, slots = 4>`, and with that the layout: records
    of `getSlotBytes()`, each the parameters of runtime/program.fbs (SamplerLayout) and then, at byte
    `seenOffset`, the bits, 32 a word, those of low ids first.
  }];
  let parameters = (ins "int64_t":$vocabulary, DefaultValuedParameter<"int64_t", "0">:$slots);
  let assemblyFormat = "`<` $vocabulary (`,` `slots` `=` $slots^)? `>`";
  let extraClassDeclaration = [{
    /// Bytes of the parameters, where the bits begin.
    static constexpr int64_t seenOffset = 64;
    /// Bytes of a slot's record, whole 64-byte lines.
    int64_t getSlotBytes() const { return seenOffset + (getVocabulary() + 511) / 512 * 64; }
  }];
  let genVerifyDecl = 1;
}

def Lm_Activation : Type<
    CPred<"::llvm::isa<::mlir::RankedTensorType>($_self) && "
          "::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == 2 && "
          "::llvm::isa<::mlir::FloatType>(::llvm::cast<::mlir::RankedTensorType>($_self).getElementType())">,
    "rows by features of floating point", "::mlir::RankedTensorType">;

def Lm_Rows : AnyTypeOf<[Lm_Activation, Qnt_ActivationType], "rows by features, quantized or not">;

class Lm_Op<string mnemonic, list<Trait> traits = []> : Op<Lm_Dialect, mnemonic, traits>;

//===-- Rows in and out ------------------------------------------------------------------------------===//

def Lm_EmbedOp : Lm_Op<"embed", [Pure]> {
  let summary = "one row of the embedding for each token";
  let description = [{ `result[t, f] = table[token[t], f]`; table [vocabulary, F]. }];
  let arguments = (ins Lm_BatchType:$batch, Qnt_WeightType:$table);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = "$batch `,` $table attr-dict `:` type($table) `->` type($result)";
  let hasVerifier = 1;
}

def Lm_SelectRowsOp : Lm_Op<"select_rows", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "the rows whose logits are wanted";
  let description = [{ `result[i, :] = input[logit_index[i], :]`. }];
  let arguments = (ins Lm_Rows:$input, Lm_BatchType:$batch);
  let results = (outs Lm_Rows:$result);
  let assemblyFormat = "$input `,` $batch attr-dict `:` type($input)";
}

def Lm_SampleOp : Lm_Op<"sample", [AllTypesMatch<["sampler", "new_sampler"]>]> {
  let summary = "the next token of each sequence whose logits were computed";
  let description = [{
    Picks a token from each row of logits by the sampler of its sequence: `qcc::text::Sampler` says how, and
    rows of one sequence are sampled once a step. `next` is the batch of the step after it: row i holds the
    token picked from row i of `logits`, one position further on, its logits wanted. In memory it is `batch`,
    and only rows whose logits are those of the row of the same index become the next step's; the tokens are
    in `sampled` of the state memory as well. `new_sampler`, in memory `sampler`, has the random number as
    drawn and the token as seen.

    A row that cannot be sampled (a NaN, +infinity, -infinity alone) leaves batch and sampler as they are, and
    says why in `sampled`: see StateLayout in runtime/program.fbs.
  }];
  let arguments = (ins Lm_Activation:$logits, Lm_BatchType:$batch, Lm_SamplerType:$sampler);
  let results = (outs Lm_BatchType:$next, Lm_SamplerType:$new_sampler);
  let assemblyFormat = "$logits `,` $batch `,` $sampler attr-dict `:` type($logits) `,` type($sampler)";
  let builders = [OpBuilder<(ins "::mlir::Value":$logits, "::mlir::Value":$batch, "::mlir::Value":$sampler), [{
    build($_builder, $_state, {batch.getType(), sampler.getType()}, {logits, batch, sampler});
  }]>];
  let hasVerifier = 1;
}

//===-- Norms ----------------------------------------------------------------------------------------===//

def Lm_RmsNormOp : Lm_Op<"rms_norm", [Pure]> {
  let summary = "root mean square normalization";
  let description = [{
    `result[t, f] = input[t, f] / sqrt(mean over f of input[t, f]^2 + epsilon) * weight[f]`
    (Zhang and Sennrich 2019). With `group` G the mean runs over each G consecutive features and the
    weight has G elements: the per-head norm of queries and keys.
  }];
  let arguments = (ins Lm_Activation:$input, Qnt_WeightType:$weight, F64Attr:$epsilon,
                       OptionalAttr<I64Attr>:$group);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = [{
    $input `,` $weight `epsilon` $epsilon (`group` $group^)? attr-dict
    `:` type($input) `,` type($weight) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Lm_SkipRmsNormOp : Lm_Op<"skip_rms_norm", [Pure]> {
  let summary = "a residual added, then root mean square normalization";
  let description = [{ `sum = input + skip`, `result = rms_norm(sum)`: ONNX Runtime's SkipSimplifiedLayerNormalization. }];
  let arguments = (ins Lm_Activation:$input, Lm_Activation:$skip, Qnt_WeightType:$weight, F64Attr:$epsilon);
  let results = (outs Lm_Activation:$result, Lm_Activation:$sum);
  let assemblyFormat = [{
    $input `,` $skip `,` $weight `epsilon` $epsilon attr-dict
    `:` type($input) `,` type($skip) `,` type($weight) `->` type($result) `,` type($sum)
  }];
}

//===-- Elementwise ----------------------------------------------------------------------------------===//

class Lm_UnaryOp<string mnemonic> : Lm_Op<mnemonic, [Pure, SameOperandsAndResultType]> {
  let arguments = (ins Lm_Activation:$input);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}
class Lm_BinaryOp<string mnemonic> : Lm_Op<mnemonic, [Pure, Commutative, SameOperandsAndResultType]> {
  let arguments = (ins Lm_Activation:$lhs, Lm_Activation:$rhs);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs)";
}

def Lm_SigmoidOp : Lm_UnaryOp<"sigmoid"> { let summary = "1 / (1 + exp(-x))"; }
def Lm_SiluOp : Lm_UnaryOp<"silu"> { let summary = "x * sigmoid(x)"; }
def Lm_GeluOp : Lm_UnaryOp<"gelu"> {
  let summary = "0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016)";
}
def Lm_AddOp : Lm_BinaryOp<"add"> { let summary = "elementwise sum"; }
def Lm_MulOp : Lm_BinaryOp<"mul"> { let summary = "elementwise product"; }

def Lm_ScaleOp : Lm_Op<"scale", [Pure, SameOperandsAndResultType]> {
  let summary = "x * factor, factor a constant";
  let arguments = (ins Lm_Activation:$input, F64Attr:$factor);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = "$input `by` $factor attr-dict `:` type($input)";
  let hasFolder = 1;
}

def Lm_CastOp : Lm_Op<"cast", [Pure]> {
  let summary = "another element type, rounded to nearest even";
  let arguments = (ins Lm_Activation:$input);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def Lm_SliceOp : Lm_Op<"slice", [Pure]> {
  let summary = "some consecutive features";
  let description = [{ `result[t, f] = input[t, offset + f]`. }];
  let arguments = (ins Lm_Activation:$input, I64Attr:$offset);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = "$input `at` $offset attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

//===-- Attention ------------------------------------------------------------------------------------===//

def Lm_RopeOp : Lm_Op<"rope", [Pure, AllTypesMatch<["input", "result"]>, AllTypesMatch<["cos", "sin"]>]> {
  let summary = "rotary position embedding";
  let description = [{
    Features are heads of `head_size`. With R = 2 * columns of `cos` ([positions, R / 2]) and p the row's
    position, the first R elements of a head are rotated in pairs (a, b): (i, i + R / 2), or (2i, 2i + 1)
    when `interleaved`: `a' = a cos[p, i] - b sin[p, i]`, `b' = b cos[p, i] + a sin[p, i]` (Su et al. 2021).
    Features past R keep their value.

    `paired`: the input's features come in the order of `qnt.pair_rows` (rotary partners are neighbours);
    the result is in ordinary order all the same.
  }];
  let arguments = (ins Lm_Activation:$input, Lm_BatchType:$batch, Qnt_WeightType:$cos, Qnt_WeightType:$sin,
                       I64Attr:$head_size, UnitAttr:$interleaved, UnitAttr:$paired);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = [{
    $input `,` $batch `,` $cos `,` $sin `head_size` $head_size (`interleaved` $interleaved^)?
    (`paired` $paired^)? attr-dict `:` type($input) `,` type($cos)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Elements of a head that are rotated.
    int64_t getRotary() { return 2 * getCos().getType().getColumns(); }
  }];
}

def Lm_AppendOp : Lm_Op<"append", [Pure, AllTypesMatch<["cache", "result"]>,
                                   AllTypesMatch<["key", "value"]>]> {
  let summary = "the step's keys and values written to the cache";
  let description = [{
    `result[slot[t], position[t]] = (key[t], value[t])`, rounded or quantized to the cache's elements, everything
    else as in `cache`; the caches of one layer are one memory, so that a cache has a single use after an append.
  }];
  let arguments = (ins Lm_CacheType:$cache, Lm_Activation:$key, Lm_Activation:$value, Lm_BatchType:$batch);
  let results = (outs Lm_CacheType:$result);
  let assemblyFormat = [{
    $cache `,` $key `,` $value `,` $batch attr-dict `:` type($cache) `,` type($key)
  }];
  let hasVerifier = 1;
}

def Lm_AttentionOp : Lm_Op<"attention", [Pure, AllTypesMatch<["query", "result"]>]> {
  let summary = "causal attention over the cache";
  let description = [{
    For row t, head h of `heads` and key/value head g = h * cache heads / heads:
    `score[p] = scale * query[t, h] . key[slot[t], p, g]` for positions p <= position[t], and
    p > position[t] - window when `window` > 0; `score = softcap * tanh(score / softcap)` when
    `softcap` > 0; `result[t, h] = softmax(score) . value` (Vaswani et al. 2017; Ainslie et al. 2023).
    Everything between query and result is fp32; but matrix instructions take the softmax's weights, and keys and
    values of a quantized cache, rounded to the query's type.
  }];
  let arguments = (ins Lm_Activation:$query, Lm_CacheType:$cache, Lm_BatchType:$batch, I64Attr:$heads,
                       F64Attr:$scale, DefaultValuedAttr<I64Attr, "0">:$window,
                       DefaultValuedAttr<F64Attr, "0.0">:$softcap);
  let results = (outs Lm_Activation:$result);
  let assemblyFormat = [{
    $query `,` $cache `,` $batch `heads` $heads `scale` $scale attr-dict
    `:` type($query) `,` type($cache)
  }];
  let hasVerifier = 1;
}

def Lm_GroupQueryAttentionOp : Lm_Op<"group_query_attention", [Pure, AttrSizedOperandSegments]> {
  let summary = "ONNX Runtime's GroupQueryAttention, as imported";
  let description = [{
    `query` alone holds queries, keys and values side by side when `key` and `value` are absent. Rotary
    embedding is applied to queries and keys when `cos` and `sin` are present. Decomposed by
    `--decompose-group-query-attention` into slice, rope, append and attention.
  }];
  let arguments = (ins Lm_Activation:$query, Optional<Lm_Activation>:$key, Optional<Lm_Activation>:$value,
                       Lm_CacheType:$cache, Lm_BatchType:$batch, Optional<Qnt_WeightType>:$cos,
                       Optional<Qnt_WeightType>:$sin, I64Attr:$heads, F64Attr:$scale,
                       DefaultValuedAttr<I64Attr, "0">:$window, DefaultValuedAttr<F64Attr, "0.0">:$softcap,
                       UnitAttr:$interleaved);
  let results = (outs Lm_Activation:$result, Lm_CacheType:$new_cache);
  let assemblyFormat = [{
    $query (`key` $key^ `value` $value)? `cache` $cache `,` $batch (`rotary` $cos^ `,` $sin)?
    `heads` $heads `scale` $scale attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

//===-- Fusion ---------------------------------------------------------------------------------------===//

def Lm_FusedOp : Lm_Op<"fused", [SingleBlock]> {
  let summary = "what shares one kernel";
  let description = [{
    Computes its body as one kernel; values of the surrounding function are used directly. `kind` says
    which schedule family the planner chooses from: "matmul", "attention", "embed", "rows" (elementwise and
    norms) or "sample". Results are what `lm.yield` yields.
  }];
  let arguments = (ins StrAttr:$kind);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$kind $body attr-dict `:` type($results)";
  let hasVerifier = 1;
}

def Lm_YieldOp : Lm_Op<"yield", [Pure, Terminator, ReturnLike, ParentOneOf<["FusedOp"]>]> {
  let summary = "the results of lm.fused";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // QCC_DIALECTS_LM
