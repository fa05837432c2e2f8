// The tile dialect: the inside of one kernel. A kernel starts as whole-tensor operations with a schedule
// and ends as the code of one work-item, still free of any chip's instruction names.
#ifndef QCC_DIALECTS_TILE
#define QCC_DIALECTS_TILE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Tile_Dialect : Dialect {
  let name = "tile";
  let cppNamespace = "::qcc::tile";
  let summary = "The inside of one kernel";
  let description = [{
    Two levels share the dialect. *Tensor level*: a `tile.kernel` with a `schedule` whose body is lm and qnt
    operations on tensors, results returned. *Lane level*, made by passes/tile: arguments are
    `!tile.buffer`s, the body is arith, math, vector and scf code of one work-item plus the operations
    below, and nothing is returned.

    The arguments of a lane-level kernel are pointers in this order: every tensor-level argument, then
    every tensor and quantized result (results of other types are their arguments), then the kernel's `workspace` and `counters`,
    if it has them. What a pointer points to:

    | type | memory |
    |---|---|
    | tensor<R x F x T> | R rows of F elements, row major |
    | !qnt.activation | integers, then scales, then sums of squares, see `!qnt.activation` |
    | !qnt.weight with a layout | values, scales, zeros of `#qnt.tiled`, see `qcc::qnt::PackedWeight` |
    | !qnt.weight without | values row major (sub-byte elements low bits first, rows whole bytes), then scales and zeros [N, blocks] |
    | !lm.cache | keys, then values, see `!lm.cache` |
    | !lm.sampler | a record a slot, see `!lm.sampler` |
    | !lm.batch | the state memory of runtime/program.fbs |
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

//===-- Attributes and types -------------------------------------------------------------------------===//

def Tile_Space : I32EnumAttr<"Space", "a memory that a kernel reads and writes", [
    I32EnumAttrCase<"global", 0>, I32EnumAttrCase<"shared", 1>]> {
  let cppNamespace = "::qcc::tile";
  let genSpecializedAttr = 0;
}

def Tile_Axis : I32EnumAttr<"Axis", "an axis of the grid", [
    I32EnumAttrCase<"x", 0>, I32EnumAttrCase<"y", 1>, I32EnumAttrCase<"z", 2>]> {
  let cppNamespace = "::qcc::tile";
  let genSpecializedAttr = 0;
}
def Tile_AxisAttr : EnumAttr<Tile_Dialect, Tile_Axis, "axis"> {
  let assemblyFormat = "``$value";
}

def Tile_Reduction : I32EnumAttr<"Reduction", "how lanes are combined", [
    I32EnumAttrCase<"add", 0>, I32EnumAttrCase<"max", 1>]> {
  let cppNamespace = "::qcc::tile";
  let genSpecializedAttr = 0;
}
def Tile_ReductionAttr : EnumAttr<Tile_Dialect, Tile_Reduction, "reduction"> {
  let assemblyFormat = "``$value";
}

def Tile_MatrixShapeAttr : AttrDef<Tile_Dialect, "MatrixShape"> {
  let mnemonic = "matrix_shape";
  let summary = "a matrix instruction's shape, and which lane holds what";
  let description = [{
    `D[rows, columns] = A[rows, depth] * B[depth, columns] + C[rows, columns]`. Lane l of a wave holds

    * of A: elements [l mod rows, part + (0, 1, ...)],
    * of B: elements [part + (0, 1, ...), l mod columns], where each of `depthLanes` groups of lanes has another
      part of the depth: part = (l div columns) mod depthLanes * (depth / depthLanes),
    * of C and D, as its element i: row (i div rowRun) * rowRun * g + (l div columns) * rowRun + i mod rowRun,
      column l mod columns, where g = wave size / columns.

    | chip | rows x columns x depth | depthLanes | rowRun | instruction |
    |---|---|---|---|---|
    | CDNA2, CDNA3 | 32 x 32 x 8 | 2 | 4 | v_mfma_f32_32x32x8_f16 |
    | CDNA4 | 32 x 32 x 16 | 2 | 4 | v_mfma_f32_32x32x16_f16 |
    | RDNA3 | 16 x 16 x 16 | 1 | 1 | v_wmma_f32_16x16x16_f16, whose operands both half waves hold |
    | RDNA4 | 16 x 16 x 16 | 2 | 8 | v_wmma_f32_16x16x16_f16 |
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$columns, "int64_t":$depth, "int64_t":$depthLanes,
                        "int64_t":$rowRun);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Elements of A, and of B, that a lane holds.
    int64_t getOperandElements() const { return getDepth() / getDepthLanes(); }
    /// The row of a lane's element `index` of D, for the first group of lanes.
    int64_t getRow(int64_t index, int64_t waveSize) const {
      return index / getRowRun() * getRowRun() * (waveSize / getColumns()) + index % getRowRun();
    }
  }];
}

def Tile_ScheduleAttr : AttrDef<Tile_Dialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "how a kernel's work is spread over the chip";
  let description = [{
    * `waves`: waves a workgroup.
    * `rows`: rows (tokens) that a workgroup computes at once; each weight it loads serves all of them.
    * `split_k`: waves that share a panel, each with every split_k-th run along K, combined through LDS.
    * `stage`: input features staged into LDS at once; a multiple of what a step covers.
    * `prefetch`: 16-byte loads of weights that each lane has in flight, in whole runs, at least one.
    * `splits`: workgroups that share the positions of an attention kernel's row and key/value head, or the K of a
      tile of many rows on matrix instructions.
    * `matrix`: the matrix instruction that multiplies. For kernels of many rows a wave then computes all
      rows of `columns` output columns of each matmul, a workgroup those of its waves side by side. Where
      `columns` is 0 weights stream past a few rows, at most those of the instruction, as without it.
    Attention uses `waves`, which share a workgroup's positions, `splits`, and `prefetch`, of keys and values. With
    `matrix`, a query being a head of a row, a wave computes `columns` queries, a workgroup `rows` of them, and
    `stage` positions are staged into LDS at once.
  }];
  let parameters = (ins "int64_t":$waves, "int64_t":$rows, "int64_t":$splitK, "int64_t":$stage,
                        DefaultValuedParameter<"int64_t", "1">:$prefetch,
                        DefaultValuedParameter<"int64_t", "1">:$splits,
                        DefaultValuedParameter<"int64_t", "0">:$columns,
                        OptionalParameter<"::qcc::tile::MatrixShapeAttr">:$matrix);
  let builders = [AttrBuilder<(ins "int64_t":$waves, "int64_t":$rows, "int64_t":$splitK, "int64_t":$stage,
                                   "int64_t":$prefetch, CArg<"int64_t", "1">:$splits), [{
    return $_get($_ctxt, waves, rows, splitK, stage, prefetch, splits, /*columns=*/0, MatrixShapeAttr());
  }]>];
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Tile_StreamAttr : AttrDef<Tile_Dialect, "Stream"> {
  let mnemonic = "stream";
  let summary = "memory that some workgroups of a kernel read once, each its own part from the start on";
  let description = [{
    Workgroups [first, first + workgroups) along x read `panels` panels each, of `panelBytes` bytes, of the first
    `bytes` bytes of argument `argument`: workgroup w those from panel (w - first) * panels on, as far as there
    are any.
  }];
  let parameters = (ins "int64_t":$argument, "int64_t":$bytes, "int64_t":$first, "int64_t":$workgroups,
                        "int64_t":$panels, "int64_t":$panelBytes);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// Memory is brought near in lines of as many bytes.
    static constexpr int64_t lineBytes = 128;
    /// Bytes of so many lines of each workgroup, taken of its panels in turn.
    int64_t getBytesOfLines(int64_t lines) const {
      return getWorkgroups() * std::min(lines * lineBytes, getPanels() * getPanelBytes());
    }
  }];
}

