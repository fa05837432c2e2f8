// Work of a kernel over workgroups, waves and lanes: tensor-level kernels become lane-level ones.
#ifndef QCC_PASSES_TILE
#define QCC_PASSES_TILE

include "mlir/Pass/PassBase.td"

class TilePass<string flag> : Pass<flag, "::mlir::ModuleOp"> {
  let dependentDialects = ["::qcc::tile::TileDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
  let options = [Option<"waveSize", "wave-size", "int64_t", "64", "Lanes of a wave of the chip.">];
}

def LowerAttentionKernels : TilePass<"lower-attention-kernels"> {
  let summary = "Attention kernels to lane level: flash attention over the cache";
  let description = [{
    Input: tensor-level kernels of kind "attention" whose body is one `lm.attention`. A workgroup computes
    one row and some query heads that share a key/value head, so that each key and value is loaded once
    for all of them; its waves share the positions, and the lanes of a wave visit several positions at
    once, a few lanes each. Keys and values are loaded a turn ahead of their use. Each lane group keeps a
    running maximum and sum (Milakov and Gimelshein 2018); groups are merged at the end. With `splits`, several
    workgroups share the positions, and the last to finish combines what they left in the kernel's
    workspace. Other kernels are left alone.

    With a matrix instruction in the schedule, a workgroup computes many rows of one key/value head, and stages
    keys and values for all of them (`FlashAttentionLowering.h`); an error names what is not of that form.

    ```mlir
    tile.kernel @a(%q: tensor<1x256xf16>, %c: !lm.cache<...>, %b: !lm.batch) -> tensor<1x256xf16> ...
    ==>
    tile.kernel @a(%q: !tile.buffer<global>, ...) attributes {grid = [heads, rows, splits], workgroup = 256 ...}
    ```
  }];
}

def LowerMatmulKernels : TilePass<"lower-matmul-kernels"> {
  let summary = "Matmul kernels to lane level: weights, staged rows, fused epilogues";
  let description = [{
    Input: tensor-level kernels of kind "matmul": matmuls that share their rows, which come from an argument
    through an optional rms_norm and select_rows; results are elementwise functions of the matmuls,
    rotations of paired columns, and appends to a cache. Weights are packed as `#qnt.tiled`. An error names
    what is not of this form. Other kernels are left alone.

    Without a matrix instruction in the schedule, weights are streamed past a few staged rows
    (`MatmulLowering.h`). With one, rows are staged a piece of K at a time and multiplied by all waves of the
    workgroup (`GemmLowering.h`); a norm is then a kernel of its own.

    ```mlir
    tile.kernel @m(%x: tensor<64x512xf16>, %w: !qnt.weight<...>, ...) attributes {schedule = <..., matrix = #m>}
    ==>
    scf.for ... { tile.load; tile.unpack; tile.matrix_multiply ... shape #m; tile.store; tile.barrier }
    ```
  }];
}

def LowerRowKernels : TilePass<"lower-row-kernels"> {
  let summary = "Embedding, norm and elementwise kernels to lane level";
  let description = [{
    Input: tensor-level kernels of kind "embed" and "rows": any elementwise expression, embeddings, norms,
    rotations and appends. A workgroup computes one row, a work-item every workgroup-th feature. An error
    names an operation that is not of this form.
  }];
}

def LowerSampleKernels : TilePass<"lower-sample-kernels"> {
  let summary = "Sampling kernels to lane level: radix selection over the logits";
  let description = [{
    Input: tensor-level kernels of kind "sample" whose body is one `lm.sample`. A workgroup samples a row. It
    reads the logits once for the largest; greedy sampling ends there. Else it counts tokens and their weights
    by the first eight bits of their distance from the largest, and finds where top-k, top-p and the random
    number fall among them, each by the next eight bits of those that share the first, until one token is
    left. Weights are integers, so every order of adding them gives the same sums. Other kernels are left
    alone.
  }];
}

def FormPersistentKernels : Pass<"form-persistent-kernels", "::mlir::ModuleOp"> {
  let summary = "One kernel for all launches of a step";
  let description = [{
    Input: entry points of at most `max-rows` rows whose kernels are at lane level and have workgroups of one
    size, but for sampling ones, which stay launches; others are left alone. Each gets a kernel that one launch
    executes the whole step with: it walks a list of commands in device memory, runs the code of the phase that a
    command names, shared out among the launch's workgroups, and has them meet in between. Where they wait for
    one another, all but the first wave of each touch the first lines of what it reads next, of the streams
    that the next phase states. The launches stay, for drivers that cannot have all workgroups run at once.

    ```mlir
    program.entry_point @decode rows 1 { program.launch @a(%x, %y) program.launch @b(%y, %z) }
    ==>
    program.entry_point @decode rows 1 persistent @decode_persistent { ... }
    tile.kernel @decode_persistent(%commands, %barrier) attributes {phases = [@a, @b], ...} {
      scf.for each command {
        scf.index_switch %phase
        case 1 { scf.for %group = own to grid of @b step %workgroups { the code of @b } }
        default { ... @a }
        tile.grid_barrier %barrier of %workgroups meanwhile { touch the next one's streams }  // not after the last
      }
    }
    ```
  }];
  let options = [Option<"maxRows", "max-rows", "int64_t", "64", "Rows of the largest entry point that gets one.">];
  let dependentDialects = ["::qcc::tile::TileDialect", "::qcc::program::ProgramDialect",
                           "::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def VerifyTile : Pass<"verify-tile", "::mlir::ModuleOp"> {
  let summary = "The contract of the tile stage: every kernel is at lane level";
  let description = [{
    Fails on a kernel that has no grid, a grid that is empty, a workgroup past 1024 work-items, or an
    operation of lm or qnt inside.
  }];
}

#endif // QCC_PASSES_TILE
