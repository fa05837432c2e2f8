// The clean stage: whatever form an importer wrote becomes one canonical form of lm and qnt.
// Alphabetical; the order in which they run is in Passes.cpp.
#ifndef QCC_PASSES_CLEAN
#define QCC_PASSES_CLEAN

include "mlir/Pass/PassBase.td"

def DecomposeGroupQueryAttention : Pass<"decompose-group-query-attention", "::mlir::func::FuncOp"> {
  let summary = "lm.group_query_attention as slice, rope, append and attention";
  let description = [{
    Input: attention as ONNX Runtime states it. Output: the cache written by one `lm.append`, read by one
    `lm.attention`; a packed query is cut by `lm.slice` before its rotary embedding. Never declines.

    ```mlir
    %y, %c1 = lm.group_query_attention %q key %k value %v cache %c0, %batch rotary %cos, %sin heads 4 ...
    ==>
    %qr = lm.rope %q, %batch, %cos, %sin head_size 64
    %kr = lm.rope %k, %batch, %cos, %sin head_size 64
    %c1 = lm.append %c0, %kr, %v, %batch
    %y = lm.attention %qr, %c1, %batch heads 4 ...
    ```
  }];
}

def DecomposeSkipRmsNorm : Pass<"decompose-skip-rms-norm", "::mlir::func::FuncOp"> {
  let summary = "lm.skip_rms_norm as add and rms_norm";
  let description = [{
    Input: residual and norm in one operation. Output: two, so that the residual may join the matmul
    before and the norm the one after. Never declines.

    ```mlir
    %y, %sum = lm.skip_rms_norm %x, %skip, %w epsilon 1.0e-05
    ==>
    %sum = lm.add %x, %skip
    %y = lm.rms_norm %sum, %w epsilon 1.0e-05
    ```
  }];
}

def FoldCasts : Pass<"fold-casts", "::mlir::func::FuncOp"> {
  let summary = "casts around norms removed where the result stays the same";
  let description = [{
    Exporters compute norms of f16 models between casts to f32 and back. `lm.rms_norm` computes in fp32
    whatever its types, so a widening cast before it changes nothing, and a cast of its f32 result rounds
    once, as the norm itself would. Declines where the f32 result has further uses.

    ```mlir
    %a = lm.cast %x : tensor<?x256xf16> -> tensor<?x256xf32>
    %b = lm.rms_norm %a, %w ... -> tensor<?x256xf32>
    %y = lm.cast %b : tensor<?x256xf32> -> tensor<?x256xf16>
    ==>
    %y = lm.rms_norm %x, %w ... -> tensor<?x256xf16>
    ```
  }];
}

def FormSilu : Pass<"form-silu", "::mlir::func::FuncOp"> {
  let summary = "x * sigmoid(x) as lm.silu";
  let description = [{
    Input: SiLU spelt as two operations. Output: one. The product is rounded once instead of twice, which
    is closer to the model as it was trained. Declines where the two factors differ.

    ```mlir
    %s = lm.sigmoid %x
    %y = lm.mul %x, %s
    ==>
    %y = lm.silu %x
    ```
  }];
}

def SelectLogitRows : Pass<"select-logit-rows", "::mlir::func::FuncOp"> {
  let summary = "lm.select_rows before the head instead of after it";
  let description = [{
    Input: all rows' logits computed, some selected. Output: rows selected before the head's matmul and
    the final norm, which then compute wanted rows only. Every operation passed treats rows one by one and
    does not read the batch. Declines where a value on the way has further uses.

    ```mlir
    %n = lm.rms_norm %x, %w
    %l = qnt.matmul %n, %head
    %y = lm.select_rows %l, %batch
    ==>
    %s = lm.select_rows %x, %batch
    %n = lm.rms_norm %s, %w
    %y = qnt.matmul %n, %head
    ```
  }];
}

def SinkSlices : Pass<"sink-slices", "::mlir::func::FuncOp"> {
  let summary = "slices of a matmul as matmuls by slices of its weight";
  let description = [{
    Packed QKV and packed gate and up projections are one matmul cut into features. Cutting the weight
    instead costs nothing, since packing applies it, and leaves matmuls that fuse each with what follows.
    Declines where the whole product is also used.

    ```mlir
    %p = qnt.matmul %x, %w : tensor<?x256xf16>, !qnt.weight<[512, 256], f16> -> tensor<?x512xf16>
    %y = lm.slice %p at 256 : tensor<?x512xf16> -> tensor<?x128xf16>
    ==>
    %v = qnt.slice_rows %w at 256 : !qnt.weight<[512, 256], f16> -> !qnt.weight<[128, 256], f16>
    %y = qnt.matmul %x, %v : tensor<?x256xf16>, !qnt.weight<[128, 256], f16> -> tensor<?x128xf16>
    ```
  }];
}

def VerifyClean : Pass<"verify-clean", "::mlir::ModuleOp"> {
  let summary = "checks what the clean stage promises to the stages after it";
  let description = [{
    * The module has `lm.model` and one function, `@decoder`, that takes a batch and caches and returns
      logits and these caches.
    * Only operations of the canonical form: no `lm.group_query_attention`, no `lm.skip_rms_norm`, no
      `qnt.dequantize`.
    * Every cache is appended to once, read by attention after that, and returned in its argument's place.
    * The logits returned are of selected rows, and no operation mixes selected with other rows.
  }];
}

#endif // QCC_PASSES_CLEAN