def Tile_StreamArrayAttr : TypedArrayAttrBase<Tile_StreamAttr, "array of streams">;

def Tile_TuningAttr : AttrDef<Tile_Dialect, "Tuning"> {
  let mnemonic = "tuning";
  let summary = "what a tuning table says of a matmul kernel";
  let description = [{
    Stands on an `lm.fused` "matmul" as `tile.tuning`. `lanesK`, `loads` and `columnsPerLane` are the layout of
    its weights (`#qnt.tiled`), whatever the entry point; `rows`, `splitK`, `stage` and `prefetch` its
    `#tile.schedule` where an entry point has `batch` rows.
  }];
  let parameters = (ins "int64_t":$batch, "int64_t":$lanesK, "int64_t":$loads, "int64_t":$columnsPerLane,
                        "int64_t":$rows, "int64_t":$splitK, "int64_t":$stage, "int64_t":$prefetch);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Tile_BufferType : TypeDef<Tile_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "a pointer to bytes of global memory or LDS";
  let parameters = (ins "Space":$space);
  let assemblyFormat = "`<` $space `>`";
}

def Tile_Element : AnyTypeOf<[I8, I16, I32, I64, F8E4M3FN, F16, BF16, F32],
                             "an integer or floating-point element of whole bytes">;
def Tile_Accessed : AnyTypeOf<[Tile_Element, VectorOfRankAndType<[1], [Tile_Element]>],
                              "a scalar or a vector of rank 1 of whole-byte elements">;

