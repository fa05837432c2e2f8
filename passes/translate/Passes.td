// The passes that turn lane-level tile kernels into the LLVM and ROCDL dialects of one chip.
#ifndef QCC_PASSES_TRANSLATE
#define QCC_PASSES_TRANSLATE

include "mlir/Pass/PassBase.td"

def ConvertTileToRocdl : Pass<"convert-tile-to-rocdl", "mlir::ModuleOp"> {
  let summary = "lane-level tile kernels to LLVM functions with the chip's instructions";
  let description = [{
    Input: lane-level `tile.kernel`s. Output: one `llvm.func` with `rocdl.kernel` for each, whose
    body still holds arith, math, scf and vector operations; `tile.shared` becomes a global in
    address space 3. Declines, with an error, a kernel at tensor level and a workgroup that is not
    made of whole waves.

    ```mlir
    %w = tile.load %p[%o : i32] streaming invariant : !tile.buffer<global> -> vector<4xi32>
    ==>
    %e = llvm.zext %o : i32 to i64
    %a = llvm.getelementptr inbounds|nuw %p[%e] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
    %w = llvm.load %a invariant {alignment = 16, nontemporal} : !llvm.ptr<1> -> vector<4xi32>
    ```

    Pointers are `readonly` when the kernel only loads through them, and `noalias` as well when each
    of these loads is invariant: nobody writes what they read. Floating point keeps IEEE denormals
    of f32 and f16: it costs nothing in the chips' multiply-add and dot instructions, and results
    match the oracle. The wave's "IEEE mode" bit, which only decides whether minima and maxima quiet
    signalling NaNs, is off: it would cost an instruction a maximum.
  }];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"gfx942\"",
           "the chip's row in compiler/chips">,
  ];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::ROCDL::ROCDLDialect",
                           "mlir::scf::SCFDialect"];
}

def ExpandMath : Pass<"expand-math", "mlir::ModuleOp"> {
  let summary = "math operations without an LLVM intrinsic of their own, by those that have one";
  let description = [{
    The AMDGPU back end has no math library: what is left after this pass lowers to intrinsics that
    it expands in line. `math.tanh` is written with `math.exp`; divisions that round up or down,
    with the one that truncates; `math.rsqrt` of f32 becomes the chip's reciprocal square root (1
    ulp, arguments of at least 2^-126), `math.exp2` of f32 its power of two (1 ulp, results below
    2^-126 are 0: no sum with a larger term tells).

    ```mlir
    %r = math.rsqrt %x : f32
    ==>
    %r = llvm.call_intrinsic "llvm.amdgcn.rsq"(%x) : (f32) -> f32
    ```
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::arith::ArithDialect",
                           "mlir::math::MathDialect"];
}

def VerifyTranslate : Pass<"verify-translate", "mlir::ModuleOp"> {
  let summary = "the contract of the translate stage";
  let description = [{
    Every operation in the module is of the LLVM or ROCDL dialect, every function is a kernel with a
    body and an exact workgroup size, nothing outside the module is called, and no kernel declares
    more LDS than the chip gives a workgroup.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::ROCDL::ROCDLDialect"];
  let options = [
    Option<"chip", "chip", "std::string", /*default=*/"\"gfx942\"",
           "the chip's row in compiler/chips">,
  ];
}

#endif // QCC_PASSES_TRANSLATE
