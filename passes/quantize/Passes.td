// The quantize stage: which activations are 8-bit integers. Weights come quantized from their exporter.
#ifndef QCC_PASSES_QUANTIZE
#define QCC_PASSES_QUANTIZE

include "mlir/Pass/PassBase.td"

class QuantizePass<string flag> : Pass<flag, "::mlir::func::FuncOp"> {
  let dependentDialects = ["::qcc::lm::LmDialect", "::qcc::qnt::QntDialect"];
}

def QuantizeActivations : QuantizePass<"quantize-activations"> {
  let summary = "Rows of matmuls with integer weights as 8-bit integers";
  let description = [{
    The rows of a matmul whose weights are integers of 4 or 8 bits in blocks of a multiple of 16, with K a multiple
    of 128, are quantized with a scale for every 128 features, so that integer dot products multiply them. The
    quantization stands at the operation that makes the rows, whose kernel can compute it: in front of row
    selection, and of a norm over all features, of which only the weight is multiplied in and the rest left to
    `qnt.scale_by_norm`. Declines for other weights, whose matmuls read the rows as they are.

    ```mlir
    %n = lm.rms_norm %x, %w epsilon 1.0e-05   ==>   %q = qnt.quantize %x weighted(%w)
    %y = qnt.matmul %n, %m                          %n = qnt.scale_by_norm %q epsilon 1.0e-05
                                                    %y = qnt.matmul %n, %m
    ```
  }];
}

def VerifyQuantize : QuantizePass<"verify-quantize"> {
  let summary = "The contract of the quantize stage";
  let description = [{
    * Quantized rows are read by matmuls with integer weights of 4 or 8 bits, and on their way there by
      `qnt.scale_by_norm` and `lm.select_rows` alone.
    * No norm over all features and no selected row is quantized: their input is.
  }];
}

#endif // QCC_PASSES_QUANTIZE