class Tile_Op<string mnemonic, list<Trait> traits = []> : Op<Tile_Dialect, mnemonic, traits>;

//===-- Kernels --------------------------------------------------------------------------------------===//

def Tile_KernelOp : Tile_Op<"kernel", [IsolatedFromAbove, Symbol, FunctionOpInterface]> {
  let summary = "one kernel";
  let description = [{
    `kind` is that of the lm.fused it came from. `workgroup` (work-items) and `grid` (workgroups along x, y,
    z) are set when the kernel is lowered to lane level, and with that its signature is final.
    `row_capacity` is that of the state memory's arrays, which the kernel reads through its !lm.batch.

    A kernel with `phases` is persistent: one launch of it executes the commands of a list in device
    memory, each of which is a launch of one of these kernels, whose code it holds. runtime/program.fbs
    describes the list. Its workgroups all run at the same time, as many as the launch has, and meet
    between commands; `grid` is what the largest phase has, more have no work.

    `streams` says, at lane level, which weights the kernel reads: whoever launches it may have them brought near.

    `workspace` is bytes of scratch memory, and `counters` 32-bit words that are 0 before each launch and that
    the kernel leaves at 0; both are the launch's alone, as long as it runs.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<DictArrayAttr>:$arg_attrs, OptionalAttr<DictArrayAttr>:$res_attrs,
                       StrAttr:$kind, Tile_ScheduleAttr:$schedule, ConfinedAttr<I64Attr, [IntPositive]>:$row_capacity,
                       OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$workgroup,
                       OptionalAttr<DenseI64ArrayAttr>:$grid,
                       OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$workspace,
                       OptionalAttr<ConfinedAttr<I64Attr, [IntPositive]>>:$counters,
                       OptionalAttr<FlatSymbolRefArrayAttr>:$phases,
                       OptionalAttr<Tile_StreamArrayAttr>:$streams);
  let regions = (region AnyRegion:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    /// Pointers that the kernel takes at lane level.
    int64_t getPointerCount();
    /// Lane level: the body is the code of one work-item.
    bool isLowered() { return getGrid().has_value(); }
    /// At lane level: work-items of a wave, and of the workgroup's waves but the first, each of which touches a line
    /// of each of the next phase's streams while the first wave polls a grid barrier.
    int64_t getWaveSize() { return *getWorkgroup() / getSchedule().getWaves(); }
    int64_t getTouches() { return *getWorkgroup() - getWaveSize(); }
  }];
}

def Tile_ReturnOp : Tile_Op<"return", [Pure, Terminator, ReturnLike, HasParent<"KernelOp">]> {
  let summary = "the end of a kernel";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ }]>];
  let hasVerifier = 1;
}

//===-- Who am I -------------------------------------------------------------------------------------===//

