// Which operations share a kernel. After this stage a decoder is a sequence of lm.fused.
#ifndef QCC_PASSES_FUSE
#define QCC_PASSES_FUSE

include "mlir/Pass/PassBase.td"

class FusePass<string flag> : Pass<flag, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::qcc::lm::LmDialect", "::qcc::qnt::QntDialect"];
}

def PairRotaryRows : FusePass<"pair-rotary-rows"> {
  let summary = "Reorders weights so that rotary partners are computed side by side";
  let description = [{
    A rotation of a matmul's result needs feature i and i + rotary / 2 of a head. With the rows of the
    weight (and bias) in the order of `qnt.pair_rows` they are neighbouring columns of the matmul, in
    neighbouring lanes of a wave, and the rotation becomes an epilogue. Declines where the matmul has other
    users, and for interleaved rotations, whose partners are neighbours already.

    ```mlir
    %q = qnt.matmul %x, %w        ==>   %p = qnt.pair_rows %w head_size 64 rotary 64
    %r = lm.rope %q, ...                %q = qnt.matmul %x, %p
                                        %r = lm.rope %q, ... paired
    ```
  }];
}

def FuseMatmuls : FusePass<"fuse-matmuls"> {
  let summary = "Puts matmuls of the same rows into one kernel";
  let description = [{
    Every `qnt.matmul` becomes part of an `lm.fused "matmul"`; matmuls that share their left-hand side (queries,
    keys and values; gate and up) share the kernel, so that their rows are read and normalized once and
    their weights stream in one launch.
  }];
}

def FuseNorms : FusePass<"fuse-norms"> {
  let summary = "Computes norms and row selection where their rows are staged";
  let description = [{
    An `lm.rms_norm` over all features, or an `lm.select_rows`, that a matmul kernel reads is computed again
    by every workgroup while it stages its rows: a few instructions a feature, against a launch and a round
    trip through memory. So is the factor that `qnt.scale_by_norm` takes from its rows' sums of squares. The
    original goes when nothing else reads it.
  }];
}

def FuseEpilogues : FusePass<"fuse-epilogues"> {
  let summary = "Computes what follows a matmul before its result leaves the registers";
  let description = [{
    Pulls users of a matmul kernel's results into it while they are elementwise (add, mul, silu, gelu,
    sigmoid, scale, cast), rotations of side-by-side partners, the append of its keys and values, unless it
    quantizes them: a scale needs a whole head, or quantize rows for other matmuls. Their other operands are
    kernel results, or defined before the kernel. Declines where combined matmuls would differ in encoding or
    width, since their columns then lie in different lanes.
  }];
}

def FormKernels : FusePass<"form-kernels"> {
  let summary = "Gives every remaining operation a kernel";
  let description = [{
    Attention becomes an `lm.fused "attention"`, an embedding "embed", and what is left (norms, elementwise
    operations, rotations, appends) "rows", each operation with the elementwise producers that only it uses.
    What quantizes a result joins its kernel.
  }];
}

def VerifyFuse : FusePass<"verify-fuse"> {
  let summary = "The contract of the fuse stage: a decoder is a sequence of kernels";
  let description = [{
    At the top of the function there are only weights (`qnt.parameter` and operations on weights), `lm.fused`
    and the return; every matmul, attention and append is inside a kernel of its kind.
  }];
}

def WidenLogits : FusePass<"widen-logits"> {
  let summary = "Returns logits in f32, as samplers read them";
  let description = [{
    Casts the function's tensor result to f32. The cast becomes part of the head's epilogue, so that logits
    leave the accumulator unrounded.
  }];
}

#endif // QCC_PASSES_FUSE
