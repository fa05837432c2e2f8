// One pass of one's own. What is written here becomes the pass's options, its help and its documentation.
#ifndef QCC_EXAMPLES_ADD_A_PASS
#define QCC_EXAMPLES_ADD_A_PASS

include "mlir/Pass/PassBase.td"

def MergeScales : Pass<"merge-scales", "::mlir::func::FuncOp"> {
  let summary = "two lm.scale in a row as one";
  let description = [{
    Input: a value scaled by one constant and then by another. Output: scaled once by their product, and
    rounded once instead of twice. Declines where the product is not a normal number of fp32, in which
    kernels scale.

    ```mlir
    %a = lm.scale %x by 0.5
    %y = lm.scale %a by 3.0
    ==>
    %y = lm.scale %x by 1.5
    ```
  }];
}

#endif // QCC_EXAMPLES_ADD_A_PASS