def Tile_WorkgroupIdOp : Tile_Op<"workgroup_id", [Pure]> {
  let summary = "this workgroup's index along an axis of the grid; the same for all its lanes";
  let arguments = (ins Tile_AxisAttr:$axis);
  let results = (outs I32:$result);
  let assemblyFormat = "$axis attr-dict";
}
def Tile_WaveIdOp : Tile_Op<"wave_id", [Pure]> {
  let summary = "this wave's index in its workgroup; the same for all its lanes";
  let results = (outs I32:$result);
  let assemblyFormat = "attr-dict";
}
def Tile_LaneIdOp : Tile_Op<"lane_id", [Pure]> {
  let summary = "this work-item's lane in its wave";
  let results = (outs I32:$result);
  let assemblyFormat = "attr-dict";
}

//===-- Memory ---------------------------------------------------------------------------------------===//

def Tile_SharedOp : Tile_Op<"shared", []> {
  let summary = "LDS of the workgroup: `bytes`, aligned to 16, not initialized";
  let description = [{
    Allocations of a kernel lie side by side, but for those with `at`: they start at that byte, a multiple
    of 16, of one allocation of the kernel's, so that phases that follow one another can have the same.
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$bytes,
                       OptionalAttr<ConfinedAttr<I64Attr, [IntNonNegative]>>:$at);
  let results = (outs Tile_BufferType:$result);
  let assemblyFormat = "$bytes (`at` $at^)? attr-dict `:` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Type":$type, "int64_t":$bytes), [{
    build($_builder, $_state, type, $_builder.getI64IntegerAttr(bytes), ::mlir::IntegerAttr());
  }]>];
  let hasVerifier = 1;
}

def Tile_AdvanceOp : Tile_Op<"advance", [Pure, AllTypesMatch<["buffer", "result"]>]> {
  let summary = "the buffer that starts `bytes` further on, the same for all lanes of the wave";
  let description = [{
    Splits an address into a part that the wave computes once and the lanes' own offsets. `bytes` is
    unsigned; i64 where a memory may pass 4 GB.
  }];
  let arguments = (ins Tile_BufferType:$buffer, AnyTypeOf<[I32, I64]>:$bytes);
  let results = (outs Tile_BufferType:$result);
  let assemblyFormat = "$buffer `by` $bytes attr-dict `:` type($buffer) `,` type($bytes)";
}

def Tile_LoadOp : Tile_Op<"load", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a scalar or vector from buffer + offset bytes";
  let description = [{
    `offset` is an unsigned i32 or an i64, in bytes; the address is aligned to the whole value's size, at
    most 16. `streaming`: each byte is read once in a launch, so the load bypasses reuse in the caches.
    `invariant`: nobody writes these bytes during the launch (weights, state).
  }];
  let arguments = (ins Tile_BufferType:$buffer, AnyTypeOf<[I32, I64]>:$offset, UnitAttr:$streaming,
                       UnitAttr:$invariant);
  let results = (outs Tile_Accessed:$result);
  let assemblyFormat = [{
    $buffer `[` $offset `:` type($offset) `]` (`streaming` $streaming^)? (`invariant` $invariant^)?
    attr-dict `:` type($buffer) `->` type($result)
  }];
}

def Tile_LoadBufferOp : Tile_Op<"load_buffer", [Pure]> {
  let summary = "the buffer of global memory whose 64-bit address is at buffer + offset bytes";
  let description = [{
    The same for all lanes of the wave. Nobody writes the address during the launch; it is aligned to 8.
  }];
  let arguments = (ins Tile_BufferType:$buffer, I32:$offset);
  let results = (outs Tile_BufferType:$result);
  let assemblyFormat = "$buffer `[` $offset `]` attr-dict `:` type($buffer) `->` type($result)";
  let hasVerifier = 1;
}

def Tile_StoreOp : Tile_Op<"store", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a scalar or vector to buffer + offset bytes";
  let arguments = (ins Tile_Accessed:$value, Tile_BufferType:$buffer, AnyTypeOf<[I32, I64]>:$offset);
  let assemblyFormat = [{
    $value `,` $buffer `[` $offset `:` type($offset) `]` attr-dict `:` type($value) `,` type($buffer)
  }];
}

