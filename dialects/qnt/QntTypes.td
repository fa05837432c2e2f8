// The qnt dialect and its types: quantization is a type. A weight's type states its shape, element encoding, blocks,
// scale and zero-point types and layout; its bytes stay in their file until packaging.
#ifndef QCC_DIALECTS_QNT_TYPES
#define QCC_DIALECTS_QNT_TYPES

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Qnt_Dialect : Dialect {
  let name = "qnt";
  let cppNamespace = "::qcc::qnt";
  let summary = "Quantized weights as types, and the recipe that packs them";
  let description = [{
    A weight is a value of type `!qnt.weight<...>`, made by `qnt.parameter`, which names where its bytes
    are. Operations on weights (`qnt.slice_rows`, `qnt.pack`) are a recipe: nothing moves until the
    packager maps the source and applies the chain, tile by tile.

    Affine encodings: `w[n, k] = (q[n, k] - zero[n, k / block]) * scale[n, k / block]`.
    Floating-point encodings without a scale: `w = q`.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

//===-- Encodings ------------------------------------------------------------------------------------===//

def Qnt_Encoding : I32EnumAttr<"Encoding", "how one element is stored", [
    I32EnumAttrCase<"f32", 0>, I32EnumAttrCase<"f16", 1>, I32EnumAttrCase<"bf16", 2>,
    I32EnumAttrCase<"u8", 3>, I32EnumAttrCase<"i8", 4>, I32EnumAttrCase<"u4", 5>,
    I32EnumAttrCase<"i4", 6>, I32EnumAttrCase<"u2", 7>, I32EnumAttrCase<"i2", 8>,
    I32EnumAttrCase<"none", 15>]> {
  let cppNamespace = "::qcc::qnt";
  let genSpecializedAttr = 0;
}

def Qnt_Storage : I32EnumAttr<"Storage", "how a source file arranges a weight of [N, K]", [
    // N rows of K elements, sub-byte elements packed low bits first, each row padded to a whole byte.
    I32EnumAttrCase<"rows", 0>,
    // K rows of N elements: the right-hand side of an ONNX MatMul.
    I32EnumAttrCase<"columns", 1>,
    // N rows of ceil(K / block) blocks, each of block elements low bits first: ONNX Runtime's MatMulNBits
    // (onnxruntime, docs/ContribOperators.md). The last block of a row is padded.
    I32EnumAttrCase<"blocks", 2>]> {
  let cppNamespace = "::qcc::qnt";
  let genSpecializedAttr = 0;
}
def Qnt_StorageAttr : EnumAttr<Qnt_Dialect, Qnt_Storage, "storage"> {
  let assemblyFormat = "``$value";
}

//===-- Attributes -----------------------------------------------------------------------------------===//

class Qnt_Attr<string name, string mnemonic_, list<Trait> traits = []>
    : AttrDef<Qnt_Dialect, name, traits> {
  let mnemonic = mnemonic_;
}

def Qnt_SourceAttr : Qnt_Attr<"Source", "source"> {
  let summary = "a range of bytes of a file";
  let description = [{
    `file` is relative to the folder of the model (absolute paths are kept), `offset` and `bytes` delimit
    the range. `#qnt.source<"model.onnx.data", 4096, 32768>`
  }];
  let parameters = (ins StringRefParameter<>:$file, "int64_t":$offset, "int64_t":$bytes);
  let assemblyFormat = "`<` $file `,` $offset `,` $bytes `>`";
  let genVerifyDecl = 1;
}

def Qnt_TiledAttr : Qnt_Attr<"Tiled", "tiled"> {
  let summary = "a packed layout: tiles in the order in which waves read them";
  let description = [{
    A weight of [N, K] is cut into panels of `columns * columns_per_lane` rows of N (output columns of the
    matmul); N and K are padded with elements that dequantize to zero. A panel is a sequence of steps along
    K; a step is one 16-byte load by every lane of a wave for each of `columns_per_lane`:

      bytes[panel][step][c][lane][16],   lane = column * lanes_k + depth_lane

    A lane's load holds `e = 128 / bits` consecutive elements. `run_loads` consecutive steps are a run: in it,
    lane (column, depth_lane) of slot c holds the consecutive elements

      k = run * lanes_k * r + depth_lane * r + [0, r),   r = run_loads * e

    of row n = panel rows + c * columns + column, in its first step the first e of them and so on. So a lane
    meets a whole block, and its scale, in one run when r is the block size. Steps are whole runs.
    `columns * lanes_k` is the wave size. Inside the 16 bytes elements are in `order`: `linear` (low bits
    first) or `pairs`, in which 32-bit words hold elements 0, 2, 4, ... in their low half and 1, 3, 5, ...
    in their high half, so that (word >> bits * i) & mask yields the adjacent pair (2i, 2i + 1). `bytes` is for
    integer dot products with bytes. Of 8 bits, elements follow one another less their midpoint, in two's
    complement. Of 4 bits, the bytes of a word hold elements 0 to 3 in their low halves, as they are, and 4 to 7
    in their high halves, less their midpoint: masked, the low ones are bytes, and the high ones 16 times bytes.

    Scales follow as [panel][block][c][column], block along the padded K (one block when a block spans all
    of K), and zero points likewise, if the type has any. `qcc::qnt::PackedWeight` has the offsets.
  }];
  let parameters = (ins "int64_t":$columns, "int64_t":$lanesK, "int64_t":$columnsPerLane,
                        StringRefParameter<>:$order, DefaultValuedParameter<"int64_t", "1">:$runLoads);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

//===-- Types ----------------------------------------------------------------------------------------===//

def Qnt_WeightType : TypeDef<Qnt_Dialect, "Weight"> {
  let mnemonic = "weight";
  let summary = "a weight of a model, quantized or not";
  let description = [{
    `!qnt.weight<[4096, 256], u4, block = 32, scale = f16, zero = u4>`: 4096 rows (output features) of 256
    (input features), a scale and a zero point for every 32 consecutive input features of a row.
    Vectors (norm weights, biases) have one extent. Extents are logical: padding belongs to the layout.

    * `block = 0`: no scales (floating-point encodings). Per channel: `block` is the whole K.
    * `zero = none` for unsigned encodings means the midpoint 2^(bits-1), for signed ones 0.
    * `zero` floating point: `w = (q - zero) * scale`.
    * `layout`: absent while the bytes are as in the source, else `#qnt.tiled<...>`.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "Encoding":$encoding,
                        DefaultValuedParameter<"int64_t", "0">:$block,
                        DefaultValuedParameter<"Encoding", "Encoding::none">:$scale,
                        DefaultValuedParameter<"Encoding", "Encoding::none">:$zero,
                        OptionalParameter<"::mlir::Attribute">:$layout);
  let assemblyFormat = [{
    `<` `[` $shape `]` `,` $encoding `` custom<WeightOptions>($block, $scale, $zero, $layout) `` `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRows() const { return getShape().front(); }
    /// Input features; 1 for vectors.
    int64_t getColumns() const { return getShape().size() > 1 ? getShape().back() : 1; }
    bool isQuantized() const { return getBlock() != 0; }
    /// Blocks along K of one row, the last one perhaps partial.
    int64_t getBlocksPerRow() const;
    WeightType withShape(llvm::ArrayRef<int64_t> shape) const;
    WeightType withLayout(::mlir::Attribute layout) const;
  }];
}

def Qnt_ActivationType : TypeDef<Qnt_Dialect, "Activation"> {
  let mnemonic = "activation";
  let summary = "rows of activations as 8-bit integers with scales";
  let description = [{
    `!qnt.activation<?x4096xi8, block = 128>`: rows of 4096 features, each an integer q from -127 to 127, and an
    f32 scale for every 128 consecutive features of a row: `x = q * scale`. The number of rows is `?` until entry
    points are specialized. `squares`: with each scale goes the sum of squares of the block's features before a
    norm's weight was multiplied in (see `qnt.quantize`), from which `qnt.scale_by_norm` has the norm's factor.

    In memory: q as int8 [rows][features]; from the next multiple of 16 bytes on, scales as f32
    [rows][features / block]; then, with `squares`, these sums likewise.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$features, "int64_t":$block, "bool":$squares);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool hasStaticRows() const;
    int64_t getBlocksPerRow() const { return getFeatures() / getBlock(); }
    /// Where scales and sums of squares begin, and the bytes of everything. Rows are known.
    int64_t getScalesOffset() const;
    int64_t getSquaresOffset() const;
    int64_t getBytes() const;
    ActivationType withRows(int64_t rows) const;
    ActivationType withSquares(bool squares) const;
  }];
}

#endif // QCC_DIALECTS_QNT_TYPES
