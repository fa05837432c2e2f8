// Decisions: layouts, entry points, schedules, buffers. After this stage the host's program is fixed.
#ifndef QCC_PASSES_PLAN
#define QCC_PASSES_PLAN

include "mlir/Pass/PassBase.td"

class PlanPass<string flag> : Pass<flag, "::mlir::ModuleOp"> {
  let dependentDialects = ["::qcc::lm::LmDialect", "::qcc::program::ProgramDialect",
                           "::qcc::qnt::QntDialect", "::qcc::tile::TileDialect"];
}

def AssignMemory : PlanPass<"assign-memory"> {
  let summary = "Places weights and intermediate activations";
  let description = [{
    Weights get consecutive offsets, 256-byte aligned. Each `program.allocate` becomes a view of the arena:
    it lives from the first to the last launch that uses it, and takes the lowest offset at which it
    overlaps none that live at the same time. Entry points share the arena. `program.counters` are words
    behind the arrays of the state memory, which the host sends as zeros. Records the sizes in
    `program.memory`.
  }];
}

def ChooseLayouts : PlanPass<"choose-layouts"> {
  let summary = "Packs each matmul's weight in a layout for the chip's waves and its own shape";
  let description = [{
    Inserts `qnt.pack` with a `#qnt.tiled` layout in front of every matmul. Lanes are split between output
    columns and depth so that a wave's run pads K least, and among equals so that more lanes share a column
    (up to 16: their sum takes one step for each doubling); then so that a lane's run is a whole block, whose
    scale it applies once. A lane has two columns where eight waves remain for each compute unit. Weights that
    stream past a few rows on a matrix instruction (`MatrixForm.h`) have its columns, and runs of 64 elements of a
    lane, of which even a stage of many rows has one for each wave. Integer
    weights use the `pairs` order, or `bytes` where rows are quantized. A kernel's `tile.tuning` overrules lanes,
    loads and columns of a lane.

    Declines block sizes that are neither a power of two of at least 8 nor all of K, with an error.
  }];
  let options = [Option<"waveSize", "wave-size", "int64_t", "64", "Lanes of a wave of the chip.">,
                 Option<"computeUnits", "compute-units", "int64_t", "304", "Compute units of the chip.">,
                 Option<"rows", "rows", "int64_t", "1", "Rows of the decode entry point.">,
                 ListOption<"matrixOfFewRows", "matrix-of-few-rows", "int64_t",
                            "The chip's matrix instruction that weights stream past a few rows on.">];
}

def ChooseSchedules : PlanPass<"choose-schedules"> {
  let summary = "Gives each kernel its schedule, by kind and shape";
  let description = [{
    Sets `tile.schedule` on every `lm.fused`: rows a workgroup, waves, split-K and staging, splits of attention,
    from the kernel's `tile.tuning` if it is for as many rows, else by formula (`ScheduleTable.h`). Matmuls of many
    rows, and those of a few whose weights are packed for it, get a matrix instruction of the chip (`MatrixForm.h`).
  }];
  let options = [Option<"waveSize", "wave-size", "int64_t", "64", "Lanes of a wave of the chip.">,
                 Option<"computeUnits", "compute-units", "int64_t", "304", "Compute units of the chip.">,
                 Option<"ldsBytes", "lds-bytes", "int64_t", "65536", "LDS that a workgroup may use.">,
                 Option<"bytesInFlight", "bytes-in-flight", "int64_t", "4240000",
                        "Bytes that must be under way to keep the memory busy.">,
                 ListOption<"matrix", "matrix", "int64_t",
                            "The chip's matrix instruction of 16-bit floats, as #tile.matrix_shape; none: it has none.">,
                 ListOption<"matrixOfBytes", "matrix-of-bytes", "int64_t", "The same of 8-bit integers.">,
                 ListOption<"matrixOfFewRows", "matrix-of-few-rows", "int64_t",
                            "The one of 16-bit floats that weights stream past a few rows on.">,
                 Option<"unpackingRows", "unpacking-rows", "int64_t", "16",
                        "Rows that it multiplies in the time in which vector instructions unpack its weights.">,
                 Option<"productsOfLatency", "products-of-latency", "int64_t", "0",
                        "Products that a compute unit's adds up in a latency of the memory; 0: none share K.">];
}

def ConvertLmToProgram : PlanPass<"convert-lm-to-program"> {
  let summary = "Functions of lm.fused to launch sequences and kernels";
  let description = [{
    Input: entry-point functions (`program.entry_rows`) whose kernels have schedules. Each becomes a
    `program.entry_point`; each `lm.fused` a `program.launch` of a `tile.kernel` with the fused body. Equal
    kernels are one: the layers of a model share their code. Weights become `program.weight`s with their
    recipe, caches views of the KV cache memory, tensors and workspaces allocations, and the logits the
    logits memory. Attention and matmuls that are split get a workspace and counters. The launch of a kernel of
    kind "sample" is `sampling`.
  }];
}

def SampleLogits : PlanPass<"sample-logits"> {
  let summary = "Picks the next tokens where the logits are";
  let description = [{
    `@decoder` takes a sampler after its caches, and returns what a last kernel gives: the batch of the next
    step and the sampler after it.

    ```mlir
    return %logits, %cache   ==>   %next, %new = lm.fused "sample" { lm.sample %logits, %batch, %sampler ... }
                                   return %logits, %cache, %next, %new
    ```
  }];
}

def SeparateNorms : PlanPass<"separate-norms"> {
  let summary = "Norms in front of kernels on matrix instructions to kernels of their own";
  let description = [{
    Where a kernel streams its weights once, it normalizes its rows while it stages them. Kernels on matrix
    instructions (`MatrixForm.h`) stage the same rows in every column of workgroups, straight from memory to
    LDS; there a norm is one small kernel in front.

    ```mlir
    %m = lm.fused "matmul" { %y = lm.rms_norm %x, ...; %m = qnt.matmul %y, ... }
    ==>
    %y = lm.fused "rows" { %y = lm.rms_norm %x, ... }
    %m = lm.fused "matmul" { %m = qnt.matmul %y, ... }
    ```
  }];
  let options = [ListOption<"matrix", "matrix", "int64_t",
                            "The chip's matrix instruction of 16-bit floats, as #tile.matrix_shape; none: it has none.">];
}

def SpecializeEntryPoints : PlanPass<"specialize-entry-points"> {
  let summary = "One copy of the decoder for each number of rows that it is planned for";
  let description = [{
    `@decoder` becomes `@decode`, for up to `max-batch` rows, and `@prefill`, for up to `prefill-rows` rows (when
    that is more). Rows of tensors become static, and caches and samplers get their slots and positions.
  }];
  let options = [Option<"maxBatch", "max-batch", "int64_t", "1", "Sequences that a session holds.">,
                 Option<"maxContext", "max-context", "int64_t", "512", "Positions of a sequence.">,
                 Option<"prefillRows", "prefill-rows", "int64_t", "64", "Rows of a prefill step.">];
}

def VerifyPlan : PlanPass<"verify-plan"> {
  let summary = "The contract of the plan stage: a program of launches with every place known";
  let description = [{
    The module holds weights with offsets, kernels, and entry points of views and launches; every launch
    names a kernel of the module and passes as many buffers as it takes. Sampling launches come last.
  }];
}

#endif // QCC_PASSES_PLAN