def Tile_AtomicOp : Tile_Op<"atomic", []> {
  let summary = "combines an integer with one in LDS, as if lanes took turns";
  let description = [{
    buffer[offset] becomes its sum with `value`, or the larger of the two as unsigned integers. Neither depends
    on the order of the lanes.
  }];
  let arguments = (ins Tile_ReductionAttr:$reduction, AnyTypeOf<[I32, I64]>:$value, Tile_BufferType:$buffer,
                       I32:$offset);
  let assemblyFormat = [{
    $reduction $value `,` $buffer `[` $offset `]` attr-dict `:` type($value) `,` type($buffer)
  }];
  let hasVerifier = 1;
}

def Tile_BarrierOp : Tile_Op<"barrier", []> {
  let summary = "all waves of the workgroup arrive; LDS written before is seen after";
  let description = [{ `global`: so is global memory; without it, accesses to it stay under way. }];
  let arguments = (ins UnitAttr:$global);
  let assemblyFormat = "(`global` $global^)? attr-dict";
}

def Tile_ArriveOp : Tile_Op<"arrive", []> {
  let summary = "adds 1 to a counter in global memory; how often that was done before";
  let description = [{
    A meeting point of workgroups that none waits at: what has happened before an arrival (to the lane, or to
    its workgroup before a `tile.barrier global`) is seen by those who arrive at the counter later.
  }];
  let arguments = (ins Tile_BufferType:$buffer, I32:$offset);
  let results = (outs I32:$result);
  let assemblyFormat = "$buffer `[` $offset `]` attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Tile_TouchOp : Tile_Op<"touch", []> {
  let summary = "a word of global memory whose cache line is wanted near";
  let description = [{ Read, and not used: the wave waits until the line is there. }];
  let arguments = (ins Tile_BufferType:$buffer, I32:$offset);
  let assemblyFormat = "$buffer `[` $offset `]` attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Tile_GridBarrierOp : Tile_Op<"grid_barrier", [NoTerminator, SingleBlock]> {
  let summary = "all workgroups of the launch arrive; global memory written before is seen after";
  let description = [{
    `memory` holds two i32 that are 0 before the first launch and are left to barriers alone: workgroups
    that have arrived, at byte 0, and barriers passed, at byte 128 (its own cache line). The last of
    `workgroups` to arrive empties the first and counts up the second, for which the others wait: a barrier
    leaves both ready for the next one, and the next launch. All workgroups must be able to run at the same
    time. A barrier for the workgroup as well.

    `meanwhile` is what all work-items do between their workgroup's arrival and its wait. It sees nothing that
    the others have written since the barrier before.
  }];
  let arguments = (ins Tile_BufferType:$memory, I32:$workgroups);
  let regions = (region SizedRegion<1>:$meanwhile);
  let assemblyFormat = "$memory `of` $workgroups `meanwhile` $meanwhile attr-dict `:` type($memory)";
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$memory, "::mlir::Value":$workgroups), [{
    $_state.addOperands({memory, workgroups});
    $_state.addRegion()->emplaceBlock();
  }]>];
  let extraClassDeclaration = [{
    static constexpr int64_t arrivedAt = 0, passedAt = 128, memoryBytes = 256;
  }];
}

def Tile_ScheduleBarrierOp : Tile_Op<"schedule_barrier", [AllTypesMatch<["values", "results"]>]> {
  let summary = "`values`, computed here at the latest; no access to memory is moved across";
  let description = [{
    For the compiler alone: where the order in which a kernel was written covers latencies and bounds
    registers, it stays. Costs no instruction.
  }];
  let arguments = (ins Variadic<AnyTypeOf<[F32, I32]>>:$values);
  let results = (outs Variadic<AnyTypeOf<[F32, I32]>>:$results);
  let assemblyFormat = "(`of` $values^ `:` type($values))? attr-dict";
}

//===-- Arithmetic of low-bit kernels ----------------------------------------------------------------===//

