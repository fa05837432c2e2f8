// The program dialect: the host's side. What the device holds, and which kernels a step launches.
#ifndef QCC_DIALECTS_PROGRAM
#define QCC_DIALECTS_PROGRAM

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Program_Dialect : Dialect {
  let name = "program";
  let cppNamespace = "::qcc::program";
  let summary = "Device memories and launch sequences";
  let description = [{
    A planned module holds `program.weight`s, `tile.kernel`s and `program.entry_point`s; packaging writes it
    as the FlatBuffers program of `runtime/program.fbs`. Once buffers are assigned the module carries
    `program.memory`, a dictionary of i64: `arena`, `kv_cache`, `weights`, `state` and `sampler` (bytes; 0
    where tokens are not picked on the device), `row_capacity`, `max_batch`, `max_context`.
  }];
  let dependentDialects = ["::qcc::tile::TileDialect"];
  let useDefaultTypePrinterParser = 1;
}

def Program_Memory : I32EnumAttr<"Memory", "a device allocation of the session", [
    I32EnumAttrCase<"weights", 0>, I32EnumAttrCase<"arena", 1>, I32EnumAttrCase<"kv_cache", 2>,
    I32EnumAttrCase<"state", 3>, I32EnumAttrCase<"logits", 4>, I32EnumAttrCase<"sampler", 5>]> {
  let cppNamespace = "::qcc::program";
  let genSpecializedAttr = 0;
}
def Program_MemoryAttr : EnumAttr<Program_Dialect, Program_Memory, "memory"> {
  let assemblyFormat = "``$value";
}

def Program_BufferType : TypeDef<Program_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "a place in one of the device memories";
}

class Program_Op<string mnemonic, list<Trait> traits = []> : Op<Program_Dialect, mnemonic, traits>;

//===-- What the device holds ------------------------------------------------------------------------===//

def Program_WeightOp : Program_Op<"weight", [Symbol, IsolatedFromAbove, SingleBlock]> {
  let summary = "a packed weight and the recipe that makes it";
  let description = [{
    The body computes the weight from `qnt.parameter`s by qnt operations and yields it. `offset`, once
    assigned, is where its bytes start in the weights memory.

    ```mlir
    program.weight @layers.0.o_proj at 4096 {
      %0 = qnt.parameter "layers.0.o_proj" ...
      %1 = qnt.pack %0 : ... -> ...
      program.yield %1 : ...
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<ConfinedAttr<I64Attr, [IntNonNegative]>>:$offset);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`at` $offset^)? $body attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The packed weight's type.
    ::qcc::qnt::WeightType getWeightType();
  }];
}

def Program_YieldOp : Program_Op<"yield", [Pure, Terminator, ReturnLike, HasParent<"WeightOp">]> {
  let summary = "the packed weight";
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

//===-- Launch sequences -----------------------------------------------------------------------------===//

def Program_EntryPointOp : Program_Op<"entry_point", [Symbol, IsolatedFromAbove, SingleBlock, NoTerminator]> {
  let summary = "the launches of one step of up to `rows` rows";
  let description = [{
    `persistent`, where there is one, is the kernel that does the work of all launches in one, given a list
    of them: see tile.kernel.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ConfinedAttr<I64Attr, [IntPositive]>:$rows,
                       OptionalAttr<FlatSymbolRefAttr>:$persistent);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `rows` $rows (`persistent` $persistent^)? $body attr-dict";
}

def Program_WeightRefOp : Program_Op<"weight_ref", [Pure, HasParent<"EntryPointOp">]> {
  let summary = "where a packed weight is";
  let arguments = (ins FlatSymbolRefAttr:$weight);
  let results = (outs Program_BufferType:$result);
  let assemblyFormat = "$weight attr-dict";
}

def Program_AllocateOp
    : Program_Op<"allocate", [MemoryEffects<[MemAlloc]>, HasParent<"EntryPointOp">]> {
  let summary = "bytes of the arena, live from the first to the last launch that uses them";
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$bytes);
  let results = (outs Program_BufferType:$result);
  let assemblyFormat = "$bytes attr-dict";
}

def Program_CountersOp
    : Program_Op<"counters", [MemoryEffects<[MemAlloc]>, HasParent<"EntryPointOp">]> {
  let summary = "32-bit words that are 0 whenever no launch that uses them runs";
  let description = [{
    Launches run one after the other and leave the words at 0, so that all of them may share the same ones.
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$words);
  let results = (outs Program_BufferType:$result);
  let assemblyFormat = "$words attr-dict";
}

def Program_ViewOp : Program_Op<"view", [Pure, HasParent<"EntryPointOp">]> {
  let summary = "a place in a memory, `offset` bytes from its base";
  let arguments = (ins Program_MemoryAttr:$memory, ConfinedAttr<I64Attr, [IntNonNegative]>:$offset);
  let results = (outs Program_BufferType:$result);
  let assemblyFormat = "$memory `at` $offset attr-dict";
}

def Program_LaunchOp : Program_Op<"launch", [HasParent<"EntryPointOp">]> {
  let summary = "one kernel launch";
  let description = [{
    Arguments are the kernel's pointers in the order that the tile dialect defines. Grid and workgroup are
    the kernel's. Launches run one after the other. Those that are `sampling` pick tokens from the logits;
    they come last and are left out of steps whose caller samples.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Program_BufferType>:$arguments, UnitAttr:$sampling);
  let assemblyFormat = "$kernel `(` $arguments `)` (`sampling` $sampling^)? attr-dict";
}

#endif // QCC_DIALECTS_PROGRAM
