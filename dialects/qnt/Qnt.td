// The operations of the qnt dialect: where weights come from, the recipe that packs them, and their use.
#ifndef QCC_DIALECTS_QNT
#define QCC_DIALECTS_QNT

include "dialects/qnt/QntTypes.td"

//===-- Operations -----------------------------------------------------------------------------------===//

class Qnt_Op<string mnemonic, list<Trait> traits = []> : Op<Qnt_Dialect, mnemonic, traits>;

def Qnt_ParameterOp : Qnt_Op<"parameter", [Pure]> {
  let summary = "a weight of the model, by name and source";
  let description = [{
    The bytes of `values` (and of `scales`, `zeros`, `group_index` where the type or the model has them)
    stay where they are. `storage` arranges `values`; scales and floating-point zeros are [N, blocks] row
    major; integer zeros are packed like `rows`. `group_index` [K] int32 names the block of each input
    feature (GPTQ act-order) where blocks are not consecutive.

    ```mlir
    %w = qnt.parameter "layers.0.o_proj" values <"m.data", 0, 32768> storage blocks
           scales <"m.data", 32768, 4096>
           : !qnt.weight<[256, 256], u4, block = 32, scale = f16>
    ```
  }];
  let arguments = (ins StrAttr:$name, Qnt_SourceAttr:$values, Qnt_StorageAttr:$storage,
                       OptionalAttr<Qnt_SourceAttr>:$scales, OptionalAttr<Qnt_SourceAttr>:$zeros,
                       OptionalAttr<Qnt_SourceAttr>:$group_index);
  let results = (outs Qnt_WeightType:$result);
  let assemblyFormat = [{
    $name `values` $values `storage` $storage (`scales` $scales^)? (`zeros` $zeros^)?
    (`group_index` $group_index^)? attr-dict `:` type($result)
  }];
  let hasVerifier = 1;
}

def Qnt_SliceRowsOp : Qnt_Op<"slice_rows", [Pure]> {
  let summary = "some consecutive output features of a weight";
  let description = [{ `result = source[offset : offset + rows, :]`, `rows` from the result type. }];
  let arguments = (ins Qnt_WeightType:$source, I64Attr:$offset);
  let results = (outs Qnt_WeightType:$result);
  let assemblyFormat = "$source `at` $offset attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Qnt_PairRowsOp : Qnt_Op<"pair_rows", [Pure, SameOperandsAndResultType]> {
  let summary = "output features reordered so that rotary partners are neighbours";
  let description = [{
    Within each head of `head_size` rows, row 2i of the result is row i of the source and row 2i + 1 is row
    i + rotary / 2, for i < rotary / 2; rows past `rotary` keep their place. A kernel that computes
    neighbouring rows then holds both halves of a rotation.
  }];
  let arguments = (ins Qnt_WeightType:$source, I64Attr:$head_size, I64Attr:$rotary);
  let results = (outs Qnt_WeightType:$result);
  let assemblyFormat = [{
    $source `head_size` $head_size `rotary` $rotary attr-dict `:` type($source)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The source row that result row `row` is.
    int64_t getSourceRow(int64_t row);
  }];
}

def Qnt_PackOp : Qnt_Op<"pack", [Pure]> {
  let summary = "a weight in a packed layout";
  let arguments = (ins Qnt_WeightType:$source);
  let results = (outs Qnt_WeightType:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Qnt_DequantizeOp : Qnt_Op<"dequantize", [Pure]> {
  let summary = "the weight's values as a tensor";
  let arguments = (ins Qnt_WeightType:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

def Qnt_QuantizeOp : Qnt_Op<"quantize", [Pure]> {
  let summary = "activations as 8-bit integers, a scale for each block of a row";
  let description = [{
    For each row t and block of features: with y = input[t, f], or with a weight `y = input[t, f] * weight[f]`,
    in f32, `scale = max over the block of |y| / 127` and `q = y / scale` to nearest, ties to even; zeros where
    all of the block is zero.

    `weighted`: the weight is that of a norm whose factor, which is the same for all of a row, is multiplied
    into the scales later by `qnt.scale_by_norm`; the result's type has `squares`, the sum over each block of
    input[t, f]^2 in f32.
  }];
  let arguments = (ins AnyRankedTensor:$input, Optional<Qnt_WeightType>:$weight);
  let results = (outs Qnt_ActivationType:$result);
  let assemblyFormat = [{
    $input (`weighted` `(` $weight^ `:` type($weight) `)`)? attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Qnt_ScaleByNormOp : Qnt_Op<"scale_by_norm", [Pure]> {
  let summary = "root mean square normalization of rows that were quantized with the norm's weight";
  let description = [{
    Every scale of row t times `1 / sqrt(sum of the squares of row t / features + epsilon)`, in f32; integers stay.
    Up to rounding, `scale_by_norm(quantize(x weighted(w)))` is `quantize(lm.rms_norm(x, w))`: the norm
    needs no kernel, since a reader of the rows has its factor from a few sums.
  }];
  let arguments = (ins Qnt_ActivationType:$input, F64Attr:$epsilon);
  let results = (outs Qnt_ActivationType:$result);
  let assemblyFormat = "$input `epsilon` $epsilon attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def Qnt_MatmulOp : Qnt_Op<"matmul", [Pure]> {
  let summary = "activations times a weight's transpose";
  let description = [{
    `result[t, n] = sum over k of lhs[t, k] * w[n, k] (+ bias[n])`, accumulated in fp32 and rounded once to
    the result's element type. lhs is [rows, K], the weight [N, K], the bias [N]. Quantized rows are
    multiplied as what they dequantize to.
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, Qnt_ActivationType]>:$lhs, Qnt_WeightType:$weight, Optional<Qnt_WeightType>:$bias);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $weight (`bias` `(` $bias^ `:` type($bias) `)`)? attr-dict
    `:` type($lhs) `,` type($weight) `->` type($result)
  }];
  let hasVerifier = 1;
}

#endif // QCC_DIALECTS_QNT