def Tile_UnpackOp : Tile_Op<"unpack", [Pure]> {
  let summary = "packed unsigned elements as floating point, plus constants that cost nothing";
  let description = [{
    `packed` holds unsigned elements of `bits` bits in the `pairs` order of `#qnt.tiled`: 32-bit words whose
    low half holds elements 0, 2, 4, ... and whose high half holds 1, 3, 5, .... Result element i is
    `q[i] + biasOf(i)`; the result is of f16 or f32.

    The biases come from how f16 is made: an element whose lowest bit is bit p of the mantissa, under the
    exponent of 1024 / 2^p, reads as 1024 / 2^p + q. A mantissa of 10 bits holds several elements, so that
    most pairs need no shift. f32 has no bias.
  }];
  let arguments = (ins AnyType:$packed, I64Attr:$bits);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$packed `bits` $bits attr-dict `:` type($packed) `->` type($result)";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// How a pair of elements of each word becomes two f16: (word >> shift) has the pair's lowest bits at
    /// bit `position` of both halves.
    struct PairField {
      int64_t shift, position;
    };
    static PairField fieldOf(int64_t bits, int64_t pair);
    /// What is added to element `index`.
    static int64_t biasOf(int64_t bits, ::mlir::Type element, int64_t index);
  }];
}

def Tile_DotOp : Tile_Op<"dot", [Pure, AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "accumulator plus the dot product of two vectors";
  let description = [{
    `acc + sum of lhs[i] * rhs[i]`, lhs and rhs vectors of f16 or f32 (a multiple of 2 elements for f16), acc
    f32; products exact or rounded to f32, added in f32 in an order that the chip's instruction defines.
  }];
  let arguments = (ins AnyType:$lhs, AnyType:$rhs, F32:$acc);
  let results = (outs F32:$result);
  let assemblyFormat = "$lhs `,` $rhs `,` $acc attr-dict `:` type($lhs)";
  let hasVerifier = 1;
}

def Tile_DotBytesOp : Tile_Op<"dot_bytes", [Pure]> {
  let summary = "accumulator plus the dot product of four signed bytes with four";
  let description = [{ `acc + sum of lhs[i] * rhs[i]` over the bytes of two words, exact while i32 holds it. }];
  let arguments = (ins I32:$lhs, I32:$rhs, I32:$acc);
  let results = (outs I32:$result);
  let assemblyFormat = "$lhs `,` $rhs `,` $acc attr-dict";
}

def Tile_MatrixMultiplyOp : Tile_Op<"matrix_multiply", [Pure, AllTypesMatch<["lhs", "rhs"]>,
                                                       AllTypesMatch<["acc", "result"]>]> {
  let summary = "a tile of a matrix product, by all lanes of a wave together";
  let description = [{
    `lhs * rhs + acc` for tiles of the `shape`, whose documentation says what of each operand a lane holds: lhs
    is A, rhs is B, both of f16 or bf16; acc is C, of f32. Products are exact and added in f32, in an order
    and with a rounding that the chip's instruction defines. Or lhs and rhs are of signed bytes, four to an i32 word,
    and acc of i32, and all is exact. All lanes of the wave take part.
  }];
  let arguments = (ins AnyType:$lhs, AnyType:$rhs, AnyType:$acc, Tile_MatrixShapeAttr:$shape);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$lhs `,` $rhs `,` $acc `shape` $shape attr-dict `:` type($lhs) `,` type($acc)";
  let hasVerifier = 1;
}

def Tile_ReduceWaveOp : Tile_Op<"reduce_wave", [Pure]> {
  let summary = "combines each `width` neighbouring lanes; all of them get the result";
  let description = [{
    Lanes [i * width, (i + 1) * width) form a group; `width` is a power of two up to the wave size. All
    lanes of the wave take part.
  }];
  let arguments = (ins F32:$value, Tile_ReductionAttr:$reduction, I64Attr:$width);
  let results = (outs F32:$result);
  let assemblyFormat = "$reduction $value `width` $width attr-dict";
  let hasVerifier = 1;
}

def Tile_ShuffleXorOp : Tile_Op<"shuffle_xor", [Pure]> {
  let summary = "the value of the lane whose index differs by `mask`; all lanes of the wave take part";
  let arguments = (ins F32:$value, ConfinedAttr<I64Attr, [IntMinValue<1>, IntMaxValue<63>]>:$mask);
  let results = (outs F32:$result);
  let assemblyFormat = "$value `mask` $mask attr-dict";
}

#endif // QCC_DIALECTS_TILE
